// The README's table of examples, made from what the plugins say about themselves.

import type { Entry } from './entry.js'

const begin = '<!-- index: begin -->'
const end = '<!-- index: end -->'

/** What the table needs to know about an entry. */
export type IndexEntry = Pick<Entry, 'name' | 'description' | 'teaches' | 'isGenerated'>

/** The table in Markdown, without a line feed at the end. The folder of an example has its name. */
export function renderIndex(entries: readonly IndexEntry[]): string {
  const rows = entries.map(({ name, description, teaches, isGenerated }) => [
    `[${name}](src/${name})`,
    description,
    isGenerated ? 'data it generates' : 'your file',
    teaches,
  ])
  const table = [['example', 'answers', 'runs over', 'teaches'], ['---', '---', '---', '---'], ...rows]
  return table.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n')
}

/**
 * Put `index` between the markers of `readme`.
 *
 * @throws {Error} the markers are missing
 */
export function replaceIndex(readme: string, index: string): string {
  const from = readme.indexOf(begin)
  const to = readme.indexOf(end)
  if (from < 0 || to < from) throw new Error(`there is no ${begin} … ${end}`)
  return `${readme.slice(0, from)}${begin}\n${index}\n${readme.slice(to)}`
}
