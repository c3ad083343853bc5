// One run's execution: passes of lanes over a control block, until every chunk is committed or the run has to end.

import { checksumAll } from './checksum.js'
import type { ChunkPlan } from './chunk-plan.js'
import { ChunkSet } from './chunk-set.js'
import { type Assembler, type Commit, createAssembler } from './collect.js'
import type { ChunkRange } from './contract.js'
import { ControlBlock, noLimit } from './control-block.js'
import type { Emitter } from './emitter.js'
import { isOnecopyError, OnecopyError } from './errors.js'
import { captureMessage, freeName } from './function-source.js'
import type { Host } from './host.js'
import type { LaneSlots, SlotUser } from './lane-slots.js'
import type { JobDescription, LaneFailure } from './lane-task.js'
import { LaneWatch } from './lane-watch.js'
import { Losses } from './losses.js'
import type { Reduction } from './reduction.js'
import type { Progress, RunEvents, RunStats } from './run-contract.js'
import { runtime } from './runtime.js'
import { type SharedData, SharedMemory, type TypedArray } from './shared-data.js'
import { describeThrown, reviveThrown, summarize } from './thrown.js'

/** Shortest time between two progress events. */
const progressMs = 50

/** A run, checked and complete. */
export interface Job {
  readonly description: JobDescription
  readonly data: SharedData<TypedArray>
  readonly reduction: Reduction | undefined
  readonly name: string
  readonly priority: number
  readonly workers: number
  readonly chunkTimeoutMs: number | undefined
  readonly retries: number
}

/** One pass over chunks that are not committed yet. */
interface Pass {
  /** The chunks, ascending; undefined: all of the run. */
  readonly positions: Int32Array | undefined
  readonly total: number
  readonly lanes: number
  readonly control: ControlBlock
  readonly watch: LaneWatch
  /** Whether it shall end, so that the next one can begin with what was lost. */
  isEnding: boolean
}

/** Executes one job, once. */
export class Execution implements SlotUser {
  readonly priority: number
  readonly #job: Job
  readonly #plan: ChunkPlan
  readonly #host: Host
  readonly #slots: LaneSlots
  readonly #graceMs: number
  readonly #events: Emitter<RunEvents>
  readonly #assembler: Assembler
  readonly #committed: ChunkSet
  readonly #losses: Losses
  readonly #begun = runtime.performance.now()
  /** The pass that is under way. */
  #pass: Pass | undefined
  /** Chunks at or above this index are not wanted any more. */
  #limit = noLimit
  #wanted: number
  /** What stopped the run from outside: cancelled or closed. */
  #stopped: { readonly reason: unknown } | undefined
  /** The failure with the lowest chunk index so far; one without a chunk is lower than all. */
  #failure: { readonly index: number; readonly error: OnecopyError } | undefined
  /** Seats that wait until the window has moved, or the pass is to end. */
  #waitingSeats: (() => void)[] = []
  #lastProgress = this.#begun
  #mostLanes = 0

  constructor(
    job: Job,
    host: Host,
    slots: LaneSlots,
    graceMs: number,
    events: Emitter<RunEvents>,
    assembler?: Assembler,
  ) {
    this.#job = job
    this.#plan = job.description.plan
    this.#host = host
    this.#slots = slots
    this.#graceMs = graceMs
    this.#events = events
    this.#assembler = assembler ?? createAssembler(this.#plan.count, job.reduction)
    this.#committed = new ChunkSet(this.#plan.count)
    this.#losses = new Losses(job.retries, job.workers)
    this.priority = job.priority
    this.#wanted = job.workers
  }

  /** Execute the job. Rejects with an {@link OnecopyError}, or with the reason given to `stop`. */
  async execute(): Promise<unknown> {
    const { data } = this.#job
    await data.assertUnchanged?.()
    const checksum = this.#checksum()
    let missing: Int32Array | undefined
    while (!this.#isOver()) {
      const before = this.#progressMarks()
      const kills = await this.#runPass(missing)
      if (!this.#isOver() && kills === 0 && this.#progressMarks() === before) {
        // It should not come to this; if it does, an error is better than the same pass for ever.
        this.#failWith(-1, new OnecopyError('ERR_WORKER_LOST', 'lanes ended without handing over any result'))
      }
      missing = this.#committed.missing(Math.min(this.#plan.count, this.#limit))
      if (missing.length === 0) break
    }
    this.throwIfStopped()
    if (this.#failure !== undefined) throw this.#failure.error
    await data.assertUnchanged?.()
    if (this.#checksum() !== checksum) {
      throw new OnecopyError('ERR_DATA_CHANGED', 'the data was written to while the run was at work')
    }
    // The one thing that must never slip: an answer without all of its chunks.
    if (this.#committed.size !== this.#plan.count) throw new OnecopyError('ERR_WORKER_LOST', 'results are missing')
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
    if (this.#pass !== undefined) this.#pass.control.wanted = this.#pass.isEnding ? 0 : lanes
  }

  /** Results were taken, or came in: how far lanes may run ahead follows from that. Of a run that fails nothing is held. */
  moveWindow(): void {
    if (this.#pass === undefined) return
    const isHeld = this.#limit === noLimit && !this.#pass.isEnding
    this.#pass.control.window = (isHeld ? this.#assembler.window?.(this.#job.workers) : undefined) ?? noLimit
    for (const goOn of this.#waitingSeats.splice(0)) goOn()
  }

  /** What has been done so far. */
  stats(): RunStats {
    return {
      chunks: this.#plan.count,
      doneChunks: this.#committed.size,
      bytes: this.#job.data.byteLength,
      elapsedMs: runtime.performance.now() - this.#begun,
      lanes: this.#mostLanes,
      retries: this.#losses.retries,
      workersLost: this.#losses.workers,
    }
  }

  /** Changes whenever a pass has brought anything: results, a loss, a failure. */
  #progressMarks(): string {
    return `${this.#committed.size} ${this.#losses.workers} ${this.#limit}`
  }

  /** Of shared memory, when the run is to be verified; what is read from files reaches lanes as copies. */
  #checksum(): number | undefined {
    const { data, description } = this.#job
    return description.verify && data instanceof SharedMemory ? checksumAll(data, data.length) : undefined
  }

  #isOver(): boolean {
    return this.#stopped !== undefined || this.#limit === 0 || this.#committed.size === this.#plan.count
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
    const described = describeThrown(cause)
    const { reducer } = this.#job.description
    const name = reducer?.kind === 'plugin' ? undefined : freeName(described)
    if (name !== undefined) return new OnecopyError('ERR_INLINE_CAPTURE', captureMessage(name), { cause })
    return new OnecopyError('ERR_CHUNK_FAILED', `the reducer failed ${when}: ${summarize(described)}`, { cause })
  }

  /** Run the chunks of `positions` (all, if undefined) once. Lost ones stay uncommitted. How many workers had to be ended. */
  async #runPass(positions: Int32Array | undefined): Promise<number> {
    const total = positions?.length ?? this.#plan.count
    const control = ControlBlock.create(this.#job.workers)
    control.lowerLimit(this.#limit)
    const watch = this.#watchLanes(control)
    const lanes = Math.min(this.#job.workers, total)
    const pass: Pass = { positions, total, lanes, control, watch, isEnding: false }
    this.#pass = pass
    this.setWanted(this.#wanted)
    this.moveWindow()
    try {
      await Promise.all(Array.from({ length: lanes }, () => this.#fillSeat(pass)))
    } finally {
      watch.close()
      this.#pass = undefined
    }
    return watch.kills
  }

  #watchLanes(control: ControlBlock): LaneWatch {
    const { chunkTimeoutMs } = this.#job
    return new LaneWatch(control, {
      chunkTimeoutMs,
      graceMs: this.#graceMs,
      onTimeout: (chunk) => {
        const message = `chunk ${chunk.index} [${chunk.start}, ${chunk.end}) took longer than ${chunkTimeoutMs} ms`
        this.#failWith(chunk.index, new OnecopyError('ERR_CHUNK_TIMEOUT', message, { chunk }))
      },
      hasWork: () => this.#pass !== undefined && canClaim(this.#pass),
      isFollowed: () => this.#events.has('progress'),
      onLook: () => {
        if (runtime.performance.now() - this.#lastProgress >= progressMs && !this.#isOver()) this.#emitProgress()
      },
    })
  }

  /** One seat for a lane: filled again when its lane is lost or made room, as long as there is something to claim. */
  async #fillSeat(pass: Pass): Promise<void> {
    while (this.#hasWork(pass)) {
      if (nextChunk(pass) < pass.control.window) await this.#slots.add(this, () => this.#runLane(pass))
      else await new Promise<void>((goOn) => this.#waitingSeats.push(goOn))
    }
  }

  /** Whether there is something left that a lane could claim. If not, lanes that wait for a slot need not wait any longer. */
  #hasWork(pass: Pass): boolean {
    if (canClaim(pass)) return true
    this.#slots.withdraw(this)
    if (pass.watch.size > 0) pass.watch.askToLeave()
    return false
  }

  async #runLane(pass: Pass): Promise<void> {
    const { control, watch, positions, lanes } = pass
    // It may have waited for its slot until there was nothing left to do.
    if (!this.#hasWork(pass)) return
    const lane = watch.freeLane()
    control.clearLane(lane)
    const task = { job: this.#job.description, lane, lanes, control: control.buffer, positions }
    try {
      const handle = this.#host.startLane(task, this.#job.data, (commit) => this.#commit(commit))
      watch.add(lane, handle)
      this.#mostLanes = Math.max(this.#mostLanes, watch.size)
      const { failure } = await handle.ended
      watch.delete(lane)
      if (failure !== undefined) this.#fail(failure)
    } catch (cause) {
      const isKilled = watch.delete(lane)
      if (isOnecopyError(cause)) this.#failWith(-1, cause)
      // Ended by the watch: what that means has been said already. Else its uncommitted chunks are lost, and run again.
      else if (!isKilled) this.#lose(pass, control.inFlight(lane), cause)
    }
    this.#hasWork(pass)
  }

  /** Take a lane's results. A commit with a chunk in it that is there already is no news: the first one counts. */
  #commit(commit: Commit): void {
    if (!this.#committed.addRanges(commit.ranges)) return
    try {
      if (this.#failure === undefined && this.#stopped === undefined) this.#assembler.add(commit)
      this.moveWindow()
    } catch (cause) {
      this.#failWith(-1, this.#reducerError('merging', cause))
    }
  }

  #fail({ code, message, chunk, thrown }: LaneFailure): void {
    const details = thrown === undefined ? { chunk } : { chunk, cause: reviveThrown(thrown) }
    this.#failWith(chunk?.index ?? -1, new OnecopyError(code, message, details))
  }

  #failWith(index: number, error: OnecopyError): void {
    if (this.#failure === undefined || index < this.#failure.index) this.#failure = { index, error }
    this.#lowerLimit(Math.max(0, index))
  }

  #lose(pass: Pass, chunk: ChunkRange | undefined, cause: unknown): void {
    const verdict = this.#losses.judge(chunk, cause)
    this.#events.emit('workerLost', { chunk, cause })
    if (verdict.kind === 'fail') this.#failWith(chunk?.index ?? -1, verdict.error)
    else if (chunk !== undefined) this.#events.emit('retry', { chunk, attempt: verdict.attempt, cause })
    // The others leave, and a new pass begins with what was lost: a chunk that always kills is found out soon, and a reader
    // that takes results in order does not wait for it until the end.
    pass.isEnding = true
    this.setWanted(this.#wanted)
    this.moveWindow()
    this.#slots.withdraw(this)
  }

  #lowerLimit(index: number): void {
    if (index >= this.#limit) return
    this.#limit = index
    if (this.#pass === undefined) return
    this.#pass.control.lowerLimit(index)
    this.#pass.watch.askToLeave()
    this.moveWindow()
    this.#hasWork(this.#pass)
  }

  #emitProgress(): void {
    this.#lastProgress = runtime.performance.now()
    if (!this.#events.has('progress')) return
    this.#events.emit('progress', this.#progress())
  }

  #progress(): Progress {
    const { count } = this.#plan
    const bytes = this.#job.data.byteLength
    const elapsedMs = runtime.performance.now() - this.#begun
    const isComplete = this.#committed.size === count
    const done = this.#pass?.control.done() ?? { chunks: 0, bytes: 0 }
    const doneChunks = isComplete ? count : Math.min(count, Math.max(done.chunks, this.#committed.size))
    const doneBytes = isComplete ? bytes : Math.min(bytes, done.bytes)
    const bytesPerSecond = elapsedMs === 0 ? 0 : (doneBytes / elapsedMs) * 1000
    return { chunks: count, doneChunks, bytes, doneBytes, elapsedMs, bytesPerSecond }
  }
}

function canClaim(pass: Pass): boolean {
  return pass.control.cursor < pass.total && nextChunk(pass) < pass.control.limit && !pass.isEnding
}

/** The chunk that would be claimed next; past all chunks when none is left. */
function nextChunk({ positions, control }: Pass): number {
  const { cursor } = control
  return positions === undefined ? cursor : (positions[cursor] ?? noLimit)
}
