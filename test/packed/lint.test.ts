// What publint and attw say of each packed package.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'

const run = promisify(execFile)
const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))
const packed = inject('packed')

test.each(packed)('publint --strict finds nothing in $name', async ({ tarball }) => {
  const { stdout } = await run(process.execPath, [join(modules, 'publint/src/cli.js'), 'run', tarball, '--strict'])
  expect(stdout).toContain('All good')
})

test.each(packed)('attw finds nothing in $name', async ({ tarball }) => {
  const attw = join(modules, '@arethetypeswrong/cli/dist/index.js')
  const { stdout } = await run(process.execPath, [attw, tarball, '--profile', 'esm-only', '--format', 'json'])
  const { analysis } = JSON.parse(stdout)
  expect(Object.keys(analysis.entrypoints).length).toBeGreaterThan(0)
})
