// One example, measured on one lane and on all, and checked.

import { isDeepStrictEqual } from 'node:util'
import type { Engine } from '@onecopy/node'
import type { Example } from './example.js'
import type { Input } from './input.js'
import type { ProgressBar } from './progress-bar.js'

/** Runs that are measured, after one that is not: the first compiles the code and touches the memory. */
const measuredRuns = 3
/** When the first runs, on one lane and on all, took longer than this together, one measured run of each is enough. */
const longRunsMs = 5000

/** What came of an example. */
export interface Measured {
  readonly name: string
  /** Plain data. */
  readonly answer: object
  readonly summary: string
  readonly details: string
  readonly bytes: number
  /** Median of the measured runs. */
  readonly oneLaneMs: number
  readonly allLanesMs: number
  /** `oneLaneMs / allLanesMs`. */
  readonly speedUp: number
  /** On all lanes, 10^9 bytes a second. */
  readonly gigabytesPerSecond: number
  /** How far the process's resident memory rose above what it was before the runs, at most. The input was there before. */
  readonly residentBytesAdded: number
  readonly check: {
    /** What the answer was checked against. */
    readonly against: string
    readonly agrees: boolean
    /** Its answer; there only if it differs. */
    readonly expected?: object
  }
}

/** The steps of the progress bar that {@link measure} takes. */
export const stepsOfMeasure: number = 2 * (1 + measuredRuns) + 1

/** Run and check one example. */
export async function measure<Raw, Answer extends object>(
  example: Example<Raw, Answer>,
  engine: Engine,
  input: Input,
  bar: ProgressBar,
): Promise<Measured> {
  const { data } = input
  const memory = new ResidentMemory()
  const { oneLane, allLanes } = await timeRuns(example, engine, input, bar, memory)
  const residentBytesAdded = memory.added
  // What one lane found has to be right as well.
  const answers = [await example.answer(oneLane.raw, engine, data), await example.answer(allLanes.raw, engine, data)]
  const expected = await example.check(watchPieces(input, bar, `${example.name}: check`))
  const wrong = answers.find((each) => !isDeepStrictEqual(each, expected))
  const agrees = wrong === undefined
  const answer = wrong ?? expected
  return {
    name: example.name,
    answer,
    summary: example.summary(answer),
    details: example.details(answer),
    bytes: data.byteLength,
    oneLaneMs: oneLane.ms,
    allLanesMs: allLanes.ms,
    speedUp: oneLane.ms / allLanes.ms,
    gigabytesPerSecond: data.byteLength / allLanes.ms / 1e6,
    residentBytesAdded,
    check: { against: example.against, agrees, ...(agrees ? {} : { expected }) },
  }
}

interface Timed<Raw> {
  readonly raw: Raw
  readonly ms: number
}

/** Median runs on one lane and on all. They take turns, so that whatever else the machine does meets both alike. */
async function timeRuns<Raw, Answer>(
  example: Example<Raw, Answer>,
  engine: Engine,
  input: Input,
  bar: ProgressBar,
  memory: ResidentMemory,
): Promise<{ oneLane: Timed<Raw>; allLanes: Timed<Raw> }> {
  const once = async (workers: number): Promise<Timed<Raw>> => {
    const step = bar.step(`${example.name}: ${workers === 1 ? '1 lane' : `${workers} lanes`}`)
    const begun = performance.now()
    const run = example.run(engine, input.data, workers).on('progress', ({ bytes, doneBytes }) => {
      memory.sample()
      step(bytes === 0 ? 1 : doneBytes / bytes)
    })
    const raw = await run
    const ms = performance.now() - begun
    memory.sample()
    return { raw, ms }
  }
  const warmUpMs = (await once(1)).ms + (await once(engine.workers)).ms
  const runs = warmUpMs > longRunsMs ? 1 : measuredRuns
  bar.skip(2 * (measuredRuns - runs))
  const oneLane: Timed<Raw>[] = []
  const allLanes: Timed<Raw>[] = []
  for (let i = 0; i < runs; i++) {
    oneLane.push(await once(1))
    allLanes.push(await once(engine.workers))
  }
  return { oneLane: median(oneLane), allLanes: median(allLanes) }
}

/** The middle one by time, of an odd number. */
function median<Raw>(runs: Timed<Raw>[]): Timed<Raw> {
  return runs.sort((a, b) => a.ms - b.ms)[runs.length >> 1]!
}

async function* watchPieces(input: Input, bar: ProgressBar, label: string): AsyncGenerator<Uint8Array> {
  const step = bar.step(label)
  let done = 0
  for await (const piece of input.pieces()) {
    yield piece
    done += piece.length
    step(done / input.data.byteLength)
  }
}

/** How far resident memory rises above what it was at first. */
class ResidentMemory {
  readonly #before = process.memoryUsage.rss()
  #most = this.#before

  sample(): void {
    this.#most = Math.max(this.#most, process.memoryUsage.rss())
  }

  get added(): number {
    return this.#most - this.#before
  }
}
