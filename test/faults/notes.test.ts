// What chunks skip and count is there exactly once, whatever happens to their workers.

import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { createEngine, type Engine, type RunStats, range, sequential } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { dyingNotes } from '../plugins/notes.js'
import { tempDir } from '../support/temp-dir.js'

const dir = tempDir()
const engines: Engine[] = []
afterAll(() => Promise.all(engines.map((engine) => engine.close())))

function made(engine: Engine): Engine {
  engines.push(engine)
  return engine
}

async function outcomeOn(engine: Engine, chunks: number, dies: readonly number[]) {
  const params = { dies, folder: mkdtempSync(join(dir, 'deaths ')) }
  const run = engine.run(range(chunks), dyingNotes, { params, skip: { most: chunks * 2, list: 1000 }, retries: 1 })
  const value = await run
  const { skipped, counters, workersLost } = run.stats as RunStats
  return { value, skipped, counters, workersLost }
}

describe.each([
  ['threads', () => createEngine({ workers: 3 }), 12],
  ['processes', () => createEngine({ workers: 2, isolation: 'process' }), 3],
] as const)('%s', (_name, make, numRuns) => {
  test('workers that die before they have sent what they noted', async () => {
    const engine = made(make())
    const cases = fc
      .integer({ min: 1, max: 200 })
      .chain((chunks) => fc.tuple(fc.constant(chunks), fc.uniqueArray(fc.nat({ max: chunks - 1 }), { maxLength: 4 })))
    await fc.assert(
      fc.asyncProperty(cases, async ([chunks, dies]) => {
        const expected = await outcomeOn(sequential(), chunks, [])
        const found = await outcomeOn(engine, chunks, dies)
        expect(found).toEqual({ ...expected, workersLost: dies.length })
        const all = Array.from({ length: chunks }, (_, i) => i)
        const good = all.filter((i) => i % 7 !== 3)
        expect(found.value).toEqual(good)
        expect(found.counters).toEqual({ ran: good.length })
        expect(found.skipped.count).toBe(all.filter((i) => i % 7 === 3 || i % 2 === 1).length)
      }),
      { numRuns },
    )
  })
})

test('in a failed run, the notes are those of the chunks that are done', async () => {
  const engine = made(createEngine({ workers: 2 }))
  const run = engine.map(
    range(50),
    (_, { index, count }) => {
      count('ran')
      if (index === 40) throw new Error('forty')
    },
    { chunks: { kind: 'fixed', size: 1 } },
  )
  await expect(run).rejects.toMatchObject({ chunk: { index: 40 } })
  expect(run.stats?.counters).toEqual({ ran: run.stats?.doneChunks })
})
