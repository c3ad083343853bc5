// Tables of text, made by cli-table3 without its own colours.

import Table from 'cli-table3'
import type { Colors } from '../terminal/colors.js'

/** A column: its title and its alignment. */
export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

/** A table with a header and with lines around the cells. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], colors: Colors): string {
  const lines = new Table({
    head: columns.map(({ title }) => colors.bold(title)),
    colAligns: columns.map(({ align = 'left' }) => align),
    style: { head: [], border: [], compact: true },
  })
  for (const row of rows) lines.push([...row])
  return lines.toString()
}

/** Two columns without lines. The first is bold. */
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
