// Executes one run: pass after pass, until every chunk is committed or the run must end.

import { createEmitter, type Emitter } from '../base/emitter.js'
import { type ChunkRange, OnecopyError } from '../base/errors.js'
import { memberOf } from '../base/own-members.js'
import { runtime } from '../base/runtime.js'
import { ChunkSet } from '../chunks/chunk-set.js'
import { MissingChunks } from '../chunks/missing-chunks.js'
import { checksumAll } from '../data/checksum.js'
import type { Output, SharedData } from '../data/contract.js'
import { isSharedMemory } from '../data/shared-memory.js'
import type { TypedArray } from '../data/typed-array.js'
import { noLimit } from '../protocol/control-block.js'
import type { Host } from '../protocol/host.js'
import { mostCounters, NoteBook, type Notes } from '../protocol/notes.js'
import type { Part, Span } from '../protocol/part.js'
import type { ChunkTimes, Commit, LaneMessage } from '../protocol/report.js'
import { type JobDescription, unitLength } from '../protocol/task.js'
import { pointToSources } from '../serialize/inline-place.js'
import { onAbort } from './abort.js'
import { type Assembler, createAssembler } from './assembler.js'
import type { RunEvents, RunInfo, RunStats, TraceEvent } from './contract.js'
import type { ControlBlocks } from './control-blocks.js'
import { planCsvScan } from './csv-scan.js'
import { type FailedPart, type Failure, Failures, failedChunk, wholeRun } from './failures.js'
import { firstJob, prefixesOf } from './first-pass.js'
import type { FirstPass, Job } from './job.js'
import { Losses } from './losses.js'
import { Merging } from './merging.js'
import { WrittenOutput } from './output.js'
import { Pass, type PassOwner } from './pass.js'
import { Prefix } from './prefix.js'
import { ProgressTimer, progressOf } from './progress.js'
import { runEvents } from './run.js'
import {
  errorOfCounters,
  errorOfEmptyInput,
  errorOfLane,
  errorOfReducer,
  errorOfSkips,
  errorOfTimeout,
} from './run-errors.js'
import type { LaneSlots } from './slots.js'

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
  onSettled(execution: Execution): void
}

/** Executes one job, once. */
export class Execution implements PassOwner {
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
  /** The chunks to run: all, unless the run is a part of a job. */
  readonly #span: Span
  readonly #owner: ExecutionOwner
  readonly #events: Emitter<RunEvents>
  readonly #merging: Merging
  readonly #committed: ChunkSet
  readonly #written: WrittenOutput | undefined
  readonly #notes: NoteBook
  /** The jobs that ran before this one. */
  readonly #before: Execution[] = []
  /** How many chunks are not to run, because others were chosen. */
  readonly #outside: number
  readonly #losses: Losses
  readonly #failures = new Failures()
  readonly #progress: ProgressTimer
  readonly #begun = runtime.performance.now()
  /** The run, as the engine's events name it. */
  #info: RunInfo | undefined
  /** The current pass. */
  #pass: Pass | undefined
  #mostLanes = 0
  /** How many lanes may be at work, according to the slots. */
  #wanted: number
  /** Chunks from this index on are not wanted any more. */
  #limit = noLimit
  /** The reducer needs nothing of chunks from this index on. */
  #enoughAt = noLimit
  /** Why the run was stopped from outside, by cancelling it or by closing the engine. */
  #stopped: { readonly reason: unknown } | undefined

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
    const { plan } = job.description
    this.#job = job
    this.#outside = job.only === undefined ? 0 : plan.count - lengthOf(job.only)
    this.#span = job.part?.span ?? { from: 0, to: plan.count }
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
    this.workers = Math.max(1, Math.min(job.workers, this.#count))
    this.chunkTimeoutMs = job.chunkTimeoutMs
    this.#events = events
    const prefix =
      job.description.stopsEarly && job.reduction !== undefined
        ? new Prefix(job.reduction, (end) => this.#hasEnough(end))
        : undefined
    const owned = {
      isWanted: () => this.#isAnswerPossible(),
      inContext: job.inContext,
      onMerged: (begun: number, ms: number) => this.#traceMs('merge', -1, 0, begun, ms),
      onMergeFailed: (cause: unknown) => this.#fail(wholeRun, this.#reducerError('merging', cause)),
    }
    this.#merging = new Merging(assembler ?? createAssembler(plan, job.reduction, job.into), owned, prefix)
    this.#committed = new ChunkSet(plan.count)
    if (job.only !== undefined) this.#leaveOut(job.only, assembler)
    const { into } = job.description
    if (job.into !== undefined && into !== undefined) this.#written = new WrittenOutput(job.into, into, plan)
    this.#notes = new NoteBook(job.description.listedSkips, job.description.mostSkipped)
    this.#losses = new Losses(job.retries, job.workers)
    this.#wanted = job.workers
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

  async #execute(refusal: Error | undefined): Promise<unknown> {
    // The rest begins in a microtask, when the engine has noted this execution.
    await undefined
    const { signal } = this.#job
    try {
      if (refusal !== undefined) throw refusal
      if (this.#owner.isClosed()) throw new OnecopyError('ERR_ENGINE_CLOSED', 'the engine is closed')
      if (signal?.aborted) this.stop(signal.reason)
      // A run that is cancelled before it begins starts nothing.
      this.#throwIfStopped()
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
      const preparing = this.#count === 0 ? undefined : memberOf(this.host, 'prepare')?.call(this.host, this.workers)
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
    if (first !== undefined) await this.#runFirst(first)
    const checksum = this.#checksum()
    const isWhole = this.#count === this.description.plan.count
    let missing = isWhole ? undefined : new MissingChunks(this.#missingUnits())
    while (!this.#isOver()) {
      const before = this.#marks()
      const kills = await this.#runPass(missing)
      // What is merged may be enough.
      if (this.description.stopsEarly) await this.#merging.ended()
      if (!this.#isOver() && kills === 0 && this.#marks() === before) {
        // This should never happen. If it does, an error is better than the same pass again and again.
        this.onError(new OnecopyError('ERR_WORKER_LOST', 'lanes ended without handing over any result'))
      }
      missing = new MissingChunks(this.#missingUnits())
      if (missing.length === 0) break
    }
    this.#throwIfFailed()
    await memberOf(this.data, 'assertUnchanged')?.call(this.data)
    if (this.#checksum() !== checksum) {
      throw new OnecopyError('ERR_DATA_CHANGED', 'the data was written to while the run was at work')
    }
    this.#written?.verify()
    // An answer must never lack a chunk.
    if (!this.#isComplete()) throw new OnecopyError('ERR_WORKER_LOST', 'results are missing')
    await this.#merging.ended()
    this.#throwIfFailed()
    const answer = this.#finish()
    this.#emitProgress()
    return answer
  }

  /** Find out in which state each chunk of CSV starts. */
  async #scanCsv(): Promise<void> {
    const scan = planCsvScan(this.#job)
    if (scan === undefined) return
    if (scan.job !== undefined) await this.#runBefore(scan.job, scan.assembler)
    this.description = { ...this.description, csvStates: scan.csvStates }
  }

  /** Run the first pass. */
  async #runFirst(first: FirstPass): Promise<void> {
    const job = firstJob({ ...this.#job, description: this.description }, first)
    // `as`: it runs a part.
    const part = (await this.#runBefore(job, undefined)) as Part
    try {
      let prefixes: JobDescription['prefixes']
      this.#job.inContext(() => {
        prefixes = prefixesOf(part, first.reducer.reduction)
      })
      this.description = { ...this.description, prefixes }
    } catch (cause) {
      this.#pointToSources(cause)
      throw errorOfReducer(first.reducer.description, 'in the first pass', cause)
    }
  }

  /** Run another job over the data before this one. It counts as a part of this run. */
  async #runBefore(job: Job, assembler: Assembler | undefined): Promise<unknown> {
    this.#throwIfStopped()
    const events = createEmitter<RunEvents>(runEvents)
    events.on('retry', (event) => this.#events.emit('retry', event))
    events.on('workerLost', (event) => this.#events.emit('workerLost', event))
    // `!`: this run has begun.
    const owner = { ...this.#owner, onStart: () => this.#info!, onEnd: () => {}, onSettled: () => {} }
    const before = new Execution(job, owner, events, undefined, assembler)
    this.#before.push(before)
    return await before.ended
  }

  /** Stop the run from outside. It rejects with `reason` as soon as no lane touches the data any more. */
  stop(reason: unknown): void {
    this.#stopped ??= { reason }
    for (const before of this.#before) before.stop(reason)
    this.#lowerLimit(0)
  }

  setWanted(lanes: number): void {
    this.#wanted = lanes
    this.#pass?.setWanted(lanes)
  }

  /**
   * Recompute how far lanes may run ahead of the reader. Called whenever results arrive or are read. In a run that fails
   * there is no such limit, because its results are not held.
   */
  moveWindow(): void {
    this.#pass?.setWindow(this.#limit === noLimit ? this.#merging.window(this.workers) : undefined)
  }

  /** What has been done so far. */
  stats(): RunStats {
    const before = this.#before.map((each) => each.stats())
    return {
      chunks: this.#count,
      doneChunks: this.#done,
      bytes: this.#bytes,
      elapsedMs: this.#elapsedMs(),
      skipped: this.#notes.skipped,
      counters: this.#notes.counters,
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
    if (!this.#committed.addRanges(commit.ranges)) return
    if (commit.windows !== undefined) this.#written?.add(commit.windows)
    if (commit.notes !== undefined) this.#note(commit.notes)
    if (commit.times !== undefined) this.#trace(commit.times, lane)
    try {
      this.#merging.add(commit)
      this.moveWindow()
    } catch (cause) {
      this.#fail(wholeRun, this.#reducerError('merging', cause))
    }
  }

  /**
   * Keep the notes of chunks that have just been committed. If they are too many, the chunk in which they become too many fails. The
   * chunks before it still run, and may have skips as well, so it is the same chunk on any number of workers.
   */
  #note(notes: Notes): void {
    this.#notes.add(notes)
    const chunk = this.#notes.overBudget
    // `!`: without a budget, nothing is over it.
    if (chunk !== undefined) this.#fail(failedChunk(chunk), errorOfSkips(chunk, this.description.mostSkipped!))
    if (this.#notes.names > mostCounters) this.#fail(wholeRun, errorOfCounters())
  }

  onError(error: OnecopyError): void {
    this.#fail(wholeRun, error)
  }

  onTimeout(chunk: ChunkRange): void {
    this.#fail(failedChunk(chunk), errorOfTimeout(chunk, this.chunkTimeoutMs))
  }

  /** The lane's uncommitted chunks are lost and run again. Only the chunk in flight is blamed. */
  onLoss(chunk: ChunkRange | undefined, cause: unknown, inTeardown: boolean): void {
    if (inTeardown) {
      // Nothing is lost with a worker that dies in its teardown.
      this.#losses.workers++
      this.#emitWorkerLost(chunk, cause)
      return
    }
    const verdict = this.#losses.judge(chunk, cause)
    this.#emitWorkerLost(chunk, cause)
    if (verdict.kind === 'fail') this.#fail(failedChunk(chunk), verdict.error)
    else if (chunk !== undefined) this.#emit('retry', { chunk, attempt: verdict.attempt, cause })
    // A new pass begins with what was lost. So a chunk that always kills its worker is found soon, and a reader who takes results
    // in order does not wait for it until the end.
    this.#pass?.end()
  }

  onLaneEnded(lane: number, worker: number, begun: number): void {
    this.#traceMs('lane', lane, worker, begun, runtime.performance.now() - begun)
  }

  #trace({ worker, chunks }: ChunkTimes, lane: number): void {
    const events: TraceEvent[] = []
    for (let i = 0; i < chunks.length; i += 3) {
      events.push({ kind: 'chunk', lane, worker, chunk: chunks[i], startMs: chunks[i + 1]!, ms: chunks[i + 2]! })
    }
    if (events.length > 0) this.#emit('trace', events)
  }

  #traceMs(kind: TraceEvent['kind'], lane: number, worker: number, begun: number, ms: number): void {
    if (!this.description.isTraced) return
    this.#emit('trace', [{ kind, lane, worker, chunk: undefined, startMs: runtime.performance.timeOrigin + begun, ms }])
  }

  onLanes(lanes: number): void {
    this.#progress.setLanes(lanes)
  }

  async #runPass(missing: MissingChunks | undefined): Promise<number> {
    // The first chunks matter to somebody who reads results one by one, and to a run that looks for its first failure.
    const inOrder = this.#merging.isStream || this.description.stopsEarly || this.#limit < noLimit
    const pass = new Pass(this, missing, this.#limit, inOrder)
    this.#pass = pass
    this.setWanted(this.#wanted)
    this.moveWindow()
    try {
      return await pass.run()
    } finally {
      this.#pass = undefined
      this.#mostLanes = Math.max(this.#mostLanes, pass.mostLanes)
    }
  }

  /** The units that must run again, as ranges. Commits contain whole units. */
  #missingUnits(): Int32Array {
    const unit = unitLength(this.description)
    const { from, to } = this.#span
    const chunks = this.#committed.missing(Math.min(to, this.#limit), from)
    return unit === 1 ? chunks : chunks.map((chunk) => Math.ceil(chunk / unit))
  }

  get #count(): number {
    return this.#span.to - this.#span.from - this.#outside
  }

  /** How many of the chunks that are to run are committed. */
  get #done(): number {
    return this.#committed.size - this.#outside
  }

  /** Chunks that are not chosen count as committed, and own nothing. */
  #leaveOut(only: Int32Array, assembler: Assembler | undefined): void {
    const chosen = new ChunkSet(this.description.plan.count)
    chosen.addRanges([...only])
    const ranges = [...chosen.missing(this.description.plan.count)]
    this.#committed.addRanges(ranges)
    // A reader of results waits for each chunk.
    const payload = { kind: 'list', chunkIndices: new Int32Array(0), values: [] } as const
    if (ranges.length > 0) assembler?.add({ ranges, payload, approxBytes: 0 })
  }

  /** The bytes of the chunks to run. The edges of chunks that end with a delimiter are where they would be without it. */
  get #bytes(): number {
    const { count, first, size, length } = this.description.plan
    const { part, only } = this.#job
    if (part === undefined && only === undefined) return this.data.byteLength
    const ranges = only ?? [this.#span.from, this.#span.to]
    let elements = 0
    for (let r = 0; r < ranges.length; r += 2) {
      const [from, to] = [ranges[r]!, ranges[r + 1]!]
      if (from < to) elements += (to === count ? length : first + to * size) - (from === 0 ? 0 : first + from * size)
    }
    return elements === 0 ? 0 : (elements / length) * this.data.byteLength
  }

  #elapsedMs(): number {
    return runtime.performance.now() - this.#begun
  }

  /** Changes whenever a pass has brought anything: results, a loss or a failure. */
  #marks(): string {
    return `${this.#committed.size} ${this.#losses.workers} ${this.#limit}`
  }

  /** The checksum of shared memory, if the run is to be verified. What lanes read from files are copies. */
  #checksum(): number | undefined {
    const { data, description } = this
    return description.verify && isSharedMemory(data) ? checksumAll(data, data.length) : undefined
  }

  #isOver(): boolean {
    return this.#stopped !== undefined || this.#limit === 0 || this.#done === this.#count
  }

  #throwIfStopped(): void {
    if (this.#stopped !== undefined) throw this.#stopped.reason
  }

  #throwIfFailed(): void {
    this.#throwIfStopped()
    if (this.#failure !== undefined) throw this.#failure.error
  }

  /** The failure that the run would report now. */
  get #failure(): Failure | undefined {
    return this.#failures.firstBelow(this.#enoughAt)
  }

  get isFailing(): boolean {
    return this.#stopped !== undefined || this.#failure !== undefined
  }

  /** Whether results are still of use. If a chunk has failed, the chunks before it may be enough. */
  #isAnswerPossible(): boolean {
    if (this.#stopped !== undefined) return false
    const failure = this.#failure
    return failure === undefined || (this.description.stopsEarly && failure.part.kind === 'chunk')
  }

  /** Whether all chunks are in that the answer needs. */
  #isComplete(): boolean {
    if (this.#done === this.#count) return true
    return this.#enoughAt < noLimit && this.#committed.missing(this.#enoughAt).length === 0
  }

  /** The reducer needs nothing of the chunks from `end` on. */
  #hasEnough(end: number): void {
    this.#enoughAt = end
    this.#lowerLimit(end)
  }

  #finish(): unknown {
    const { part } = this.#job
    if (part !== undefined) {
      const { from, to } = part.span
      const ranges = from === to ? [] : [from, to]
      const notes = this.#notes.notes()
      const noted = notes === undefined ? {} : { notes: { ...notes, chunks: [] } }
      return { ...part.origin, ranges, payload: this.#merging.payload(), ...noted } satisfies Part
    }
    let answer: { readonly value: unknown } | undefined
    try {
      answer = this.#merging.answer()
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
    this.#lowerLimit(this.#failures.add(part, error))
  }

  #lowerLimit(index: number): void {
    if (index >= this.#limit) return
    this.#limit = index
    this.#pass?.lowerLimit(index)
  }

  #emitProgress(): void {
    if (!this.#events.has('progress')) return
    const whole = { chunks: this.#count, bytes: this.#bytes }
    const ran = this.#pass?.done() ?? { chunks: 0, bytes: 0 }
    const progress = progressOf(whole, this.#done, ran, this.#elapsedMs())
    this.#emit('progress', { ...progress, atWork: this.#pass?.atWork() ?? [] })
  }

  #emitWorkerLost(chunk: ChunkRange | undefined, cause: unknown): void {
    this.#emit('workerLost', { chunk, cause })
    const info = this.#info
    if (info !== undefined) this.#job.inContext(() => this.#owner.onWorkerLost(info, chunk, cause))
  }

  #emit<E extends keyof RunEvents>(event: E, ...args: Parameters<RunEvents[E]>): void {
    this.#job.inContext(() => this.#events.emit(event, ...args))
  }
}

/** The number of chunks in pairs `from, to`. */
function lengthOf(ranges: Int32Array): number {
  let length = 0
  for (let r = 0; r < ranges.length; r += 2) length += ranges[r + 1]! - ranges[r]!
  return length
}
