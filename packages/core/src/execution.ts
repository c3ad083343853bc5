// One run's execution: passes of lanes over a control block, until every chunk is committed or the run has to end.

import { checksumAll } from './checksum.js'
import type { ChunkPlan } from './chunk-plan.js'
import { ChunkSet } from './chunk-set.js'
import { type Assembler, type Commit, createAssembler } from './collect.js'
import type { ChunkRange } from './contract.js'
import { ControlBlock, noLimit } from './control-block.js'
import type { Emitter } from './emitter.js'
import { OnecopyError } from './errors.js'
import type { Host } from './host.js'
import type { LaneSlots, SlotUser } from './lane-slots.js'
import type { JobDescription, LaneFailure } from './lane-task.js'
import { LaneWatch } from './lane-watch.js'
import { Losses } from './losses.js'
import type { Reduction } from './reduction.js'
import type { Progress, RunEvents, RunStats } from './run-contract.js'
import { runtime } from './runtime.js'
import { type SharedData, SharedMemory, type TypedArray } from './shared-data.js'
import { reviveThrown } from './thrown.js'

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
  /** The lanes of the pass that is under way. */
  #watch: LaneWatch | undefined
  #control: ControlBlock
  /** What the control block's limit was last lowered to from here; lanes that fail lower it by themselves. */
  #limit = noLimit
  #wanted: number
  /** What stopped the run from outside: cancelled or closed. */
  #stopped: { readonly reason: unknown } | undefined
  /** The failure with the lowest chunk index so far; one without a chunk is lower than all. */
  #failure: { readonly index: number; readonly error: OnecopyError } | undefined
  /** Whether this pass shall end, so that the next one can begin with what was lost. */
  #isEnding = false
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
    this.#control = ControlBlock.create(job.workers)
  }

  /** Execute the job. Rejects with an {@link OnecopyError}, or with the reason given to `stop`. */
  async execute(): Promise<unknown> {
    const { data } = this.#job
    await data.assertUnchanged?.()
    const before = this.#checksum()
    let missing: Int32Array | undefined
    while (!this.#isOver()) {
      await this.#pass(missing)
      missing = this.#committed.missing(Math.min(this.#plan.count, this.#limit))
      if (missing.length === 0) break
    }
    if (this.#stopped !== undefined) throw this.#stopped.reason
    if (this.#failure !== undefined) throw this.#failure.error
    await data.assertUnchanged?.()
    if (this.#checksum() !== before) {
      throw new OnecopyError('ERR_DATA_CHANGED', 'the data was written to while the run was at work')
    }
    const answer = this.#finish()
    this.#emitProgress()
    return answer
  }

  /** End the run from outside; it rejects with `reason`, as soon as no lane touches the data any more. */
  stop(reason: unknown): void {
    this.#stopped ??= { reason }
    this.#lowerLimit(0)
  }

  setWanted(lanes: number): void {
    this.#wanted = lanes
    this.#control.wanted = this.#isEnding ? 0 : lanes
  }

  /** Results were taken, or came in: how far lanes may run ahead follows from that. Of a run that fails nothing is held. */
  moveWindow(): void {
    const window = this.#limit < noLimit || this.#isEnding ? undefined : this.#assembler.window?.(this.#job.workers)
    this.#control.window = window ?? noLimit
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

  /** Of shared memory, when the run is to be verified; what is read from files reaches lanes as copies. */
  #checksum(): number | undefined {
    const { data, description } = this.#job
    return description.verify && data instanceof SharedMemory ? checksumAll(data, data.length) : undefined
  }

  #isOver(): boolean {
    return this.#stopped !== undefined || this.#limit === 0 || this.#committed.size === this.#plan.count
  }

  #finish(): unknown {
    try {
      const answer = this.#assembler.result()
      if (answer !== undefined) return answer.value
    } catch (cause) {
      throw new OnecopyError('ERR_CHUNK_FAILED', `the reducer's finish failed: ${String(cause)}`, { cause })
    }
    const message = 'there is nothing to reduce, and a bare function has no value for that; give a reducer with init()'
    throw new OnecopyError('ERR_EMPTY_INPUT', message)
  }

  /** Run the chunks of `positions` (all, if undefined) once. Lost ones stay uncommitted. */
  async #pass(positions: Int32Array | undefined): Promise<void> {
    const total = positions?.length ?? this.#plan.count
    const lanes = Math.min(this.#job.workers, total)
    this.#isEnding = false
    if (positions !== undefined) {
      this.#control = ControlBlock.create(this.#job.workers)
      this.#control.lowerLimit(this.#limit)
    }
    this.setWanted(this.#wanted)
    this.moveWindow()
    this.#watch = this.#watchLanes()
    try {
      await Promise.all(Array.from({ length: lanes }, () => this.#laneSeat(positions, lanes)))
    } finally {
      this.#watch.close()
      this.#watch = undefined
    }
  }

  #watchLanes(): LaneWatch {
    const { chunkTimeoutMs } = this.#job
    return new LaneWatch(this.#control, {
      chunkTimeoutMs,
      graceMs: this.#graceMs,
      onTimeout: (chunk) => {
        const message = `chunk ${chunk.index} [${chunk.start}, ${chunk.end}) took longer than ${chunkTimeoutMs} ms`
        this.#failWith(chunk.index, new OnecopyError('ERR_CHUNK_TIMEOUT', message, { chunk }))
      },
      isFollowed: () => this.#events.has('progress'),
      onLook: () => {
        if (runtime.performance.now() - this.#lastProgress >= progressMs && !this.#isOver()) this.#emitProgress()
      },
    })
  }

  /** One seat for a lane: filled again when its lane is lost or made room, as long as there is something to claim. */
  async #laneSeat(positions: Int32Array | undefined, lanes: number): Promise<void> {
    const total = positions?.length ?? this.#plan.count
    const control = this.#control
    while (control.cursor < total && control.limit > 0 && !this.#isEnding) {
      const { cursor } = control
      if ((positions?.[cursor] ?? cursor) < control.window) {
        await this.#slots.add(this, () => this.#runLane(positions, lanes, total))
      } else {
        await new Promise<void>((goOn) => this.#waitingSeats.push(goOn))
      }
    }
  }

  async #runLane(positions: Int32Array | undefined, lanes: number, total: number): Promise<void> {
    const control = this.#control
    const watch = this.#watch!
    // It may have waited for its slot until there was nothing left to do.
    if (control.cursor >= total || control.limit === 0 || this.#isEnding) return
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
      // Ended by the watch: what that means has been said already. Else its uncommitted chunks are lost, and run again.
      if (!watch.delete(lane)) this.#lose(control.inFlight(lane), cause)
    }
  }

  /** Take a lane's results. A commit with a chunk in it that is there already is no news: the first one counts. */
  #commit(commit: Commit): void {
    if (!this.#committed.addRanges(commit.ranges)) return
    try {
      if (this.#failure === undefined && this.#stopped === undefined) this.#assembler.add(commit)
      this.moveWindow()
    } catch (cause) {
      this.#failWith(
        -1,
        new OnecopyError('ERR_CHUNK_FAILED', `the reducer's merge failed: ${String(cause)}`, { cause }),
      )
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

  #lose(chunk: ChunkRange | undefined, cause: unknown): void {
    const verdict = this.#losses.judge(chunk, cause)
    this.#events.emit('workerLost', { chunk, cause })
    if (verdict.kind === 'fail') this.#failWith(chunk?.index ?? -1, verdict.error)
    if (verdict.kind === 'fail') return
    if (chunk !== undefined) this.#events.emit('retry', { chunk, attempt: verdict.attempt, cause })
    // The others leave, and a new pass begins with what was lost: a chunk that always kills is found out soon, and a reader
    // that takes results in order does not wait for it until the end.
    this.#isEnding = true
    this.setWanted(this.#wanted)
    this.moveWindow()
  }

  #lowerLimit(index: number): void {
    if (index >= this.#limit) return
    this.#limit = index
    this.#control.lowerLimit(index)
    this.moveWindow()
    this.#watch?.limit()
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
    const done = this.#control.done()
    const doneChunks = isComplete ? count : Math.min(count, Math.max(done.chunks, this.#committed.size))
    const doneBytes = isComplete ? bytes : Math.min(bytes, done.bytes)
    const bytesPerSecond = elapsedMs === 0 ? 0 : (doneBytes / elapsedMs) * 1000
    return { chunks: count, doneChunks, bytes, doneBytes, elapsedMs, bytesPerSecond }
  }
}
