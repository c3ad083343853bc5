// Results arrive as they were.

import { concat, type Engine, fixed, overlapping, share } from '@onecopy/core'
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

  test('views and buffers in an instance of a class arrive with their part alone', async () => {
    const [seen] = await engine().map(data, () => {
      class Part {
        readonly view = new Uint8Array(1000).fill(7).subarray(10, 12)
        readonly whole = Uint8Array.of(1, 2, 3).buffer
      }
      return { part: new Part() }
    })
    expect([seen!.part.view.length, seen!.part.view.buffer.byteLength, seen!.part.view[0]]).toEqual([2, 2, 7])
    expect([...new Uint8Array(seen!.part.whole)]).toEqual([1, 2, 3])
  })

  test('a view of a part of a buffer arrives with its bytes and kind', async () => {
    const [seen] = await engine().map(data, () => Int16Array.of(1, 2, 3, 4).subarray(1, 3))
    expect(seen).toEqual(Int16Array.of(2, 3))
  })

  test.each([
    ['small', 2],
    ['large', 100_000],
  ])('a chunk function may return the same %s buffer each time', async (_size, byteLength) => {
    const twenty = share(new Uint8Array(20))
    const seen = await engine().map(
      twenty,
      (_bytes, { index, params }) => {
        // `as`: a place that outlives the call, as a module's variable does.
        const kept = globalThis as unknown as { buffer?: Uint8Array }
        if (kept.buffer?.length !== params) kept.buffer = new Uint8Array(params)
        return { whole: kept.buffer.fill(index), list: [kept.buffer] }
      },
      { chunks: fixed({ size: 1 }), params: byteLength },
    )
    expect(seen.map(({ whole, list }) => [whole.length, whole[0], list[0]!.at(-1)])).toEqual(
      Array.from({ length: 20 }, (_, index) => [byteLength, index, index]),
    )
  })

  test('numbers arrive bit for bit, alone and among others', async () => {
    const values = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324, 2 ** 53, -1.1]
    const seven = share(new Uint8Array(7))
    const one = fixed({ size: 1 })
    const give = (_bytes: unknown, { index, params }: { readonly index: number; readonly params: unknown[] }) =>
      params[index]
    expect(fingerprint(await engine().map(seven, give, { chunks: one, params: values }))).toBe(fingerprint(values))
    const mixed = [1, -0, 'text', null, 2n, [3], -0]
    expect(fingerprint(await engine().map(seven, give, { chunks: one, params: mixed }))).toBe(fingerprint(mixed))
  })

  test('large results arrive in order with their kinds, also when they are the same view twice', async () => {
    const seen = await engine().map(
      data,
      (_bytes, { index }) => {
        const numbers = Float32Array.from({ length: 30_000 }, (_, i) => index + i)
        return { numbers, again: numbers, map: new Map([['numbers', numbers]]), words: new DataView(numbers.buffer) }
      },
      { chunks },
    )
    for (const [index, { numbers, again, map, words }] of seen.entries()) {
      const expected = fingerprint(Float32Array.from({ length: 30_000 }, (_, i) => index + i))
      expect([numbers, again, map.get('numbers')].map(fingerprint)).toEqual([expected, expected, expected])
      expect(words.getFloat32(4, true)).toBe(index + 1)
    }
  })

  test('large accumulators arrive, and may be kept by their reducer', async () => {
    const thousand = share(Uint8Array.from({ length: 1000 }, (_, i) => i))
    const add = (left: Float64Array, right: Float64Array): Float64Array => left.map((n, i) => n + right[i]!)
    const total = await engine()
      .map(thousand, (bytes) => new Float64Array(10_000).fill(bytes.length), { chunks: fixed({ size: 7 }) })
      .reduce({ init: () => new Float64Array(10_000), add, merge: add })
    // `add` is source text there, so it names nothing from here.
    expect(total.length).toBe(10_000)
    expect(total.every((n) => n === 1000)).toBe(true)
  })

  test('a result that holds itself arrives', async () => {
    const [seen] = await engine().map(data, () => {
      const loop: { self?: unknown } = {}
      loop.self = loop
      return loop
    })
    expect(seen!.self).toBe(seen)
  })

  test('what a result holds twice arrives once, also beside what was copied out', async () => {
    const [seen] = await engine().map(data, () => {
      const list = [Uint8Array.of(1, 2)]
      const loop: Record<string, unknown> = { list, again: list, view: list[0] }
      loop.self = { loop }
      return { list, again: list, view: list[0], loop }
    })
    const { list, again, view, loop } = seen!
    expect(again).toBe(list)
    expect(view).toBe(list[0])
    expect(loop).toMatchObject({ list, again: list, view, self: { loop } })
    expect([loop.list, (loop.self as Record<string, unknown>).loop]).toEqual([list, loop])
    expect((loop.self as Record<string, unknown>).loop).toBe(loop)
  })

  test('a list keeps its properties beside its elements when one of these is copied out', async () => {
    const [seen] = await engine().map(data, () => Object.assign([Uint8Array.of(1)], { named: 'this' }))
    expect(seen).toEqual(Object.assign([Uint8Array.of(1)], { named: 'this' }))
  })

  test('a list keeps its holes and its properties, whether something in it is copied out or not', async () => {
    const seen = await engine().map(data, () => {
      const sparse = (first: unknown): unknown => {
        const list: unknown[] = [first]
        list[3] = 4
        return Object.assign(list, { named: 'this' })
      }
      return { plain: sparse(1), copied: sparse(Uint8Array.of(1)) }
    })
    // `as`: see above.
    const { plain, copied } = seen[0] as Record<'plain' | 'copied', unknown[]>
    for (const list of [plain, copied]) {
      expect([list.length, Object.keys(list), list[3]]).toEqual([4, ['0', '3', 'named'], 4])
    }
    expect(copied[0]).toEqual(Uint8Array.of(1))
  })

  test('a list with holes and properties arrives so with overlap, through a reducer, and in what finish returns', async () => {
    const lists = await engine()
      .map(
        share('0123456789'),
        (bytes) => {
          const list: unknown[] = [bytes.slice(0, 1)]
          list[3] = bytes.length
          return [Object.assign(list, { named: 'this' })]
        },
        { chunks: overlapping({ size: 4, overlap: 2 }) },
      )
      .reduce({ ...concat<unknown[]>(), finish: (all) => ({ all }) })
    expect(lists.all.map((list) => [list.length, Object.keys(list), list[3]])).toEqual([
      [4, ['0', '3', 'named'], 6],
      [4, ['0', '3', 'named'], 6],
      [4, ['0', '3', 'named'], 2],
    ])
  })

  test('a typed array of a class of its own arrives as its kind, whatever it calls itself', async () => {
    const [seen] = await engine().map(data, () => {
      class Points extends Float64Array {
        override get [Symbol.toStringTag](): 'Float64Array' {
          // `as`: the types allow no other name; JavaScript does.
          return 'Points' as 'Float64Array'
        }
      }
      return Points.of(1.5, -0)
    })
    expect(fingerprint(seen)).toBe(fingerprint(Float64Array.of(1.5, -0)))
  })

  test('a result that is a function is refused, with the error of structured clone', async () => {
    await expect(engine().map(data, () => () => 1)).rejects.toMatchObject({
      code: 'ERR_RESULT_NOT_CLONEABLE',
      cause: { name: 'DataCloneError' },
    })
  })

  test('a view of the input in a result stays a view of the one copy', async () => {
    const shared = share('0123456789')
    const [view] = await engine().map(shared, (bytes) => bytes.subarray(2, 4))
    expect(view!.buffer).toBeInstanceOf(SharedArrayBuffer)
    shared.view()[2] = 88
    expect(view![0]).toBe(88)
  })
}
