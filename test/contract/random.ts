// Random numbers of chunks: they follow from the seed and the chunk's number, whoever runs the chunk and however often.

import { type Chunk, type Engine, fixed, range, sequential, share, sum } from '@onecopy/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomNumbersOf } from '../naive/threefry.js'
import { drawsPlugin } from '../plugins/draws.js'

const draw = (_: Readonly<Uint8Array>, { random, params }: Chunk<number>): number[] =>
  Array.from({ length: params }, () => random())

export function promiseRandom(engine: () => Engine): void {
  test('the numbers of each chunk are those of the published generator', async () => {
    const jobs = fc.record({
      seed: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.maxSafeNat()),
      chunks: fc.integer({ min: 1, max: 12 }),
      draws: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(63, 64, 65, 600)),
    })
    await fc.assert(
      fc.asyncProperty(jobs, async ({ seed, chunks, draws }) => {
        const options = { seed, params: draws, chunks: fixed({ size: 1 }) }
        const found = await engine().map(range(chunks), draw, options)
        const expected = Array.from({ length: chunks }, (_, chunk) => randomNumbersOf(seed, chunk, draws))
        expect(found).toEqual(expected)
      }),
      { numRuns: 25 },
    )
  })

  test('without a seed it is 0, and other seeds give other numbers', async () => {
    const options = { params: 3, chunks: fixed({ size: 1 }) }
    const unsaid = await engine().map(range(2), draw, options)
    expect(unsaid).toEqual(await engine().map(range(2), draw, { ...options, seed: 0 }))
    expect(unsaid).not.toEqual(await engine().map(range(2), draw, { ...options, seed: 1 }))
    expect(unsaid[0]).not.toEqual(unsaid[1])
  })

  test('chunks that draw nothing, or draw as a method or in turns, do not disturb each other', async () => {
    const data = share(new Uint8Array(40))
    const some = async (_: Readonly<Uint8Array>, chunk: Chunk): Promise<number[]> => {
      if (chunk.index % 3 === 0) return []
      const first = chunk.random()
      await undefined
      return [first, chunk.random()]
    }
    const found = await engine().map(data, some, { chunks: fixed({ size: 1 }), seed: 5 })
    expect(found).toEqual(Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? [] : randomNumbersOf(5, i, 2))))
  })

  test('a plugin, a fold and a part draw the same numbers as the sequential engine', async () => {
    const alone = sequential()
    const options = { seed: 2 ** 40 + 1, chunks: fixed({ size: 3 }) }
    const numbers = range(1000)
    expect(await engine().run(numbers, drawsPlugin, options)).toBe(await alone.run(numbers, drawsPlugin, options))
    const add = (acc: number, _: Readonly<Uint8Array>, { random }: Chunk): number => acc + random()
    expect(await engine().fold(numbers, add, sum(), options)).toBe(await alone.fold(numbers, add, sum(), options))
    const span = { from: 7, to: 123 }
    expect(await engine().part(numbers, drawsPlugin, span, options)).toEqual(
      await alone.part(numbers, drawsPlugin, span, options),
    )
  })
}
