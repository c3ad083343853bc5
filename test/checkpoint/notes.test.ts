// What chunks skip and count is kept with their parts: a run that goes on has the same notes as one that was never stopped.

import { createEngine, lines, type RunStats, sequential, share } from '@onecopy/node'
import { afterAll, expect, test } from 'vitest'
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

test('only and sample are refused together with a folder', () => {
  for (const chosen of [{ only: [1] }, { sample: 0.5 }]) {
    expect(() => engine.run(share(text), notedLines, { ...options, ...chosen, checkpoint: freshFolder() })).toThrow(
      /not possible together with checkpoint/,
    )
  }
})
