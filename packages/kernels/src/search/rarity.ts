// Chooses the two bytes of a pattern to look for first: the two that are rarest in most data.
//
// A ranking estimates how common each byte value is. The most common are the fillers of binary formats (0x00, 0xff) and the
// space. Then come lower-case letters by their frequency in English; line feeds, digits and the punctuation of text and source
// code; upper-case letters in the same order; the bytes of UTF-8 beyond ASCII; small binary numbers. Control characters and bytes
// that never occur in UTF-8 come last. A wrong estimate only costs time.

const letters = 'etaoinsrhldcumfpgwybvkxjqz'
const marks = '.,-/_"=:\'()0123456789;<>{}[]*+#\\&|@!?$%~^`'

const commonness = new Uint8Array(256)
let rank = 255
for (const each of ['\0', ' ', '\xff', letters, '\n', marks, letters.toUpperCase(), '\r\t']) {
  for (const character of each) commonness[character.charCodeAt(0)] = rank--
}
for (let byte = 0x80; byte < 0xf5; byte++) commonness[byte] = 90
for (let byte = 1; byte < 32; byte++) commonness[byte] ||= 40
for (const byte of [0xc0, 0xc1]) commonness[byte] = 0

/** Positions beyond this are not considered, so that both bytes come from neighbouring cache lines. */
const farthest = 256
/** Bytes closer than this belong to one syllable or word, so they often occur together. */
const nearest = 4

/**
 * Two positions in `pattern`, ascending, whose bytes are rare and, if possible, different. Both are 0 if the pattern is one
 * byte long.
 *
 * Of equally rare bytes it takes the first and the last, because bytes that are far apart exclude most places.
 */
export function rarestPair(pattern: Uint8Array): readonly [first: number, second: number] {
  const length = Math.min(pattern.length, farthest)
  let rarest = 0
  for (let i = 1; i < length; i++) if (commonness[pattern[i]!]! < commonness[pattern[rarest]!]!) rarest = i
  let other = -1
  // A byte that repeats the first one excludes little, so it counts as the most common of all.
  const cost = (i: number): number => (pattern[i] === pattern[rarest] ? 256 : commonness[pattern[i]!]!)
  const least = Math.min(nearest, length >> 1)
  for (let i = 0; i < length; i++) {
    if (Math.abs(i - rarest) >= Math.max(1, least) && (other < 0 || cost(i) <= cost(other))) other = i
  }
  if (other < 0) return [0, 0]
  return rarest < other ? [rarest, other] : [other, rarest]
}

/** About how often a byte occurs, as a share of all bytes: letters in English differ by as much. */
export function frequencyOf(byte: number): number {
  return Math.max(0.0005, 0.12 * Math.exp((commonness[byte]! - 252) / 6))
}

/** Windows further behind than this are not considered. */
const farthestWindow = 255

/** Where in `pattern` the `length` bytes begin that are the rarest together. */
export function rarestWindow(pattern: Uint8Array, length: number): number {
  const last = Math.min(pattern.length - length, farthestWindow)
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (let start = 0; start <= last; start++) {
    let cost = 0
    for (let i = start; i < start + length; i++) cost += commonness[pattern[i]!]!
    if (cost < least) {
      least = cost
      best = start
    }
  }
  return best
}
