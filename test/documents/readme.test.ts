// The README says nothing that was not measured, and shows nothing that does not run; the docs name tests that are there.

import { execFile } from 'node:child_process'
import { access, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
let folder = ''
let readme = ''

beforeAll(async () => {
  readme = await readFile(join(root, 'README.md'), 'utf8')
  folder = await mkdtemp(join(tmpdir(), 'onecopy readme '))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await writeFile(join(folder, 'access.log'), 'GET /\nGET /a/longer/path\n\nlast line')
})
afterAll(() => rm(folder, { recursive: true }))

/** The README's `n`th block of JavaScript, from 0. */
function block(n: number): string {
  const blocks = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code ?? '')
  return blocks[n] ?? expect.fail(`the README has ${blocks.length} blocks of JavaScript, not ${n + 1}`)
}

/** Run a module in a folder with an access.log; what it prints. */
async function printed(name: string, code: string): Promise<string> {
  await writeFile(join(folder, name), code)
  const { stdout } = await run(process.execPath, [name], { cwd: folder })
  return stdout
}

test('its table is what the record gives', async () => {
  await run(process.execPath, [join(root, 'bench/run.js'), '--check'])
})

test('the first example runs', async () => {
  expect(await printed('use.js', block(0))).toBe('1 3\n')
})

test('the shapes of an answer are what they say', async () => {
  const lines = (await printed('shapes.js', block(1))).trim().split('\n')
  expect(lines.slice(0, 4)).toEqual(['undefined', '25', 'Float64Array(3) [ 1, 2, 3 ]', '11.5'])
  expect(lines.slice(4).join('\n')).toMatch(/^\[ \{ a: 1 \} \] \[\s*\{\s*start: 8,\s*end: 13,/)
})

test('the inline function runs', async () => {
  expect(await printed('inline.js', block(2))).toBe('[ true ]\n')
})

test('the plugin runs', async () => {
  await writeFile(join(folder, 'longest-line.js'), block(3))
  expect(await printed('main.js', block(4))).toBe('18\n')
})

test('the plugin with a schema and a teardown runs', async () => {
  await writeFile(join(folder, 'long-lines.js'), block(5))
  const main = `
    import { readFileSync } from 'node:fs'
    import { file, run } from '@onecopy/node'
    import { longLines } from './long-lines.js'
    const least = 7
    console.log(await run(file('access.log'), longLines, { params: { noteIn: 'long.log', least } }))
    console.log(readFileSync('long.log', 'utf8'))
    try {
      run(file('access.log'), longLines, { params: { noteIn: 'long.log', least: 'x' } })
    } catch (error) {
      console.log(error.message)
    }`
  expect(await printed('main-long.js', main)).toMatch(
    /^2\nGET \/a\/longer\/path\nlast line\n\nparams of long-lines: least: .* \(given "x"\)\n$/,
  )
})

test('docs/reliability.md names tests that exist, and every fault test', async () => {
  const text = await readFile(join(root, 'docs/reliability.md'), 'utf8')
  const named = new Set([...text.matchAll(/`(test\/[\w./-]+)`/g)].map(([, path]) => path ?? ''))
  for (const path of named) await expect(access(join(root, path)), path).resolves.toBeUndefined()
  const faults = (await readdir(join(root, 'test/faults'))).filter((name) => name.endsWith('.test.ts'))
  expect([...named]).toEqual(expect.arrayContaining(faults.map((name) => `test/faults/${name}`)))
})

test('docs/sources.md names tests that exist, for each row of its tables of bad input', async () => {
  const text = await readFile(join(root, 'docs/sources.md'), 'utf8')
  const tables = text.split(/^\| bad input \|.*\n\| ---.*\n/m).slice(1)
  expect(tables.length).toBeGreaterThan(0)
  for (const table of tables) {
    const rows = table
      .slice(0, table.search(/^(?!\|)/m))
      .split('\n')
      .filter(Boolean)
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) {
      const [, path = '', title = ''] = /\| `(test\/[\w./-]+)`: (.+) \|$/.exec(row) ?? expect.fail(`no test in: ${row}`)
      expect((await readFile(join(root, path), 'utf8')).includes(title), row).toBe(true)
    }
  }
})
