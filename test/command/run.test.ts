// `onecopy run`: options, results, errors and exit codes, as a process that is called.

import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { bin, call, foldingText, type Outcome, pluginFolder, pluginText, writeFiles } from './command.js'

const cwd = pluginFolder({
  'upper.js': pluginText('upper', 'return String.fromCharCode(...bytes).toUpperCase()', 'chunks: fixed({ size: 4 }),'),
  'grey.js': pluginText('grey', 'chunk.out.fill(bytes[0])', 'into: { elements: Uint8Array, per: 2 },'),
  'size.js': pluginText('size', 'return bytes.length', 'description: "Bytes.", reduce: sum(),'),
  'cards.js': `import { definePlugin, eachJson, lines, sum } from '@onecopy/core'
export default definePlugin(import.meta.url, { name: 'cards', chunks: lines({ size: 8 }), reduce: sum(), map(bytes, chunk) {
  let n = 0
  eachJson(bytes, (value) => { n += value; chunk.count('cards') }, (_, __, error, start, end) =>
    chunk.skip(chunk.start + start, chunk.start + end, error.name))
  if (n >= 1000) throw new Error('too much')
  return n
} })
`,
  'cards.ndjson': '1\n{\n2\n]oops\n1000\n3\n',
  'draws.js': pluginText('draws', 'return chunk.random()', 'chunks: fixed(), reduce: sum(),'),
  'chunks.js': pluginText('chunks', 'return [chunk.start, chunk.end, bytes.length]'),
  'fixed.js': pluginText('sized', 'return [chunk.start, chunk.end, bytes.length]', 'chunks: fixed({ size: 4 }),'),
  'lined.js': pluginText('lined', 'return [chunk.start, chunk.end, bytes.length]', 'chunks: lines(),'),
  'overlapped.js': pluginText(
    'overlapped',
    'return [chunk.start, chunk.end, bytes.length]',
    'params: { overlap: 1 }, chunks: ({ overlap }) => overlapping({ overlap }),',
  ),
  'recorded.js': pluginText(
    'recorded',
    'return [chunk.start, chunk.end, bytes.length]',
    'chunks: records({ length: 3, header: 2 }),',
  ),
  'params.js': pluginText(
    'params',
    'return chunk.params',
    `params: { text: 'a', number: 1, big: 1n, flag: false, list: [1], numbers: Uint8Array.of(1), bigs: BigInt64Array.of(1n),
       floats: Float32Array.of(1), open: null },
     reduce: (left) => left,`,
  ),
  // A schema as Standard Schema has it: a number, a word that looks like one, and a default for nothing else.
  'schema.js': pluginText(
    'schema',
    'return { ...chunk.params, size: bytes.length }',
    `params: { '~standard': { version: 1, vendor: 'test', validate(value = {}) {
       const { number = 1, word = 'none', ...rest } = value
       const issues = []
       if (typeof number !== 'number') issues.push({ message: 'expected a number', path: ['number'] })
       if (typeof word !== 'string') issues.push({ message: 'expected text', path: [{ key: 'word' }] })
       for (const key of Object.keys(rest)) issues.push({ message: 'unknown', path: [key] })
       return issues.length > 0 ? { issues } : { value: { number: number * 2, word } } } } },
     chunks: ({ number }) => overlapping({ overlap: number }),`,
  ),
  'no-params.js': pluginText('no-params', 'return 1'),
  'rich.js': pluginText(
    'rich',
    `return { map: new Map([['a', 1]]), set: new Set([1, 'b']), big: 2n ** 70n, nan: NaN, floats: Float32Array.of(0.5, 1),
       none: undefined, when: new Date(0), text: 'ü' }`,
    'reduce: (left) => left,',
  ),
  'folded.js': foldingText(
    'folded',
    'countByKey()',
    'for (const byte of bytes) acc.set(byte, (acc.get(byte) ?? 0) + chunk.params.least); return acc',
  ),
  'words.js': pluginText(
    'words',
    `const counts = new Map()
     for (const word of new TextDecoder().decode(bytes.slice()).split(/\\s+/)) if (word) counts.set(word, (counts.get(word) ?? 0) + 1)
     return counts`,
    'chunks: lines(), reduce: countByKey(),',
  ),
  'boom.js': pluginText(
    'boom',
    "if (chunk.start === 4) throw new TypeError('bad data', { cause: new Error('deeper') })\n return 1",
    'chunks: fixed({ size: 4 }), reduce: sum(),',
  ),
  'boom-on-x.js': pluginText('boom-on-x', "if (bytes[0] === 120) throw new Error('x')\n return 1", 'reduce: sum(),'),
  'throws-object.js': pluginText('throws-object', 'throw { reason: 7 }'),
  'finish.js': pluginText(
    'finish',
    'return 1',
    "reduce: { init: () => 0, add: (a, b) => a + b, merge: (a, b) => a + b, finish() { throw new Error('at the end') } },",
  ),
  'plugins/helped.js': `import { help } from '../lib/help.js'\n${pluginText('helped', 'return help()')}`,
  'lib/help.js': "export const help = () => {\n  throw new Error('from the helper')\n}",
  'common.cjs': `const { definePlugin } = require('@onecopy/core')
exports.common = definePlugin(require('node:url').pathToFileURL(__filename).href, {
  name: 'common',
  map() { throw new Error('from CommonJS') },
})`,
  'nothing.js': pluginText('nothing', 'return undefined', 'reduce: (left) => left,'),
  'hangs.js': pluginText('hangs', 'for (;;);'),
  'exits.js': pluginText('exits', 'process.exit(3)'),
  'talks.js': `console.log('loading')\n${pluginText('talks', "console.log('mapping')\n return 1", 'reduce: sum(),')}`,
  'bare.js': pluginText('bare', 'return 1', 'reduce: (left, right) => left + right,'),
  'two.js': `${pluginText('one', 'return 1')}\n${pluginText('two', 'return 2').replace(/^import.*/, '')}`,
  'none.js': 'export const something = 1',
  'broken.js': "throw new Error('not today')",
  'syntax.js': 'export const = 1',
  'no-export.js': "import { nothing } from '@onecopy/core'",
  'nameless.js':
    "import { definePlugin } from '@onecopy/core'\ndefinePlugin(import.meta.url, { name: '', map: () => 1 })",
  'throws-odd.js': 'throw Object.create(null)',
  'commonjs/package.json': '{ "type": "commonjs" }',
  'commonjs/plugin.js': pluginText('module', 'return 1'),
  'typed.ts': `enum Size { One = 1 }\n${pluginText('typed', 'return Size.One as number', 'reduce: sum(),')}`,
  'node_modules/my-plugins/package.json': JSON.stringify({
    name: 'my-plugins',
    type: 'module',
    exports: { '.': { import: './lib/main.js', default: './missing.cjs' }, './more': './lib/more.js' },
  }),
  'node_modules/my-plugins/lib/main.js': pluginText('packed', "return 'from the package'", 'reduce: (left) => left,'),
  'node_modules/my-plugins/lib/more.js': pluginText('more', "return 'from the subpath'", 'reduce: (left) => left,'),
  'folder/package.json': JSON.stringify({ name: 'folder', type: 'module', exports: './entry.js' }),
  'folder/entry.js': pluginText('entry', "return 'from the folder'", 'reduce: (left) => left,'),
  'with space – ü.js': pluginText('odd', 'return bytes.length', 'reduce: sum(),'),
  'c#.js': pluginText('sharp', 'return bytes.length', 'reduce: sum(),'),
  'ten.txt': '0123456789',
  'lines.txt': 'a b\na\n\nb a\n',
  'empty.txt': '',
  'x.txt': 'x',
  'dätei mit 数.txt': 'naïve',
})
mkdirSync(join(cwd, 'a folder'))

const run = (...args: string[]): Promise<Outcome> => call(['run', ...args], { cwd })
/** The result of one file, as `--json` has it. */
const result = async (...args: string[]): Promise<unknown> => {
  const { stdout, stderr } = await run(...args, '--json')
  expect(stderr).toBe('')
  return JSON.parse(stdout).results[0].result
}

describe('where a plugin comes from', () => {
  test.each([
    ['a path', './size.js', '10'],
    ['a path without a dot', 'size.js', '10'],
    ['an absolute path', join(cwd, 'size.js'), '10'],
    ['a file: URL', pathToFileURL(join(cwd, 'size.js')).href, '10'],
    ['a file: URL with a name', `${pathToFileURL(join(cwd, 'two.js')).href}#two`, '1 number: 2'],
    ['a path with a space and letters', 'with space – ü.js', '10'],
    ['a path with a # in it', 'c#.js', '10'],
    ['a package, by its import condition', 'my-plugins', 'from the package'],
    ['a package and a name', 'my-plugins#packed', 'from the package'],
    ['a subpath of a package', 'my-plugins/more', 'from the subpath'],
    ['a folder with a package.json', './folder', 'from the folder'],
    ['a folder without a dot', 'folder', 'from the folder'],
    ['one of several, by its name', 'two.js#two', '1 number: 2'],
  ])('%s', async (_, reference, shown) => {
    expect(await run(reference, 'ten.txt')).toEqual({ code: 0, stdout: `${shown}\n`, stderr: '' })
  })

  test.each([
    ['a missing file', './missing.js', /there is no file ".\/missing.js"/],
    ['a missing package', 'no-such-package', /there is no plugin "no-such-package".*as a package/],
    ['a module without plugins', 'none.js', /has no plugin: it exports something/],
    ['several plugins and no name', 'two.js', /has 2 plugins: one, two.*#one/],
    ['a name that is not there', 'two.js#three', /no plugin named "three": its plugins are one, two/],
    ['a module that throws', 'broken.js', /not today[\s\S]*at file:.*broken\.js:1/],
    ['a module that cannot be read', 'syntax.js', /SyntaxError.*node FILE shows where/],
    ['a module that imports what is not exported', 'no-export.js', /SyntaxError.*nothing.*node FILE shows where\n$/],
    ['a module that throws no error', 'throws-odd.js', /cannot load .*null prototype/],
    ['a plugin defined wrongly, with its line', 'nameless.js', /plugin\.name: .*\n +at file:.*nameless\.js:2:\d+\n$/],
    ['a folder without an entry', './a folder', /folder without an entry/],
  ])('%s: exit code 1, and why', async (_, reference, why) => {
    const { code, stdout, stderr } = await run(reference, 'ten.txt')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(why)
    expect(stderr).toMatch(/^onecopy: ERR_PLUGIN_LOAD: /)
  })

  test('a module in a package of CommonJS: what to change', async () => {
    const { code, stderr } = await run('./commonjs/plugin.js', 'ten.txt')
    expect(code).toBe(1)
    // Node itself says something before.
    expect(stderr).toMatch(/^onecopy: ERR_PLUGIN_LOAD: .*name it \.mjs, or .* "type": "module"$/m)
  })

  test('TypeScript: through what this Node has, or one message says what to do', async () => {
    const { code, stdout, stderr } = await run('typed.ts', 'ten.txt')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.match(/TypeScript/g)!.length).toBeGreaterThan(0)
    expect(stderr).toMatch(/install tsx beside it .* or compile it to JavaScript/)
  })
})

describe('options', () => {
  test('--param takes the type of the default', async () => {
    const given = [
      'text=1',
      'number=-2.5e3',
      'big=12345678901234567890',
      'flag=true',
      'list=[2,"b"]',
      'numbers=[7,8]',
    ].concat(['bigs=[-3,4]', 'floats=[0.1]'])
    const params = given.flatMap((each) => ['--param', each])
    expect(await result('params.js', 'ten.txt', ...params, '-p', 'open=a=b')).toEqual({
      text: '1',
      number: -2500,
      big: '12345678901234567890',
      flag: true,
      list: [2, 'b'],
      numbers: [7, 8],
      bigs: ['-3', '4'],
      floats: [Math.fround(0.1)],
      open: 'a=b',
    })
  })

  test('--param of a parameter without a default takes JSON as JSON', async () => {
    expect(await result('params.js', 'ten.txt', '--param', 'open={"a":[1]}')).toMatchObject({ open: { a: [1] } })
    expect(await result('params.js', 'ten.txt', '--param', 'open=null')).toMatchObject({ open: null })
  })

  test('a plugin with a schema is given JSON as JSON, and text where it refuses that', async () => {
    expect(await result('schema.js', 'ten.txt', '--param', 'number=4', '--param', 'word=5')).toEqual([
      { number: 8, word: '5', size: 10 },
    ])
    expect(await result('schema.js', 'ten.txt', '--params', '{"number":3}')).toMatchObject([
      { number: 6, word: 'none' },
    ])
    expect(await result('schema.js', 'ten.txt')).toMatchObject([{ number: 2, word: 'none' }])
  })

  test('null is JSON to a schema as well', async () => {
    const { stderr } = await run('schema.js', 'ten.txt', '--param', 'number=null')
    expect(stderr).toMatch(/number: expected a number \(given null\)/)
  })

  test('of what a schema refuses both as JSON and as text, it is told what is wrong with the JSON', async () => {
    const { stderr } = await run('schema.js', 'ten.txt', '--param', 'number=[1]')
    expect(stderr).toMatch(/number: expected a number \(given an array of 1\)/)
  })

  test('--chunk-size counts with what a schema makes of the parameters', async () => {
    const sizes = await result('schema.js', 'ten.txt', '--chunk-size', '5', '--param', 'number=1')
    expect(sizes).toMatchObject([{ size: 7 }, { size: 5 }])
  })

  test('--params is one JSON object, and --param goes before it', async () => {
    const params = ['--params', '{"number":3,"text":"b"}', '--param', 'text=c']
    expect(await result('params.js', 'ten.txt', ...params)).toMatchObject({ number: 3, text: 'c', flag: false })
  })

  test.each([
    [
      'fixed',
      'chunks.js',
      [
        [0, 3, 3],
        [3, 6, 3],
        [6, 9, 3],
        [9, 10, 1],
      ],
    ],
    [
      'overlapping',
      'overlapped.js',
      [
        [0, 3, 4],
        [3, 6, 4],
        [6, 9, 4],
        [9, 10, 1],
      ],
    ],
    [
      'records',
      'recorded.js',
      [
        [2, 5, 3],
        [5, 8, 3],
      ],
    ],
  ])('--chunk-size keeps the kind of chunks: %s', async (_, plugin, ranges) => {
    expect(await result(plugin, 'ten.txt', '--chunk-size', '3')).toEqual(ranges)
  })

  test('--chunk-size keeps lines whole', async () => {
    expect(await result('lined.js', 'lines.txt', '--chunk-size', '5')).toEqual([
      [0, 6, 6],
      [6, 11, 5],
    ])
  })

  test('--chunk-size counts with the plugin’s parameters as they are given', async () => {
    expect(await result('overlapped.js', 'ten.txt', '--chunk-size', '5', '--param', 'overlap=2')).toEqual([
      [0, 5, 7],
      [5, 10, 5],
    ])
  })

  test('--chunk-size takes K, M and G, powers of 1024', async () => {
    writeFiles(cwd, { 'large.bin': new Uint8Array(5000) })
    expect(await result('chunks.js', 'large.bin', '--chunk-size', '4K')).toEqual([
      [0, 4096, 4096],
      [4096, 5000, 904],
    ])
  })

  test('--chunk-size for a plugin with a size of its own is noted, unless --quiet', async () => {
    const noted = await run('fixed.js', 'ten.txt', '--chunk-size', '5', '--json')
    expect(noted.stderr).toMatch(/sized asks for chunks of 4 bytes itself/)
    expect(JSON.parse(noted.stdout).results[0].result).toHaveLength(2)
    expect((await run('fixed.js', 'ten.txt', '--chunk-size', '5', '--quiet')).stderr).toBe('')
    expect((await run('fixed.js', 'ten.txt')).stderr).toBe('')
  })

  test('--workers is the most threads', async () => {
    const { stdout } = await run('chunks.js', 'ten.txt', '--chunk-size', '1', '--workers', '1', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ workers: 1, results: [{ stats: { workers: 1, chunks: 10 } }] })
  })

  test('--timeout ends a chunk that takes longer', async () => {
    const { code, stdout, stderr } = await run('hangs.js', 'ten.txt', '--timeout', '50')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/ERR_CHUNK_TIMEOUT[\s\S]*bytes 0 to 10[\s\S]*to do: .*--timeout/)
  })

  test('--retries is how often a lost chunk is run again', async () => {
    const { code, stdout, stderr } = await run('exits.js', 'ten.txt', '--retries', '1', '--json')
    expect(code).toBe(1)
    expect(stderr).toMatch(/ERR_WORKER_LOST/)
    expect(JSON.parse(stdout).results[0]).toMatchObject({ error: { code: 'ERR_WORKER_LOST' }, stats: { retries: 1 } })
  })

  test('--out writes the results into a file, in order', async () => {
    const out = join(cwd, 'upper.txt')
    const written = await run('upper.js', 'ten.txt', '--out', 'upper.txt', '--workers', '2')
    expect(written).toMatchObject({ code: 0, stdout: '' })
    expect(readFileSync(out, 'latin1')).toBe(readFileSync(join(cwd, 'ten.txt'), 'latin1').toUpperCase())
    const json = await run('upper.js', 'ten.txt', '--out', 'upper.txt', '--json')
    expect(JSON.parse(json.stdout).results[0].result).toEqual({ out, results: 3, bytes: 10 })
    // What is written in place is an array, and a number is neither text nor bytes.
    expect(await run('grey.js', 'ten.txt', '--out', 'grey.raw')).toMatchObject({ code: 0, stdout: '' })
    expect(readFileSync(join(cwd, 'grey.raw'))).toHaveLength(5)
    const refused = await run('size.js', 'ten.txt', '--out', 'size.txt')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('result 0: expected text or bytes, got 10')
    const two = await run('upper.js', 'ten.txt', 'ten.txt', '--out', 'upper.txt')
    expect(two).toMatchObject({ code: 2, stderr: expect.stringContaining('--out takes one file of input') })
  })

  test('--out - writes the results to standard output as they are', async () => {
    expect(await run('upper.js', 'ten.txt', '--out', '-')).toEqual({ code: 0, stderr: '', stdout: '0123456789' })
    expect(await run('grey.js', 'ten.txt', '--out', '-')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^.{5}$/s),
    })
    const refused = await run('size.js', 'ten.txt', '--out', '-')
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain('result 0: expected text or bytes, got 10')
    const both = await run('upper.js', 'ten.txt', '--out', '-', '--json')
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('--out - and --json both write') })
    expect(existsSync(join(cwd, '-'))).toBe(false)
  })

  test('--max-skipped goes on without what is broken, and --skipped says what', async () => {
    const { code, stdout, stderr } = await run(
      'cards.js',
      'cards.ndjson',
      '--max-skipped',
      '3',
      '--skipped',
      'a b.ndjson',
    )
    expect({ code, stdout }).toEqual({ code: 0, stdout: '6\n' })
    expect(stderr).toMatch(/^onecopy: cards\.ndjson: 3 skipped:\n[\s\S]*SyntaxError[\s\S]*Error: too much/)
    expect(stderr).toMatch(/counted: cards 3\n$/)
    const rows = readFileSync(join(cwd, 'a b.ndjson'), 'utf8').trim().split('\n')
    expect(rows.map((row) => JSON.parse(row))).toEqual([
      { file: 'cards.ndjson', start: 2, end: 3, why: 'SyntaxError' },
      { file: 'cards.ndjson', start: 6, end: 11, why: 'SyntaxError' },
      { file: 'cards.ndjson', start: 12, end: 17, why: 'Error: too much' },
    ])
    const quiet = await run('cards.js', 'cards.ndjson', '--max-skipped', '3', '--json', '-q')
    expect(JSON.parse(quiet.stdout).results[0].stats).toMatchObject({ skipped: { count: 3 }, counters: { cards: 3 } })
    expect(quiet.stderr).toBe('')
  })

  test.skipIf(process.platform !== 'linux')(
    'a full disk for --skipped is told once, and takes no result away',
    async () => {
      const args = [
        'cards.js',
        'cards.ndjson',
        'cards.ndjson',
        '--max-skipped',
        '3',
        '--skipped',
        '/dev/full',
        '--json',
        '-q',
      ]
      const { code, stdout, stderr } = await run(...args)
      expect(stderr).toBe('onecopy: --skipped: cannot write /dev/full: ENOSPC: no space left on device, write\n')
      expect(code).toBe(1)
      expect(JSON.parse(stdout)).toMatchObject({ ok: false, results: [{ result: 6 }, { result: 6 }] })
    },
  )

  test('--only runs chosen chunks, and --sample a share of them', async () => {
    const chosen = await run('draws.js', 'ten.txt', '--chunk-size', '1', '--only', '3,7-8')
    expect(chosen.code).toBe(0)
    expect(chosen.stderr).toBe('onecopy: ten.txt: only 3 chunks of it, 3 bytes\n')
    const one = async (chunk: string) =>
      Number((await run('draws.js', 'ten.txt', '--chunk-size', '1', '--only', chunk, '-q')).stdout)
    expect(Number(chosen.stdout)).toBeCloseTo((await one('3')) + (await one('7')) + (await one('8')), 9)
    const sampled = await run('chunks.js', 'ten.txt', '--chunk-size', '1', '--sample', '30%', '--json')
    expect(JSON.parse(sampled.stdout).results[0].result).toHaveLength(3)
    const past = await run('chunks.js', 'ten.txt', '--chunk-size', '1', '--only', '10')
    expect(past.code).toBe(1)
    expect(past.stderr).toMatch(/options\.only: expected an integer from 0 to 9, got 10/)
  })

  test('--trace writes a trace for Chrome', async () => {
    const { code } = await run('chunks.js', 'ten.txt', '--chunk-size', '1', '--trace', 'a trace.json')
    expect(code).toBe(0)
    const entries: { cat?: string }[] = JSON.parse(readFileSync(join(cwd, 'a trace.json'), 'utf8'))
    expect(entries.filter(({ cat }) => cat === 'chunk')).toHaveLength(10)
  })

  test('--max-skipped is a limit', async () => {
    const { code, stdout, stderr } = await run('cards.js', 'cards.ndjson', '--max-skipped', '1')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/ERR_TOO_MANY_SKIPPED: more than 1 records or chunks[\s\S]*to do: .*--max-skipped/)
    expect((await run('cards.js', 'cards.ndjson')).stderr).toMatch(/ERR_CHUNK_FAILED/)
  })

  test('--seed gives chunks other random numbers, the same each time', async () => {
    const draw = async (...args: string[]) => (await run('draws.js', 'ten.txt', '--chunk-size', '2', ...args)).stdout
    const zero = await draw()
    expect(await draw('--seed', '0', '--workers', '1')).toBe(zero)
    expect(await draw('--seed', '9007199254740991')).not.toBe(zero)
  })

  test('--stack and DEBUG show all lines', async () => {
    const short = (await run('boom.js', 'ten.txt')).stderr.split('\n').length
    expect((await run('boom.js', 'ten.txt', '--stack')).stderr.split('\n').length).toBeGreaterThan(short)
    const debug = await call(['run', 'boom.js', 'ten.txt'], { cwd, env: { DEBUG: '1' } })
    expect(debug.stderr.split('\n').length).toBeGreaterThan(short)
  })
})

describe('files', () => {
  test('an empty one, and names with spaces and letters', async () => {
    expect((await run('size.js', 'empty.txt')).stdout).toBe('0\n')
    expect((await run('size.js', 'dätei mit 数.txt')).stdout).toBe('6\n')
  })

  test('several: each result has its label', async () => {
    expect((await run('size.js', 'ten.txt', 'x.txt')).stdout).toBe('ten.txt: 10\nx.txt: 1\n')
  })

  // Windows has no such names.
  test.skipIf(process.platform === 'win32')('a name that would move the cursor does not', async () => {
    writeFiles(cwd, { 'a\nb\u001b[2J': 'x' })
    const { stdout, stderr } = await run('boom-on-x.js', 'a\nb\u001b[2J', 'ten.txt')
    expect(stderr).toMatch(/^onecopy: a\\nb\\u001b\[2J: ERR_CHUNK_FAILED/)
    expect(stdout).toBe('ten.txt: 1\n')
    expect((await run('size.js', 'a\nb\u001b[2J', 'ten.txt')).stdout).toBe('a\\nb\\u001b[2J: 1\nten.txt: 10\n')
  })

  test('one that fails does not hide the others', async () => {
    const { code, stdout, stderr } = await run(
      'boom-on-x.js',
      'ten.txt',
      'x.txt',
      'missing.txt',
      'a folder',
      'lines.txt',
    )
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'ten.txt: 1\nlines.txt: 1\n' })
    expect(stderr).toMatch(/onecopy: x.txt: ERR_CHUNK_FAILED/)
    expect(stderr).toMatch(/onecopy: missing.txt: cannot open it: no such file or directory \(ENOENT\)\n/)
    expect(stderr).toMatch(/onecopy: a folder: it is a directory/)
  })

  test('- is standard input', async () => {
    const input = new Uint8Array(300_000).fill(7)
    expect(await call(['run', 'size.js', '-'], { cwd, input })).toEqual({ code: 0, stdout: '300,000\n', stderr: '' })
    expect((await call(['run', 'size.js', '-'], { cwd, input: '' })).stdout).toBe('0\n')
  })

  // Windows has no bash, and no pipes that are files.
  test.skipIf(process.platform === 'win32')('a pipe is read to its end', () => {
    const script = '"$0" "$1" run size.js <(printf 12345) /dev/null'
    const stdout = execFileSync('bash', ['-c', script, process.execPath, bin], { cwd, encoding: 'utf8' })
    expect(stdout).toMatch(/^\/dev\/fd\/\d+: 5\n\/dev\/null: 0\n$/)
  })

  // Elsewhere there is no /proc to read.
  test.skipIf(process.platform !== 'linux')(
    'a file that the system makes up is read, though it says it is empty',
    async () => {
      expect((await run('size.js', '/proc/self/status')).stdout).toMatch(/^[\d,]{3,}\n$/)
    },
  )

  // Windows knows no such mode, and root may read everything.
  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'one that may not be read is told',
    async () => {
      writeFiles(cwd, { 'secret.txt': 'x' })
      chmodSync(join(cwd, 'secret.txt'), 0)
      expect((await run('size.js', 'secret.txt')).stderr).toBe(
        'onecopy: secret.txt: cannot open it: permission denied (EACCES)\n',
      )
    },
  )
})

describe('inputs that are not what they seem', () => {
  const utf16 = (text: string): Uint8Array => Buffer.from(`\ufeff${text}`, 'utf16le')
  const swapped = (bytes: Uint8Array, size: number): Uint8Array => {
    const copy = Buffer.from(bytes)
    return size === 2 ? copy.swap16() : copy.swap32()
  }
  const utf32 = Buffer.from([0xff, 0xfe, 0, 0, 65, 0, 0, 0])
  const bzip2 = [...Buffer.from('BZh9'), 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0]
  writeFiles(cwd, {
    'odd/a.gz': gzipSync('some text'),
    'odd/a.zst': Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0),
    'odd/a.xz': Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0),
    'odd/a.bz2': Uint8Array.from(bzip2),
    'odd/le16.txt': utf16('one\nਕĀ\ntwo'),
    'odd/be16.txt': swapped(utf16('one\n'), 2),
    'odd/le32.txt': utf32,
    'odd/be32.txt': swapped(utf32, 4),
    'odd/BZh': 'BZhello world',
    'odd/short.gz': Uint8Array.of(0x1f),
    'odd/it’s one.gz': gzipSync('x'),
    'wide.js': pluginText(
      'wide',
      'return 1',
      "chunks: delimited({ delimiter: '\\n\\0', align: 2, size: 1 }), reduce: sum(),",
    ),
  })

  test.each([
    ['a.gz', /begins as gzip does.*: gzip -dc odd\/a\.gz \| onecopy run PLUGIN -\n$/],
    ['a.zst', /zstd.*zstd -dc odd/],
    ['a.xz', /xz.*xz -dc odd/],
    ['a.bz2', /bzip2.*bzip2 -dc odd/],
    [
      'le16.txt',
      /mark of UTF-16 \(little-endian\).*lines\(\).*iconv -f UTF-16 -t UTF-8.*delimiter: '\\n\\0', align: 2/,
    ],
    ['be16.txt', /mark of UTF-16 \(big-endian\).*delimiter: '\\0\\n', align: 2/],
    ['le32.txt', /mark of UTF-32 \(little-endian\).*delimiter: '\\n\\0\\0\\0', align: 4/],
    ['be32.txt', /mark of UTF-32 \(big-endian\).*delimiter: '\\0\\0\\0\\n', align: 4/],
    ['it’s one.gz', /gzip -dc 'odd\/it’s one\.gz' \|/],
  ])('%s is noted with what to do, and read as it is', async (name, note) => {
    const { code, stdout, stderr } = await run('size.js', `odd/${name}`, '--no-decompress')
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\n$/) })
    expect(stderr).toMatch(/^onecopy: odd\/[^\n]+\n$/)
    expect(stderr).toMatch(note)
  })

  test('the note says which option reads it, if there is one', async () => {
    expect((await run('size.js', 'odd/a.gz', '--no-decompress')).stderr).toContain(
      ': leave out --no-decompress, or use',
    )
    const { stderr } = await run('size.js', 'odd/le16.txt')
    expect(stderr).toContain(': give --encoding utf-16, or use a pipe: iconv')
    expect(stderr).toContain("cut it by lines({ encoding: 'utf-16le' }) or delimited(")
    expect(await run('size.js', 'odd/le16.txt', '--encoding', 'utf-16')).toMatchObject({ code: 0, stderr: '' })
    expect((await run('size.js', 'odd/be32.txt')).stderr).toMatch(
      /To read it as UTF-8: give --encoding utf-32, or use a pipe: iconv.*lines\(\{ encoding: 'utf-32be' \}\)/,
    )
  })

  test('so is standard input, in a document, and where a plugin is checked', async () => {
    const input = gzipSync('some text')
    const piped = await call(['run', 'size.js', '-', '--json', '--no-decompress'], { cwd, input })
    expect(JSON.parse(piped.stdout)).toMatchObject({ ok: true, results: [{ bytes: input.length }] })
    expect(piped.stderr).toMatch(
      /^onecopy: standard input begins as gzip does.*: … \| gzip -dc \| onecopy run PLUGIN -\n$/,
    )
    const checked = await call(['check', 'size.js', 'odd/a.gz', '--runs', '1', '--no-decompress'], { cwd })
    expect(checked.stderr).toMatch(/^onecopy: odd\/a\.gz begins as gzip.*onecopy check PLUGIN -\n$/)
  })

  test('nothing is said with --quiet, of other files, and where the plugin cuts wide characters', async () => {
    expect((await run('size.js', 'odd/a.gz', '--no-decompress', '--quiet')).stderr).toBe('')
    expect((await run('size.js', 'odd/BZh', 'odd/short.gz', 'empty.txt')).stderr).toBe('')
    expect(await run('wide.js', 'odd/le16.txt')).toEqual({ code: 0, stdout: '3\n', stderr: '' })
  })
})

describe('results', () => {
  test('--json is one document, with a word for all that a result can hold', async () => {
    const { code, stdout, stderr } = await run('rich.js', 'ten.txt', 'missing.txt', '--json')
    expect(code).toBe(1)
    expect(stderr).toMatch(/missing.txt/)
    expect(JSON.parse(stdout)).toEqual({
      plugin: 'rich',
      url: pathToFileURL(join(cwd, 'rich.js')).href,
      workers: expect.any(Number),
      results: [
        {
          file: 'ten.txt',
          bytes: 10,
          stats: {
            chunks: 1,
            doneChunks: 1,
            bytes: 10,
            elapsedMs: expect.any(Number),
            workers: 1,
            retries: 0,
            workersLost: 0,
            skipped: { count: 0, ranges: [] },
            counters: {},
          },
          result: {
            map: [['a', 1]],
            set: [1, 'b'],
            big: String(2n ** 70n),
            nan: 'NaN',
            floats: [0.5, 1],
            when: '1970-01-01T00:00:00.000Z',
            text: 'ü',
          },
        },
        {
          file: 'missing.txt',
          error: { name: 'Error', code: 'ENOENT', message: expect.any(String), cause: expect.anything() },
        },
      ],
      ok: false,
    })
  })

  test('--json has a result also where that is undefined', async () => {
    expect(await result('nothing.js', 'ten.txt')).toBeNull()
  })

  test('--json says in its document that a plugin could not be loaded', async () => {
    const { code, stdout } = await run('missing.js', 'ten.txt', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      plugin: null,
      results: [],
      ok: false,
      error: { code: 'ERR_PLUGIN_LOAD' },
    })
  })

  test('a plugin that folds', async () => {
    expect(await result('folded.js', 'lines.txt', '--param', 'least=2')).toEqual([
      [97, 6],
      [32, 4],
      [98, 4],
      [10, 8],
    ])
  })

  test('for people: counts by key as a table, most first, without colours or progress when piped', async () => {
    const { stdout, stderr } = await run('words.js', 'lines.txt')
    expect(stderr).toBe('')
    expect(stdout.split('\n').slice(3, 5)).toEqual([
      '│ a   │     3 │ 60.0 % │ ████████████████████████ │',
      '│ b   │     2 │ 40.0 % │ ████████████████         │',
    ])
  })

  test('what a plugin prints goes to standard error', async () => {
    const { stdout, stderr } = await run('talks.js', 'ten.txt')
    expect(stdout).toBe('1\n')
    expect(stderr).toMatch(/loading\n/)
    expect(stderr).toMatch(/mapping\n/)
  })

  test('FORCE_COLOR colours what is piped, NO_COLOR wins', async () => {
    const bold = '\u001b[1m'
    const forced = { FORCE_COLOR: '1' }
    expect((await call(['run', 'words.js', 'lines.txt'], { cwd, env: forced })).stdout).toContain(bold)
    expect(
      (await call(['run', 'words.js', 'lines.txt'], { cwd, env: { ...forced, NO_COLOR: '1' } })).stdout,
    ).not.toContain(bold)
  })
})

test('a failed chunk: code, file, bytes, causes with the lines of the plugin, and what to do', async () => {
  const { code, stdout, stderr } = await run('boom.js', 'ten.txt')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  const lines = stderr.trimEnd().split('\n')
  expect(lines[0]).toMatch(/^onecopy: ten\.txt: ERR_CHUNK_FAILED: .*bad data/)
  expect(lines[1]).toBe('  where: bytes 4 to 8, the end not included (chunk 1)')
  expect(lines[2]).toBe('  cause: TypeError: bad data')
  expect(lines[3]).toMatch(/^ {4}at .*boom\.js:2:\d+/)
  expect(lines[4]).toBe('  cause: Error: deeper')
  expect(lines.at(-1)).toMatch(/^ {2}to do: /)
  expect(stderr).not.toMatch(/node:internal|packages\/core/)
})

test.each([
  [
    'of modules that the plugin imports',
    './plugins/helped.js',
    /at .*\/lib\/help\.js:2:\d+\)?\n +at .*\/helped\.js:3:/,
  ],
  ['of CommonJS', 'common.cjs', /cause: Error: from CommonJS\n +at .*common\.cjs:4:/],
])('a failed chunk has the lines %s', async (_, plugin, lines) => {
  expect((await run(plugin, 'ten.txt')).stderr).toMatch(lines)
})

test('what is thrown and no error is shown as it is', async () => {
  const { stdout, stderr } = await run('throws-object.js', 'ten.txt', '--json')
  expect(stderr).toContain('  cause: { reason: 7 }\n')
  expect(JSON.parse(stdout).results[0].error.cause).toEqual({ message: '{ reason: 7 }' })
})

test('a failure that is no chunk’s has no advice on chunks', async () => {
  const { stderr } = await run('finish.js', 'ten.txt')
  expect(stderr).toMatch(/ERR_CHUNK_FAILED: .*at the end/)
  expect(stderr).not.toMatch(/to do/)
})

test('an empty file for a reducer that knows no value for nothing', async () => {
  expect((await run('bare.js', 'empty.txt')).stderr).toMatch(/ERR_EMPTY_INPUT[\s\S]*to do: /)
})

test.each([
  ['no plugin', [], /missing required argument 'plugin'/],
  ['no file', ['size.js'], /missing required argument 'file'/],
  ['an unknown option', ['size.js', 'ten.txt', '--nope'], /unknown option '--nope'/],
  ['no workers', ['size.js', 'ten.txt', '--workers', '0'], /--workers.*from 1 to 1024/],
  ['workers that are no number', ['size.js', 'ten.txt', '--workers', 'many'], /--workers/],
  ['a chunk size of nothing', ['size.js', 'ten.txt', '--chunk-size', '0'], /--chunk-size/],
  ['a chunk size that is none', ['size.js', 'ten.txt', '--chunk-size', '4X'], /--chunk-size.*64K/],
  ['no time at all', ['size.js', 'ten.txt', '--timeout', '0'], /--timeout/],
  ['more time than timers take', ['size.js', 'ten.txt', '--timeout', '2147483648'], /--timeout/],
  ['a time that is no number', ['size.js', 'ten.txt', '--timeout', '1s'], /--timeout/],
  ['a time below 0', ['size.js', 'ten.txt', '--timeout=-1'], /--timeout/],
  ['no end of time', ['size.js', 'ten.txt', '--timeout', 'Infinity'], /--timeout/],
  ['a seed that is none', ['size.js', 'ten.txt', '--seed', '0.5'], /--seed/],
  ['chunks that are none', ['size.js', 'ten.txt', '--only', '3-1'], /--only/],
  ['a share that is none', ['size.js', 'ten.txt', '--sample', '0%'], /--sample/],
  ['two choices', ['size.js', 'ten.txt', '--only', '1', '--sample', '1%'], /only one of --only and --sample/],
  [
    'a choice and a folder',
    ['size.js', 'ten.txt', '--only', '1', '--resume', 'parts'],
    /--only is not possible with --resume/,
  ],
  ['a trace of two files', ['size.js', 'ten.txt', 'ten.txt', '--trace', 'x.json'], /--trace takes one file/],
  ['a limit that is none', ['size.js', 'ten.txt', '--max-skipped', '-1'], /--max-skipped/],
  ['a file that cannot be', ['size.js', 'ten.txt', '--skipped', 'no/such/folder'], /--skipped/],
  ['a file without a name', ['size.js', 'ten.txt', '--skipped', ''], /--skipped/],
  ['retries below 0', ['size.js', 'ten.txt', '--retries', '-1'], /--retries/],
  ['standard input twice', ['size.js', '-', '-'], /only once/],
  ['an empty name', ['size.js', ''], /empty name/],
  ['an unknown parameter', ['params.js', 'ten.txt', '--param', 'nope=1'], /no such parameter; it has text, number/],
  ['a parameter of a plugin without any', ['no-params.js', 'ten.txt', '--param', 'a=1'], /no named parameters/],
  ['a parameter without a value', ['params.js', 'ten.txt', '--param', 'text'], /expected key=value/],
  [
    'numbers too large for the array',
    ['params.js', 'ten.txt', '--param', 'numbers=[300]'],
    /a Uint8Array can hold, got/,
  ],
  ['no integers', ['params.js', 'ten.txt', '--param', 'bigs=[0.5]'], /a BigInt64Array can hold, got "\[0\.5\]"/],
  ['a number that is none', ['params.js', 'ten.txt', '--param', 'number=x'], /expected a number, got "x"/],
  ['an integer that is none', ['params.js', 'ten.txt', '--param', 'big=1.5'], /expected an integer/],
  ['a flag that is none', ['params.js', 'ten.txt', '--param', 'flag=yes'], /expected true or false/],
  ['a list that is no JSON', ['params.js', 'ten.txt', '--param', 'list=[1'], /expected JSON/],
  ['numbers that are none', ['params.js', 'ten.txt', '--param', 'numbers=["a"]'], /list of numbers/],
  ['--params that is no JSON', ['params.js', 'ten.txt', '--params', '{a}'], /--params: expected JSON/],
  ['an unknown key in --params', ['params.js', 'ten.txt', '--params', '{"nope":1}'], /nope/],
  [
    'a parameter that a schema refuses',
    ['schema.js', 'ten.txt', '-p', 'number=x'],
    /number: expected a number \(given "x"/,
  ],
  ['one that it does not know', ['schema.js', 'ten.txt', '-p', 'nope=1'], /nope: unknown/],
  ['a URL of another kind', ['https://example.com/x.js', 'ten.txt'], /https:/],
])('%s: one line with a hint, exit code 2', async (_, args, why) => {
  const { code, stdout, stderr } = await run(...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^onecopy: [^\n]+ \(see onecopy run --help\)\n$/)
  expect(stderr).toMatch(why)
})
