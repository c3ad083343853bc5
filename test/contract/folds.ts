// Fold functions: an accumulator per block of chunks in place of a result per chunk.

import {
  count,
  countByKey,
  definePlugin,
  type Engine,
  type FoldReducer,
  fixed,
  lines,
  moduleFunction,
  sequential,
  share,
  sum,
} from '@onecopy/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type * as folding from '../plugins/folding.js'
import { countValues, mean } from '../plugins/folding.js'
import { randomBytes, randomFloats } from '../support/bytes.js'

const foldingUrl = new URL('../plugins/folding.js', import.meta.url)

/** Lists the parts that it was given, so that an answer shows each merge. */
const brackets: FoldReducer<string> = {
  init: () => '',
  merge: (left, right) => `(${left} ${right})`,
}

export function promiseFolds(engine: () => Engine): void {
  const data = share('abcdefghij')

  test('an inline function and a ready-made reducer', async () => {
    const length = (n: number, bytes: Readonly<Uint8Array>): number => n + bytes.length
    expect(await engine().fold(data, length, sum(), { chunks: fixed({ size: 3 }) })).toBe(10)
    expect(await engine().fold(data, (n) => n + 1, count(), { chunks: fixed({ size: 3 }) })).toBe(4)
  })

  test('parameters, and what the last step makes of the accumulator', async () => {
    const counts = await engine().fold(
      share('b,a,b,c,b,a'),
      (acc, bytes, { params }) => {
        for (const key of String.fromCharCode(...bytes).split(params.between)) {
          if (key !== '') acc.set(key, (acc.get(key) ?? 0) + 1)
        }
        return acc
      },
      {
        init: (): Map<string, number> => new Map(),
        merge: (left, right) => {
          for (const [key, n] of right) left.set(key, (left.get(key) ?? 0) + n)
          return left
        },
        finish: (acc) => [...acc].sort(([, a], [, b]) => b - a).slice(0, 2),
      },
      { chunks: fixed({ size: 2 }), params: { between: ',' } },
    )
    expect(counts).toEqual([
      ['b', 3],
      ['a', 2],
    ])
  })

  test('a function of a module', async () => {
    const addLength = moduleFunction<typeof folding, 'addLength'>(foldingUrl, 'addLength')
    expect(await engine().fold(data, addLength, sum(), { chunks: fixed({ size: 4 }) })).toBe(10)
  })

  test('a plugin that folds, with parameters, setup and state', async () => {
    const text = share('abcabca')
    expect(await engine().run(text, countValues)).toEqual(
      new Map([
        [97, 3],
        [98, 2],
        [99, 2],
      ]),
    )
    expect(await engine().run(text, countValues, { params: { without: 97 } })).toEqual(
      new Map([
        [98, 2],
        [99, 2],
      ]),
    )
  })

  test('a fold function that returns a promise', async () => {
    expect(await engine().run(share(Uint8Array.of(1, 2, 3, 4, 5, 6, 7)), mean)).toBe(4)
  })

  test('the accumulators of blocks are merged in the same tree by all engines', async () => {
    for (const length of [1, 2, 511, 512, 513, 1024, 1500, 2049]) {
      const run = (of: Engine): PromiseLike<string> =>
        of.fold(share(new Uint8Array(length)), (acc: string, _, { index }) => `${acc}.${index}`, brackets, {
          chunks: fixed({ size: 1 }),
        })
      expect(await run(engine()), `${length} chunks`).toBe(await run(sequential()))
    }
  })

  test('a sum of floats has the same bits on all engines', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 40 }), async (length, size) => {
        const floats = share(randomFloats(length, length))
        const add = (acc: number, part: Readonly<Float64Array>): number => part.reduce((a, b) => a + b, acc)
        const options = { chunks: fixed({ size }) }
        const expected = await sequential().fold(floats, add, sum(), options)
        expect(await engine().fold(floats, add, sum(), options)).toBe(expected)
      }),
      { numRuns: 30 },
    )
  })

  test('a reducer for any order', async () => {
    const noise = randomBytes(4000, 5)
    const inAnyOrder: FoldReducer<number> = { order: 'any', init: () => 0, merge: (a, b) => a + b }
    const add = (acc: number, bytes: Readonly<Uint8Array>): number => bytes.reduce((a, b) => a + b, acc)
    const answer = await engine().fold(share(noise), add, inAnyOrder, { chunks: fixed({ size: 3 }) })
    expect(answer).toBe(noise.reduce((a, b) => a + b, 0))
  })

  test('empty data is what init gives, as the last step makes it', async () => {
    const empty = share(new Uint8Array(0))
    expect(await engine().fold(empty, (n: number) => n + 1, sum())).toBe(0)
    const last: FoldReducer<number, string> = { init: () => 7, merge: (a, b) => a + b, finish: (n) => `n = ${n}` }
    expect(await engine().fold(empty, (n) => n, last)).toBe('n = 7')
  })

  test('chunks that own nothing are not folded', async () => {
    const text = share(`${'x'.repeat(2000)}\n${'y'.repeat(600)}\n`)
    const seen = await engine().fold(text, (acc: number[], bytes) => [...acc, bytes.length], listed, {
      chunks: lines({ size: 2 }),
    })
    expect(seen).toEqual([2001, 601])
  })
  const listed: FoldReducer<number[]> = { init: () => [], merge: (a, b) => [...a, ...b] }

  test('an accumulator may keep views of shared memory, and is handed over with large arrays of its own', async () => {
    const table = await engine().fold(
      share(randomBytes(20_000, 3)),
      (acc: { counts: Float64Array }, bytes) => {
        for (const byte of bytes) acc.counts[byte]!++
        return acc
      },
      {
        init: () => ({ counts: new Float64Array(20_000) }),
        merge: (a: { counts: Float64Array }, b) => {
          for (let i = 0; i < 256; i++) a.counts[i]! += b.counts[i]!
          return a
        },
      },
      { chunks: fixed({ size: 10 }) },
    )
    expect(table.counts.reduce((a, b) => a + b, 0)).toBe(20_000)
  })

  test('what it throws is the failure of its chunk, the lowest one', async () => {
    const run = engine().fold(
      share(new Uint8Array(3000)),
      (n: number, _, { index }) => {
        if (index % 1000 === 700) throw new RangeError(`not ${index}`)
        return n
      },
      sum(),
      { chunks: fixed({ size: 1 }) },
    )
    await expect(run).rejects.toMatchObject({
      code: 'ERR_CHUNK_FAILED',
      message: expect.stringMatching(/^chunk 700 \[700, 701\) failed: RangeError: not 700/),
      chunk: { index: 700 },
    })
  })

  test('one that forgets to return the accumulator is told so', async () => {
    const run = engine().fold(data, (() => {}) as unknown as (n: number) => number, sum())
    await expect(run).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', message: /fold: expected the accumulator/ })
  })

  test('an accumulator that cannot be cloned is the failure of its chunk', async () => {
    const run = engine().fold(
      share(new Uint8Array(5)),
      (acc: unknown[], _, { index }) => (index === 3 ? [...acc, () => 1] : acc),
      { init: () => [], merge: (a: unknown[], b: unknown[]) => [...a, ...b] },
      { chunks: fixed({ size: 1 }) },
    )
    await expect(run).rejects.toMatchObject({ code: 'ERR_RESULT_NOT_CLONEABLE', chunk: { index: 3 } })
  })

  test('what captures something is told what it captured', async () => {
    // No constant, because Bun writes constants into the functions that use them.
    const captured = Number('1')
    await expect(engine().fold(data, (n: number) => n + captured, sum())).rejects.toMatchObject({
      code: 'ERR_INLINE_CAPTURE',
    })
  })

  test('wrong calls are refused at once', () => {
    const fold = (n: number): number => n
    // @ts-expect-error: a fold needs a beginning
    expect(() => engine().fold(data, fold, (a: number, b: number) => a + b)).toThrow(/reducer: .* init and merge/)
    // @ts-expect-error: a reducer is called
    expect(() => engine().fold(data, fold, sum)).toThrow(/call it/)
    // @ts-expect-error: it has no merge
    expect(() => engine().fold(data, fold, { init: () => 0 })).toThrow('reducer.merge: expected a function')
    // @ts-expect-error: there is no reducer
    expect(() => engine().fold(data, fold)).toThrow(/^reducer: /)
    // @ts-expect-error: a plugin is run
    expect(() => engine().fold(data, mean, sum())).toThrow(/use run\(data, plugin\)/)
    expect(() => engine().map(data, mean)).toThrow(/"mean" folds/)
    // @ts-expect-error: one of the two
    const both = (): unknown => definePlugin(import.meta.url, { name: 'both', map: fold, fold, reduce: sum() })
    expect(both).toThrow('plugin.fold: a plugin has map or fold')
    // @ts-expect-error: a plugin that folds has a reducer
    const bare = (): unknown => definePlugin(import.meta.url, { name: 'bare', fold })
    expect(bare).toThrow(/^plugin.reduce: /)
    const keys = { init: (): Map<string, number> => new Map(), merge: countByKey().merge }
    expect(() => definePlugin(import.meta.url, { name: 'no function', fold: 7 as never, reduce: keys })).toThrow(
      'plugin.fold: expected a function, got 7',
    )
  })
}
