// The bar plot of a histogram of bytes, as text for a terminal.

const valuesPerStrip = 64
const rowsPerStrip = 4
const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/**
 * Draw how often each of the 256 byte values occurs: four strips of 64 bars, with the characters below their bars.
 *
 * The height of a bar is the square root of its count. So rare values are visible beside common ones, and heights can still be
 * compared: twice as high means four times as often. A value that occurs has at least the lowest bar.
 *
 * @param counts - 256 counts
 * @throws {RangeError} there are not 256 counts
 * @returns lines of at most 69 columns, without a line feed at the end
 * @see J. W. Tukey, Exploratory Data Analysis (1977): he calls a histogram of square roots a rootogram
 * @example console.log(barPlot((await engine.run(data, byteCount)).counts))
 */
export function barPlot(counts: ArrayLike<number>): string {
  if (counts.length !== 256) throw new RangeError(`counts: expected 256, got ${counts.length}`)
  const values = Array.from({ length: 256 }, (_, value) => value)
  const tallest = values.reduce((best, value) => (counts[value]! > counts[best]! ? value : best), 0)
  const most = counts[tallest] ?? 0
  const steps = values.map((value) => heightOf(counts[value]!, most))
  const lines: string[] = []
  for (let first = 0; first < 256; first += valuesPerStrip) {
    const strip = values.slice(first, first + valuesPerStrip)
    for (let row = rowsPerStrip - 1; row >= 0; row--) {
      const bars = strip.map((value) => eighths[Math.min(8, Math.max(0, steps[value]! - row * 8))])
      lines.push(`     ${bars.join('')}`.trimEnd())
    }
    lines.push(`  ${hex(first)} ${strip.map(characterOf).join('')}`)
  }
  lines.push('', `Height: square root of the count. ${describeTallest(tallest, most)}`)
  return lines.join('\n')
}

/** The height in eighths of a row: 0 for a value that does not occur, at least 1 for one that does. */
function heightOf(count: number, most: number): number {
  return count === 0 ? 0 : Math.max(1, Math.round(Math.sqrt(count / most) * rowsPerStrip * 8))
}

function describeTallest(value: number, count: number): string {
  if (count === 0) return 'There is nothing to count.'
  const character = value > 0x20 && value < 0x7f ? ` (${characterOf(value)})` : ''
  return `The tallest: 0x${hex(value)}${character}, ${count.toLocaleString('en')} time${count === 1 ? '' : 's'}.`
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0')
}

/** Printable ASCII as it is, and a dot for all other values. */
function characterOf(value: number): string {
  return value >= 0x20 && value < 0x7f ? String.fromCharCode(value) : '·'
}
