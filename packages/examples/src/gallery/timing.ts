// How long runs take, on one worker and on all, and how much memory they add.

import type { Engine, Run, SharedData, TypedArray } from '@onecopy/node'
import type { RunSetup } from './example.js'
import type { ProgressBar } from './progress-bar.js'

/** Runs that are measured, after one that is not: the first compiles the code and touches the memory. */
const measuredRuns = 3
/** When the first runs, on one worker and on all, took longer than this together, one measured run of each is enough. */
const longRunsMs = 2000
/** So much of an example's time is for measured runs; the rest is for the first ones and the check. */
const measuredShare = 0.4

/** What was measured. */
export interface Timing {
  /** Median of the measured runs. */
  readonly oneWorkerMs: number
  readonly allWorkersMs: number
  /** `oneWorkerMs / allWorkersMs`. */
  readonly speedUp: number
  /** On all workers, 10^9 bytes of the data a second, however often they are looked at. */
  readonly gigabytesPerSecond: number
  /** How far the process's resident memory rose above what it was before the runs, at most. The input was there before. */
  readonly residentBytesAdded: number
}

/** What is measured. */
export interface Measurable<Raw, T extends TypedArray> {
  readonly label: string
  readonly data: SharedData<T>
  run(engine: Engine, data: SharedData<T>, setup: RunSetup): PromiseLike<Raw>
}

/** The steps of the progress bar that {@link timeRuns} takes. */
export const stepsOfTiming: number = 2 * (1 + measuredRuns)

interface Timed<Raw> {
  readonly raw: Raw
  readonly ms: number
}

/**
 * Median runs on one worker and on all, and what they gave. They take turns, so that whatever else the machine does meets both alike.
 *
 * @param allowedMs - how long all of it should take; where there is no time for another run of each, the first ones are measured
 */
export async function timeRuns<Raw, T extends TypedArray>(
  { label, data, run }: Measurable<Raw, T>,
  engine: Engine,
  bar: ProgressBar,
  allowedMs: number,
): Promise<{ timing: Timing; results: readonly [oneWorker: Raw, allWorkers: Raw] }> {
  const memory = new ResidentMemory()
  const once = async (workers: number): Promise<Timed<Raw>> => {
    const step = bar.step(`${label}: ${workers === 1 ? '1 worker' : `${workers} workers`}`)
    const watch = <V, R extends Run<V>>(each: R & Run<V>): R =>
      each.on('progress', ({ bytes, doneBytes }) => {
        memory.sample()
        step(bytes === 0 ? 1 : doneBytes / bytes)
      })
    const begun = performance.now()
    const raw = await run(engine, data, { workers, watch })
    const ms = performance.now() - begun
    memory.sample()
    return { raw, ms }
  }
  const ones = [await once(1)]
  const alls = [await once(engine.workers)]
  const warmUpMs = ones[0]!.ms + alls[0]!.ms
  const wanted = warmUpMs > longRunsMs ? 1 : measuredRuns
  const fitting = Math.floor((allowedMs * measuredShare) / warmUpMs)
  const runs = fitting >= wanted ? wanted : fitting >= 1 ? 1 : 0
  bar.skip(2 * (measuredRuns - runs))
  if (runs > 0) ones.length = alls.length = 0
  for (let i = 0; i < runs; i++) {
    ones.push(await once(1))
    alls.push(await once(engine.workers))
  }
  const one = median(ones)
  const all = median(alls)
  const timing = {
    oneWorkerMs: one.ms,
    allWorkersMs: all.ms,
    speedUp: one.ms / all.ms,
    gigabytesPerSecond: data.byteLength / all.ms / 1e6,
    residentBytesAdded: memory.added,
  }
  return { timing, results: [one.raw, all.raw] }
}

/** The middle one by time, of an odd number. */
function median<Raw>(runs: Timed<Raw>[]): Timed<Raw> {
  return runs.sort((a, b) => a.ms - b.ms)[runs.length >> 1]!
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
