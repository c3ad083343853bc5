// The plain twins of the smallest, the largest and the sum.

interface Elements<N> {
  readonly length: number
  readonly [index: number]: N
}

/** The smallest and the largest of one or more numbers, in the order of `Math.min` and `Math.max`. */
export function plainMinMax(numbers: Elements<number>): { min: number; max: number } {
  let min = numbers[0]!
  let max = min
  for (let i = 1; i < numbers.length; i++) {
    const value = numbers[i]!
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  return { min, max }
}

/** The smallest and the largest of one or more bigints. */
export function plainMinMaxBigInts(bigints: Elements<bigint>): { min: bigint; max: bigint } {
  let min = bigints[0]!
  let max = min
  for (let i = 1; i < bigints.length; i++) {
    const value = bigints[i]!
    if (value < min) min = value
    if (value > max) max = value
  }
  return { min, max }
}

/** A sum of this many integers of up to 32 bits is below 2^53. */
const exactLength = 2 ** 20

/** The number nearest to the exact sum of integers of up to 32 bits. */
export function plainSumIntegers(integers: Elements<number>): number {
  let low = 0
  let high = 0
  for (let from = 0; from < integers.length; from += exactLength) {
    const to = Math.min(integers.length, from + exactLength)
    let part = 0
    for (let i = from; i < to; i++) part += integers[i]!
    // Both halves are exact, so the sum is rounded only once, at the end.
    const upper = Math.floor(part / 2 ** 32)
    high += upper
    low += part - upper * 2 ** 32
  }
  return high * 2 ** 32 + low
}

/** The sum of floats: element `i` is added to accumulator `i % 8`, and the accumulators are added as a tree. */
export function plainSumFloats(floats: Elements<number>): number {
  const sums = new Float64Array(8)
  const rounds = floats.length - (floats.length % 8)
  let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (let i = 0; i < rounds; i += 8) {
    a += floats[i]!
    b += floats[i + 1]!
    c += floats[i + 2]!
    d += floats[i + 3]!
    e += floats[i + 4]!
    f += floats[i + 5]!
    g += floats[i + 6]!
    h += floats[i + 7]!
  }
  sums.set([a, b, c, d, e, f, g, h])
  for (let i = rounds; i < floats.length; i++) sums[i - rounds]! += floats[i]!
  const even = sums[0]! + sums[4]! + (sums[2]! + sums[6]!)
  const odd = sums[1]! + sums[5]! + (sums[3]! + sums[7]!)
  return even + odd
}

/** The exact sum of bigints. */
export function plainSumBigInts(bigints: Elements<bigint>): bigint {
  let sum = 0n
  for (let i = 0; i < bigints.length; i++) sum += bigints[i]!
  return sum
}
