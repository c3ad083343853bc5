// Values of another realm, as in Jest, vitest's vm pools and node:vm: they are recognized, although no `instanceof` is true.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runInNewContext, runInThisContext } from 'node:vm'
import { type AbortSignalLike, countByKey, definePlugin, type Engine, fixed, share, topK } from '@onecopy/core'
import { checkPlugin } from '@onecopy/core/testing'
import { createEngine, file, isOnecopyError, listPlugins, loadPlugin } from '@onecopy/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toJson } from '../../packages/cli/dist/result/json.js'
import { resultText } from '../../packages/cli/dist/result/result-text.js'
import { colorsOf } from '../../packages/cli/dist/terminal/colors.js'
import { failureData, failureText } from '../../packages/cli/dist/terminal/failure-text.js'
import { pluginFolder, pluginText } from '../command/command.js'

let engine: Engine
beforeAll(() => {
  engine = createEngine({ workers: 2 })
})
afterAll(() => engine.close())

/** The same value, made in this realm and in another one. */
const values = {
  'a Map': "new Map([['b', 2], ['a', 30]])",
  'a Map of dates': 'new Map([[new Date(5), 1], [new Date(4), 2]])',
  'a Set': "new Set(['x', 'y'])",
  'a Date': 'new Date(1234)',
  'an invalid Date': 'new Date(NaN)',
  'a RegExp': '/a+/g',
  'an error': "new RangeError('too far')",
  'an ArrayBuffer': 'new Uint8Array([1, 2]).buffer',
  'a SharedArrayBuffer': 'new SharedArrayBuffer(2)',
  'a DataView': 'new DataView(new ArrayBuffer(2))',
  'a typed array': 'Float32Array.of(1.5, 2)',
  'a list': '[1, 2, 3]',
  'records by key': "new Map([['a', { n: 1, at: new Date(0) }], ['b', { n: 2, at: new Date(1) }]])",
  'an object with all of them':
    '({ map: new Map([[1, 2]]), empty: new Set(), date: new Date(0), bytes: Uint8Array.of(1) })',
}
const both = Object.entries(values).map(([name, text]) => ({
  name,
  text,
  own: runInThisContext(text) as unknown,
  foreign: runInNewContext(text) as unknown,
}))

describe.each(both)('$name', ({ text, own, foreign }) => {
  test('the command shows it as it shows its own', () => {
    const style = { colors: colorsOf({}, {}) }
    // Only `inspect` tells realms apart: it names the prototype.
    const shown = resultText(foreign, style).replaceAll(/ \[\w+\]$/gm, '')
    if (!(own instanceof Error)) expect(shown).toBe(resultText(own, style))
    expect([...toJson(foreign)].join('')).toBe([...toJson(own)].join(''))
  })

  test('as a result it holds the laws of plugins', async () => {
    const make = new Function('run', `return () => run(${JSON.stringify(text)})`)(runInNewContext) as () => unknown
    const plugin = definePlugin(import.meta.url, { name: 'foreign', map: make })
    await checkPlugin(plugin, { runs: 5, except: { workers: 'its function is made from text here' } })
  })
})

test('ready-made reducers take Maps and dates of another realm', async () => {
  const foreign = (text: string) =>
    new Function(`return process.getBuiltinModule('node:vm').runInNewContext("${text}")`)
  const data = share('abcd')
  const chunks = fixed({ size: 2 })
  // `as`: what the text makes.
  const counts = engine.map(data, foreign("new Map([['k', 2]])") as () => Map<string, number>, { chunks })
  expect(await counts.reduce(countByKey())).toEqual(new Map([['k', 4]]))
  const dates = engine.map(data, foreign('[new Date(1), new Date(2)]') as () => Date[], { chunks })
  expect((await dates.reduce(topK(1))).map(Number)).toEqual([2])
})

test('an error of another realm arrives with its name, message and causes, and the command tells it', async () => {
  const throwing = (): unknown =>
    process.getBuiltinModule('node:vm').runInNewContext("throw new RangeError('far', { cause: new TypeError('why') })")
  const error: unknown = await engine.map(share('a'), throwing).catch((reason: unknown) => reason)
  expect(error).toMatchObject({
    code: 'ERR_CHUNK_FAILED',
    cause: { name: 'RangeError', message: 'far', cause: { name: 'TypeError', message: 'why' } },
  })
  const foreign: unknown = runInNewContext(
    "Object.assign(new Error('in short', { cause: new TypeError('why') }), { name: 'OnecopyError', code: 'ERR_CHUNK_FAILED' })",
  )
  expect(isOnecopyError(foreign)).toBe(true)
  expect(failureText(foreign, {}, colorsOf({}, {}))).toMatch(/ERR_CHUNK_FAILED: in short\n {2}cause: TypeError: why\n/)
  expect(failureData(foreign)).toMatchObject({ message: 'in short', cause: { name: 'TypeError', message: 'why' } })
})

/** A URL as another realm has it: of no class that is known here. */
function foreignUrl(path: string): URL {
  const { href, protocol } = pathToFileURL(path)
  return runInNewContext('({ href, protocol, toString: () => href })', { href, protocol }) as URL
}

test('URLs of another realm name files, plugins and folders', async () => {
  const from = pluginFolder({ 'one.js': pluginText('one', 'return bytes.length') })
  const url = foreignUrl(join(from, 'one.js'))
  expect(file(url).length).toBeGreaterThan(0)
  expect((await loadPlugin(url)).name).toBe('one')
  expect(await listPlugins('./one.js', { from: foreignUrl(`${from}/`) })).toHaveLength(1)
})

test('a signal of another realm cancels', async () => {
  const listeners = new Set<() => void>()
  const signal: AbortSignalLike & { aborted: boolean; reason: unknown } = runInNewContext(
    '({ aborted: false, reason: undefined, addEventListener: (_, fn) => listeners.add(fn), removeEventListener: (_, fn) => listeners.delete(fn) })',
    { listeners },
  )
  const run = engine.map(
    share('a'),
    async (_, chunk) => {
      while (!chunk.cancelled) await new Promise((resolve) => setImmediate(resolve))
    },
    { signal },
  )
  run.start()
  await Promise.resolve().then(() => undefined)
  Object.assign(signal, { aborted: true, reason: 'enough' })
  for (const listener of listeners) listener()
  await expect(run).rejects.toBe('enough')
  expect(listeners.size).toBe(0)
})
