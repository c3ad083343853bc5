// One run's execution: passes of lanes over a control block, until every chunk is committed or the run has to end.

import type { ChunkPlan } from './chunk-plan.js'
import { ChunkSet } from './chunk-set.js'
import { type Assembler, type Commit, createAssembler } from './collect.js'
import { ControlBlock, noLimit } from './control-block.js'
import type { Emitter } from './emitter.js'
import { OnecopyError } from './errors.js'
import type { Host, LaneHandle } from './host.js'
import type { LaneSlots, SlotUser } from './lane-slots.js'
import type { JobDescription, LaneFailure } from './lane-task.js'
import type { Reduction } from './reduction.js'
import type { Progress, RunEvents, RunStats } from './run-contract.js'
import { runtime, type Timer } from './runtime.js'
import type { SharedData, TypedArray } from './shared-data.js'
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

/** A lane at work, as the execution keeps it. */
interface ActiveLane {
  readonly handle: LaneHandle
  /** The chunk start last seen, and when it was first seen, in ms. */
  heartbeat: number
  seenAt: number
  killed: boolean
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
  readonly #lanes = new Map<number, ActiveLane>()
  readonly #begun = runtime.performance.now()
  #control: ControlBlock
  #wanted: number
  /** What stopped the run from outside: cancelled or closed. */
  #stopped: { readonly reason: unknown } | undefined
  /** The failure with the lowest chunk index so far; one without a chunk is lower than all. */
  #failure: { readonly index: number; readonly error: OnecopyError } | undefined
  /** There while lanes are held back. */
  #room: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined
  /** When the limit was last lowered: lanes above it have `graceMs` from then on to leave. */
  #limitedAt = 0
  #watch: Timer | undefined
  #isWatching = false
  #lastProgress = this.#begun
  /** How often each chunk was in flight when its worker was lost. */
  readonly #blame = new Map<number, number>()
  #blameless = 0
  #retries = 0
  #workersLost = 0
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
    this.priority = job.priority
    this.#wanted = job.workers
    this.#control = ControlBlock.create(job.workers)
  }

  /** Execute the job. Rejects with an {@link OnecopyError}, or with the reason given to `stop`. */
  async execute(): Promise<unknown> {
    const { data } = this.#job
    await data.assertUnchanged?.()
    let missing: Int32Array | undefined
    while (!this.#isOver()) {
      await this.#pass(missing)
      missing = this.#committed.missing(Math.min(this.#plan.count, this.#control.limit))
      if (missing.length === 0) break
    }
    if (this.#stopped !== undefined) throw this.#stopped.reason
    if (this.#failure !== undefined) throw this.#failure.error
    await data.assertUnchanged?.()
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
    this.#control.wanted = this.#room === undefined ? lanes : 0
  }

  /** Results that the caller has not taken yet are as many as shall be held: lanes leave until `goOn`. */
  #holdBack(): void {
    if (this.#room !== undefined || this.#control.limit === 0) return
    let resolve = (): void => {}
    const promise = new Promise<void>((settle) => {
      resolve = settle
    })
    this.#room = { promise, resolve }
    this.setWanted(this.#wanted)
  }

  /** There is room for results again. */
  goOn(): void {
    this.#room?.resolve()
    this.#room = undefined
    this.setWanted(this.#wanted)
  }

  /** What has been done so far. */
  stats(): RunStats {
    return {
      chunks: this.#plan.count,
      doneChunks: this.#committed.size,
      bytes: this.#job.data.byteLength,
      elapsedMs: runtime.performance.now() - this.#begun,
      lanes: this.#mostLanes,
      retries: this.#retries,
      workersLost: this.#workersLost,
    }
  }

  #isOver(): boolean {
    return this.#stopped !== undefined || this.#control.limit === 0 || this.#committed.size === this.#plan.count
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
    const limit = this.#control.limit
    if (positions !== undefined) {
      this.#control = ControlBlock.create(this.#job.workers)
      this.#control.lowerLimit(limit)
      this.#control.wanted = this.#wanted
      // Stopped while no lane was there to see it.
      if (this.#stopped !== undefined) this.#control.lowerLimit(0)
    }
    this.#isWatching = true
    this.#watchLanes()
    try {
      await Promise.all(Array.from({ length: lanes }, () => this.#laneSeat(positions, lanes)))
    } finally {
      this.#isWatching = false
      runtime.clearTimeout(this.#watch)
    }
  }

  /** One seat for a lane: filled again when its lane is lost or made room, as long as there is something to claim. */
  async #laneSeat(positions: Int32Array | undefined, lanes: number): Promise<void> {
    const total = positions?.length ?? this.#plan.count
    while (this.#control.cursor < total && this.#control.limit > 0) {
      await this.#room?.promise
      await this.#slots.add(this, () => this.#runLane(positions, lanes, total))
    }
  }

  async #runLane(positions: Int32Array | undefined, lanes: number, total: number): Promise<void> {
    const control = this.#control
    // It may have waited for its slot until there was nothing left to do.
    if (control.cursor >= total || control.limit === 0) return
    const lane = this.#freeLane()
    control.clearLane(lane)
    const task = { job: this.#job.description, lane, lanes, control: control.buffer, positions }
    try {
      const handle = this.#host.startLane(task, this.#job.data, (commit) => this.#commit(commit))
      const now = runtime.performance.now()
      const active: ActiveLane = { handle, heartbeat: control.heartbeat(lane), seenAt: now, killed: false }
      this.#lanes.set(lane, active)
      this.#mostLanes = Math.max(this.#mostLanes, this.#lanes.size)
      const { failure } = await handle.ended
      if (failure !== undefined) this.#fail(failure)
    } catch (cause) {
      this.#lose(lane, cause)
    } finally {
      this.#lanes.delete(lane)
    }
  }

  #freeLane(): number {
    let lane = 0
    while (this.#lanes.has(lane)) lane++
    return lane
  }

  /** Take a lane's results. A commit with a chunk in it that is there already is no news: the first one counts. */
  #commit(commit: Commit): void {
    if (!this.#committed.addRanges(commit.ranges)) return
    try {
      if (this.#failure === undefined && this.#stopped === undefined) this.#assembler.add(commit)
      if (this.#assembler.isFull) this.#holdBack()
      else this.goOn()
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

  /** A lane was lost with its worker: its uncommitted chunks run again, only the one in flight is to blame. */
  #lose(lane: number, cause: unknown): void {
    // Ended by us, because it did not leave or took too long: what that means has been said already.
    if (this.#lanes.get(lane)?.killed) return
    const chunk = this.#control.inFlight(lane)
    this.#workersLost++
    this.#events.emit('workerLost', { chunk, cause })
    const { retries } = this.#job
    if (chunk === undefined) {
      this.#blameless++
      if (this.#blameless <= (retries + 1) * this.#job.workers) return
      const message = `workers were lost ${this.#blameless} times before they ran a chunk: ${describe(cause)}`
      this.#failWith(-1, new OnecopyError('ERR_WORKER_LOST', message, { cause }))
      return
    }
    const attempt = (this.#blame.get(chunk.index) ?? 0) + 1
    this.#blame.set(chunk.index, attempt)
    if (attempt <= retries) {
      this.#retries++
      this.#events.emit('retry', { chunk, attempt, cause })
      return
    }
    const where = `chunk ${chunk.index} [${chunk.start}, ${chunk.end})`
    const message = `${where} was lost with its worker ${attempt} ${attempt === 1 ? 'time' : 'times'}: ${describe(cause)}`
    this.#failWith(chunk.index, new OnecopyError('ERR_WORKER_LOST', message, { chunk, cause }))
  }

  #lowerLimit(index: number): void {
    if (index >= this.#control.limit) return
    this.#control.lowerLimit(index)
    this.goOn()
    this.#limitedAt = runtime.performance.now()
    this.#watchLanes()
  }

  /** Look after the lanes at work, as often as timeouts, a lowered limit or listeners ask for it. */
  #watchLanes(): void {
    runtime.clearTimeout(this.#watch)
    if (!this.#isWatching) return
    const { chunkTimeoutMs } = this.#job
    const limited = this.#control.limit < noLimit
    if (!limited && chunkTimeoutMs === undefined && !this.#events.has('progress')) return
    const often = Math.min(progressMs, (limited ? this.#graceMs : progressMs) / 4, (chunkTimeoutMs ?? progressMs) / 8)
    this.#watch = runtime.setTimeout(
      () => {
        const now = runtime.performance.now()
        for (const [lane, active] of this.#lanes) this.#inspect(lane, active, now)
        if (now - this.#lastProgress >= progressMs && !this.#isOver()) this.#emitProgress()
        this.#watchLanes()
      },
      Math.max(1, often),
    )
  }

  /** End a lane's worker if its chunk takes too long, or is not wanted and the grace period is over. */
  #inspect(lane: number, active: ActiveLane, now: number): void {
    const control = this.#control
    const heartbeat = control.heartbeat(lane)
    if (heartbeat !== active.heartbeat) {
      active.heartbeat = heartbeat
      active.seenAt = now
    }
    const chunk = control.inFlight(lane)
    const { chunkTimeoutMs } = this.#job
    if (chunk !== undefined && chunkTimeoutMs !== undefined && now - active.seenAt >= chunkTimeoutMs) {
      // Counted from when the chunk was first seen in flight: never too early, at most one look too late.
      const message = `chunk ${chunk.index} [${chunk.start}, ${chunk.end}) took longer than ${chunkTimeoutMs} ms`
      this.#failWith(chunk.index, new OnecopyError('ERR_CHUNK_TIMEOUT', message, { chunk }))
      this.#kill(lane, active)
      return
    }
    const isUnwanted = chunk === undefined ? now - active.seenAt >= this.#graceMs : chunk.index >= control.limit
    if (control.limit < noLimit && now - this.#limitedAt >= this.#graceMs && isUnwanted) this.#kill(lane, active)
  }

  #kill(lane: number, active: ActiveLane): void {
    if (active.killed) return
    const worker = this.#control.worker(lane)
    // 0: the lane has not begun; it will see the limit before it runs anything.
    if (worker === 0) return
    active.killed = true
    active.handle.kill(worker)
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

function describe(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
}
