// The heat map of a list of entropies, as text for a terminal.

const columns = 64
const mostRows = 24
const leastBlockBytes = 256
const mostBits = 8
/** From 0 to 8 bits, in steps of 0.8. */
const characters = ' .:-=+*#%@'
/** The same steps in the palette of 256 colours: from dark blue to red. */
const colors = [17, 19, 26, 31, 37, 71, 148, 220, 208, 196]

/**
 * Bytes per block, so that the map fits a terminal: the smallest power of two >= 256 that makes at most 64 × 24 blocks.
 *
 * @param byteLength - the length of the data
 */
export function blockBytesFor(byteLength: number): number {
  let blockBytes = leastBlockBytes
  while (blockBytes * columns * mostRows < byteLength) blockBytes *= 2
  return blockBytes
}

/**
 * Draw entropies, 64 blocks per row, each row after the offset of its first block in hexadecimal.
 *
 * @param entropies - bits per byte, for each block
 * @param blockBytes - bytes per block
 * @param hasColors - whether the terminal shows the 256 colours of xterm; otherwise ten characters stand for ten steps
 * @returns lines, without a line feed at the end
 * @example console.log(heatMap(await engine.run(data, entropyMap), 4096, false))
 */
export function heatMap(entropies: readonly number[], blockBytes: number, hasColors: boolean): string {
  const cells = entropies.map((bits) => cell(levelOf(bits), hasColors))
  const rows: string[] = []
  for (let first = 0; first < cells.length; first += columns) {
    const offset = (first * blockBytes).toString(16).padStart(8, '0')
    rows.push(`  ${offset} ${cells.slice(first, first + columns).join('')}`.trimEnd())
  }
  const scale = [...characters].map((_, level) => cell(level, hasColors)).join('')
  return [...rows, '', `  0 [${scale}] 8 bits per byte; a block is ${blockBytes.toLocaleString('en')} bytes`].join('\n')
}

function levelOf(bits: number): number {
  return Math.min(characters.length - 1, Math.floor((bits / mostBits) * characters.length))
}

function cell(level: number, hasColors: boolean): string {
  return hasColors ? `\u001b[38;5;${colors[level]}m█\u001b[39m` : characters[level]!
}
