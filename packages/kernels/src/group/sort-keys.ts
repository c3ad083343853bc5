// Sorting keys by their bytes: multikey quicksort with cached bytes (Bentley and Sedgewick, "Fast algorithms for sorting and
// searching strings", 1997; the cache is Rantala's).

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
  const { arena, offsets } = keys
  const order = new Uint32Array(count)
  const words = new Float64Array(count)
  for (let key = 0; key < count; key++) order[key] = key
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

  const first = commonLength(keys, count)
  readWords(0, count, first)
  const todo: number[] = [0, count, first]
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
  return order
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
