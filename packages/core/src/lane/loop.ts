// The loop of a lane: claims chunks until none is left, has them run, and sends what came of them.

import { memberOf } from '../base/own-members.js'
import { MissingChunks } from '../chunks/missing-chunks.js'
import type { ControlBlock } from '../protocol/control-block.js'
import type { LaneFailure, WrittenWindow } from '../protocol/report.js'
import { type LaneEnvironment, type LaneTask, unitLength } from '../protocol/task.js'
import type { ChunkRunner } from './chunk-runner.js'
import { type Claims, createClaims } from './claims.js'
import { valuesOf } from './collector.js'
import { drive } from './drive.js'
import { FrontClaims } from './front-claims.js'
import { GrantedClaims } from './granted-claims.js'
import type { Held } from './held.js'
import { type Pause, pauseOf } from './pause.js'
import { findRefused } from './refused-result.js'
import { isKeptBytes } from './result-copier.js'

/** When a lane sends what it holds. So much work can be lost with its worker, and so much memory is held. */
interface CommitRule {
  readonly ms: number
  /** Roughly, of all results since the last commit. */
  readonly bytes: number
}
const forLists: CommitRule = { ms: 250, bytes: 4 * 1024 * 1024 }
/** Reduced results become few and small. The longer a lane waits, the less is left for the caller's thread to merge. */
const forReductions: CommitRule = { ms: 4000, bytes: 64 * 1024 * 1024 }
/** The engine can only tell from what it has whether it has enough. A message costs about a hundredth of this time. */
const forEarlyEnds: CommitRule = { ms: 5, bytes: 4 * 1024 * 1024 }

/** Runs what one lane claims. */
export class LaneLoop {
  readonly #task: LaneTask
  readonly #environment: LaneEnvironment<unknown>
  readonly #pause: Pause
  readonly #control: ControlBlock
  readonly #runner: ChunkRunner
  /** Chunks per unit: lanes claim units. */
  readonly #unit: number
  readonly #missing: MissingChunks | undefined
  readonly #claims: Claims
  readonly #commitRule: CommitRule
  /** The plugin has a teardown. Then the loop's last message is not the lane's last. */
  readonly #hasTeardown: boolean
  #lastCommit: number

  constructor(
    task: LaneTask,
    environment: LaneEnvironment<unknown>,
    control: ControlBlock,
    runner: ChunkRunner,
    hasTeardown: boolean,
  ) {
    const { job, lane, lanes, missing, inOrder } = task
    const nextSpan = memberOf(environment, 'nextSpan')
    this.#task = task
    this.#environment = environment
    this.#pause = pauseOf(environment)
    this.#control = control
    this.#runner = runner
    this.#unit = unitLength(job)
    this.#missing = missing === undefined ? undefined : new MissingChunks(missing)
    const total = this.#missing?.length ?? Math.ceil(job.plan.count / this.#unit)
    const chunkAt = (position: number): number => this.#chunkAt(position)
    const space = { control, lane, lanes, total, chunkAt }
    if (nextSpan !== undefined) this.#claims = new GrantedClaims(() => nextSpan.call(environment), inOrder)
    else
      this.#claims = job.stopsEarly
        ? new FrontClaims(space)
        : createClaims(space, inOrder, { least: runner.leastUnits })
    this.#commitRule = job.stopsEarly ? forEarlyEnds : job.reducer === undefined ? forLists : forReductions
    this.#hasTeardown = hasTeardown
    this.#lastCommit = environment.now()
  }

  /** Run until nothing is left to claim, and send everything. Returns whether the lane has failed. */
  async run(): Promise<boolean> {
    const control = this.#control
    const runner = this.#runner
    const claims = this.#claims
    // A lane makes at least one claim. If it left right after its setup, it would be started again and again.
    for (let isFirst = true; runner.failure === undefined && control.limit > 0; isFirst = false) {
      if (!isFirst && this.#task.lane >= control.wanted) break
      const begun = this.#environment.now()
      if (!claims.claim()) {
        const wait = claims.wait()
        if (wait === undefined) break
        const refused = this.#commit(begun)
        if (refused !== undefined) await refused
        await wait
        continue
      }
      const pause = this.#pause()
      if (pause !== undefined) await pause
      // A block that was taken from another lane may lie before what is held. The ranges of a commit ascend.
      if (this.#chunkAt(claims.from) < runner.heldEnd) {
        const refused = this.#commit(begun)
        if (refused !== undefined) await refused
      }
      const reading = this.#expect(claims)
      if (reading !== undefined) await reading
      const pending = drive(this.#runClaim(claims, begun))
      if (pending !== undefined) await pending
      const now = this.#environment.now()
      claims.done(now - begun)
      const { ms, bytes } = this.#commitRule
      if (now - this.#lastCommit < ms && runner.approxBytes < bytes && !runner.isOverBudget) continue
      const afterCommit = this.#commit(now) ?? this.#pause()
      if (afterCommit !== undefined) await afterCommit
    }
    await this.#sendLast()
    return runner.failure !== undefined
  }

  /** Say which chunks come next, unless there are gaps between them. */
  #expect({ from, to }: Claims): Promise<void> | undefined {
    const [first, last] = [this.#chunkAt(from), this.#chunkAt(to - 1)]
    return last - first === (to - 1 - from) * this.#unit ? this.#runner.expect(first, last + this.#unit) : undefined
  }

  *#runClaim(claims: Claims, begun: number): Generator<Promise<void>, void, void> {
    const runner = this.#runner
    let left = claims.stride
    for (let position = claims.from; position < claims.to; position++) {
      const index = this.#chunkAt(position)
      if (this.#control.limit <= index || runner.failure !== undefined) return
      const pending = runner.runUnit(index)
      if (pending !== undefined) yield pending
      const pause = this.#pause()
      if (pause !== undefined) yield pause
      if (--left > 0) continue
      left = claims.stride
      if (!claims.giveBack(position + 1, this.#environment.now() - begun)) continue
      // Other lanes may have left because they found nothing to claim. This message makes the engine start lanes again.
      this.#environment.post({ commit: undefined, failure: undefined, isLast: false }, [])
    }
  }

  /** The first chunk of the unit at a position. */
  #chunkAt(position: number): number {
    return (this.#missing === undefined ? position : this.#missing.at(position)!) * this.#unit
  }

  /** Send what the lane holds. Returns a promise only if it cannot be cloned, because then the chunk to blame is looked for. */
  #commit(now: number): Promise<void> | undefined {
    this.#lastCommit = now
    return this.#runner.heldEnd === 0 ? undefined : this.#send(undefined, false)
  }

  /** Send the rest, and how the lane has ended. */
  async #sendLast(): Promise<void> {
    const isLast = !this.#hasTeardown
    if (this.#runner.heldEnd > 0) {
      const refused = this.#send(this.#runner.failure, isLast)
      if (refused === undefined) return
      await refused
    }
    const { failure } = this.#runner
    // A failure is sent before the teardown, because the teardown may never end.
    if (isLast || failure !== undefined) this.#environment.post({ commit: undefined, failure, isLast }, [])
  }

  /** Send a commit of all that is held. Returns a promise if that was refused. */
  #send(failure: LaneFailure | undefined, isLast: boolean): Promise<void> | undefined {
    const held = this.#runner.take()
    const { ranges, windows, notes, times } = held
    try {
      const { payload, transfer, approxBytes } = this.#runner.pack(held)
      const buffers = windows === undefined ? transfer : [...transfer, ...buffersOf(windows)]
      this.#environment.post(
        { commit: { ranges, payload, approxBytes, windows, notes, times }, failure, isLast },
        buffers,
      )
      return undefined
    } catch (thrown) {
      return this.#findToBlame(held, thrown)
    }
  }

  /** Results could not be sent. Find the chunk that made them. */
  async #findToBlame(held: Held, thrown: unknown): Promise<void> {
    const { ranges, payload } = held
    if (isKeptBytes(thrown)) this.#runner.failKeeping(thrown, ranges[0]!)
    else if (payload.kind === 'list') this.#runner.refuse(thrown, findRefused(valuesOf(payload)))
    else await this.#refuseReduced(held, thrown)
  }

  /**
   * An accumulator cannot be cloned. Blame the first chunk whose own part in it cannot be cloned. The accumulator does not show
   * which chunk that was, so the chunks run once more, one by one. Chunks above a known failure do not.
   */
  async #refuseReduced({ ranges, payload }: Held, thrown: unknown): Promise<void> {
    const runner = this.#runner
    for (let r = 0; r < ranges.length; r += 2) {
      for (let index = ranges[r]!; index < ranges[r + 1]!; index++) {
        if (this.#control.limit <= index) return
        const { failure } = runner
        const path = await runner.findRefused(index)
        if (runner.failure !== failure) return
        if (path !== undefined) {
          runner.refuse(thrown, { index, path })
          return
        }
        const pause = this.#pause()
        if (pause !== undefined) await pause
      }
    }
    // Either only all chunks together cannot be cloned, or it did not happen again.
    runner.refuse(thrown, { index: undefined, path: findRefused(valuesOf(payload)).path })
  }
}

/** The buffers of windows that are sent home. Nobody else has them. */
function buffersOf(windows: readonly WrittenWindow[]): ArrayBufferLike[] {
  return windows.flatMap(({ elements }) => (elements === undefined ? [] : [elements.buffer]))
}
