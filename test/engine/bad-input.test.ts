// Bad input gets a clear error, at once, naming the argument and the value.

import {
  alloc,
  type Chunker,
  concat,
  definePlugin,
  delimited,
  fixed,
  lines,
  moduleFunction,
  overlapping,
  records,
  sequential,
  share,
  sum,
  topK,
} from '@onecopy/core'
import { createEngine, map, run } from '@onecopy/node'
import { describe, expect, test } from 'vitest'
import { countByte } from '../plugins/count-byte.js'

const engine = sequential()
const data = share('0123456789')
const size = (bytes: Readonly<Uint8Array>): number => bytes.length
// Wrong programs do not compile; these are written all the same, as untyped callers can.
// biome-ignore lint/suspicious/noExplicitAny: see above
const wrong = (value: unknown): any => value

/** A call that must throw, with what its message must contain: the argument and the value. */
type BadCall = readonly [name: string, call: () => unknown, kind: typeof TypeError, argument: string, value: string]

function expectClear(calls: readonly BadCall[]): void {
  test.each(calls)('%s', (_name, call, kind, argument, value) => {
    expect(call).toThrow(kind)
    try {
      call()
    } catch (error) {
      const { message } = error as Error
      expect(message.startsWith(`${argument}: `) || message.startsWith(`${argument}.`)).toBe(true)
      expect(message).toContain(value)
    }
  })
}

/** Numbers that are no integer >= 1. */
const badSizes: readonly (readonly [value: unknown, shown: string])[] = [
  [0, '0'],
  [-1, '-1'],
  [1.5, '1.5'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [2 ** 53, '9007199254740992'],
  ['8', '"8"'],
  [8n, '8n'],
  [null, 'null'],
]

describe('chunkers', () => {
  const withSize: readonly (readonly [name: string, make: (size: unknown) => Chunker])[] = [
    ['fixed', (size) => fixed({ size: wrong(size) })],
    ['lines', (size) => lines({ size: wrong(size) })],
    ['delimited', (size) => delimited({ delimiter: ',', size: wrong(size) })],
    ['overlapping', (size) => overlapping({ overlap: 1, size: wrong(size) })],
    ['records', (size) => records({ length: 1, size: wrong(size) })],
    // Written by hand, without its function.
    ['a description of', (size) => engine.map(data, fn, { chunks: { kind: 'fixed', size: wrong(size) } }) as never],
  ]
  const fn = size
  expectClear(
    withSize.flatMap(([name, make]) =>
      badSizes.map(
        ([value, shown]): BadCall => [`${name}, size ${shown}`, () => make(value), RangeError, 'size', shown],
      ),
    ),
  )

  expectClear([
    ['a negative overlap', () => overlapping({ overlap: -1 }), RangeError, 'overlap', '-1'],
    ['a fractional overlap', () => overlapping({ overlap: 0.5 }), RangeError, 'overlap', '0.5'],
    ['no overlap at all', () => overlapping(wrong({})), RangeError, 'overlap', 'undefined'],
    ['a negative header', () => records({ length: 1, header: -1 }), RangeError, 'header', '-1'],
    ['no record length', () => records(wrong({})), RangeError, 'length', 'undefined'],
    ['a record length of 0', () => records({ length: 0 }), RangeError, 'length', '0'],
    ['the length of records as their size', () => records(wrong({ size: 80 })), RangeError, 'length', 'per chunk'],
    ['nothing in a chunk', () => records({ length: 1, size: 0 }), RangeError, 'size', '0'],
    ['an empty delimiter', () => delimited({ delimiter: '' }), RangeError, 'delimiter', '""'],
    ['an empty list as delimiter', () => delimited({ delimiter: [] }), RangeError, 'delimiter', 'an array of 0'],
    ['a delimiter that is no byte', () => delimited({ delimiter: 256 }), RangeError, 'delimiter', '256'],
    ['a delimiter with no byte in it', () => delimited({ delimiter: [10, -1] }), RangeError, 'delimiter', '-1'],
    ['no delimiter', () => delimited(wrong({})), TypeError, 'delimiter', 'undefined'],
    ['a regular expression', () => delimited({ delimiter: wrong(/,/) }), TypeError, 'delimiter', 'RegExp'],
    ['a typo in fixed', () => fixed(wrong({ sice: 1 })), TypeError, 'fixed', 'sice'],
    ['a typo in lines', () => lines(wrong({ Size: 1 })), TypeError, 'lines', 'Size'],
    ['a typo in records', () => records(wrong({ length: 1, headers: 2 })), TypeError, 'records', 'headers'],
    ['a typo in overlapping', () => overlapping(wrong({ overlaps: 1 })), TypeError, 'overlapping', 'overlaps'],
    ['an align of 0', () => delimited({ delimiter: 'ab', align: 0 }), RangeError, 'align', '0'],
    [
      'an align that does not divide the delimiter',
      () => delimited({ delimiter: '\n', align: 2 }),
      RangeError,
      'align',
      '1 byte), got 2',
    ],
    ['a typo in delimited', () => delimited(wrong({ delimeter: ',' })), TypeError, 'delimited', 'delimeter'],
    ['options that are no object', () => fixed(wrong(8)), TypeError, 'fixed', '8'],
    ['options that are null', () => fixed(wrong(null)), TypeError, 'fixed', 'null'],
  ])
})

describe('map', () => {
  const floats = share(Float64Array.of(1, 2))
  const bound = size.bind(undefined)
  class Counter {
    #n = 0
    count(): number {
      return ++this.#n
    }
  }
  async function* generate(): AsyncGenerator<number> {
    yield 1
  }

  expectClear([
    ['bytes that are not shared', () => engine.map(wrong(new Uint8Array(1)), size), TypeError, 'data', 'share(data)'],
    ['text that is not shared', () => engine.map(wrong('abc'), size), TypeError, 'data', '"abc"'],
    ['a path as data', () => engine.map(wrong('a.log'), size), TypeError, 'data', 'file(path) or await load(path)'],
    ['a URL as data', () => engine.map(wrong(new URL('file:///a')), size), TypeError, 'data', 'file(url)'],
    ['a list as data', () => engine.map(wrong([1, 2]), size), TypeError, 'data', 'Float64Array.from(data)'],
    ['a buffer as data', () => engine.map(wrong(new ArrayBuffer(1)), size), TypeError, 'data', 'share(data)'],
    ['data that is not there yet', () => engine.map(wrong(Promise.resolve()), size), TypeError, 'data', 'await it'],
    ['data and function swapped', () => engine.map(wrong(size), wrong(data)), TypeError, 'data', 'data comes first'],
    ['a path', () => engine.map(wrong(undefined), size), TypeError, 'data', 'undefined'],
    ['data that is null', () => engine.map(wrong(null), size), TypeError, 'data', 'null'],
    ['a bound function', () => engine.map(data, bound), TypeError, 'fn', 'bound size'],
    ['a native function', () => engine.map(data, wrong(Math.max)), TypeError, 'fn', 'function max'],
    ['a class', () => engine.map(data, wrong(Counter)), TypeError, 'fn', 'Counter'],
    ['a method with private names', () => engine.map(data, wrong(new Counter().count)), TypeError, 'fn', 'count'],
    ['a generator', () => engine.map(data, wrong(generate)), TypeError, 'fn', 'generate'],
    ['no function', () => engine.map(data, wrong(undefined)), TypeError, 'fn', 'undefined'],
    ['source text', () => engine.map(data, wrong('(bytes) => 1')), TypeError, 'fn', '"(bytes) => 1"'],
    ['lines of floats', () => engine.map(floats, () => 1, { chunks: lines() }), TypeError, 'chunks', 'Float64Array'],
  ])

  test('more chunks than can be claimed', () => {
    const large = alloc(Uint8Array, 2 ** 30 + 1)
    expect(() => engine.map(large, size, { chunks: fixed({ size: 1 }) })).toThrow(/^chunks: .*1073741825 chunks/)
  })
})

describe('options of a run', () => {
  const withOption = (name: string, value: unknown): unknown => engine.map(data, size, wrong({ [name]: value }))
  const bad: readonly (readonly [name: string, value: unknown, kind: typeof TypeError, shown: string])[] = [
    ['workers', 0, RangeError, '0'],
    ['workers', 1.5, RangeError, '1.5'],
    ['workers', -2, RangeError, '-2'],
    ['workers', '4', RangeError, '"4"'],
    ['retries', -1, RangeError, '-1'],
    ['retries', 0.5, RangeError, '0.5'],
    ['priority', Number.NaN, RangeError, 'NaN'],
    ['priority', Number.POSITIVE_INFINITY, RangeError, 'Infinity'],
    ['priority', 'high', RangeError, '"high"'],
    ['chunkTimeoutMs', 0, RangeError, '0'],
    ['chunkTimeoutMs', -1, RangeError, '-1'],
    ['chunkTimeoutMs', Number.NaN, RangeError, 'NaN'],
    ['chunkTimeoutMs', '1s', RangeError, '"1s"'],
    ['chunkTimeoutMs', 2 ** 31, RangeError, '2147483648'],
    ['chunkTimeoutMs', Number.POSITIVE_INFINITY, RangeError, 'Infinity'],
    ['retries', Number.POSITIVE_INFINITY, RangeError, 'Infinity'],
    ['verify', 'yes', TypeError, '"yes"'],
    ['name', 7, TypeError, '7'],
    ['signal', 'stop', TypeError, '"stop"'],
    ['signal', new AbortController(), TypeError, 'AbortController'],
    ['signal', null, TypeError, 'null'],
    ['signal', new EventTarget(), TypeError, 'EventTarget'],
    ['signal', { aborted: false, addEventListener: () => {} }, TypeError, 'Object'],
    ['chunkSize', 8, TypeError, 'chunkSize'],
    ['Workers', 8, TypeError, 'Workers'],
    ['timeout', 8, TypeError, 'timeout'],
  ]
  expectClear(
    bad.map(
      ([name, value, kind, shown]): BadCall => [
        `${name}: ${shown}`,
        () => withOption(name, value),
        kind,
        'options',
        shown,
      ],
    ),
  )

  expectClear([
    ['a chunker that is a number', () => withOption('chunks', 8), TypeError, 'chunks', '8'],
    ['a chunker that is its function', () => withOption('chunks', fixed), TypeError, 'chunks', 'fixed; call it'],
    ['a chunker of no kind', () => withOption('chunks', { kind: 'words' }), TypeError, 'chunks', 'an object'],
    ['options that are a number', () => engine.map(data, size, wrong(8)), TypeError, 'options', '8'],
    ['options that are null', () => engine.map(data, size, wrong(null)), TypeError, 'options', 'null'],
    ['options that are a list', () => engine.map(data, size, wrong([])), TypeError, 'options', 'an array of 0'],
    ['options that are a Map', () => engine.map(data, size, wrong(new Map())), TypeError, 'options', 'Map'],
    ['options that are a chunker', () => engine.map(data, size, wrong(fixed())), TypeError, 'options', 'kind'],
    [
      'params that hold a function',
      () => engine.map(data, size, wrong({ params: { a: [() => 1] } })),
      TypeError,
      'params',
      '.a[0]',
    ],
    ['params that are a symbol', () => engine.map(data, size, wrong({ params: Symbol('s') })), TypeError, 'params', ''],
  ])
})

describe('reduce', () => {
  const reduce = (reducer: unknown) => () => engine.map(data, size).reduce(wrong(reducer))
  const { init, add, merge } = sum()
  const outer = (left: number): number => left

  expectClear([
    ['nothing', reduce(undefined), TypeError, 'reducer', 'undefined'],
    ['the function that makes a reducer, given no call', reduce({ sum }), TypeError, 'reducer', 'undefined'],
    ['the function that makes a reducer', reduce(sum), TypeError, 'reducer', 'function sum; call it'],
    ['a reducer without init', reduce({ add, merge }), TypeError, 'reducer', 'undefined'],
    ['a reducer whose add is no function', reduce({ init, merge, add: 1 }), TypeError, 'reducer', '1'],
    ['a reducer without merge', reduce({ init, add }), TypeError, 'reducer', 'undefined'],
    ['a reducer whose finish is no function', reduce({ init, add, merge, finish: 'x' }), TypeError, 'reducer', '"x"'],
    ['an order that does not exist', reduce({ init, add, merge, order: 'none' }), TypeError, 'reducer', '"none"'],
    ['a bound function', reduce(outer.bind(undefined)), TypeError, 'reducer', 'bound outer'],
    ['a native function', reduce(Math.max), TypeError, 'reducer', 'function max'],
    [
      'a reducer with a bound function',
      reduce({ init, add: outer.bind(undefined), merge }),
      TypeError,
      'reducer',
      'bound outer',
    ],
    ['k of 0', () => topK(0), RangeError, 'k', '0'],
    ['k that is no integer', () => topK(2.5), RangeError, 'k', '2.5'],
    ['an order of topK that is no function', () => topK(1, wrong('desc')), TypeError, 'compare', '"desc"'],
  ])

  test('a listener that is no function', () => {
    expect(() => engine.map(data, size).on('done', wrong(7))).toThrow(/^listener: .*7/)
    expect(() => engine.on('idle', wrong(undefined))).toThrow(/^listener: /)
  })
})

describe('share and alloc', () => {
  const badData: readonly (readonly [name: string, value: unknown, shown: string])[] = [
    ['a number', 7, '7'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a list', [1, 2], 'an array of 2'],
    ['an object', { length: 1 }, 'an object'],
    ['a function', size, 'function size'],
    ['shared data', data, 'SharedMemory); it is shared data already: use it as it is'],
    ['a promise of data', Promise.resolve(data), 'await it'],
  ]
  expectClear(
    badData.map(
      ([name, value, shown]): BadCall => [`share: ${name}`, () => share(wrong(value)), TypeError, 'data', shown],
    ),
  )
  expectClear([
    ['alloc: no kind', () => alloc(wrong(undefined), 1), TypeError, 'Elements', 'undefined'],
    ['alloc: a kind that is no typed array', () => alloc(wrong(Array), 1), TypeError, 'Elements', 'function Array'],
    ['alloc: a DataView', () => alloc(wrong(DataView), 1), TypeError, 'Elements', 'function DataView'],
    ['alloc: a negative length', () => alloc(Uint8Array, -1), RangeError, 'length', '-1'],
    ['alloc: a fractional length', () => alloc(Uint8Array, 1.5), RangeError, 'length', '1.5'],
    ['alloc: more than there is', () => alloc(Float64Array, 2 ** 52), RangeError, 'length', String(2 ** 55)],
  ])
})

describe('plugins and module functions', () => {
  const { url } = import.meta
  type Fns = { fn: () => number }
  const define =
    (fields: object, at: unknown = url) =>
    () =>
      definePlugin(wrong(at), wrong({ name: 'p', map: size, ...fields }))

  expectClear([
    ['a plugin without a name', define({ name: '' }), TypeError, 'plugin', '""'],
    ['a plugin without a chunk function', define({ map: undefined }), TypeError, 'plugin', 'undefined'],
    ['a plugin whose setup is no function', define({ setup: 1 }), TypeError, 'plugin', '1'],
    ['a plugin whose teardown is no function', define({ teardown: {} }), TypeError, 'plugin', 'an object'],
    ['a plugin whose reducer is none', define({ reduce: 'sum' }), TypeError, 'plugin', '"sum"'],
    ['a plugin whose chunker is none', define({ chunks: 8 }), TypeError, 'plugin', '8'],
    ['a plugin whose description is no text', define({ description: 1 }), TypeError, 'plugin', '1'],
    ['a typo in a plugin', define({ reducer: sum() }), TypeError, 'plugin', 'reducer'],
    ['a plugin whose reducer is not made yet', define({ reduce: topK }), TypeError, 'plugin', 'function topK; call it'],
    [
      'a plugin without its URL',
      () => definePlugin(wrong({ name: 'p', map: size }), wrong(undefined)),
      TypeError,
      'url',
      'an object',
    ],
    ['a plugin at a relative path', define({}, './p.js'), TypeError, 'url', '"./p.js"'],
    ['a module at a relative path', () => moduleFunction<Fns>('./p.js', 'fn'), TypeError, 'url', '"./p.js"'],
    [
      'a plugin in a bundle of CommonJS',
      () => definePlugin(wrong(undefined), wrong({ name: 'p', map: size })),
      TypeError,
      'url',
      'a bundler that makes CommonJS leaves it undefined',
    ],
    ['a module at no path', () => moduleFunction<Fns>(wrong(undefined), 'fn'), TypeError, 'url', 'undefined'],
    ['an export without a name', () => moduleFunction<Fns>(url, wrong('')), TypeError, 'name', '""'],
    [
      'a plugin that is not there yet',
      () => engine.run(data, wrong(Promise.resolve())),
      TypeError,
      'plugin',
      'await it',
    ],
    ['running what is no plugin', () => engine.run(data, wrong(size)), TypeError, 'plugin', 'function size'],
    ['running a function', () => engine.run(data, wrong(size)), TypeError, 'plugin', 'map(data, fn)'],
    [
      'running a module function',
      () => engine.run(data, wrong(moduleFunction<Fns>(url, 'fn'))),
      TypeError,
      'plugin',
      'map(data, fn)',
    ],
    ['running a definition', () => engine.run(data, wrong({ map: size })), TypeError, 'plugin', 'definePlugin'],
    ['running a path', () => engine.run(data, wrong('./p.js')), TypeError, 'plugin', '"./p.js"; load a path'],
    ['running a URL', () => engine.run(data, wrong(new URL(url))), TypeError, 'plugin', 'loadPlugin'],
    ['mapping with a path', () => engine.map(data, wrong('./p.js')), TypeError, 'fn', 'loadPlugin'],
  ])

  test('a parameter that a plugin does not have', () => {
    expect(() => engine.run(data, countByte, { params: wrong({ wantet: 1 }) })).toThrow(
      /^params of count-byte\.wantet: /,
    )
  })

  test('a parameter from which its chunker cannot be made', () => {
    expect(() => engine.run(data, countByte, { params: { size: 0 } })).toThrow(/^size: .*0/)
  })
})

describe('engines', () => {
  const bad: readonly (readonly [workers: unknown, shown: string])[] = [
    [0, '0'],
    [1.5, '1.5'],
    [-1, '-1'],
    [Number.NaN, 'NaN'],
    ['4', '4'],
    [null, 'null'],
  ]
  expectClear(
    bad.map(
      ([workers, shown]): BadCall => [
        `workers: ${shown}`,
        () => createEngine({ workers: wrong(workers) }),
        RangeError,
        'workers',
        shown,
      ],
    ),
  )
  expectClear([
    ['graceMs: -1', () => createEngine({ graceMs: -1 }), RangeError, 'graceMs', '-1'],
    ['graceMs: NaN', () => createEngine({ graceMs: Number.NaN }), RangeError, 'graceMs', 'NaN'],
    ['graceMs: 2 ** 31', () => createEngine({ graceMs: 2 ** 31 }), RangeError, 'graceMs', '2147483648'],
    ['graceMs: Infinity', () => createEngine({ graceMs: Number.POSITIVE_INFINITY }), RangeError, 'graceMs', 'Infinity'],
    ['graceMs: text', () => createEngine(wrong({ graceMs: '5' })), RangeError, 'graceMs', '"5"'],
    ['a typo', () => createEngine(wrong({ worker: 2 })), TypeError, 'options', 'worker'],
    ['options that are a number', () => createEngine(wrong(8)), TypeError, 'options', '8'],
    ['options that are null', () => createEngine(wrong(null)), TypeError, 'options', 'null'],
    ['options that are a list', () => createEngine(wrong([4])), TypeError, 'options', 'an array of 1'],
    ['options that are an empty list', () => createEngine(wrong([])), TypeError, 'options', 'an array of 0'],
    ['options that are a Map', () => createEngine(wrong(new Map())), TypeError, 'options', 'Map'],
    ['the top-level map', () => map(data, size, { workers: 0 }), RangeError, 'options', '0'],
    ['the top-level run', () => run(data, wrong({})), TypeError, 'plugin', 'an object'],
  ])
})

test('a run that was refused has not begun: the engine goes on', async () => {
  await using own = createEngine({ workers: 1 })
  const started: unknown[] = []
  own.on('runStart', (info) => started.push(info))
  expect(() => own.map(data, size, { workers: 0 })).toThrow(RangeError)
  expect(() => own.map(data, size).reduce(wrong(7))).toThrow(TypeError)
  expect(started).toEqual([])
  expect(await own.map(data, (bytes) => [...bytes]).reduce(concat())).toHaveLength(10)
})

/** Values whose text has no bound. */
const long = 'x'.repeat(1_000_000)
test.each<readonly [name: string, value: unknown]>([
  ['text', long],
  ['a function', Object.defineProperty(() => 1, 'name', { value: long })],
  ['an object of a class', new (Object.defineProperty(class {}, 'name', { value: long }))()],
  ['a bigint', 2n ** 1_000_000n],
  ['a symbol', Symbol(long)],
  ['a buffer', Buffer.alloc(1_000_000)],
  ['a list', new Array(1_000_000).fill(long)],
])('a long value is cut short in the message: %s', (_name, value) => {
  expect(() => engine.map(wrong(value), size)).toThrow(/^.{0,300}$/)
  expect(() => engine.map(data, size, wrong({ priority: value }))).toThrow(/^.{0,300}$/)
  expect(() => engine.on(wrong(value), size)).toThrow(/^.{0,300}$/)
})

test('a long name of an option is cut short in the message', () => {
  expect(() => engine.map(data, size, wrong({ [long]: 1 }))).toThrow(/^.{0,300}$/)
})

test('control characters in a value are shown as escape sequences', () => {
  const evil = 'a\u001b[2J\u009b\u202e\u007f'
  const shown = String.raw`a\u001b[2J\u009b\u202e\u007f`
  expect(() => fixed({ size: wrong(evil) })).toThrow(shown)
  expect(() => fixed(wrong({ [evil]: 1 }))).toThrow(shown)
  expect(() => engine.map(data, size, wrong({ params: { [evil]: () => 1 } }))).toThrow(shown)
  expect(() => engine.map(data, wrong(Symbol(evil)))).toThrow(shown)
})
