// Naive twins of the kernels: the whole data at once, one element after the other.

export function naiveCount(bytes: Uint8Array, byte: number): number {
  let count = 0
  for (const each of bytes) if (each === byte) count++
  return count
}

export function naiveWords(bytes: Uint8Array): number {
  // latin1: one character per byte. Not \s, which takes 0xa0 for a space as well.
  const words = Buffer.from(bytes)
    .toString('latin1')
    .split(/[ \t\n\v\f\r]+/)
  return words.filter((word) => word !== '').length
}

export function naiveHistogram(bytes: Uint8Array): Float64Array {
  const counts = new Float64Array(256)
  for (const byte of bytes) counts[byte]!++
  return counts
}

export function naiveFind(bytes: Uint8Array, pattern: Uint8Array): number[] {
  const offsets: number[] = []
  for (let at = 0; at + pattern.length <= bytes.length; at++) {
    if (pattern.every((byte, i) => bytes[at + i] === byte)) offsets.push(at)
  }
  return offsets
}

export function naiveMinMax(numbers: Iterable<number>): { min: number; max: number } | undefined {
  const all = [...numbers]
  if (all.length === 0) return undefined
  return { min: all.reduce((a, b) => Math.min(a, b)), max: all.reduce((a, b) => Math.max(a, b)) }
}

export function naiveMinMaxBigInts(bigints: Iterable<bigint>): { min: bigint; max: bigint } | undefined {
  const sorted = [...bigints].sort((a, b) => (a < b ? -1 : Number(a > b)))
  return sorted.length === 0 ? undefined : { min: sorted[0]!, max: sorted.at(-1)! }
}

export function naiveSum(numbers: Iterable<number>): number {
  let sum = 0
  for (const each of numbers) sum += each
  return sum
}

export function naiveSumBigInts(bigints: Iterable<bigint>): bigint {
  let sum = 0n
  for (const each of bigints) sum += each
  return sum
}

/** One chunk's sum of floats, as the documentation of `sum` has it. */
export function naiveStripedSum(floats: ArrayLike<number>): number {
  const s = new Array<number>(8).fill(0)
  for (let i = 0; i < floats.length; i++) s[i % 8]! += floats[i]!
  const [s0, s1, s2, s3, s4, s5, s6, s7] = s as [number, number, number, number, number, number, number, number]
  return s0 + s4 + (s2 + s6) + (s1 + s5 + (s3 + s7))
}
