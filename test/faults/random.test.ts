// Random runs with random faults: thousands of them, in which chunks throw, die, hang and stall, and runs are cancelled. Each
// run that completes has the sequential engine's answer, bit for bit. Each other run fails as it must. None hangs.

import { writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createEngine, type Engine, file, type SharedData, share, sum } from '@onecopy/node'
import { expect, test } from 'vitest'
import { createRandom } from '../support/bytes.js'
import { tempDir } from '../support/temp-dir.js'
import { countThreads, data, expectThreads, sumOfBytes, tenBytes, total } from './harness.js'
import { drawJob } from './random-job.js'
import { playJob } from './random-run.js'
import { chooseSeed, seededRandom } from './seeded.js'

/** The total number of runs; `pnpm test:soak` uses more. */
const runs = Number(process.env.RUNS ?? 150)
/** A round that takes longer than this hangs. */
const deadlineMs = 60_000

/** The figures of all rounds. */
interface Tally {
  runs: number
  deaths: number
  unsettled: number
  readonly wrong: string[]
}

test(`${runs} random runs with random faults`, { timeout: 120_000 + runs * 1000 }, async () => {
  const seed = chooseSeed()
  const sources = drawSources()
  // The file system's own threads exist from their first use on. They must not look like a leak.
  await Promise.all(Array.from({ length: 8 }, () => stat('.')))
  const before = countThreads()
  const tally: Tally = { runs: 0, deaths: 0, unsettled: 0, wrong: [] }
  // The engines work at the same time: while one waits for a chunk that hangs, the others continue.
  await Promise.all(
    [1, 2, 4].map(async (workers, i) => {
      let engine = createEngine({ workers, graceMs: 50 })
      // The seed of a round decides which engine runs it, so that the seed alone repeats the round.
      for (let round = seed + ((i + 3 - (seed % 3)) % 3); tally.runs < runs && tally.wrong.length < 10; round += 3) {
        const isSettled = await playRound(engine, round, workers, sources, tally)
        if (!isSettled) engine = createEngine({ workers, graceMs: 50 })
      }
      await expect(engine.map(data, sumOfBytes, tenBytes).reduce(sum())).resolves.toBe(total)
      await engine.close()
    }),
  )
  const { deaths, unsettled, wrong } = tally
  console.log(
    `${tally.runs} runs, ${deaths} deaths survived, ${wrong.length} wrong answers, ${unsettled} unsettled (SEED=${seed})`,
  )
  expect(wrong).toEqual([])
  expect(unsettled).toBe(0)
  await expectThreads(before)
})

/** Text with lines and `ab`s in it, more or less often; each in memory and in a file. */
function drawSources(): readonly SharedData<Uint8Array>[] {
  const folder = tempDir()
  return [0, 1, 50, 1000, 5000].flatMap((length, i) => {
    const random = createRandom(i)
    const alphabet = i % 2 === 0 ? 'ab\nxyz0123' : `abcdefghijklmnopqrstuvwxyz0123456789${'-'.repeat(60)}\n`
    const text = Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('')
    const path = join(folder, `${length}.txt`)
    writeFileSync(path, text)
    return [share(text), file(path)]
  })
}

/** One to four runs at once, all decided by `seed`; whether all of them have settled. */
async function playRound(
  engine: Engine,
  seed: number,
  workers: number,
  sources: readonly SharedData<Uint8Array>[],
  tally: Tally,
): Promise<boolean> {
  const random = seededRandom(seed)
  const amount = random() < 0.6 ? 1 : 2 + Math.floor(random() * 3)
  const where = `SEED=${seed}, ${workers} workers`
  const playing: Promise<void>[] = []
  for (let i = 0; i < amount; i++) {
    const job = await drawJob(random, workers, sources)
    for (let turns = Math.floor(random() * 4); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve))
    playing.push(
      playJob(engine, job)
        .catch((error: unknown) => ({ deaths: 0, wrong: `the test itself failed: ${String(error)}` }))
        .then(({ deaths, wrong }) => {
          tally.runs++
          tally.deaths += deaths
          const { ranges, ...rest } = job
          if (wrong !== undefined) tally.wrong.push(`${where}: ${wrong}\n  in ${JSON.stringify(rest)}`)
        }),
    )
  }
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, deadlineMs, false)
  })
  const isSettled = await Promise.race([Promise.all(playing).then(() => true), late])
  clearTimeout(timer)
  if (!isSettled) {
    tally.unsettled++
    tally.wrong.push(`${where}: not settled after ${deadlineMs} ms`)
  }
  return isSettled
}
