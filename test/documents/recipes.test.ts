// The jobs at the top of docs/recipes.md: each is there, in as few lines as the page says, and right for data that is not tidy.
// docs.test.ts runs them as they are.

import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

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

describe('with data that is less tidy than the page’s own', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const blocks = [...page.matchAll(/^```js\n(.*?)^```/gms)].map(([, code = '']) => code)
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'onecopy recipes '))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    for (const code of blocks) {
      const [, name] = /^\/\/ ([\w-]+\.js)\n/.exec(code) ?? []
      if (name !== undefined) writeFileSync(join(folder, name), code)
    }
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** Run the program with this text in it, with other data; what it prints to standard output. */
  async function printed(text: string, data: string): Promise<string> {
    const program = blocks.find((code) => code.includes(text)) ?? expect.fail(`no program has ${text}`)
    const changed = program.replace(/share\(('([^'\\]|\\.)*'|Array.*)\)/, () => `share(${JSON.stringify(data)})`)
    expect(changed).not.toBe(program)
    const name = join(folder, `${text.replace(/\W/g, '')}-program.js`)
    writeFileSync(name, changed)
    return (await promisify(execFile)(process.execPath, [name], { cwd: folder })).stdout
  }

  test.each([
    [
      'a log with carriage returns, an empty line, and lines that are none of it',
      'const readLines',
      '2026-01-31T12:00:07Z 500 12 /a\r\n\r\nno line of log\r\n2026-01-31T12:01:00Z 200 4 /a',
      "Map(1) { '2026-01-31T12:00' => 1 }\n[ [ '/a', 2 ] ]\n12\n",
    ],
    [
      'rows with carriage returns, and an empty one',
      'const readings',
      'Oslo;4\r\n\r\nBern;8\r\nOslo;6\r\n',
      "Map(2) { 'Oslo' => 5, 'Bern' => 8 }\n",
    ],
    [
      'documents with a colon in the text, words of other scripts, and one without text',
      'const documents',
      'one: über: be\r\ntwo: bé be\r\nthree',
      "[ 'one', 'two' ]\n",
    ],
    [
      'users without a number, with carriage returns, and empty lines',
      "from './by-country.js'",
      'user-0 10\r\n\r\nuser-1\r\nuser-2 5\r\nuser-x 7',
      '[ 10, undefined, 5, 7 ]\n',
    ],
    [
      'JSON that is no payment',
      'const payments',
      'null\r\n{"user":"ada","amount":3}\r\n\r\n{"user":"bob"}\r\n7',
      '3\n3\n',
    ],
    [
      'JSON that is no event: it costs no other line',
      "from './counted-events.js'",
      '{"kind":"login"}\nnull\n{}\n{"kind":"login"}',
      "Map(2) { 'login' => 2, 'undefined' => 2 }\n",
    ],
    [
      'CSV with a byte order mark, an empty line, and amounts that are none',
      "from './sales.js'",
      '\uFEFFcity,note,amount\r\nOslo,"two\r\nlines",0.5\r\n\r\nOslo,,none\r\nOslo\r\n',
      '0.5\n',
    ],
  ])('%s', async (_, text, data, expected) => {
    expect(await printed(text, data)).toBe(expected)
  })
})
