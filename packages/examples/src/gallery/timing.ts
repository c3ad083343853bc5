// Measures how long runs take, on one worker and on all, and how much memory they add.

import type { Engine, Run, SharedData, TypedArray } from '@onecopy/node'
import { nowMs } from './clock.js'
import type { RunSettings } from './example.js'
import type { ProgressBar } from './progress-bar.js'

/** How many runs are measured, after one that is not, because the first run compiles the code and touches the memory. */
const measuredRuns = 3
/** If the first runs, on one worker and on all, took longer than this together, one measured run of each is enough. */
const longRunsMs = 2000
/** This share of an example's time is for measured runs; the rest is for the first runs and the check. */
const measuredShare = 0.4

/** What was measured. */
export interface Timing {
  /** The median of the measured runs. */
  readonly oneWorkerMs: number
  readonly allWorkersMs: number
  /** `oneWorkerMs / allWorkersMs`. */
  readonly speedUp: number
  /** On all workers: 10^9 bytes of the data per second, no matter how often the bytes are read. */
  readonly gigabytesPerSecond: number
  /** The most by which the process's resident memory rose during the runs. The input was in memory before. */
  readonly residentBytesAdded: number
}

/** What is measured. */
export interface Measurable<Raw, T extends TypedArray> {
  readonly label: string
  readonly data: SharedData<T>
  run(engine: Engine, data: SharedData<T>, settings: RunSettings): PromiseLike<Raw>
}

/** How many steps of the progress bar {@link timeRuns} takes. */
export const stepsOfTiming: number = 2 * (1 + measuredRuns)

interface Timed<Raw> {
  readonly raw: Raw
  readonly ms: number
}

/**
 * The median runs on one worker and on all, and their values. They take turns, so that any other load on the machine affects
 * both equally.
 *
 * @param allowedMs - how long everything should take; if there is no time for another run of each, the first ones are measured
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
    const begun = nowMs()
    const raw = await run(engine, data, { workers, watch })
    const ms = nowMs() - begun
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

/** The run with the median time, of an odd number of runs. */
function median<Raw>(runs: Timed<Raw>[]): Timed<Raw> {
  return runs.sort((a, b) => a.ms - b.ms)[runs.length >> 1]!
}

/** Measures how far resident memory rises above its first value. */
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
