// `onecopy list`: the plugins of a folder, a file or a package, with their parameters.

import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { call, foldingText, type Outcome, pluginFolder, pluginText } from './command.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const schemas = join(root, 'test/plugins/with-schema.js')

const cwd = pluginFolder({
  'package.json': JSON.stringify({ name: 'here', type: 'module', exports: './index.js' }),
  'index.js': "export * from './a.js'\nexport { b1 as renamed } from './sub/b.js'",
  'a.js': pluginText('a', 'return 1', "description: 'The first.', params: { least: 4, word: 'x', list: [1] },"),
  'sub/b.js': `${pluginText('b1', 'return 1')}\n${pluginText('b2', 'return 2').replace(/^import.*/, '')}`,
  'sub/deeper/c.js': pluginText('too-deep', 'return 1'),
  'broken.js': "import { definePlugin } from '@onecopy/core'\nthrow new Error('not today')",
  'prints.js': `console.log('printed')\n${pluginText('prints', 'return 1')}`,
  'server.js': "throw new Error('must not be loaded: it speaks of no plugins')",
  'sub/folds.mjs': foldingText('folds', 'sum()', 'return acc + bytes.length'),
  'a.test.js': 'definePlugin; throw new Error("must not be loaded: a test")',
  '.hidden/x.js': 'definePlugin; throw new Error("must not be loaded: hidden")',
  'empty folder/readme.md': '',
  'node_modules/my-plugins/package.json': JSON.stringify({ name: 'my-plugins', type: 'module', exports: './main.js' }),
  'node_modules/my-plugins/main.js': pluginText('packed', 'return 1', "description: 'In a package.',"),
})

const list = (...args: string[]): Promise<Outcome> => call(['list', ...args], { cwd })

test('the current folder: each plugin once, with how to name it; what fails to load, with the reason', async () => {
  const { code, stdout } = await list('--json')
  expect(code).toBe(0)
  const { plugins, failed } = JSON.parse(stdout)
  expect(plugins.map((each: { reference: string }) => each.reference)).toEqual([
    './a.js',
    './prints.js',
    './sub/b.js#b1',
    './sub/b.js#b2',
    './sub/folds.mjs',
  ])
  expect(plugins[0]).toEqual({
    name: 'a',
    description: 'The first.',
    reference: './a.js',
    params: [
      { name: 'least', type: 'number', default: 4 },
      { name: 'word', type: 'string', default: 'x' },
      { name: 'list', type: 'list', default: [1] },
    ],
  })
  expect(failed).toEqual([{ file: './broken.js', reason: expect.stringContaining('not today') }])
})

test('for people', async () => {
  const { code, stdout, stderr } = await list()
  expect(code).toBe(0)
  expect(stdout).toContain(
    'a  ./a.js\n  The first.\n  --param least=  number, default 4\n  --param word=   string, default "x"\n',
  )
  expect(stdout).not.toContain('printed')
  expect(stderr).toMatch(/broken\.js could not be loaded: .*not today/)
})

test.each([
  ['a package', 'my-plugins', ['my-plugins']],
  ['a file', './sub/b.js', ['./sub/b.js#b1', './sub/b.js#b2']],
  ['one of a file', './sub/b.js#b2', ['./sub/b.js#b2']],
  [
    'a folder without a package.json',
    './sub',
    ['./sub/b.js#b1', './sub/b.js#b2', './sub/deeper/c.js', './sub/folds.mjs'],
  ],
])('%s', async (_, place, references) => {
  const { plugins } = JSON.parse((await list(place, '--json')).stdout)
  expect(plugins.map((each: { reference: string }) => each.reference)).toEqual(references)
})

test('a folder without plugins: nothing on standard output, and a hint', async () => {
  const { code, stdout, stderr } = await list('empty folder')
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(stderr).toMatch(/no plugins in empty folder .*onecopy new/)
})

test('a package.json of `npm init`, whose entry is not there: no failure', async () => {
  const folder = pluginFolder({
    'package.json': JSON.stringify({ name: 'fresh', main: 'index.js', type: 'module' }),
    'a.js': pluginText('a', 'return 1'),
  })
  expect(await call(['list'], { cwd: folder })).toEqual({ code: 0, stdout: 'a  ./a.js\n', stderr: '' })
})

describe('modules that do more than load', () => {
  const odd = pluginFolder({
    'a.js': pluginText('a', 'return 1'),
    'ends.js': `import '@onecopy/core'\nprocess.exit(0) // definePlugin`,
    'ends-late.js': `setImmediate(() => process.exit(0))\nawait new Promise((resolve) => setTimeout(resolve, 1e6)) // definePlugin`,
    'posts.js': `import { parentPort } from 'node:worker_threads'\nparentPort?.postMessage(null)\n${pluginText('posts', 'return 1')}`,
    'throws-late.js': `setImmediate(() => { throw new Error('a little later') })\nawait new Promise(() => {}) // definePlugin`,
    'waits.js': `await new Promise(() => {}) // definePlugin`,
    'z.js': pluginText('z', 'return 1'),
  })

  test('each is named, and the others are listed', async () => {
    const { code, stdout } = await call(['list', '--json'], { cwd: odd })
    const { plugins, failed } = JSON.parse(stdout)
    expect(code).toBe(0)
    expect(plugins.map(({ reference }: { reference: string }) => reference)).toEqual(['./a.js', './posts.js', './z.js'])
    const ends = 'it calls process.exit, or awaits what never comes'
    expect(failed).toEqual([
      { file: './ends-late.js', reason: ends },
      { file: './ends.js', reason: ends },
      { file: './throws-late.js', reason: 'a little later' },
      { file: './waits.js', reason: ends },
    ])
  })

  test('a module alone that cannot be loaded: with --json there is a document all the same', async () => {
    const { code, stdout } = await call(['list', './ends.js', '--json'], { cwd: odd })
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ plugins: [], failed: [{ file: './ends.js' }] })
  })
})

test('a schema’s fields and their defaults, of zod, valibot and arktype', async () => {
  const { plugins } = JSON.parse((await list(schemas, '--json')).stdout)
  const types = { 'with-zod': 'integer', 'with-valibot': 'union', 'with-arktype': 'number | string' }
  for (const [name, type] of Object.entries(types)) {
    const { params } = plugins.find((each: { name: string }) => each.name === name)
    expect(params).toHaveLength(2)
    expect(params).toContainEqual({ name: 'size', type, default: 5 })
    expect(params).toContainEqual({ name: 'label', type: 'string', default: 'none' })
  }
})

test.each([
  [
    'zod',
    "import { z } from 'zod'",
    "z.object({ word: z.string().describe('what is counted'), most: z.number().optional(), mode: z.enum(['a', 'b']).default('a') })",
  ],
  [
    'valibot',
    "import * as v from 'valibot'",
    "v.object({ word: v.string(), most: v.optional(v.number()), mode: v.optional(v.picklist(['a', 'b']), 'a') })",
  ],
  ['arktype', "import { type } from 'arktype'", `type({ word: 'string', 'most?': 'number', mode: "'a' | 'b' = 'a'" })`],
])('what a schema requires: %s', async (library, imports, schema) => {
  const folder = pluginFolder({
    [`${library}.js`]: `${imports}\n${pluginText('schema', 'return 1', `params: ${schema},`)}`,
  })
  symlinkSync(join(root, 'node_modules', library), join(folder, 'node_modules', library), 'junction')
  const { plugins, failed } = JSON.parse((await call(['list', '--json'], { cwd: folder })).stdout)
  expect(failed).toEqual([])
  const byName = Object.fromEntries(plugins[0].params.map((param: { name: string }) => [param.name, param]))
  expect(byName.word).toMatchObject({ type: 'string', required: true })
  expect(byName.most).toEqual({ name: 'most', type: 'number' })
  // arktype keeps its defaults to itself, as long as something is missing.
  expect(byName.mode).toMatchObject({ type: '"a" | "b"', ...(library === 'arktype' ? {} : { default: 'a' }) })
  const { stdout } = await call(['list'], { cwd: folder })
  expect(stdout).toMatch(library === 'zod' ? /word= +string, required: what is counted\n/ : /word= +string, required\n/)
  expect(stdout).toMatch(/most= +number, optional\n/)
})

test('a schema of no known library: what it makes of no parameters, and what it misses', async () => {
  const validate = `validate: (value) => value?.word ? { value: { least: 1, ...value } } : { issues: [{ message: 'no word', path: ['word'] }] }`
  const folder = pluginFolder({
    'own.js': pluginText('own', 'return 1', `params: { '~standard': { version: 1, vendor: 'me', ${validate} } },`),
  })
  const { plugins } = JSON.parse((await call(['list', '--json'], { cwd: folder })).stdout)
  expect(plugins[0].params).toEqual([{ name: 'word', type: 'any', required: true }])
})

test('nothing in a name, a description, a default or a reason moves the cursor', async () => {
  const folder = pluginFolder({
    'a.js': pluginText('a', 'return 1', `description: '\\u001b[2J', params: { 'x\\u009b': '\\u001b' },`),
    'b.js': "throw new Error('\\u001b]0;x\\u0007') // definePlugin",
  })
  const { stdout, stderr } = await call(['list'], { cwd: folder })
  expect(stdout).toContain('\\u001b[2J')
  expect(stderr).toContain('\\u001b]0;x\\u0007')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
})

test('what is not there: exit code 1, and why', async () => {
  const { code, stderr } = await list('nowhere')
  expect(code).toBe(1)
  expect(stderr).toMatch(/ERR_PLUGIN_LOAD: there is no plugin "nowhere"/)
})
