// Sorting keys by their bytes. Many keys are first put in the order of eight bytes, by a radix sort. Keys that have these bytes in
// common, and all keys of a short list, are sorted by multikey quicksort with cached bytes (Bentley and Sedgewick, "Fast algorithms
// for sorting and searching strings", 1997; the cache is Rantala's).

/** Shorter lists are sorted by quicksort alone. */
const manyKeys = 2048
/** Shorter lists are sorted by insertion. */
const fewKeys = 12
/** Bytes of a key in a word. With three bits behind them they fit a double. */
const wordBytes = 6
/** The three bits of a key that has bytes behind the word. */
const goesOn = 7

interface Keys {
  readonly arena: Readonly<Uint8Array>
  readonly offsets: Readonly<Uint32Array>
}

/** The numbers of the `count` keys in the order of their bytes. All keys are different. */
export function sortKeys(keys: Keys, count: number): Uint32Array {
  const first = commonLength(keys, count)
  if (count >= manyKeys) return sortMany(keys, count, first)
  const order = new Uint32Array(count)
  for (let key = 0; key < count; key++) order[key] = key
  quicksort(keys, order, new Float64Array(count), 0, count, first)
  return order
}

/** By radix sort of the eight bytes behind the first `depth` ones. What is equal then is left to quicksort. */
function sortMany(keys: Keys, count: number, depth: number): Uint32Array {
  const { arena, offsets } = keys
  const high = new Uint32Array(count)
  const low = new Uint32Array(count)
  for (let key = 0; key < count; key++) {
    const at = offsets[key]! + depth
    const end = offsets[key + 1]!
    high[key] = fourBytes(arena, at, end)
    low[key] = fourBytes(arena, at + 4, end)
  }
  const order = radixSort(high, low)
  let words: Float64Array | undefined
  for (let from = 0, to = 1; from < count; from = to++) {
    const key = order[from]!
    while (to < count && high[order[to]!] === high[key] && low[order[to]!] === low[key]) to++
    if (to - from < 2) continue
    words ??= new Float64Array(count)
    // From `depth` again, because a missing byte looks like a zero byte here.
    quicksort(keys, order, words, from, to, depth)
  }
  return order
}

/** Up to four bytes as a number that orders as they do. Missing bytes count as zeros. */
function fourBytes(arena: Readonly<Uint8Array>, at: number, end: number): number {
  if (end - at >= 4) return ((arena[at]! << 24) | (arena[at + 1]! << 16) | (arena[at + 2]! << 8) | arena[at + 3]!) >>> 0
  let word = 0
  for (let i = 0; i < 4; i++) word = word * 256 + (at + i < end ? arena[at + i]! : 0)
  return word
}

/** The order of the numbers `high[i] * 2^32 + low[i]`, byte by byte from the last one. Equal numbers stay in their order. */
function radixSort(high: Uint32Array, low: Uint32Array): Uint32Array {
  const count = high.length
  let order = new Uint32Array(count)
  let other = new Uint32Array(count)
  for (let i = 0; i < count; i++) order[i] = i
  // The words travel with their numbers: looking them up would wait for the memory.
  let words = new Uint32Array(count)
  let otherWords = new Uint32Array(count)
  const places = new Uint32Array(256)
  for (const source of [low, high]) {
    for (let i = 0; i < count; i++) words[i] = source[order[i]!]!
    for (let shift = 0; shift < 32; shift += 8) {
      places.fill(0)
      for (let i = 0; i < count; i++) places[(words[i]! >>> shift) & 0xff]!++
      // All have the same byte here.
      if (places[(words[0]! >>> shift) & 0xff] === count) continue
      let place = 0
      for (let value = 0; value < 256; value++) {
        const here = places[value]!
        places[value] = place
        place += here
      }
      for (let i = 0; i < count; i++) {
        const word = words[i]!
        const to = places[(word >>> shift) & 0xff]!++
        other[to] = order[i]!
        otherWords[to] = word
      }
      ;[order, other] = [other, order]
      ;[words, otherWords] = [otherWords, words]
    }
  }
  return order
}

/** Sort the keys in `[start, stop)` of `order`, which have their first `common` bytes in common. `words` is room for as many words. */
function quicksort(
  keys: Keys,
  order: Uint32Array,
  words: Float64Array,
  start: number,
  stop: number,
  common: number,
): void {
  const { arena, offsets } = keys
  const readWords = (from: number, to: number, depth: number): void => {
    for (let i = from; i < to; i++) {
      const key = order[i]!
      words[i] = wordAt(arena, offsets[key]! + depth, offsets[key + 1]!)
    }
  }
  const swap = (a: number, b: number): void => {
    const word = words[a]!
    const key = order[a]!
    words[a] = words[b]!
    order[a] = order[b]!
    words[b] = word
    order[b] = key
  }
  const isLess = (a: number, b: number, depth: number): boolean =>
    words[a] === words[b] ? compareFrom(keys, order[a]!, order[b]!, depth) < 0 : words[a]! < words[b]!

  readWords(start, stop, common)
  const todo: number[] = [start, stop, common]
  while (todo.length > 0) {
    const depth = todo.pop()!
    const to = todo.pop()!
    const from = todo.pop()!
    if (to - from <= fewKeys) {
      for (let i = from + 1; i < to; i++) for (let j = i; j > from && isLess(j, j - 1, depth); j--) swap(j, j - 1)
      continue
    }
    const pivot = middleWord(words, from, to)
    let less = from
    let at = from
    let greater = to
    while (at < greater) {
      const word = words[at]!
      if (word < pivot) swap(less++, at++)
      else if (word > pivot) swap(at, --greater)
      else at++
    }
    todo.push(from, less, depth, greater, to, depth)
    // Keys that end within the word are equal if their words are, so there is only one.
    if (greater - less < 2 || pivot % 8 !== goesOn) continue
    readWords(less, greater, depth + wordBytes)
    todo.push(less, greater, depth + wordBytes)
  }
}

/** How many bytes all keys have in common at their start. */
function commonLength({ arena, offsets }: Keys, count: number): number {
  let length = count === 0 ? 0 : offsets[1]!
  for (let key = 1; key < count && length > 0; key++) {
    const start = offsets[key]!
    const most = Math.min(length, offsets[key + 1]! - start)
    length = 0
    while (length < most && arena[start + length] === arena[length]) length++
  }
  return length
}

/**
 * Six bytes of a key as a number that orders as they do, with three bits behind them: how many bytes there are, or 7 if the key goes
 * on. So a key comes before longer ones that begin with it.
 */
function wordAt(arena: Readonly<Uint8Array>, at: number, end: number): number {
  const left = end - at
  if (left > wordBytes) {
    const high = (arena[at]! << 16) | (arena[at + 1]! << 8) | arena[at + 2]!
    const low = (arena[at + 3]! << 16) | (arena[at + 4]! << 8) | arena[at + 5]!
    return (high * 0x1000000 + low) * 8 + goesOn
  }
  let word = 0
  for (let i = 0; i < wordBytes; i++) word = word * 256 + (i < left ? arena[at + i]! : 0)
  return word * 8 + left
}

/** The median of nine words, or of three: sorted data must not be the worst case. */
function middleWord(words: Float64Array, from: number, to: number): number {
  const step = (to - from) >> 3
  const three = (at: number): number => middle(words[at]!, words[at + step]!, words[at + 2 * step]!)
  if (to - from < 128) return three(from)
  return middle(three(from), three(from + 3 * step), three(to - 1 - 2 * step))
}

function middle(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}

function compareFrom({ arena, offsets }: Keys, a: number, b: number, depth: number): number {
  let left = offsets[a]! + depth
  let right = offsets[b]! + depth
  const leftEnd = offsets[a + 1]!
  const rightEnd = offsets[b + 1]!
  for (; left < leftEnd && right < rightEnd; left++, right++) {
    if (arena[left] !== arena[right]) return arena[left]! - arena[right]!
  }
  return leftEnd - left - (rightEnd - right)
}
