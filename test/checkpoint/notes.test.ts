// What chunks skip and count is kept with their parts: a run that goes on has the same notes as one that was never stopped.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEngine, files, lines, type Run, type RunStats, sequential, share } from '@onecopy/node'
import { afterAll, expect, test } from 'vitest'
import { type Deed, skippingFirst } from '../plugins/early-skips.js'
import { notedLines } from '../plugins/notes.js'
import { freshFolder } from './folders.js'

const engine = createEngine({ workers: 2 })
afterAll(() => engine.close())

const text = 'a\nxa\n!\nbb\nx\nab\n!a\ncc\n'.repeat(40)
const options = { chunks: lines({ size: 5 }), skip: { most: 10_000, list: 9 } }

test('the skips and counters of a run in a folder are those of a plain run, also when it finds all parts there', async () => {
  const plain = sequential().run(share(text), notedLines, options)
  const expected = await plain
  const { skipped, counters } = plain.stats as RunStats
  const checkpoint = freshFolder()
  for (const _ of ['first', 'again']) {
    const run = engine.run(share(text), notedLines, { ...options, checkpoint })
    expect(await run).toEqual(expected)
    expect(run.stats).toMatchObject({ skipped, counters })
  }
  // The parts that are kept count for a limit as well.
  await expect(
    engine.run(share(text), notedLines, { ...options, skip: { most: 3 }, checkpoint }),
  ).rejects.toMatchObject({ code: 'ERR_TOO_MANY_SKIPPED' })
})

test('a folder ends as a plain run does where it may end early: skips behind what is enough do not count', async () => {
  const folder = freshFolder()
  const paths = ['a', 'b'].map((name) => join(folder, name))
  for (const path of paths) writeFileSync(path, new Uint8Array(60))
  const data = await files(paths)
  const outcomeOf = (run: Run<unknown>): Promise<unknown> =>
    run.then(
      (answer) => ({ answer }),
      (error) => ({ code: error.code, message: error.message, chunk: error.chunk }),
    )
  const chunk = (index: number, ...[at, bad]: number[]): Deed =>
    index >= bad! ? 'throws' : { skips: 0, gives: index >= at! }
  for (const [at, bad, most] of [
    [20, 21, 0],
    [20, 19, 0],
    [40, 30, 9],
    [30, 40, 3],
    [45, 30, 15],
    [0, 1, 2],
    [60, 0, 70],
  ] as const) {
    const params = { deeds: Array.from({ length: 60 }, (_, index) => chunk(index, at, bad)) }
    const checkpoint = freshFolder()
    for (const limit of [most, most, most + 25]) {
      const options = { params, skip: { most: limit } }
      const expected = await outcomeOf(sequential().run(data, skippingFirst, options))
      expect(await outcomeOf(engine.run(data, skippingFirst, { ...options, checkpoint }))).toEqual(expected)
    }
  }
})

test('only and sample are refused together with a folder', () => {
  for (const chosen of [{ only: [1] }, { sample: 0.5 }]) {
    expect(() => engine.run(share(text), notedLines, { ...options, ...chosen, checkpoint: freshFolder() })).toThrow(
      /not possible together with checkpoint/,
    )
  }
})
