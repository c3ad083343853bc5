// Bars made of characters, for results that a picture shows better than a list of numbers.

import { formatShort } from '../terminal/numbers.js'

const eighthsAcross = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█']
const eighthsUp = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
const barsPerStrip = 64
const rowsPerStrip = 4

/**
 * A horizontal bar.
 *
 * @param share - share of the width, from 0 to 1
 * @param width - in columns; any value above 0 shows at least an eighth of a column
 */
export function bar(share: number, width: number): string {
  const eighths = share > 0 ? Math.max(1, Math.round(share * width * 8)) : 0
  return '█'.repeat(Math.floor(eighths / 8)) + eighthsAcross[eighths % 8]
}

/**
 * Vertical bars, one per value, in strips of 64.
 *
 * The height of a bar is the square root of its value. So small values are visible beside large ones, and heights can still be
 * compared: twice as high means four times as much. Any value above 0 has at least the lowest bar.
 *
 * @param values - numbers >= 0, at least one
 * @returns lines, each strip with the number of its first value before it; without a line feed at the end
 * @see J. W. Tukey, Exploratory Data Analysis (1977): he calls a histogram of square roots a rootogram
 */
export function barPlot(values: readonly number[]): string {
  const tallest = values.reduce((best, value, at) => (value > values[best]! ? at : best), 0)
  const most = values[tallest]!
  const margin = String(values.length - 1).length
  const lines: string[] = []
  for (let first = 0; first < values.length; first += barsPerStrip) {
    const strip = values.slice(first, first + barsPerStrip).map((value) => heightOf(value, most))
    for (let row = rowsPerStrip - 1; row >= 0; row--) {
      const bars = strip.map((height) => eighthsUp[Math.min(8, Math.max(0, height - row * 8))])
      const label = row === 0 ? String(first).padStart(margin) : ' '.repeat(margin)
      lines.push(`${label} ${bars.join('')}`.trimEnd())
    }
  }
  lines.push(
    most === 0
      ? `${values.length} values, all 0.`
      : `${values.length} values; height: square root. The largest is number ${tallest}: ${formatShort(most)}.`,
  )
  // Rows that no bar reaches are left out.
  return lines.filter((line) => line !== '').join('\n')
}

/** The height of a bar, in eighths of a row. */
function heightOf(value: number, most: number): number {
  return value === 0 ? 0 : Math.max(1, Math.round(Math.sqrt(value / most) * rowsPerStrip * 8))
}
