// The bits of a double, as two words of 32 bits.

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** Where to write the double. */
export const double: Float64Array = new Float64Array(1)
/** Where to read its words. */
export const words: Uint32Array = new Uint32Array(double.buffer)
/** The index of the word with the sign, the exponent and the upper 20 bits of the fraction. */
export const highWord: 0 | 1 = isLittleEndian ? 1 : 0
/** The index of the word with the lower 32 bits of the fraction. */
export const lowWord: 0 | 1 = isLittleEndian ? 0 : 1
