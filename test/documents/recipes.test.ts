// The jobs at the top of docs/recipes.md: each is there, in as few lines as the page says. docs.test.ts runs them.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const page = readFileSync(new URL('../../docs/recipes.md', import.meta.url), 'utf8')
const intro = page.slice(0, page.indexOf('All recipes:'))
const jobs = [...intro.matchAll(/\[([^\]]+)\]\(#([\w-]+)\)/g)].map(([, name, anchor]) => ({ name, anchor }))

/** The section of a heading with this anchor. */
function sectionOf(anchor: string): string {
  const sections = page.split(/^## /m)
  return (
    sections.find(
      (text) =>
        text
          .split('\n', 1)[0]!
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-') === anchor,
    ) ?? ''
  )
}

test('there are ten jobs', () => expect(jobs.length).toBe(10))

describe.each(jobs)('$name', ({ anchor }) => {
  test('takes fewer than 25 lines', () => {
    const blocks = [...sectionOf(anchor!).matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code!)
    // A first block that is a file is the plugin of the second one.
    const program = blocks.slice(0, blocks[0]?.startsWith('// ') ? 2 : 1).join('')
    const lines = program.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('//'))
    expect(lines.length).toBeGreaterThan(3)
    expect(lines.length).toBeLessThan(25)
  })
})
