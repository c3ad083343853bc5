// Results arrive as they were.

import { type Engine, fixed, share } from '@onecopy/core'
import { expect, test } from 'vitest'
import { fingerprint } from '../support/fingerprint.js'

/** What each function returns, and what has to arrive. */
const results: readonly (readonly [name: string, fn: () => unknown, expected: unknown])[] = [
  ['undefined', () => undefined, undefined],
  ['null', () => null, null],
  ['NaN', () => Number.NaN, Number.NaN],
  ['-0', () => -0, -0],
  ['a BigInt', () => 2n ** 100n, 2n ** 100n],
  ['text with a lone surrogate', () => 'a\ud800', 'a\ud800'],
  [
    'a Map',
    () =>
      new Map<unknown, unknown>([
        ['a', [1]],
        [2, -0],
      ]),
    new Map<unknown, unknown>([
      ['a', [1]],
      [2, -0],
    ]),
  ],
  ['a Set', () => new Set([3, 'x']), new Set([3, 'x'])],
  ['a Date', () => new Date(1234), new Date(1234)],
  ['a Float32Array', () => Float32Array.of(1.5, -0), Float32Array.of(1.5, -0)],
  ['a BigInt64Array', () => BigInt64Array.of(-1n), BigInt64Array.of(-1n)],
  ['a list with undefined in it', () => [undefined, null, 1], [undefined, null, 1]],
  ['an object in an object', () => ({ a: { b: [{ c: 1 }] } }), { a: { b: [{ c: 1 }] } }],
]

export function promiseResults(engine: () => Engine): void {
  const data = share('0123456789')
  const chunks = fixed({ size: 4 })

  test.each(results)('%s arrives as it was', async (_name, fn, expected) => {
    const [value] = await engine().map(data, fn)
    expect(fingerprint(value)).toBe(fingerprint(expected))
  })

  test('map gives one result a chunk, in chunk order', async () => {
    const thousand = share(new Uint8Array(1000))
    const seen = await engine().map(thousand, (_bytes, { index }) => index, { chunks: fixed({ size: 1 }) })
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  })

  test('a chunk that is returned arrives as its own range, not as a later one', async () => {
    const seen = await engine().map(data, (_bytes, chunk) => ({ chunk, list: [chunk] }), { chunks })
    const ranges = [
      { index: 0, start: 0, end: 4 },
      { index: 1, start: 4, end: 8 },
      { index: 2, start: 8, end: 10 },
    ]
    expect(seen.map((each) => each.chunk)).toEqual(ranges)
    expect(seen.map((each) => each.list[0])).toEqual(ranges)
    expect(await engine().map(data, (_bytes, chunk) => chunk, { chunks })).toEqual(ranges)
  })

  test('an async chunk function gives what its promise gives', async () => {
    const seen = await engine().map(
      data,
      async (bytes) => {
        await null
        return bytes.length
      },
      { chunks },
    )
    expect(seen).toEqual([4, 4, 2])
  })

  test('a chunk function may be async in some chunks only', async () => {
    const seen = await engine().map(data, (_bytes, { index }) => (index === 1 ? Promise.resolve('later') : 'now'), {
      chunks,
    })
    expect(seen).toEqual(['now', 'later', 'now'])
  })

  test('bytes stay valid until the promise of an async chunk function has settled', async () => {
    const seen = await engine().map(
      data,
      async (bytes) => {
        await new Promise((resolve) => setImmediate(resolve))
        return String.fromCharCode(...bytes)
      },
      { chunks },
    )
    expect(seen).toEqual(['0123', '4567', '89'])
  })

  test('a view of a part of a buffer arrives with that part alone', async () => {
    const seen = await engine().map(
      data,
      () => {
        const large = new Uint8Array(1000).fill(7)
        const part = large.subarray(10, 12)
        return {
          part,
          nested: [new Map([['part', part]])],
          set: new Set([part]),
          words: new DataView(large.buffer, 8, 4),
        }
      },
      { chunks: fixed({ size: 10 }) },
    )
    const { part, nested, set, words } = seen[0]!
    const sizes = [part, nested[0]!.get('part')!, [...set][0]!, words].map((view) => view.buffer.byteLength)
    expect(sizes).toEqual([2, 2, 2, 4])
  })

  test('a view of a part of a buffer arrives with its bytes and kind', async () => {
    const [seen] = await engine().map(data, () => Int16Array.of(1, 2, 3, 4).subarray(1, 3))
    expect(seen).toEqual(Int16Array.of(2, 3))
  })

  test('a result that holds itself arrives', async () => {
    const [seen] = await engine().map(data, () => {
      const loop: { self?: unknown } = {}
      loop.self = loop
      return loop
    })
    expect(seen!.self).toBe(seen)
  })

  test('a view of the input in a result stays a view of the one copy', async () => {
    const shared = share('0123456789')
    const [view] = await engine().map(shared, (bytes) => bytes.subarray(2, 4))
    expect(view!.buffer).toBeInstanceOf(SharedArrayBuffer)
    shared.view()[2] = 88
    expect(view![0]).toBe(88)
  })
}
