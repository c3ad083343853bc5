// The gallery's README says of the examples what their plugins say.

import { execFile } from 'node:child_process'
import { access, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as examples from '@onecopy/examples'
import { expect, test } from 'vitest'
import { entries } from '../../packages/examples/dist/gallery/entries.js'
import { renderIndex, replaceIndex } from '../../packages/examples/dist/gallery/readme-index.js'

const root = new URL('../../', import.meta.url)
const run = promisify(execFile)

test('its table is what npm run index writes', async () => {
  await run(process.execPath, [fileURLToPath(new URL('packages/examples/dist/gallery-index.js', root)), '--check'])
})

test('each plugin that the examples export is in the gallery, with a README, a test and something to teach', async () => {
  const plugins = Object.values(examples).filter((each) => typeof each === 'object' && 'url' in each)
  const listed = entries()
  expect(listed.map(({ name }) => name).sort()).toEqual(plugins.map(({ name }) => name).sort())
  for (const { name, description, teaches } of listed) {
    expect(description).toMatch(/^[A-Z].*\.$/)
    expect(teaches).not.toBe('')
    for (const path of [`packages/examples/src/${name}/README.md`, `test/examples/${name}.test.ts`])
      await expect(access(new URL(path, root)), path).resolves.toBeUndefined()
  }
})

test('the README shows the answer of each example', async () => {
  const readme = await readFile(new URL('packages/examples/README.md', root), 'utf8')
  const [, answers = ''] = readme.split('The answers:')
  const shown = [...answers.matchAll(/^\/\/ ([\w-]+)/gm)].map(([, name]) => name)
  expect(shown).toEqual(entries().map(({ name }) => name))
})

test('a row links to the folder; a bar in a text is no border of a cell', () => {
  const entry = { name: 'a-b', description: 'This | that.', teaches: 'much', isGenerated: true }
  expect(renderIndex([entry]).split('\n').at(-1)).toBe('| [a-b](src/a-b) | This \\| that. | data it generates | much |')
})

test('a README without markers is refused', () => {
  expect(() => replaceIndex('# The gallery', '')).toThrow(/index: begin/)
})
