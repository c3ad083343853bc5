// One line is enough in vitest and in node:test, and without fast-check there is a clear error.

import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkPlugin } from '@onecopy/core/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepsRecords } from './plugins/lawful.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const plugins = new URL('plugins/', import.meta.url).href
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onecopy testing '))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
})
afterAll(() => rm(folder, { recursive: true }))

/** Run Node; what it prints, and how it ends. */
function node(cwd: string, args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  // A test runner inside this one: it must not take itself for a part of it.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, output: stdout + stderr })
    })
  })
}

test('one line in vitest', () => checkPlugin(keepsRecords))

test('one line in node:test: it passes, or fails with the broken law in the output', async () => {
  const project = join(folder, 'project')
  await mkdir(project)
  await symlink(join(root, 'node_modules'), join(project, 'node_modules'), 'junction')
  const file = (path: string, name: string): Promise<void> =>
    writeFile(
      join(project, `${name}.test.mjs`),
      `import { test } from 'node:test'
import { checkPlugin } from '@onecopy/core/testing'
import { ${name} } from '${plugins}${path}'

test('${name}', () => checkPlugin(${name}))
`,
    )
  await file('lawful.js', 'keepsRecords')
  await file('mistaken.js', 'splitsRecords')
  const good = await node(project, ['--test', 'keepsRecords.test.mjs'])
  expect(good.code, good.output).toBe(0)
  const bad = await node(project, ['--test', 'splitsRecords.test.mjs'])
  expect(bad.code).toBe(1)
  expect(bad.output).toContain('✗ borders: a record or match at the border of two chunks is counted once')
})

test('without fast-check it says what to install', async () => {
  const project = join(folder, 'without')
  const core = join(project, 'node_modules/@onecopy/core')
  await cp(join(root, 'packages/core/dist'), join(core, 'dist'), { recursive: true })
  await cp(join(root, 'packages/core/package.json'), join(core, 'package.json'))
  const queue = await realpath(join(root, 'packages/core/node_modules/p-queue'))
  await symlink(queue, join(project, 'node_modules/p-queue'), 'junction')
  await writeFile(
    join(project, 'main.mjs'),
    `import { definePlugin } from '@onecopy/core'
import { checkPlugin } from '@onecopy/core/testing'

const plugin = definePlugin(import.meta.url, { name: 'length', map: (bytes) => bytes.length })
await checkPlugin(plugin).catch((error) => console.log(error.message, error.cause.code))
`,
  )
  const { output } = await node(project, ['main.mjs'])
  expect(output).toMatch(/npm install --save-dev fast-check ERR_MODULE_NOT_FOUND\n$/)
})
