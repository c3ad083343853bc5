// Computes the CRC-32 of two joined pieces from the CRC-32 of each and the length of the second.
//
// A CRC is the remainder of a polynomial over GF(2), divided by a polynomial of degree 32. Appending n bytes multiplies the
// first piece by x^(8n), and then adds the second piece. So the first CRC is multiplied by x^(8n), modulo that polynomial, and
// the CRCs are added, which is XOR. The CRC-32 of gzip also inverts all bits before and after, but that cancels out. The method
// is that of zlib's crc32_combine by Mark Adler; the code was written from scratch for JavaScript's numbers.

/** The polynomial of CRC-32, without its leading term; the highest bit is the coefficient of x^0. */
const polynomial = 0xedb88320
/** x^0 */
const one = 0x80000000
/** x^(8·2^k) for each k that was needed so far, from k = 0: one byte, two, four, … */
const powers: number[] = [one >>> 8]

/**
 * The CRC-32 of `left ‖ right`.
 *
 * Together with the sum of the lengths, this is associative. It is not commutative. A piece of length 0 has the CRC 0 and
 * changes nothing. It takes one multiplication for each bit that is set in `rightLength`.
 *
 * @param left - CRC-32 of the first piece, as `zlib.crc32` returns it
 * @param right - CRC-32 of the second piece
 * @param rightLength - bytes of the second piece; integer >= 0
 * @returns an integer in 0..2^32-1
 * @see https://github.com/madler/zlib/blob/v1.3.1/crc32.c crc32_combine, multmodp, x2nmodp
 * @example combineCrc32(crc32('on'), crc32('ecopy'), 5) === crc32('onecopy')
 */
export function combineCrc32(left: number, right: number, rightLength: number): number {
  let shifted = left
  // The length is not shifted, because it may have 53 bits.
  for (let k = 0, rest = rightLength; rest > 0; k++, rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) shifted = multiply(shifted, powerFor(k))
  }
  return (shifted ^ right) >>> 0
}

/** x^(8·2^k): each is the square of the one before. */
function powerFor(k: number): number {
  for (let last = powers.at(-1)!; powers.length <= k; powers.push(last)) last = multiply(last, last)
  return powers[k]!
}

/** `a·b` modulo the polynomial: adds up `b·x^i` for each term `x^i` of `a`. */
function multiply(a: number, b: number): number {
  let product = 0
  for (let term = one; term !== 0; term >>>= 1) {
    if ((a & term) !== 0) product ^= b
    b = (b & 1) === 0 ? b >>> 1 : (b >>> 1) ^ polynomial
  }
  return product >>> 0
}
