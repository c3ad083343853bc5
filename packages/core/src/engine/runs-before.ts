// The runs that a run needs first: over CSV, in which state each chunk starts; with a prefix, what comes before each chunk. They count as
// parts of the run.

import { createEmitter, type Emitter } from '../base/emitter.js'
import type { Part } from '../protocol/part.js'
import type { Assembler } from './assembler.js'
import { planCsvScan } from './csv-scan.js'
import { firstJob } from './first-pass.js'
import type { FirstPass, Job } from './job.js'
import { runEvents } from './run.js'
import type { RunEvents, RunStats } from './run-events.js'

/** A run that was begun, and goes before another one. */
interface RunBefore {
  readonly ended: Promise<unknown>
  stop(reason: unknown): void
  stats(): RunStats
}

/** Begins a run that tells `events`. */
type Begin = (job: Job, events: Emitter<RunEvents>, assembler: Assembler | undefined) => RunBefore

/** Runs what one run needs first. */
export class RunsBefore {
  readonly #events: Emitter<RunEvents>
  readonly #begin: Begin
  readonly #begun: RunBefore[] = []

  /**
   * @param events - those of the run that needs them. It tells of workers that were lost before it
   * @param begin - begins such a run on the same engine
   */
  constructor(events: Emitter<RunEvents>, begin: Begin) {
    this.#events = events
    this.#begin = begin
  }

  stop(reason: unknown): void {
    for (const run of this.#begun) run.stop(reason)
  }

  stats(): RunStats[] {
    return this.#begun.map((run) => run.stats())
  }

  /** Find out in which state each chunk of CSV starts; undefined if the job knows it. */
  async scanCsv(job: Job): Promise<Uint8Array | undefined> {
    const scan = planCsvScan(job)
    if (scan?.job !== undefined) await this.#run(scan.job, scan.assembler)
    return scan?.csvStates
  }

  /** Run the first pass of `job`: what each chunk gives to the prefixes of later ones. */
  async runFirst(job: Job, first: FirstPass): Promise<Part> {
    // `as`: it runs a part.
    return (await this.#run(firstJob(job, first), undefined)) as Part
  }

  #run(job: Job, assembler: Assembler | undefined): Promise<unknown> {
    const events = createEmitter<RunEvents>(runEvents)
    events.on('retry', (event) => this.#events.emit('retry', event))
    events.on('workerLost', (event) => this.#events.emit('workerLost', event))
    const run = this.#begin(job, events, assembler)
    this.#begun.push(run)
    return run.ended
  }
}
