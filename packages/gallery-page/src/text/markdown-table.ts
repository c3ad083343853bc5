// A table as Markdown, to paste into an issue or a chat.

/**
 * The lines of a Markdown table. Columns whose cells are all numbers are aligned to the right.
 *
 * @param header - the titles of the columns
 * @param rows - as many cells per row as there are titles; `|` and line feeds in them are escaped
 */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const isNumeric = header.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^[\d.,]+$/.test(row[column] ?? '')),
  )
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`
  return [line(header), line(isNumeric.map((is) => (is ? '---:' : '---'))), ...rows.map(line)].join('\n')
}

function escaped(cell: string): string {
  return cell
    .replace(/\\/g, '\\\\')
    .replace(/\|/g, '\\|')
    .replace(/\s*\n\s*/g, ' ')
}
