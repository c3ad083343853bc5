// Plugins by reference: where they are looked for, which one is picked, and what is said when there is none.

import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createEngine, definePlugin, listPlugins, loadPlugin, share } from '@onecopy/node'
import { describe, expect, test } from 'vitest'
import { pluginFolder, pluginText, writeFiles } from '../command/command.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const from = pluginFolder({
  'one.js': pluginText('one', 'return bytes.length', 'reduce: sum(),'),
  'twice.js': `${pluginText('twice', 'return 1')}\nexport default twice`,
  'several.js': `${pluginText('b', 'return 1')}\n${pluginText('a', 'return 1').replace(/^import.*/, '')}\nexport { a as other, b as c }`,
  'reexports.js': "export * from './one.js'",
  'main-only/package.json': '{ "main": "lib.mjs" }',
  'main-only/lib.mjs': pluginText('main-only', 'return 1'),
  'index-only/index.js': pluginText('index-only', 'return 1'),
  'no-entry/readme.md': '',
  'both.js': pluginText('from-the-file', 'return 1'),
  'node_modules/both.js/index.js': pluginText('from-the-package', 'return 1'),
  'both/index.js': pluginText('from-the-folder', 'return 1'),
  'node_modules/both/package.json':
    '{ "name": "both", "type": "module", "exports": { "import": "./i.js", "require": "./r.cjs" } }',
  'node_modules/both/i.js': pluginText('from-the-package', 'return 1'),
  'node_modules/both/r.cjs': '',
  '100%.js': pluginText('percent', 'return 1'),
})
const nameOf = async (...args: Parameters<typeof loadPlugin>): Promise<string> => (await loadPlugin(...args)).name

test('a plugin passes as it is', async () => {
  const plugin = definePlugin(import.meta.url, { name: 'here', map: (bytes) => bytes.length })
  expect(await loadPlugin(plugin)).toBe(plugin)
})

test('what is loaded runs on an engine', async () => {
  const engine = createEngine({ workers: 2 })
  try {
    expect(await engine.run(share(new Uint8Array(1000)), await loadPlugin('./one.js', { from }))).toBe(1000)
  } finally {
    await engine.close()
  }
})

test('a plugin that folds runs when it is loaded by reference, and groups rows', async () => {
  const folder = pluginFolder({
    'stations.js': `import { definePlugin, lines } from '@onecopy/core'
      import { groupBy } from '@onecopy/kernels'
      const stations = groupBy({ separator: ';', columns: { celsius: { type: 'decimal', digits: 1 } } })
      export const byStation = definePlugin(import.meta.url, {
        name: 'by-station',
        chunks: lines({ size: 16 }),
        fold: (table, bytes) => stations.addRows(table, bytes),
        reduce: stations.reduce,
      })`,
  })
  const engine = createEngine({ workers: 2 })
  try {
    const rows = 'Hamburg;12.3\nOslo;-2.0\nHamburg;8.7\nOslo;4.0\n'.repeat(100)
    const groups = (await engine.run(share(rows), await loadPlugin('./stations.js', { from: folder }))) as Iterable<{
      key: string
      count: number
      celsius: { min: number; max: number }
    }>
    expect([...groups].map(({ key, count, celsius }) => [key, count, celsius.min, celsius.max])).toEqual([
      ['Hamburg', 200, 8.7, 12.3],
      ['Oslo', 200, -2, 4],
    ])
  } finally {
    await engine.close()
  }
})

test.each([
  ['a URL object', pathToFileURL(join(from, 'one.js')), {}, 'one'],
  ['a URL with a name', new URL('#a', pathToFileURL(join(from, 'several.js'))), {}, 'a'],
  ['`from` as a URL', './one.js', { from: pathToFileURL(`${from}/`) }, 'one'],
  ['a name as an option', 'several.js', { from, name: 'a' }, 'a'],
  ['the same name twice', 'several.js#a', { from, name: 'a' }, 'a'],
  ['the name of an export', 'several.js#c', { from }, 'b'],
  ['one plugin under two exports', 'twice.js', { from }, 'twice'],
  ['a plugin of another module', 'reexports.js', { from }, 'one'],
  ['a folder by its main', './main-only', { from }, 'main-only'],
  ['a folder by its index.js', './index-only/', { from }, 'index-only'],
  ['a file before a package', 'both.js', { from }, 'from-the-file'],
  ['a package before a folder, by its import condition', 'both', { from }, 'from-the-package'],
  ['a folder, if it looks like a path', './both', { from }, 'from-the-folder'],
  ['a name with a percent sign', '100%.js', { from }, 'percent'],
])('%s', async (_, reference, options, name) => {
  expect(await nameOf(reference, options)).toBe(name)
})

test('listPlugins: each once, in the order of their names', async () => {
  expect((await listPlugins('several.js', { from })).map(({ name }) => name)).toEqual(['a', 'b'])
  expect((await listPlugins('several.js#b', { from })).map(({ name }) => name)).toEqual(['b'])
  expect((await listPlugins('twice.js', { from })).map(({ name }) => name)).toEqual(['twice'])
})

test.each([
  ['a number', 5, {}],
  ['nothing', undefined, {}],
  ['an empty text', '', {}],
  ['another kind of URL', 'https://example.com/plugin.js', {}],
  ['a URL object of another kind', new URL('data:text/javascript,1'), {}],
  ['two names', 'several.js#a', { from, name: 'b' }],
  ['an option that does not exist', 'one.js', { form: from }],
  ['options that are a name', 'several.js', 'a'],
])('a wrong call is a TypeError: %s', async (_, reference, options) => {
  // `as`: wrong on purpose.
  await expect(loadPlugin(reference as string, options as object)).rejects.toBeInstanceOf(TypeError)
})

test.each([
  ['from', 5, /^options\.from: .*5$/],
  ['name', 7n, /^options\.name: .*7n$/],
])('an option of another kind is named: %s', async (option, value, message) => {
  await expect(loadPlugin('several.js', { from, [option]: value })).rejects.toThrow(message)
})

test.each([
  ['missing.js', /no plugin "missing.js": no such file/],
  ['./missing.js', /there is no file ".\/missing.js"/],
  ['@no/such', /as a package/],
  ['./no-entry', /without an entry/],
  ['several.js', /has 2 plugins: b, a/],
  ['several.js#x', /no plugin named "x": its plugins are b, a/],
])('what cannot be found is ERR_PLUGIN_LOAD: %s', async (reference, why) => {
  await expect(loadPlugin(reference, { from })).rejects.toMatchObject({
    code: 'ERR_PLUGIN_LOAD',
    message: expect.stringMatching(why),
  })
})

test('a URL with a query is a module of its own, as for import', () => {
  const url = pathToFileURL(join(from, 'one.js')).href
  // In a program of its own: here vitest imports what vitest has transformed, and that has no query.
  const source = `import { loadPlugin } from '@onecopy/node'
    const url = new URL(${JSON.stringify(url)})
    const plugin = await loadPlugin(new URL('?v=2', url))
    console.log(plugin.url, plugin === (await loadPlugin(url)))`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', source], { cwd: root, encoding: 'utf8' })
  expect(stdout).toBe(`${url}?v=2 false\n`)
})

describe('as an import in the folder would find it', () => {
  const folder = pluginFolder({
    'behind-the-hook.js': pluginText('hooked', 'return bytes.length', 'reduce: sum(),'),
    'hook.mjs': `import { register } from 'node:module'
      const hook = \`export const resolve = (specifier, context, next) =>
        specifier === 'no-such-package'
          ? { url: new URL('./behind-the-hook.js', \${JSON.stringify(import.meta.url)}).href, shortCircuit: true }
          : next(specifier, context)\`
      register('data:text/javascript,' + encodeURIComponent(hook))`,
    'sync-hook.mjs': `import { registerHooks } from 'node:module'
      registerHooks({ resolve: (specifier, context, next) => specifier === 'no-such-package'
        ? { url: new URL('./behind-the-hook.js', import.meta.url).href, shortCircuit: true } : next(specifier, context) })`,
    'program.mjs': `import { loadPlugin, run, share } from '@onecopy/node'
      try { console.log(await run(share('abc'), await loadPlugin('no-such-package'))) }
      catch ({ code, message }) { console.log(code, message) }
      try { await loadPlugin('no-such-package-either') } catch ({ code, message }) { console.log(code, message) }
      console.log((await loadPlugin('both')).name)`,
    'node_modules/both/package.json':
      '{ "name": "both", "type": "module", "exports": { "special": "./special.js", "import": "./i.js" } }',
    'node_modules/both/i.js': pluginText('plain', 'return 1'),
    'node_modules/both/special.js': pluginText('special', 'return 1'),
  })
  const program = (...options: string[]): string =>
    spawnSync(process.execPath, ['--no-warnings', ...options, 'program.mjs'], { cwd: folder, encoding: 'utf8' }).stdout

  test('without hooks', () => {
    expect(program()).toMatch(
      /^ERR_PLUGIN_LOAD there is no plugin "no-such-package".*\nERR_PLUGIN_LOAD there is no plugin "no-such-package-either".*\nplain\n$/,
    )
  })

  test('through a resolve hook on a thread of its own', () => {
    expect(program('--import', './hook.mjs')).toMatch(
      /^3\nERR_PLUGIN_LOAD there is no plugin "no-such-package-either".*\nplain\n$/,
    )
  })

  const hasSyncHooks = 'registerHooks' in process.getBuiltinModule('node:module')
  // Node has such hooks since 22.15.
  test.runIf(hasSyncHooks)('through a resolve hook in the same thread', () => {
    expect(program('--import', './sync-hook.mjs')).toMatch(/^3\n/)
  })

  // Before 22.15 node_modules are looked through before Node is asked.
  test.runIf(hasSyncHooks)('by the conditions that Node was given', () => {
    expect(program('-C', 'special')).toMatch(/special\n$/)
  })
})

describe('TypeScript', () => {
  const erasable = `import { definePlugin, sum } from '@onecopy/node'
    export const typed = definePlugin(import.meta.url, { name: 'typed', map: (bytes: Uint8Array): number => bytes.length, reduce: sum() })`
  const program = `import { loadPlugin, run, share } from '@onecopy/node'
    try { console.log(await run(share(new Uint8Array(10)), await loadPlugin(process.argv[2]))) }
    catch (error) { console.log(error.code, error.message) }`
  const files = {
    'program.js': program,
    'erasable.ts': erasable,
    'enum.ts': `enum Size { One = 1 }\n${erasable.replace('bytes.length', 'bytes.length * Size.One')}`,
    'commonjs/package.json': '{ "type": "commonjs" }',
    'commonjs/erasable.ts': erasable,
  }
  const withTsx = pluginFolder(files)
  symlinkSync(join(root, 'node_modules/tsx'), join(withTsx, 'node_modules/tsx'), 'junction')
  const without = pluginFolder(files)
  // `as`: older types of Node do not know the feature.
  const stripsTypes = Boolean((process.features as { readonly typescript?: unknown }).typescript)

  const run = (cwd: string, reference: string, ...options: string[]): string =>
    spawnSync(process.execPath, ['--no-warnings', ...options, 'program.js', reference], { cwd, encoding: 'utf8' })
      .stdout

  test.each(['./erasable.ts', './enum.ts'])('runs through tsx, where that is: %s', (reference) => {
    expect(run(withTsx, reference)).toBe('10\n')
  })

  test('runs where its URL has a query, that of tsImport, too', () => {
    const source = `import { run, share } from '@onecopy/node'
      import { tsImport } from 'tsx/esm/api'
      const { typed } = await tsImport('./erasable.ts', import.meta.url)
      console.log(typed.url, await run(share(new Uint8Array(10)), typed))`
    writeFileSync(join(withTsx, 'query.mjs'), source)
    const { stdout } = spawnSync(process.execPath, ['--no-warnings', 'query.mjs'], { cwd: withTsx, encoding: 'utf8' })
    expect(stdout).toMatch(/erasable\.ts\?\S+ 10\n$/)
  })

  test('runs in a program that was started with tsx from elsewhere, on its threads too', () => {
    const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href
    expect(run(without, './enum.ts', '--import', tsx)).toBe('10\n')
  })

  test('runs without tsx where Node strips types; else one message says what to do', () => {
    const says = run(without, './erasable.ts')
    if (stripsTypes) expect(says).toBe('10\n')
    else
      expect(says).toMatch(
        /^ERR_PLUGIN_LOAD cannot load .* runs JavaScript only .*install tsx .*, or use Node >= 22\.18, or compile/,
      )
  })

  test('what is more than types needs tsx, and that is said', () => {
    expect(run(without, './enum.ts')).toMatch(
      /^ERR_PLUGIN_LOAD cannot load .* it is TypeScript.* install tsx .*, or compile/,
    )
  })

  test.each([withTsx, without])('under "type": "commonjs" it says how to name the file', (cwd) => {
    expect(run(cwd, './commonjs/erasable.ts')).toMatch(
      /^ERR_PLUGIN_LOAD cannot load .*name it \.mts|runs JavaScript only/,
    )
  })

  test('below node_modules as elsewhere', () => {
    const inside = join(withTsx, 'node_modules/typed-plugins')
    mkdirSync(inside)
    writeFiles(inside, { 'package.json': '{ "name": "typed-plugins", "type": "module", "exports": "./main.ts" }' })
    writeFileSync(join(inside, 'main.ts'), erasable)
    expect(run(withTsx, 'typed-plugins')).toBe('10\n')
  })
})
