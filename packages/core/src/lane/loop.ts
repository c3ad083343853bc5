// The loop of a lane: claims chunks until none is left, runs the chunk function over each, and hands over what came of them.

import { isThenable } from '../base/check.js'
import { type ChunkRange, nameChunk } from '../base/errors.js'
import { memberOf } from '../base/own-members.js'
import { type ChunkPlan, ChunkRanges } from '../chunks/chunk-plan.js'
import { MissingChunks } from '../chunks/missing-chunks.js'
import { checksum } from '../data/checksum.js'
import type { DataReader } from '../data/contract.js'
import type { TypedArray } from '../data/typed-array.js'
import type { AnyChunkFn, AnyFoldFn, LoadedFunction } from '../functions/load-function.js'
import type { ControlBlock } from '../protocol/control-block.js'
import type { LaneFailure, Payload } from '../protocol/report.js'
import { type LaneEnvironment, type LaneTask, unitLength } from '../protocol/task.js'
import type { Reduction } from '../reduce/reduction.js'
import { captureMessage, freeName } from '../serialize/function-source.js'
import { describeThrown } from '../serialize/thrown.js'
import { findUncloneable } from '../serialize/uncloneable.js'
import { LaneChunk, type LaneView } from './chunk.js'
import type { ChunkReader } from './chunk-reader.js'
import { type Claims, createClaims } from './claims.js'
import { type Collector, createCollector, valuesOf } from './collector.js'
import { failureOf } from './failure.js'
import { findRefused, type Refused, refusal } from './refused-result.js'
import { isKeptBytes, ResultCopier } from './result-copier.js'

/** When a lane hands over what it holds: so much can be lost with its worker, and so much memory is held. */
interface CommitRule {
  readonly ms: number
  /** Roughly, of all results since the last commit. */
  readonly bytes: number
}
const forLists: CommitRule = { ms: 250, bytes: 4 * 1024 * 1024 }
/** Results that are reduced become few and small before they are handed over. The longer that takes, the fewer go to the caller. */
const forReductions: CommitRule = { ms: 1000, bytes: 64 * 1024 * 1024 }

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
  readonly #reduction: Reduction | undefined
  readonly #fn: LoadedFunction['fn']
  readonly #isFold: boolean
  /** Chunks per unit: lanes claim units. */
  readonly #unit: number
  readonly #missing: MissingChunks | undefined
  readonly #claims: Claims
  readonly #commitRule: CommitRule
  /** The plugin has a teardown: then the loop's last message is not the lane's last. */
  readonly #hasTeardown: boolean
  readonly #ranges: ChunkRanges
  readonly #copier: ResultCopier
  /** The one object that the chunk function is told about its chunk with: made once, moved on from chunk to chunk. */
  readonly #chunk: LaneChunk
  /** A fold's accumulator for the unit at hand; undefined as long as none of its chunks was run. */
  #acc: { readonly value: unknown } | undefined
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
    reduction: Reduction | undefined,
    loaded: LoadedFunction,
  ) {
    this.#task = task
    this.#environment = environment
    this.#pause = memberOf(environment, 'pause')
    this.#control = view.control
    this.#plan = view.plan
    this.#reader = reader
    this.#lastCommit = environment.now()
    const { job, lane, lanes, missing, inOrder } = task
    this.#reduction = reduction
    this.#collector = createCollector(job.plan.count, reduction)
    this.#commitRule = reduction === undefined ? forLists : forReductions
    this.#fn = loaded.fn
    this.#isFold = job.foldLevel !== undefined
    this.#unit = unitLength(job)
    this.#missing = missing === undefined ? undefined : new MissingChunks(missing)
    const total = this.#missing?.length ?? Math.ceil(job.plan.count / this.#unit)
    const chunkAt = (position: number): number => this.#chunkAt(position)
    this.#claims = createClaims({ control: view.control, lane, lanes, total, chunkAt }, inOrder)
    this.#hasTeardown = loaded.teardown !== undefined
    this.#ranges = new ChunkRanges(view.plan, view.data)
    this.#copier = new ResultCopier(() => reader.reusedBuffer)
    this.#chunk = new LaneChunk(view)
  }

  /** Run until nothing is left to claim. Everything is handed over then. Whether the lane has failed. */
  async run(): Promise<boolean> {
    const control = this.#control
    const environment = this.#environment
    const claims = this.#claims
    // At least one claim: a lane that paid for its setup and left at once would be started again, and again.
    for (let isFirst = true; this.#failure === undefined && control.limit > 0; isFirst = false) {
      if (!isFirst && this.#task.lane >= control.wanted) break
      const begun = environment.now()
      if (!claims.claim()) break
      const pause = this.#pause?.call(environment)
      if (pause !== undefined) await pause
      // A block that was taken from another lane may lie before what is held, and commits ascend.
      if (this.#held.length > 0 && this.#chunkAt(claims.from) < this.#held.at(-1)!) await this.#commit(begun)
      await this.#runClaim(claims, begun)
      const now = environment.now()
      claims.adapt(now - begun)
      const { ms, bytes } = this.#commitRule
      if (now - this.#lastCommit < ms && this.#copier.approxBytes < bytes) continue
      await this.#commit(now)
      const pauseAfterCommit = this.#pause?.call(environment)
      if (pauseAfterCommit !== undefined) await pauseAfterCommit
    }
    await this.#handOverLast()
    return this.#failure !== undefined
  }

  async #runClaim(claims: Claims, begun: number): Promise<void> {
    const { foldLevel } = this.#task.job
    let left = claims.stride
    for (let position = claims.from; position < claims.to; position++) {
      const index = this.#chunkAt(position)
      if (this.#control.limit <= index || this.#failure !== undefined) return
      const pending = foldLevel === undefined ? this.#runChunk(index) : this.#foldNode(foldLevel, index)
      if (pending !== undefined) await pending
      const pause = this.#pause?.call(this.#environment)
      if (pause !== undefined) await pause
      if (--left > 0) continue
      left = claims.stride
      if (!claims.giveBack(position + 1, this.#environment.now() - begun)) continue
      // Lanes may have left, because nothing was there for them. The engine sends them again.
      this.#environment.post({ commit: undefined, failure: undefined, isLast: false }, [])
    }
  }

  /** The first chunk of the unit at a position. */
  #chunkAt(position: number): number {
    return (this.#missing === undefined ? position : this.#missing.at(position)!) * this.#unit
  }

  /** Fold the chunks of a node of the merge tree into one accumulator. If one of them fails, the node is not held. */
  async #foldNode(level: number, first: number): Promise<void> {
    const end = Math.min(this.#plan.count, first + this.#unit)
    this.#acc = undefined
    for (let index = first; index < end; index++) {
      const isWanted = this.#control.limit > index
      const pending = isWanted ? this.#runChunk(index) : undefined
      if (pending !== undefined) await pending
      if (!isWanted || this.#failure !== undefined) {
        // The run has failed, and needs no node. These chunks are done with: none of them is a lower failure.
        if (first < index) this.#hold(first, index)
        return
      }
      const pause = this.#pause?.call(this.#environment)
      if (pause !== undefined) await pause
    }
    // `as`: the chunks that were run have set it.
    const acc = this.#acc as { readonly value: unknown } | undefined
    try {
      if (acc === undefined) this.#collector.skipNode(level, first / this.#unit)
      else this.#collector.addNode(level, first / this.#unit, acc.value)
      this.#hold(first, end)
    } catch (thrown) {
      this.#phase = 'reducing'
      this.#fail(thrown, first)
    }
  }

  /** Run one chunk; a promise only if the chunk function returned one. */
  #runChunk(index: number): Promise<void> | undefined {
    const { lane, job } = this.#task
    const ranges = this.#ranges
    this.#phase = 'reading'
    try {
      if (!ranges.find(index)) {
        if (this.#isFold) return undefined
        this.#collector.skip(index)
        this.#hold(index, index + 1)
        return undefined
      }
      const { start, end, viewEnd } = ranges
      this.#control.begin(lane, index, start, end)
      const bytes = this.#reader.read(start, viewEnd)
      const before = job.verify ? checksum(bytes) : 0
      this.#phase = 'mapping'
      const value = this.#call(bytes, index, start, end)
      if (isThenable(value)) return this.#settle(value, index, bytes, before)
      this.#finish(index, value, bytes, before)
    } catch (thrown) {
      this.#fail(thrown, index)
    }
    return undefined
  }

  /** Call the user's function: with `this` undefined, and not the lane. */
  #call(bytes: TypedArray, index: number, start: number, end: number): unknown {
    const fn = this.#fn
    const chunk = this.#chunk.moveTo(index, start, end)
    // `as`: how it is called says the job.
    if (this.#isFold) return (fn as AnyFoldFn)(this.#acc === undefined ? this.#init() : this.#acc.value, bytes, chunk)
    return (fn as AnyChunkFn)(bytes, chunk)
  }

  #init(): unknown {
    this.#phase = 'reducing'
    const acc = this.#reduction!.init!()
    this.#phase = 'mapping'
    return acc
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
    if (this.#isFold) {
      this.#acc = { value: checkFolded(value) }
      this.#control.finish(this.#task.lane, (end - start) * bytes.BYTES_PER_ELEMENT)
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
    this.#hold(index, index + 1)
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

  /** Note that the collector has the chunks `[from, to)`. */
  #hold(from: number, to: number): void {
    const held = this.#held
    if (held.length > 0 && held[held.length - 1] === from) held[held.length - 1] = to
    else held.push(from, to)
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
    let payload = this.#collector.take()
    try {
      const packed = this.#copier.pack(payload, this.#isFold)
      payload = packed.payload
      const commit = { ranges, payload, approxBytes: packed.approxBytes }
      this.#environment.post({ commit, failure, isLast }, packed.transfer)
      return undefined
    } catch (thrown) {
      if (isKeptBytes(thrown)) {
        this.#phase = 'mapping'
        this.#fail(thrown, ranges[0]!)
        return Promise.resolve()
      }
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
      this.#acc = undefined
      const value = this.#copier.detach(await this.#call(bytes, index, start, end))
      const ofResult = findUncloneable(value)
      this.#phase = 'reducing'
      if (this.#isFold) this.#collector.addNode(0, index, value)
      else this.#collector.add(index, value)
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

/** What a fold function returned, which is the accumulator from then on. */
function checkFolded(value: unknown): unknown {
  if (value !== undefined) return value
  throw new TypeError(
    'fold: expected the accumulator, got undefined; a fold function returns the accumulator that it was given, or a new one',
  )
}
