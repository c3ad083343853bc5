// Jobs whose answers the sequential engine gives, and every other engine gives too, byte for byte.

import {
  type Chunker,
  concat,
  countByKey,
  csvRecords,
  delimited,
  type Engine,
  fixed,
  lines,
  overlapping,
  records,
  type SharedData,
  sequential,
  share,
  sum,
  sumArrays,
  topK,
} from '@onecopy/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomBytes, randomFloats } from '../support/bytes.js'
import { fingerprint } from '../support/fingerprint.js'

/** Puts bytes or numbers where a source has them. */
export type Lay = <T extends Uint8Array | Float64Array>(values: T) => SharedData<T> | Promise<SharedData<T>>

/** What the jobs run over. */
interface Inputs {
  readonly noise: SharedData
  readonly text: SharedData
  readonly floats: SharedData<Float64Array>
}

async function inputsOf(lay: Lay): Promise<Inputs> {
  const noise = await lay(randomBytes(5000, 1))
  const text = await lay(randomBytes(5000, 2).map((byte) => (byte < 40 ? 10 : 97 + (byte % 3))))
  return { noise, text, floats: await lay(randomFloats(3000, 3)) }
}

const chunkers: readonly (readonly [name: string, chunker: Chunker])[] = [
  ['fixed', fixed({ size: 7 })],
  ['lines', lines({ size: 16 })],
  ['delimited', delimited({ size: 5, delimiter: 'aa' })],
  ['csvRecords', csvRecords({ size: 9, quote: 'b', delimiter: 'c', malformed: 'keep' })],
  ['records', records({ length: 12, header: 5, size: 36 })],
  ['overlapping', overlapping({ size: 9, overlap: 4 })],
]

const jobs: readonly (readonly [name: string, job: (engine: Engine, inputs: Inputs) => PromiseLike<unknown>])[] = [
  ...chunkers.map(
    ([name, chunks]) =>
      [
        `all that chunks see, cut by ${name}`,
        (engine: Engine, { text }: Inputs) =>
          engine.map(text, (bytes, { index, start, end }) => ({ index, start, end, bytes: bytes.slice() }), { chunks }),
      ] as const,
  ),
  [
    'a float sum',
    (engine, { floats }) =>
      engine
        .map(floats, (part) => part.reduce((acc, value) => acc + value, 0), { chunks: fixed({ size: 7 }) })
        .reduce(sum()),
  ],
  [
    'an order-dependent list',
    (engine, { noise }) => engine.map(noise, (bytes) => [...bytes], { chunks: fixed({ size: 11 }) }).reduce(concat()),
  ],
  [
    'counts by key, in the order of the data',
    (engine, { text }) =>
      engine
        .map(
          text,
          (bytes) => {
            const counts = new Map<string, number>()
            for (const word of String.fromCharCode(...bytes).split('\n')) counts.set(word, (counts.get(word) ?? 0) + 1)
            return counts
          },
          { chunks: lines({ size: 64 }) },
        )
        .reduce(countByKey<string>()),
  ],
  [
    'a histogram',
    (engine, { noise }) =>
      engine
        .map(
          noise,
          (bytes) => {
            const counts = new Uint32Array(256)
            for (const byte of bytes) counts[byte]!++
            return counts
          },
          { chunks: fixed({ size: 13 }) },
        )
        .reduce(sumArrays()),
  ],
  [
    'the best, equals in the order of the data',
    (engine, { noise }) =>
      engine
        .map(noise, (bytes, { start }) => Array.from(bytes, (byte, i) => ({ key: byte >> 4, at: start + i })), {
          chunks: fixed({ size: 17 }),
        })
        .reduce(topK(40, (a: { key: number }, b: { key: number }) => b.key - a.key)),
  ],
]

/**
 * Collect the tests.
 *
 * @param lay - makes data of a source; the expected answers are those of the same values in memory
 */
export function promiseSameAnswers(engine: () => Engine, lay: Lay = share): void {
  test.each(jobs)('%s', async (_name, job) => {
    const expected = await job(sequential(), await inputsOf(share))
    expect(fingerprint(await job(engine(), await inputsOf(lay)))).toBe(fingerprint(expected))
  })

  test('any chunk size, any cap on the workers, a reducer that minds the order', async () => {
    const anyJob = fc.record({
      data: fc.uint8Array({ maxLength: 400 }),
      size: fc.integer({ min: 1, max: 50 }),
      workers: fc.integer({ min: 1, max: 8 }),
    })
    await fc.assert(
      fc.asyncProperty(anyJob, async ({ data, size, workers }) => {
        const joined = await engine()
          .map(await lay(data), (bytes, { index }) => `${index}:${bytes.join()}`, { chunks: fixed({ size }), workers })
          .reduce({ init: () => '', add: (acc, value) => `${acc}(${value}`, merge: (left, right) => left + right })
        const naive: string[] = []
        for (let i = 0; i * size < data.length; i++) naive.push(`(${i}:${data.slice(i * size, (i + 1) * size).join()}`)
        expect(joined).toBe(naive.join(''))
      }),
      { numRuns: lay === share ? 60 : 10 },
    )
  })
}
