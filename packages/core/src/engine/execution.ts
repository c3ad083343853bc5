// Executes one run: pass after pass, until every chunk is committed or the run must end.

import type { Emitter } from '../base/emitter.js'
import { type ChunkRange, OnecopyError } from '../base/errors.js'
import { memberOf } from '../base/own-members.js'
import { runtime } from '../base/runtime.js'
import { MissingChunks } from '../chunks/missing-chunks.js'
import { withSource } from '../chunks/pieces.js'
import { checksumAll } from '../data/checksum.js'
import type { Output, SharedData } from '../data/contract.js'
import { isSharedMemory } from '../data/shared-memory.js'
import type { TypedArray } from '../data/typed-array.js'
import { noLimit } from '../protocol/control-block.js'
import type { Host } from '../protocol/host.js'
import { mostCounters, type NoteBook, withPlaces } from '../protocol/notes.js'
import type { Commit, LaneMessage } from '../protocol/report.js'
import type { JobDescription } from '../protocol/task.js'
import { pointToSources } from '../serialize/inline-place.js'
import { onAbort } from './abort.js'
import type { Assembler } from './assembler.js'
import type { ControlBlocks } from './control-blocks.js'
import { type FailedPart, failedChunk, wholeRun } from './failures.js'
import { prefixesOf } from './first-pass.js'
import type { FirstPass, Job } from './job.js'
import { Losses } from './losses.js'
import { Pass, type PassOwner } from './pass.js'
import { ProgressTimer, progressOf } from './progress.js'
import { Results, type ResultsOwner } from './results.js'
import type { RunWork } from './run.js'
import {
  errorOfCounters,
  errorOfEmptyInput,
  errorOfLane,
  errorOfReducer,
  errorOfSkips,
  errorOfTimeout,
} from './run-errors.js'
import type { RunEvents, RunInfo, RunStats } from './run-events.js'
import { RunTeller } from './run-teller.js'
import { RunsBefore } from './runs-before.js'
import type { LaneSlots } from './slots.js'
import { Wanted } from './wanted.js'
import { Workload } from './workload.js'

/** The engine that an execution belongs to. */
export interface ExecutionOwner {
  readonly host: Host
  readonly slots: LaneSlots
  readonly controls: ControlBlocks
  /** How long a lane that is asked to stop may take, in ms. */
  readonly graceMs: number
  isClosed(): boolean
  /** The run begins. Returns how the engine's events name it. */
  onStart(name: string): RunInfo
  onWorkerLost(run: RunInfo, chunk: ChunkRange | undefined, cause: unknown): void
  onEnd(run: RunInfo, stats: RunStats, outcome: { readonly error: unknown } | undefined): void
  /** Also called for a run that never began. */
  onSettled(run: RunWork): void
}

/** Executes one job, once. */
export class Execution implements PassOwner, RunWork {
  /** The answer. Rejects with an {@link OnecopyError}, or with the reason given to `stop`. */
  readonly ended: Promise<unknown>
  /** With what comes before each chunk, when the first pass is over. */
  description: JobDescription
  readonly data: SharedData<TypedArray>
  readonly into: Output | undefined
  readonly host: Host
  readonly slots: LaneSlots
  readonly controls: ControlBlocks
  readonly graceMs: number
  readonly priority: number
  readonly workers: number
  readonly chunkTimeoutMs: number | undefined
  readonly #job: Job
  readonly #load: Workload
  readonly #owner: ExecutionOwner
  readonly #events: Emitter<RunEvents>
  readonly #teller: RunTeller
  readonly #results: Results
  readonly #before: RunsBefore
  readonly #losses: Losses
  readonly #wanted = new Wanted((limit) => this.#pass?.lowerLimit(limit))
  readonly #progress: ProgressTimer
  readonly #begun = runtime.performance.now()
  /** The run, as the engine's events name it. */
  #info: RunInfo | undefined
  /** The current pass. */
  #pass: Pass | undefined
  /** Ends the check whether the data has changed; undefined before it begins. */
  #onStopped: (() => void) | undefined
  #mostLanes = 0
  /** How many lanes may be at work, according to the slots. */
  #wantedLanes: number

  /**
   * Begins in a microtask.
   *
   * @param refusal - if given, the run does not begin, and rejects with this
   * @param assembler - takes the results; by default they become the job's list or reduction
   */
  constructor(
    job: Job,
    owner: ExecutionOwner,
    events: Emitter<RunEvents>,
    refusal: Error | undefined,
    assembler: Assembler | undefined,
  ) {
    this.#job = job
    this.#load = new Workload(job)
    this.#owner = owner
    this.description = job.description
    this.data = job.data
    this.into = job.into
    this.host = owner.host
    this.slots = owner.slots
    this.controls = owner.controls
    this.graceMs = owner.graceMs
    this.priority = job.priority
    // More lanes than chunks would have nothing to do.
    this.workers = Math.max(1, Math.min(job.workers, this.#load.chunks))
    this.chunkTimeoutMs = job.chunkTimeoutMs
    this.#events = events
    this.#teller = new RunTeller(events, job.inContext, job.description.isTraced)
    this.#before = new RunsBefore(events, (before, itsEvents, itsAssembler) => {
      // `!`: this run has begun.
      const itsOwner = { ...owner, onStart: () => this.#info!, onEnd: () => {}, onSettled: () => {} }
      return new Execution(before, itsOwner, itsEvents, undefined, itsAssembler)
    })
    this.#results = new Results(job, this.#load, this.#resultsOwner(), assembler)
    this.#losses = new Losses(job.retries, job.workers)
    this.#wantedLanes = job.workers
    this.#progress = new ProgressTimer(
      () => events.has('progress'),
      () => {
        if (!this.#isOver()) this.#emitProgress()
      },
    )
    // A listener that is added late hears progress as well.
    events.onAdded = () => this.#progress.start()
    this.ended = this.#execute(refusal)
  }

  #resultsOwner(): ResultsOwner {
    const { inContext, description } = this.#job
    return {
      inContext,
      isWanted: () => this.#wanted.isAnswerPossible(description.stopsEarly),
      onEnough: (end) => this.#wanted.hasEnough(end),
      onNoted: (book) => this.#checkNotes(book),
      onMerged: (begun, ms) => this.#teller.trace('merge', -1, 0, begun, ms),
      onMergeFailed: (cause) => this.#fail(wholeRun, this.#reducerError('merging', cause)),
    }
  }

  async #execute(refusal: Error | undefined): Promise<unknown> {
    // The rest begins in a microtask, when the engine has noted this execution.
    await undefined
    const { signal } = this.#job
    try {
      if (refusal !== undefined) throw refusal
      if (this.#owner.isClosed()) throw new OnecopyError('ERR_ENGINE_CLOSED', 'the engine is closed')
      if (signal?.aborted) this.stop(signal.reason)
      // A run that is cancelled before it begins starts nothing.
      this.#wanted.throwIfStopped()
      const forget = signal === undefined ? undefined : onAbort(signal, () => this.stop(signal.reason))
      try {
        return await this.#executeInView()
      } finally {
        forget?.()
      }
    } finally {
      this.#owner.onSettled(this)
    }
  }

  /** Execute the job, and tell the engine of its beginning and its end. */
  async #executeInView(): Promise<unknown> {
    const info = this.#owner.onStart(this.#job.name)
    this.#info = info
    let outcome: { readonly error: unknown } | undefined
    try {
      const preparing =
        this.#load.chunks === 0 ? undefined : memberOf(this.host, 'prepare')?.call(this.host, this.workers)
      if (preparing !== undefined) await preparing
      return await this.#runAll()
    } catch (error) {
      outcome = { error }
      throw error
    } finally {
      this.#owner.onEnd(info, this.stats(), outcome)
    }
  }

  async #runAll(): Promise<unknown> {
    // Whether the data has changed is not checked here. Each lane checks it when it opens the data, while other lanes start.
    const { first } = this.#job
    if (this.description.plan.kind === 'csv') await this.#scanCsv()
    if (first !== undefined) await this.#findPrefixes(first)
    const checksum = this.#checksum()
    const isWhole = this.#load.span.from === 0 && this.#load.chunks === this.description.plan.count
    let missing = isWhole ? undefined : new MissingChunks(this.#results.missingUnits(this.#wanted.limit))
    while (!this.#isOver()) {
      const before = this.#marks()
      const kills = await this.#runPass(missing)
      // What is merged may be enough.
      if (this.description.stopsEarly) await this.#results.merged()
      if (!this.#isOver() && kills === 0 && this.#marks() === before) {
        // This should never happen. If it does, an error is better than the same pass again and again.
        this.onError(new OnecopyError('ERR_WORKER_LOST', 'lanes ended without handing over any result'))
      }
      missing = new MissingChunks(this.#results.missingUnits(this.#wanted.limit))
      if (missing.length === 0) break
    }
    this.#wanted.throwIfFailed()
    await this.#assertUnchanged()
    if (this.#checksum() !== checksum) {
      throw new OnecopyError('ERR_DATA_CHANGED', 'the data was written to while the run was at work')
    }
    this.#results.verifyOutput()
    // An answer must never lack a chunk.
    if (!this.#results.isComplete(this.#wanted.enoughAt))
      throw new OnecopyError('ERR_WORKER_LOST', 'results are missing')
    await this.#results.merged()
    this.#wanted.throwIfFailed()
    const answer = this.#finish()
    this.#emitProgress()
    return answer
  }

  /** Check that the data has not changed. Data on a server may take long to say so, and a run that is stopped does not wait for it. */
  async #assertUnchanged(): Promise<void> {
    const assertUnchanged = memberOf(this.data, 'assertUnchanged')
    if (assertUnchanged === undefined) return
    const stopped = new Promise<void>((resolve) => {
      this.#onStopped = resolve
    })
    await Promise.race([assertUnchanged.call(this.data, stopped), stopped])
    this.#wanted.throwIfStopped()
  }

  /** Find out in which state each chunk of CSV starts. */
  async #scanCsv(): Promise<void> {
    this.#wanted.throwIfStopped()
    const csvStates = await this.#before.scanCsv(this.#job)
    if (csvStates !== undefined) this.description = { ...this.description, csvStates }
  }

  /** Find out what comes before each chunk. */
  async #findPrefixes(first: FirstPass): Promise<void> {
    this.#wanted.throwIfStopped()
    const part = await this.#before.runFirst({ ...this.#job, description: this.description }, first)
    try {
      const prefixes = this.#job.inContext(() => prefixesOf(part, first.reducer.reduction))
      this.description = { ...this.description, prefixes }
    } catch (cause) {
      this.#pointToSources(cause)
      throw errorOfReducer(first.reducer.description, 'in the first pass', cause)
    }
  }

  /** Stop the run from outside. It rejects with `reason` as soon as no lane touches the data any more. */
  stop(reason: unknown): void {
    this.#before.stop(reason)
    this.#wanted.stop(reason)
    this.#onStopped?.()
  }

  /** The reducer needs nothing of the chunks from `end` on. */
  hasEnough(end: number): void {
    this.#wanted.hasEnough(end)
  }

  setWanted(lanes: number): void {
    this.#wantedLanes = lanes
    this.#pass?.setWanted(lanes)
  }

  /**
   * Recompute how far lanes may run ahead of the reader. Called whenever results arrive or are read. In a run that fails
   * there is no such limit, because its results are not held.
   */
  moveWindow(): void {
    this.#pass?.setWindow(this.#wanted.limit === noLimit ? this.#results.window(this.workers) : undefined)
  }

  /** What has been done so far. */
  stats(): RunStats {
    const before = this.#before.stats()
    return {
      chunks: this.#load.chunks,
      doneChunks: this.#results.done,
      bytes: this.#load.bytes,
      elapsedMs: this.#elapsedMs(),
      skipped: withPlaces(this.#results.skipped, memberOf(this.data, 'pieces')),
      counters: this.#results.counters,
      workers: Math.max(this.#mostLanes, this.#pass?.mostLanes ?? 0, ...before.map(({ workers }) => workers)),
      retries: before.reduce((sum, { retries }) => sum + retries, this.#losses.retries),
      workersLost: before.reduce((sum, { workersLost }) => sum + workersLost, this.#losses.workers),
    }
  }

  onMessage({ commit, failure }: LaneMessage, lane: number): void {
    if (commit !== undefined) this.#take(commit, lane)
    if (failure === undefined) return
    const { part, error } = errorOfLane(failure)
    this.#fail(part, error)
  }

  /** Take a lane's results. If one of the chunks is committed already, nothing is taken: the first commit counts. */
  #take(commit: Commit, lane: number): void {
    if (!this.#results.add(commit)) return
    if (commit.times !== undefined) this.#teller.traceChunks(commit.times, lane)
    try {
      this.#results.merge(commit)
      this.moveWindow()
    } catch (cause) {
      this.#fail(wholeRun, this.#reducerError('merging', cause))
    }
  }

  /**
   * If there are too many notes, the chunk in which they become too many fails. The chunks before it still run, and may have skips as
   * well, so it is the same chunk on any number of workers.
   */
  #checkNotes({ overBudget, names }: NoteBook): void {
    const chunk = overBudget && this.#withSource(overBudget)
    // `!`: without a budget, nothing is over it.
    if (chunk !== undefined) this.#fail(failedChunk(chunk), errorOfSkips(chunk, this.description.mostSkipped!))
    if (names > mostCounters) this.#fail(wholeRun, errorOfCounters())
  }

  onError(error: OnecopyError): void {
    this.#fail(wholeRun, error)
  }

  #withSource(range: ChunkRange): ChunkRange {
    const { plan, stream } = this.description
    return withSource(plan, memberOf(this.data, 'pieces')?.names, range, stream)
  }

  onTimeout(range: ChunkRange): void {
    const chunk = this.#withSource(range)
    this.#fail(failedChunk(chunk), errorOfTimeout(chunk, this.chunkTimeoutMs))
  }

  /** The lane's uncommitted chunks are lost and run again. Only the chunk in flight is blamed. */
  onLoss(range: ChunkRange | undefined, cause: unknown, inTeardown: boolean): void {
    const chunk = range && this.#withSource(range)
    if (inTeardown) {
      // Nothing is lost with a worker that dies in its teardown.
      this.#losses.workers++
      this.#emitWorkerLost(chunk, cause)
      return
    }
    const verdict = this.#losses.judge(chunk, cause)
    this.#emitWorkerLost(chunk, cause)
    if (verdict.kind === 'fail') this.#fail(failedChunk(chunk), verdict.error)
    else if (chunk !== undefined) this.#teller.emit('retry', { chunk, attempt: verdict.attempt, cause })
    // A new pass begins with what was lost. So a chunk that always kills its worker is found soon, and a reader who takes results
    // in order does not wait for it until the end.
    this.#pass?.end()
  }

  onLaneEnded(lane: number, worker: number, begun: number): void {
    this.#teller.trace('lane', lane, worker, begun, runtime.performance.now() - begun)
  }

  onLanes(lanes: number): void {
    this.#progress.setLanes(lanes)
  }

  async #runPass(missing: MissingChunks | undefined): Promise<number> {
    // The first chunks matter to somebody who reads results one by one, and to a run that looks for its first failure.
    const inOrder = this.#results.isStream || this.description.stopsEarly || this.#wanted.limit < noLimit
    const pass = new Pass(this, missing, this.#wanted.limit, inOrder)
    this.#pass = pass
    this.setWanted(this.#wantedLanes)
    this.moveWindow()
    try {
      return await pass.run()
    } finally {
      this.#pass = undefined
      this.#mostLanes = Math.max(this.#mostLanes, pass.mostLanes)
    }
  }

  #elapsedMs(): number {
    return runtime.performance.now() - this.#begun
  }

  /** Changes whenever a pass has brought anything: results, a loss or a failure. */
  #marks(): string {
    return `${this.#results.done} ${this.#losses.workers} ${this.#wanted.limit}`
  }

  /** The checksum of shared memory, if the run is to be verified. What lanes read from files are copies. */
  #checksum(): number | undefined {
    const { data, description } = this
    return description.verify && isSharedMemory(data) ? checksumAll(data, data.length) : undefined
  }

  #isOver(): boolean {
    return this.#wanted.isNothing || this.#results.done === this.#load.chunks
  }

  get isFailing(): boolean {
    return this.#wanted.isFailing
  }

  #finish(): unknown {
    let answer: { readonly value: unknown } | undefined
    try {
      answer = this.#results.answer()
    } catch (cause) {
      throw this.#reducerError('at the end', cause)
    }
    if (answer === undefined) throw errorOfEmptyInput()
    return answer.value
  }

  #reducerError(when: string, cause: unknown): OnecopyError {
    // This must happen first, because the description contains the stack.
    this.#pointToSources(cause)
    return errorOfReducer(this.description.reducer, when, cause)
  }

  /** Make stacks of inline functions point to the file and line where the functions were written. */
  #pointToSources(error: unknown): void {
    pointToSources(error, (file) => memberOf(this.host, 'readSource')?.call(this.host, file))
  }

  #fail(part: FailedPart, error: unknown): void {
    this.#pointToSources(error)
    this.#wanted.fail(part, error)
  }

  #emitProgress(): void {
    if (!this.#events.has('progress')) return
    const whole = this.#load
    const ran = this.#pass?.done() ?? { chunks: 0, bytes: 0 }
    const progress = progressOf(whole, this.#results.done, ran, this.#elapsedMs())
    this.#teller.emit('progress', { ...progress, atWork: this.#pass?.atWork() ?? [] })
  }

  #emitWorkerLost(chunk: ChunkRange | undefined, cause: unknown): void {
    const info = this.#info
    const tellEngine = info === undefined ? undefined : () => this.#owner.onWorkerLost(info, chunk, cause)
    this.#teller.workerLost(chunk, cause, tellEngine)
  }
}
