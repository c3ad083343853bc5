// The digest of a plugin's code: the same for the same files in another folder, another one as soon as a file differs.

import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { digestPlugin } from '@onecopy/node'
import { beforeEach, expect, test } from 'vitest'
import { tempDir } from '../support/temp-dir.js'

const root = tempDir()
const folder = join(root, 'one', 'a folder')
const entry = join(folder, 'plugin.js')

/** Each file with another content that must give another digest. */
const files: readonly (readonly [path: string, text: string, other: string])[] = [
  [
    'plugin.js',
    `import { a } from './lib/a.js'\nimport './side.mjs'\nexport * from '../shared.js'
     import { z } from 'some-package'\nimport { readFileSync } from 'node:fs'
     const wasm = new URL('./kernel.wasm', import.meta.url)\nconst c = require('./plain')\nawait import('./late.js')`,
    '// nothing',
  ],
  ['lib/a.js', `import '../plugin.js'\nimport { typed } from './typed.js'\nexport const a = 1`, 'export const a = 2'],
  ['lib/typed.ts', 'export const typed: number = 1', 'export const typed: number = 2'],
  ['side.mjs', 'globalThis.side = 1', 'globalThis.side = 2'],
  ['../shared.js', 'export const b = 1', 'export const b = 2'],
  ['kernel.wasm', 'bytes', 'other bytes'],
  ['plain.js', 'module.exports = 1', 'module.exports = 2'],
  ['late.js', 'export default 1', 'export default 2'],
  [
    'node_modules/some-package/package.json',
    '{"name":"some-package","version":"1.0.0","exports":"./index.js"}',
    '{"name":"some-package","version":"1.0.1","exports":"./index.js"}',
  ],
]

beforeEach(() => {
  rmSync(root, { recursive: true, force: true })
  for (const [path, text] of files) write(path, text)
  write('node_modules/some-package/index.js', 'export const z = 1')
})

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), text)
}

test('is a SHA-256, the same for a path, a URL and a reference to one of its plugins', async () => {
  const digest = await digestPlugin(entry)
  expect(digest).toMatch(/^[0-9a-f]{64}$/)
  expect(await digestPlugin(pathToFileURL(entry))).toBe(digest)
  expect(await digestPlugin(`${entry}#name`)).toBe(digest)
})

test('does not depend on where the files are', async () => {
  cpSync(join(root, 'one'), join(root, 'two'), { recursive: true })
  expect(await digestPlugin(join(root, 'two', 'a folder', 'plugin.js'))).toBe(await digestPlugin(entry))
})

test.each(files)('another %s: another digest', async (path, text, other) => {
  const before = await digestPlugin(entry)
  write(path, other)
  expect(await digestPlugin(entry)).not.toBe(before)
  write(path, text)
  expect(await digestPlugin(entry)).toBe(before)
})

test('a file that is not imported makes no difference, and one that is missing does no harm', async () => {
  const before = await digestPlugin(entry)
  write('other.js', 'export const other = 1')
  expect(await digestPlugin(entry)).toBe(before)
  rmSync(join(folder, 'late.js'))
  expect(await digestPlugin(entry)).not.toBe(before)
})

test('a module that does not exist: ERR_PLUGIN_LOAD', async () => {
  await expect(digestPlugin(join(folder, 'none.js'))).rejects.toMatchObject({ code: 'ERR_PLUGIN_LOAD' })
})
