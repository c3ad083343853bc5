// The loop of a lane: claims chunks until none is left, runs the chunk function over each, and hands over what came of them.

import { isThenable } from '../base/check.js'
import { type ChunkRange, nameChunk } from '../base/errors.js'
import { memberOf } from '../base/own-members.js'
import { type ChunkPlan, ChunkRanges } from '../chunks/chunk-plan.js'
import { MissingChunks } from '../chunks/missing-chunks.js'
import { checksum } from '../data/checksum.js'
import type { DataReader } from '../data/contract.js'
import type { TypedArray } from '../data/typed-array.js'
import type { LoadedFunction } from '../functions/load-function.js'
import type { ControlBlock } from '../protocol/control-block.js'
import type { LaneFailure, Payload } from '../protocol/report.js'
import type { LaneEnvironment, LaneTask } from '../protocol/task.js'
import { captureMessage, freeName } from '../serialize/function-source.js'
import { describeThrown } from '../serialize/thrown.js'
import { findUncloneable } from '../serialize/uncloneable.js'
import { LaneChunk, type LaneView } from './chunk.js'
import type { ChunkReader } from './chunk-reader.js'
import { type Collector, valuesOf } from './collector.js'
import { failureOf } from './failure.js'
import { findRefused, type Refused, refusal } from './refused-result.js'
import { ResultCopier } from './result-copier.js'

/** A claim shall take about this long: long enough that claiming costs nothing, short enough that lanes end together. */
const claimMs = 5
/** A lane hands over what it has at least this often: so much can be lost with its worker. */
const commitMs = 250
/** ... and when its results weigh more than this. */
const commitBytes = 4 * 1024 * 1024
/** Most chunks of one claim. */
const widestClaim = 2 ** 16

/** Which user code is running. Decides how an exception is reported. */
type Phase = 'reading' | 'mapping' | 'reducing'

/** Runs the chunks that one lane claims. */
export class LaneLoop {
  readonly #task: LaneTask
  readonly #environment: LaneEnvironment<DataReader<TypedArray>>
  readonly #pause: LaneEnvironment<unknown>['pause']
  readonly #control: ControlBlock
  readonly #plan: ChunkPlan
  readonly #reader: ChunkReader
  readonly #collector: Collector
  readonly #map: LoadedFunction['map']
  /** The plugin has a teardown: then the loop's last message is not the lane's last. */
  readonly #hasTeardown: boolean
  readonly #ranges: ChunkRanges
  readonly #copier: ResultCopier
  /** The one object that the chunk function is told about its chunk with: made once, moved on from chunk to chunk. */
  readonly #chunk: LaneChunk
  /** Chunks that the collector holds results of, as pairs `from, to`. */
  #held: number[] = []
  #lastCommit: number
  /** The first failure: later chunks do not matter any more. */
  #failure: LaneFailure | undefined
  #phase: Phase = 'reading'

  constructor(
    task: LaneTask,
    environment: LaneEnvironment<DataReader<TypedArray>>,
    view: LaneView,
    reader: ChunkReader,
    collector: Collector,
    loaded: LoadedFunction,
  ) {
    this.#task = task
    this.#environment = environment
    this.#pause = memberOf(environment, 'pause')
    this.#control = view.control
    this.#plan = view.plan
    this.#reader = reader
    this.#lastCommit = environment.now()
    this.#collector = collector
    this.#map = loaded.map
    this.#hasTeardown = loaded.teardown !== undefined
    this.#ranges = new ChunkRanges(view.plan, view.data)
    this.#copier = new ResultCopier(() => reader.reusedBuffer)
    this.#chunk = new LaneChunk(view)
  }

  /** Run until nothing is left to claim. Everything is handed over then. Whether the lane has failed. */
  async run(): Promise<boolean> {
    const control = this.#control
    const { lane, lanes } = this.#task
    const missing = this.#task.missing === undefined ? undefined : new MissingChunks(this.#task.missing)
    const environment = this.#environment
    const total = missing?.length ?? this.#plan.count
    let width = 1
    // At least one claim: a lane that paid for its setup and left at once would be started again, and again.
    for (let isFirst = true; this.#failure === undefined && control.limit > 0; isFirst = false) {
      if (!isFirst && lane >= control.wanted) break
      const { cursor } = control
      const next = missing === undefined ? cursor : (missing.at(cursor) ?? this.#plan.count)
      // Chunks of a later pass lie apart: there a claim may run past the window, by its own width at most.
      const left = Math.min(total - cursor, control.window - next)
      if (left <= 0) break
      // Near the end claims shrink, so that no lane is left with a long one while the others are idle.
      const claim = Math.max(1, Math.min(width, Math.floor(left / (2 * lanes))))
      const begun = environment.now()
      const from = control.claim(claim)
      const to = Math.min(total, from + claim)
      let pause = this.#pause?.call(environment)
      if (pause !== undefined) await pause
      for (let position = from; position < to; position++) {
        const index = missing === undefined ? position : missing.at(position)!
        if (control.limit <= index || this.#failure !== undefined) break
        const pending = this.#runChunk(index)
        if (pending !== undefined) await pending
        pause = this.#pause?.call(environment)
        if (pause !== undefined) await pause
      }
      const now = environment.now()
      if (now - begun < claimMs / 2) width = Math.min(widestClaim, width * 2)
      else if (now - begun > claimMs * 2) width = Math.max(1, width >> 1)
      if (now - this.#lastCommit < commitMs && this.#copier.approxBytes < commitBytes) continue
      await this.#commit(now)
      pause = this.#pause?.call(environment)
      if (pause !== undefined) await pause
    }
    await this.#handOverLast()
    return this.#failure !== undefined
  }

  /** Run one chunk; a promise only if the chunk function returned one. */
  #runChunk(index: number): Promise<void> | undefined {
    const { lane, job } = this.#task
    const ranges = this.#ranges
    this.#phase = 'reading'
    try {
      if (!ranges.find(index)) {
        this.#collector.skip(index)
        this.#hold(index)
        return undefined
      }
      const { start, end, viewEnd } = ranges
      this.#control.begin(lane, index, start, end)
      const bytes = this.#reader.read(start, viewEnd)
      const before = job.verify ? checksum(bytes) : 0
      this.#phase = 'mapping'
      // Called by itself: "this" is undefined in it, and not the lane.
      const map = this.#map
      const value = map(bytes, this.#chunk.moveTo(index, start, end))
      if (isThenable(value)) return this.#settle(value, index, bytes, before)
      this.#finish(index, value, bytes, before)
    } catch (thrown) {
      this.#fail(thrown, index)
    }
    return undefined
  }

  async #settle(pending: PromiseLike<unknown>, index: number, bytes: TypedArray, before: number): Promise<void> {
    try {
      this.#finish(index, await pending, bytes, before)
    } catch (thrown) {
      this.#fail(thrown, index)
    }
  }

  #finish(index: number, value: unknown, bytes: TypedArray, before: number): void {
    const { start, end } = this.#ranges
    // No chunk is empty: where its view is, the memory was taken away from under it (WebAssembly's, as it grew).
    if (this.#task.job.verify && bytes.length > 0 && checksum(bytes) !== before) {
      const chunk = { index, start, end }
      const message = `the chunk function wrote into its input, in ${nameChunk(chunk)}`
      this.#giveUp({ code: 'ERR_DATA_CHANGED', message, chunk, thrown: undefined })
      return
    }
    let detached: unknown
    try {
      detached = this.#copier.detach(value)
    } catch (thrown) {
      this.#refuse(thrown, { index, path: findUncloneable(value) })
      return
    }
    this.#phase = 'reducing'
    this.#collector.add(index, detached)
    this.#hold(index)
    this.#control.finish(this.#task.lane, (end - start) * bytes.BYTES_PER_ELEMENT)
  }

  #fail(thrown: unknown, index: number): void {
    const chunk = this.#rangeOf(index)
    // Described once and first: what was thrown may throw again, or answer otherwise, when it is looked at.
    const described = describeThrown(thrown)
    const name = this.#isInline() ? freeName(described) : undefined
    if (name === undefined) this.#giveUp(failureOf(thrown, described, 'ERR_CHUNK_FAILED', chunk))
    else this.#giveUp({ code: 'ERR_INLINE_CAPTURE', message: captureMessage(name), chunk, thrown: described })
  }

  /** Whether what is at work came as source text, and so could not bring along what it captured. */
  #isInline(): boolean {
    const { fn, reducer } = this.#task.job
    if (this.#phase === 'mapping') return fn.kind === 'source'
    return this.#phase === 'reducing' && reducer !== undefined && reducer.kind !== 'plugin'
  }

  #giveUp(failure: LaneFailure): void {
    // Of several failures the one with the lowest index is reported, so chunks below it still run.
    if (failure.chunk !== undefined) this.#control.lowerLimit(failure.chunk.index)
    this.#failure = failure
  }

  /** The range of a chunk, for a message: where reading it is what fails, what the control block has. */
  #rangeOf(index: number): ChunkRange {
    const inFlight = this.#control.inFlight(this.#task.lane)
    if (inFlight?.index === index) return inFlight
    try {
      this.#ranges.find(index)
    } catch {
      // The data cannot be read; that is what is being reported.
      return { index, start: index * this.#plan.size, end: Math.min(this.#plan.length, (index + 1) * this.#plan.size) }
    }
    return { index, start: this.#ranges.start, end: this.#ranges.end }
  }

  /** Note that the collector has chunk `index`. */
  #hold(index: number): void {
    const held = this.#held
    if (held.length > 0 && held[held.length - 1] === index) held[held.length - 1] = index + 1
    else held.push(index, index + 1)
  }

  /** Hand over what the lane has so far. A promise only if it cannot be cloned, and the chunk to blame is looked for. */
  #commit(now: number): Promise<void> | undefined {
    this.#lastCommit = now
    return this.#held.length === 0 ? undefined : this.#post(undefined, false)
  }

  /** Hand over the rest, and say how the lane has ended. */
  async #handOverLast(): Promise<void> {
    const isLast = !this.#hasTeardown
    if (this.#held.length > 0) {
      const refused = this.#post(this.#failure, isLast)
      if (refused === undefined) return
      await refused
    }
    // A teardown may never end. So a failure is told before it.
    if (isLast || this.#failure !== undefined) {
      this.#environment.post({ commit: undefined, failure: this.#failure, isLast }, [])
    }
  }

  /** Post a commit of all that is held; a promise if it could not be posted. */
  #post(failure: LaneFailure | undefined, isLast: boolean): Promise<void> | undefined {
    const ranges = this.#held
    this.#held = []
    const { payload, transfer, approxBytes } = this.#copier.pack(this.#collector.take())
    try {
      this.#environment.post({ commit: { ranges, payload, approxBytes }, failure, isLast }, transfer)
      return undefined
    } catch (thrown) {
      return this.#findToBlame(ranges, payload, thrown)
    }
  }

  /** Results cannot be cloned: find the chunk that made them. */
  async #findToBlame(ranges: readonly number[], payload: Payload, thrown: unknown): Promise<void> {
    const values = valuesOf(payload)
    if (payload.kind === 'list') this.#refuse(thrown, findRefused(values))
    else await this.#refuseReduced(ranges, values, thrown)
  }

  /**
   * Accumulators cannot travel: blame the first chunk whose own part in them cannot be cloned. An accumulator does not show
   * which chunk that was, so the chunks are run once more, one by one; those above a failure that is known are not.
   */
  async #refuseReduced(
    ranges: readonly number[],
    values: Iterable<readonly [chunk: number, value: unknown]>,
    thrown: unknown,
  ): Promise<void> {
    for (let r = 0; r < ranges.length; r += 2) {
      for (let index = ranges[r]!; index < ranges[r + 1]!; index++) {
        if (this.#control.limit <= index) return
        const failure = this.#failure
        const path = await this.#refusedPath(index)
        if (this.#failure !== failure) return
        if (path !== undefined) {
          this.#refuse(thrown, { index, path })
          return
        }
        const pause = this.#pause?.call(this.#environment)
        if (pause !== undefined) await pause
      }
    }
    // Only all of them together cannot be cloned, or it did not happen again.
    this.#refuse(thrown, { index: undefined, path: findRefused(values).path })
  }

  /** Run chunk `index` alone: the path to what cannot be cloned of the accumulator that is made of it, or of its result. */
  async #refusedPath(index: number): Promise<string | undefined> {
    const ranges = this.#ranges
    const { lane } = this.#task
    this.#phase = 'reading'
    try {
      if (!ranges.find(index)) return undefined
      const { start, end, viewEnd } = ranges
      this.#control.begin(lane, index, start, end)
      const bytes = this.#reader.read(start, viewEnd)
      this.#phase = 'mapping'
      const map = this.#map
      const value = this.#copier.detach(await map(bytes, this.#chunk.moveTo(index, start, end)))
      const ofResult = findUncloneable(value)
      this.#phase = 'reducing'
      this.#collector.add(index, value)
      const [part] = valuesOf(this.#collector.take())
      const ofPart = part === undefined ? undefined : findUncloneable(part[1])
      this.#control.finish(lane, 0)
      return ofPart === undefined ? undefined : (ofResult ?? ofPart)
    } catch (error) {
      this.#fail(error, index)
    }
    return undefined
  }

  /** Results cannot travel. */
  #refuse(thrown: unknown, { index, path }: Refused): void {
    this.#giveUp(refusal(thrown, index === undefined ? undefined : this.#rangeOf(index), path))
  }
}
