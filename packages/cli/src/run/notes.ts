// What the chunks of a run have noted: what they skipped, as a table and as a file, and what they counted.

import { appendFileSync, writeFileSync } from 'node:fs'
import { isError } from '@onecopy/core/lane'
import type { RunStats } from '@onecopy/node'
import { table } from '../result/table.js'
import type { Colors } from '../terminal/colors.js'
import { formatNumber } from '../terminal/numbers.js'
import { printable } from '../terminal/printable.js'
import { UsageError } from '../terminal/usage-error.js'

/** How many rows the table has. */
const mostRows = 10
/** How many skipped ranges the file has, per input. */
export const mostInFile = 100_000

/** Make the file for skipped ranges anew, so that a wrong path is known before anything runs. */
export function beginSkippedFile(path: string): void {
  try {
    writeFileSync(path, '')
  } catch (cause) {
    throw new UsageError(`--skipped: ${isError(cause) ? cause.message : String(cause)}`, { cause })
  }
}

/** Add the skipped ranges of an input to the file, one JSON object per line. */
export function writeSkipped(path: string, file: string, { skipped: { ranges } }: RunStats): void {
  const lines = ranges.map(({ source, ...range }) => {
    if (source === undefined) return { file, ...range }
    // Of files that are taken together, each has its own offsets.
    const { path: name, offset } = source
    return { file: name, start: offset, end: offset + range.end - range.start, why: range.why }
  })
  appendFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

/** The notes of an input as text; undefined if there are none. */
export function notesText(name: string, { skipped, counters }: RunStats, colors: Colors): string | undefined {
  const parts: string[] = []
  const { count, ranges } = skipped
  if (count > 0) {
    const rows = ranges.slice(0, mostRows).map(({ start, end, why, source }) => {
      const from = source?.offset ?? start
      const cells = [formatNumber(from), formatNumber(from + end - start), printable(why)]
      return source === undefined ? cells : [printable(source.path), ...cells]
    })
    const hasFiles = rows[0]?.length === 4
    const columns = [
      ...(hasFiles ? [{ title: 'file' }] : []),
      { title: 'from', align: 'right' },
      { title: 'to', align: 'right' },
      { title: 'why' },
    ] as const
    parts.push(
      `onecopy: ${name}: ${formatNumber(count)} skipped${count > rows.length ? `, the first ${rows.length}` : ''}:`,
    )
    parts.push(table(columns, rows, colors))
  }
  const counted = Object.entries(counters).map(([counter, n]) => `${printable(counter)} ${formatNumber(n)}`)
  if (counted.length > 0) parts.push(`onecopy: ${name}: counted: ${counted.join(', ')}`)
  return parts.length === 0 ? undefined : parts.join('\n')
}
