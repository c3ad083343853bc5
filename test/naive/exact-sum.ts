// The correctly rounded sum of doubles, by fractions of bigints and a search among all doubles.

const view = new DataView(new ArrayBuffer(8))

/** `x` in units of 2^-1074. */
function unitsOf(x: number): bigint {
  view.setFloat64(0, x)
  const bits = view.getBigUint64(0)
  const exponent = (bits >> 52n) & 2047n
  const fraction = bits & (2n ** 52n - 1n)
  const units = exponent === 0n ? fraction : (fraction + 2n ** 52n) << (exponent - 1n)
  return x < 0 ? -units : units
}

function fromBits(bits: bigint): number {
  view.setBigUint64(0, bits)
  return view.getFloat64(0)
}

/** As `Math.sumPrecise`, except that the sum of nothing is 0. */
export function naiveExactSum(numbers: readonly number[]): number {
  if (numbers.length === 0) return 0
  const plain = numbers.filter((x) => !Number.isFinite(x)).reduce((a, b) => a + b, 0)
  if (!Number.isFinite(plain)) return plain
  const units = numbers.map(unitsOf).reduce((a, b) => a + b, 0n)
  if (units === 0n) return numbers.every((x) => Object.is(x, -0)) ? -0 : 0
  const size = units < 0n ? -units : units
  // The largest double that is not above the sum. The bits of positive doubles are in the order of the doubles.
  let [low, high] = [0n, 0x7fefffffffffffffn]
  while (low < high) {
    const middle = (low + high + 1n) / 2n
    if (unitsOf(fromBits(middle)) <= size) low = middle
    else high = middle - 1n
  }
  const below = unitsOf(fromBits(low))
  // Behind the largest double there would be one more, which stands for Infinity.
  const above = low === 0x7fefffffffffffffn ? 2n ** 2098n : unitsOf(fromBits(low + 1n))
  const [toBelow, toAbove] = [size - below, above - size]
  const isAbove = toAbove < toBelow || (toAbove === toBelow && low % 2n === 1n)
  const nearest = fromBits(isAbove ? low + 1n : low)
  return units < 0n ? -nearest : nearest
}
