// Finds a pattern without SIMD: the plain twin, and a linear algorithm. Both the twin and the kernel switch to the linear
// algorithm when comparing whole patterns takes too long.

/** Called with the place of each match, ascending. */
type Found = (place: number) => void

/**
 * How many bytes may be compared before the search gives up: a fixed amount, and an amount per place. See assembly/find.ts.
 */
const freeWork = 65536
const workPerPlace = 16

/**
 * Find `pattern` at the places `[0, places)` of `text`: look for its byte at position `first`, then compare the rest.
 *
 * Returns the place at which {@link findLinear} has to continue, or `places` if the search is complete.
 */
export function plainFind(text: Uint8Array, places: number, pattern: Uint8Array, first: number, found: Found): number {
  const wanted = pattern[first]!
  const { length } = pattern
  let work = 0
  for (let place = 0; place < places; place++) {
    if (text[place + first] !== wanted) continue
    let equal = 0
    while (equal < length && text[place + equal] === pattern[equal]) equal++
    if (equal === length) found(place)
    work += equal
    if (work > freeWork + place * workPerPlace) return place + 1
  }
  return places
}

/**
 * For each length of a matching part: the length of its longest proper prefix that is also its suffix.
 *
 * @see Knuth, Morris, Pratt: Fast pattern matching in strings (1977)
 */
export function borders(pattern: Uint8Array): Int32Array {
  const table = new Int32Array(pattern.length + 1)
  let border = 0
  for (let i = 1; i < pattern.length; i++) {
    while (border > 0 && pattern[i] !== pattern[border]) border = table[border]!
    if (pattern[i] === pattern[border]) border++
    table[i + 1] = border
  }
  return table
}

/** Find `pattern` at the places `[from, places)` of `text`, in a time that depends on the text's length alone. */
export function findLinear(
  text: Uint8Array,
  from: number,
  places: number,
  pattern: Uint8Array,
  table: Int32Array,
  found: Found,
): void {
  const { length } = pattern
  const end = places + length - 1
  let equal = 0
  for (let at = from; at < end; at++) {
    const byte = text[at]
    while (equal > 0 && byte !== pattern[equal]) equal = table[equal]!
    if (byte === pattern[equal]) equal++
    if (equal < length) continue
    found(at + 1 - length)
    equal = table[equal]!
  }
}
