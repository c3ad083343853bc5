// One run's execution: pass after pass, until every chunk is committed or the run has to end.

import type { Emitter } from '../base/emitter.js'
import { type ChunkRange, OnecopyError } from '../base/errors.js'
import { memberOf } from '../base/own-members.js'
import { runtime } from '../base/runtime.js'
import { ChunkSet } from '../chunks/chunk-set.js'
import { MissingChunks } from '../chunks/missing-chunks.js'
import { checksumAll } from '../data/checksum.js'
import type { SharedData } from '../data/contract.js'
import { isSharedMemory } from '../data/shared-memory.js'
import type { TypedArray } from '../data/typed-array.js'
import { noLimit } from '../protocol/control-block.js'
import type { Host, InContext } from '../protocol/host.js'
import type { Commit, LaneFailure } from '../protocol/report.js'
import type { JobDescription } from '../protocol/task.js'
import { captureMessage, freeName } from '../serialize/function-source.js'
import { pointToSources } from '../serialize/inline-place.js'
import { describeThrown, reviveThrown, summarize } from '../serialize/thrown.js'
import { type Assembler, createAssembler } from './assembler.js'
import type { Progress, RunEvents, RunStats } from './contract.js'
import type { Job } from './job.js'
import { Losses } from './losses.js'
import { Pass, type PassOwner } from './pass.js'
import type { LaneSlots } from './slots.js'

/** Shortest time between two progress events. */
const progressMs = 50

/** Ranks the failure of a teardown: behind that of any chunk. */
const behindAllChunks = Number.POSITIVE_INFINITY

/** Executes one job, once. */
export class Execution implements PassOwner {
  readonly description: JobDescription
  readonly data: SharedData<TypedArray>
  readonly host: Host
  readonly slots: LaneSlots
  readonly graceMs: number
  readonly priority: number
  readonly workers: number
  readonly chunkTimeoutMs: number | undefined
  readonly #events: Emitter<RunEvents>
  readonly #inContext: InContext
  readonly #assembler: Assembler
  readonly #committed: ChunkSet
  readonly #losses: Losses
  readonly #begun = runtime.performance.now()
  /** The pass that is under way. */
  #pass: Pass | undefined
  #mostLanes = 0
  /** Lanes that may be at work at the same time, as the slots were dealt. */
  #wanted: number
  /** Chunks at or above this index are not wanted any more. */
  #limit = noLimit
  /** What stopped the run from outside: cancelled or closed. */
  #stopped: { readonly reason: unknown } | undefined
  /** The failure with the lowest chunk index so far; one without a chunk is lower than all, but a teardown's is higher. */
  #failure: { readonly index: number; readonly error: unknown } | undefined
  #lastProgress = this.#begun

  constructor(
    job: Job,
    host: Host,
    slots: LaneSlots,
    graceMs: number,
    events: Emitter<RunEvents>,
    assembler?: Assembler,
  ) {
    const { plan } = job.description
    this.description = job.description
    this.data = job.data
    this.host = host
    this.slots = slots
    this.graceMs = graceMs
    this.priority = job.priority
    // No more lanes than there are chunks for them.
    this.workers = Math.max(1, Math.min(job.workers, plan.count))
    this.chunkTimeoutMs = job.chunkTimeoutMs
    this.#events = events
    // One that is added late hears progress as well.
    events.onAdded = () => this.#pass?.look()
    this.#inContext = job.inContext
    this.#assembler = assembler ?? createAssembler(plan, job.reduction)
    this.#committed = new ChunkSet(plan.count)
    this.#losses = new Losses(job.retries, job.workers)
    this.#wanted = job.workers
  }

  /** Whether there is no chunk to run. */
  get isEmpty(): boolean {
    return this.#count === 0
  }

  get #count(): number {
    return this.description.plan.count
  }

  /** Execute the job. Rejects with an {@link OnecopyError}, or with the reason given to `stop`. */
  async execute(): Promise<unknown> {
    // Not asked here whether the data is what it was: each lane finds out as it opens it, while others start.
    const checksum = this.#checksum()
    let missing: MissingChunks | undefined
    while (!this.#isOver()) {
      const before = this.#marks()
      const kills = await this.#runPass(missing)
      if (!this.#isOver() && kills === 0 && this.#marks() === before) {
        // It should not come to this; if it does, an error is better than the same pass for ever.
        this.#failWith(-1, new OnecopyError('ERR_WORKER_LOST', 'lanes ended without handing over any result'))
      }
      missing = new MissingChunks(this.#committed.missing(Math.min(this.#count, this.#limit)))
      if (missing.length === 0) break
    }
    this.throwIfStopped()
    if (this.#failure !== undefined) throw this.#failure.error
    await memberOf(this.data, 'assertUnchanged')?.call(this.data)
    if (this.#checksum() !== checksum) {
      throw new OnecopyError('ERR_DATA_CHANGED', 'the data was written to while the run was at work')
    }
    // The one thing that must never slip: an answer without all of its chunks.
    if (this.#committed.size !== this.#count) throw new OnecopyError('ERR_WORKER_LOST', 'results are missing')
    const answer = this.#finish()
    this.#emitProgress()
    return answer
  }

  /** End the run from outside; it rejects with `reason`, as soon as no lane touches the data any more. */
  stop(reason: unknown): void {
    this.#stopped ??= { reason }
    this.#lowerLimit(0)
  }

  /** Throws the reason given to `stop`, if there was one. */
  throwIfStopped(): void {
    if (this.#stopped !== undefined) throw this.#stopped.reason
  }

  setWanted(lanes: number): void {
    this.#wanted = lanes
    this.#pass?.setWanted(lanes)
  }

  /** Results were taken, or came in: how far lanes may run ahead follows from that. Of a run that fails nothing is held. */
  moveWindow(): void {
    this.#pass?.setWindow(
      this.#limit === noLimit ? memberOf(this.#assembler, 'window')?.call(this.#assembler, this.workers) : undefined,
    )
  }

  /** What has been done so far. */
  stats(): RunStats {
    return {
      chunks: this.#count,
      doneChunks: this.#committed.size,
      bytes: this.data.byteLength,
      elapsedMs: runtime.performance.now() - this.#begun,
      lanes: Math.max(this.#mostLanes, this.#pass?.mostLanes ?? 0),
      retries: this.#losses.retries,
      workersLost: this.#losses.workers,
    }
  }

  /** Take a lane's results. A commit with a chunk in it that is there already is no news: the first one counts. */
  onCommit(commit: Commit): void {
    if (commit.ranges.length > 0) this.#take(commit)
    const failure = memberOf(commit, 'failure')
    if (failure !== undefined) this.onFailure(failure)
  }

  #take(commit: Commit): void {
    if (!this.#committed.addRanges(commit.ranges)) return
    try {
      if (this.#failure === undefined && this.#stopped === undefined) this.#inContext(() => this.#assembler.add(commit))
      this.moveWindow()
    } catch (cause) {
      this.#failWith(-1, this.#reducerError('merging', cause))
    }
  }

  onFailure(failure: LaneFailure): void {
    const { code, message, chunk, thrown } = failure
    const inTeardown = memberOf(failure, 'inTeardown') === true
    const cause = thrown === undefined ? undefined : reviveThrown(thrown)
    const details = thrown === undefined ? { chunk } : { chunk, cause }
    const error = code === undefined ? cause : new OnecopyError(code, message, details)
    this.#failWith(inTeardown ? behindAllChunks : (chunk?.index ?? -1), error)
  }

  onError(error: OnecopyError): void {
    this.#failWith(-1, error)
  }

  onTimeout(chunk: ChunkRange): void {
    const message = `chunk ${chunk.index} [${chunk.start}, ${chunk.end}) took longer than ${this.chunkTimeoutMs} ms`
    this.#failWith(chunk.index, new OnecopyError('ERR_CHUNK_TIMEOUT', message, { chunk }))
  }

  /** The lane's uncommitted chunks are lost, and run again; only the one in flight is to blame. */
  onLoss(chunk: ChunkRange | undefined, cause: unknown, inTeardown: boolean): void {
    if (inTeardown) {
      // Nothing was lost with it, however often it happens.
      this.#losses.workers++
      this.#emit('workerLost', { chunk, cause })
      return
    }
    const verdict = this.#losses.judge(chunk, cause)
    this.#emit('workerLost', { chunk, cause })
    if (verdict.kind === 'fail') this.#failWith(chunk?.index ?? -1, verdict.error)
    else if (chunk !== undefined) this.#emit('retry', { chunk, attempt: verdict.attempt, cause })
    // A new pass begins with what was lost: a chunk that always kills is found out soon, and a reader that takes results in
    // order does not wait for it until the end.
    this.#pass?.end()
  }

  isFollowed(): boolean {
    return this.#events.has('progress')
  }

  onLook(): void {
    if (runtime.performance.now() - this.#lastProgress >= progressMs && !this.#isOver()) this.#emitProgress()
  }

  async #runPass(missing: MissingChunks | undefined): Promise<number> {
    const pass = new Pass(this, missing, this.#limit)
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

  /** Changes whenever a pass has brought anything: results, a loss, a failure. */
  #marks(): string {
    return `${this.#committed.size} ${this.#losses.workers} ${this.#limit}`
  }

  /** Of shared memory, when the run is to be verified; what is read from files reaches lanes as copies. */
  #checksum(): number | undefined {
    const { data, description } = this
    return description.verify && isSharedMemory(data) ? checksumAll(data, data.length) : undefined
  }

  #isOver(): boolean {
    return this.#stopped !== undefined || this.#limit === 0 || this.#committed.size === this.#count
  }

  #finish(): unknown {
    let answer: { readonly value: unknown } | undefined
    try {
      answer = this.#assembler.result()
    } catch (cause) {
      throw this.#reducerError('at the end', cause)
    }
    if (answer !== undefined) return answer.value
    const message = 'there is nothing to reduce, and a bare function has no value for that; give a reducer with init()'
    throw new OnecopyError('ERR_EMPTY_INPUT', message)
  }

  /** What the reducer threw on the caller's thread. */
  #reducerError(when: string, cause: unknown): OnecopyError {
    this.#pointToSources(cause)
    const described = describeThrown(cause)
    const name = this.description.reducer?.kind === 'plugin' ? undefined : freeName(described)
    if (name !== undefined) return new OnecopyError('ERR_INLINE_CAPTURE', captureMessage(name), { cause })
    return new OnecopyError('ERR_CHUNK_FAILED', `the reducer failed ${when}: ${summarize(described)}`, { cause })
  }

  /** Stacks of inline functions lead to where these were written. */
  #pointToSources(error: unknown): void {
    pointToSources(error, (file) => memberOf(this.host, 'readSource')?.call(this.host, file))
  }

  #failWith(index: number, error: unknown): void {
    this.#pointToSources(error)
    if (this.#failure === undefined || index < this.#failure.index) this.#failure = { index, error }
    this.#lowerLimit(index === behindAllChunks ? 0 : Math.max(0, index))
  }

  #lowerLimit(index: number): void {
    if (index >= this.#limit) return
    this.#limit = index
    this.#pass?.lowerLimit(index)
  }

  #emitProgress(): void {
    this.#lastProgress = runtime.performance.now()
    if (this.isFollowed()) this.#emit('progress', this.#progress())
  }

  #emit<E extends keyof RunEvents>(event: E, ...args: Parameters<RunEvents[E]>): void {
    this.#inContext(() => this.#events.emit(event, ...args))
  }

  #progress(): Progress {
    const chunks = this.#count
    const bytes = this.data.byteLength
    const elapsedMs = runtime.performance.now() - this.#begun
    const isComplete = this.#committed.size === chunks
    const done = this.#pass?.done() ?? { chunks: 0, bytes: 0 }
    const doneChunks = isComplete ? chunks : Math.min(chunks, Math.max(done.chunks, this.#committed.size))
    // A pass counts from 0: what earlier ones committed is there all the same.
    const committedBytes = Math.floor((bytes * this.#committed.size) / chunks)
    const doneBytes = isComplete ? bytes : Math.min(bytes, Math.max(done.bytes, committedBytes))
    const bytesPerSecond = elapsedMs === 0 ? 0 : (doneBytes / elapsedMs) * 1000
    return { chunks, doneChunks, bytes, doneBytes, elapsedMs, bytesPerSecond }
  }
}
