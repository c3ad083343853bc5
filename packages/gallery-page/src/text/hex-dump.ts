// Bytes as people read them: in hexadecimal with characters beside it, and as characters alone.

const perLine = 16

/** One character per byte: ASCII as it is, `·` for the rest. */
export function printable(bytes: ArrayLike<number>): string {
  return Array.from(bytes, (byte) => (byte > 0x1f && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('')
}

/**
 * Lines of 16 bytes: the offset, the bytes in hexadecimal, and their characters.
 *
 * @param offset - of the first byte in the whole data
 */
export function hexDump(bytes: Uint8Array, offset: number): string {
  const lines: string[] = []
  const digits = Math.max(8, (offset + bytes.length).toString(16).length)
  for (let at = 0; at < bytes.length; at += perLine) {
    const row = bytes.subarray(at, at + perLine)
    const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    lines.push(`${(offset + at).toString(16).padStart(digits, '0')}  ${hex.padEnd(3 * perLine - 1)}  ${printable(row)}`)
  }
  return lines.join('\n')
}

/** How a value of a byte is named: `0x41 “A”`, `0x0a line feed`. */
export function byteName(value: number): string {
  const hex = `0x${value.toString(16).padStart(2, '0')}`
  const name = names[value]
  if (name !== undefined) return `${hex} ${name}`
  return value > 0x20 && value < 0x7f ? `${hex} “${String.fromCharCode(value)}”` : hex
}

const names: Readonly<Record<number, string>> = {
  0: 'zero',
  9: 'tab',
  10: 'line feed',
  13: 'carriage return',
  32: 'space',
}
