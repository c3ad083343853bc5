// Tables of text, by cli-table3, without the colours that it would add of its own.

import Table from 'cli-table3'
import type { Colors } from '../terminal/colors.js'

/** A column: its title, and where its text stands. */
export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

/** A table with a head and lines around its cells. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], colors: Colors): string {
  const lines = new Table({
    head: columns.map(({ title }) => colors.bold(title)),
    colAligns: columns.map(({ align = 'left' }) => align),
    style: { head: [], border: [], compact: true },
  })
  for (const row of rows) lines.push([...row])
  return lines.toString()
}

/** Columns without lines around them: the first in bold. */
export function keyValues(rows: readonly (readonly [string, string])[], colors: Colors): string {
  const lines = new Table({
    chars: Object.fromEntries(
      ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left']
        .concat(['left-mid', 'mid', 'mid-mid', 'right', 'right-mid'])
        .map((name) => [name, ''])
        .concat([['middle', '  ']]),
    ),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  })
  for (const [key, value] of rows) lines.push([colors.bold(key), value])
  return lines
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}
