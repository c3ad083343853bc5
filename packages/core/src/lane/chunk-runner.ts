// Runs one chunk: reads it, calls the user's function, and collects what came of it.

import { isThenable } from '../base/check.js'
import { type ChunkRange, nameChunk } from '../base/errors.js'
import { memberOf } from '../base/own-members.js'
import { runtime } from '../base/runtime.js'
import { ChunkRanges } from '../chunks/chunk-plan.js'
import { checksum } from '../data/checksum.js'
import { elementConstructor, type TypedArray } from '../data/typed-array.js'
import type { AnyChunkFn, AnyFoldFn, LoadedFunction } from '../functions/load-function.js'
import type { Notes, SkippedRange } from '../protocol/notes.js'
import type { ChunkTimes, LaneFailure, Payload, WrittenWindow } from '../protocol/report.js'
import { type LaneEnvironment, type LaneTask, unitLength } from '../protocol/task.js'
import type { Reduction } from '../reduce/reduction.js'
import { captureMessage, freeName } from '../serialize/function-source.js'
import { describeThrown, summarize } from '../serialize/thrown.js'
import { findUncloneable } from '../serialize/uncloneable.js'
import { LaneChunk, type LaneView } from './chunk.js'
import type { ChunkReader } from './chunk-reader.js'
import { leastUnits } from './claims.js'
import { type Collector, createCollector, valuesOf } from './collector.js'
import { drive } from './drive.js'
import { failureOf, isOfLane } from './failure.js'
import type { LaneOutput } from './output.js'
import { type Pause, pauseOf } from './pause.js'
import { type Refused, refusal } from './refused-result.js'
import { type Packed, ResultCopier } from './result-copier.js'

/** Which user code is running. Decides how an exception is reported. */
type Phase = 'reading' | 'mapping' | 'taking' | 'reducing'

/** What a lane holds: the results of some chunks. */
export interface Held {
  /** The chunks, as pairs `from, to`: half-open ranges, ascending. */
  readonly ranges: readonly number[]
  readonly payload: Payload
  /** What they have written in place, if the engine has to know it. */
  readonly windows: readonly WrittenWindow[] | undefined
  /** What they noted. */
  readonly notes: Notes | undefined
  /** How long they took, if the run is traced. */
  readonly times: ChunkTimes | undefined
}

/** Runs the chunks of one lane. It stops at the first failure: later chunks do not matter any more. */
export class ChunkRunner {
  readonly #task: LaneTask
  readonly #pause: Pause
  readonly #lane: LaneView
  readonly #reader: ChunkReader
  readonly #reduction: Reduction | undefined
  readonly #fn: LoadedFunction['fn']
  readonly #isFold: boolean
  /** Chunks per unit: lanes claim units. */
  readonly #unit: number
  readonly #ranges: ChunkRanges
  readonly #collector: Collector
  readonly #copier: ResultCopier
  readonly #output: LaneOutput | undefined
  /** The object that the user's function gets. It is made once, and moves from chunk to chunk. */
  readonly #chunk: LaneChunk
  /** The accumulator of the current unit of a fold; undefined before its first chunk. */
  #acc: { readonly value: unknown } | undefined
  /** The chunks that the collector has, as pairs `from, to`. */
  #held: number[] = []
  /** For each chunk since the last commit: its number, when it began, how long it took. Undefined if the run is not traced. */
  #times: number[] | undefined
  readonly #worker: number
  /** The chunks of the current unit of a fold that are skipped because the function threw. */
  readonly #skips = new Map<number, SkippedRange>()
  #failure: LaneFailure | undefined
  #phase: Phase = 'reading'

  constructor(
    task: LaneTask,
    environment: LaneEnvironment<unknown>,
    lane: LaneView,
    reader: ChunkReader,
    reduction: Reduction | undefined,
    loaded: LoadedFunction,
    output: LaneOutput | undefined,
  ) {
    const { job } = task
    this.#output = output
    this.#task = task
    this.#pause = pauseOf(environment)
    this.#worker = environment.worker
    this.#times = task.job.isTraced ? [] : undefined
    this.#lane = lane
    this.#reader = reader
    this.#reduction = reduction
    this.#fn = loaded.fn
    this.#isFold = job.foldLevel !== undefined
    this.#unit = unitLength(job)
    this.#ranges = new ChunkRanges(lane.plan, lane.data, job.csvStates)
    const onEnough = job.stopsEarly ? (end: number): void => lane.control.lowerLimit(end) : undefined
    this.#collector = createCollector(job.plan.count, reduction, onEnough)
    this.#copier = new ResultCopier(() => reader.reusedBuffer)
    this.#chunk = new LaneChunk(lane)
  }

  /** Why the lane gave up; undefined if it did not. */
  get failure(): LaneFailure | undefined {
    return this.#failure
  }

  /** Roughly how much memory the results take that were collected, in bytes. */
  get approxBytes(): number {
    return this.#copier.approxBytes + (this.#output?.approxBytes ?? 0)
  }

  /** Whether so many skips are held that the run has too many. */
  get isOverBudget(): boolean {
    return this.#lane.notes.isOverBudget
  }

  /** One past the last chunk that is held; 0 if none is. */
  get heldEnd(): number {
    return this.#held.at(-1) ?? 0
  }

  /** A claim should have at least so many units, because a shorter read would not take less time. */
  get leastUnits(): number {
    const { plan, data } = this.#lane
    return leastUnits(plan, this.#unit, memberOf(data, 'claimBytes') ?? 0)
  }

  /** The chunks `[first, end)` are run next, if nothing goes wrong. Returns a promise if there is something to wait for before. */
  expect(first: number, end: number): Promise<void> | undefined {
    const { plan, data } = this.#lane
    return data.expect?.(
      plan.first + first * plan.size,
      Math.min(plan.length, plan.first + end * plan.size + plan.overlap),
    )
  }

  /** Take everything that is held. */
  take(): Held {
    const ranges = this.#held
    this.#held = []
    const payload = this.#collector.take()
    return { ranges, payload, windows: this.#output?.take(), notes: this.#lane.notes.take(), times: this.#takeTimes() }
  }

  #takeTimes(): ChunkTimes | undefined {
    if (this.#times === undefined) return undefined
    const chunks = Float64Array.from(this.#times)
    this.#times = []
    return { worker: this.#worker, chunks }
  }

  /** Make what was taken ready to be posted. Throws as {@link ResultCopier.pack} does. */
  pack(held: Held): Packed {
    return this.#copier.pack(held.payload, this.#isFold)
  }

  /** Run the unit that begins with chunk `first`. Returns a promise only if there is something to wait for. */
  runUnit(first: number): Promise<void> | undefined {
    return this.#task.job.foldLevel === undefined
      ? this.#runChunk(first)
      : drive(this.#foldNode(this.#task.job.foldLevel, first))
  }

  /** Fold the chunks of a node of the merge tree into one accumulator. If one of them fails, the node is not held. */
  *#foldNode(level: number, first: number): Generator<Promise<void>, void, void> {
    const end = Math.min(this.#lane.plan.count, first + this.#unit)
    const { notes } = this.#lane
    this.#acc = undefined
    this.#skips.clear()
    notes.beginUnit()
    for (let index = first; index < end; index++) {
      if (this.#noteSkip(index)) continue
      const isWanted = this.#lane.control.limit > index
      const pending = isWanted ? this.#runChunk(index) : undefined
      if (pending !== undefined) yield pending
      if (!isWanted || this.#failure !== undefined) {
        // The run has failed, and needs no node. These chunks are done with: none of them is a lower failure.
        if (first < index) this.#hold(first, index)
        return
      }
      if (this.#skips.has(index)) {
        // It is noted when its turn comes again. If the function had an accumulator of earlier chunks, it may have changed it before
        // it threw. Then they are folded again.
        if (this.#acc === undefined) index--
        else {
          this.#acc = undefined
          notes.beginUnit()
          index = first - 1
        }
      }
      const pause = this.#pause()
      if (pause !== undefined) yield pause
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

  /** Run one chunk. Returns a promise only if the user's function did. */
  #runChunk(index: number): Promise<void> | undefined {
    if (this.#times === undefined) return this.#runOne(index)
    const { performance } = runtime
    const begun = performance.now()
    // A commit while the chunk runs takes the list away.
    const note = (): void => void this.#times?.push(index, performance.timeOrigin + begun, performance.now() - begun)
    const pending = this.#runOne(index)
    if (pending !== undefined) return pending.then(note)
    note()
    return undefined
  }

  #runOne(index: number): Promise<void> | undefined {
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
      this.#lane.control.begin(lane, index, start, end)
      const bytes = this.#reader.read(start, viewEnd)
      const before = job.verify ? checksum(bytes) : 0
      this.#phase = 'mapping'
      const value = this.#call(bytes, index, start, end)
      if (isThenable(value)) return this.#settle(value, index, bytes, before)
      this.#finish(index, value, bytes, before)
    } catch (thrown) {
      this.#skipOrFail(thrown, index)
    }
    return undefined
  }

  /** Something was thrown while chunk `index` was run. If the user's function threw it, and the run wants it, the chunk is skipped. */
  #skipOrFail(thrown: unknown, index: number): void {
    const isSkipped = this.#task.job.mostSkipped !== undefined && this.#phase === 'mapping' && !isOfLane(thrown)
    const described = isSkipped ? describeThrown(thrown) : undefined
    // A function that uses a name from outside is wrong for every chunk.
    if (described === undefined || (this.#isInline() && freeName(described) !== undefined)) {
      this.#fail(thrown, index)
      return
    }
    try {
      this.#output?.skip(index)
    } catch (error) {
      this.#fail(error, index)
      return
    }
    const { start, end } = this.#ranges
    this.#skips.set(index, { start, end, why: summarize(described) })
    if (this.#isFold) return
    this.#noteSkip(index)
    this.#skips.clear()
    this.#collector.skip(index)
    this.#hold(index, index + 1)
  }

  /** If chunk `index` is skipped because its function threw, note that in place of what the function noted. */
  #noteSkip(index: number): boolean {
    const range = this.#skips.get(index)
    if (range === undefined) return false
    const { notes, control } = this.#lane
    const { start, end } = range
    notes.begin()
    notes.skip(range)
    notes.end({ index, start, end })
    control.finish(this.#task.lane, (end - start) * elementConstructor(this.#lane.plan.elementType).BYTES_PER_ELEMENT)
    return true
  }

  /** Call the user's function. `this` is undefined in it, and not the lane. */
  #call(bytes: TypedArray, index: number, start: number, end: number): unknown {
    const fn = this.#fn
    this.#lane.notes.begin()
    const chunk = this.#chunk.moveTo(index, start, end, this.#output?.begin(start, end))
    // `as`: the job says which of the two it is.
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
      this.#skipOrFail(thrown, index)
    }
  }

  #finish(index: number, value: unknown, bytes: TypedArray, before: number): void {
    const { start, end } = this.#ranges
    // What is thrown from here on is no error of the function.
    this.#phase = 'taking'
    // No chunk is empty, but those of a range. If its view is, its memory was detached: WebAssembly memory that grew.
    if (this.#task.job.verify && bytes.length > 0 && checksum(bytes) !== before) {
      const chunk = { index, start, end }
      const message = `the chunk function wrote into its input, in ${nameChunk(chunk)}`
      this.#giveUp({ code: 'ERR_DATA_CHANGED', message, chunk, thrown: undefined })
      return
    }
    this.#output?.finish(index)
    if (this.#isFold) {
      this.#acc = { value: checkFolded(value) }
      this.#lane.notes.end({ index, start, end })
      this.#lane.control.finish(this.#task.lane, (end - start) * bytes.BYTES_PER_ELEMENT)
      return
    }
    if (this.#output !== undefined && this.#reduction === undefined) {
      this.#collector.skip(index)
      this.#hold(index, index + 1)
      this.#lane.control.finish(this.#task.lane, (end - start) * bytes.BYTES_PER_ELEMENT)
      return
    }
    let detached: unknown
    try {
      detached = this.#copier.detach(value)
    } catch (thrown) {
      this.refuse(thrown, { index, path: findUncloneable(value) })
      return
    }
    this.#phase = 'reducing'
    this.#collector.add(index, detached)
    this.#lane.notes.end({ index, start, end })
    this.#hold(index, index + 1)
    this.#lane.control.finish(this.#task.lane, (end - start) * bytes.BYTES_PER_ELEMENT)
  }

  /** The user's code or the reader threw while chunk `index` was run. */
  #fail(thrown: unknown, index: number): void {
    const chunk = this.#rangeOf(index)
    // It is described once and first, because reading what was thrown may throw again, or give another answer.
    const described = describeThrown(thrown)
    const name = this.#isInline() ? freeName(described) : undefined
    if (name === undefined) this.#giveUp(failureOf(thrown, described, 'ERR_CHUNK_FAILED', chunk))
    else this.#giveUp({ code: 'ERR_INLINE_CAPTURE', message: captureMessage(name), chunk, thrown: described })
  }

  /** Whether the running code came as source text, so that it could not bring along what it captured. */
  #isInline(): boolean {
    const { fn, reducer } = this.#task.job
    if (this.#phase === 'mapping') return fn.kind === 'source'
    return this.#phase === 'reducing' && reducer !== undefined && reducer.kind !== 'plugin'
  }

  #giveUp(failure: LaneFailure): void {
    // The run reports the failure with the lowest index, so chunks below this one still run.
    if (failure.chunk !== undefined) this.#lane.control.lowerLimit(failure.chunk.index)
    this.#failure = failure
  }

  /** The range of a chunk, for a message. */
  #rangeOf(index: number): ChunkRange {
    const inFlight = this.#lane.control.inFlight(this.#task.lane)
    if (inFlight?.index === index) return inFlight
    try {
      this.#ranges.find(index)
    } catch {
      // The data cannot be read. That is the failure which is being reported.
      return {
        index,
        start: index * this.#lane.plan.size,
        end: Math.min(this.#lane.plan.length, (index + 1) * this.#lane.plan.size),
      }
    }
    return { index, start: this.#ranges.start, end: this.#ranges.end }
  }

  /** Note that the collector has the chunks `[from, to)`. */
  #hold(from: number, to: number): void {
    const held = this.#held
    this.#lane.notes.hold()
    if (held.length > 0 && held[held.length - 1] === from) held[held.length - 1] = to
    else held.push(from, to)
  }

  /** Fail because a fold has kept a view of the bytes of a chunk; `first` is the first chunk that may have done it. */
  failKeeping(thrown: unknown, first: number): void {
    this.#phase = 'mapping'
    this.#fail(thrown, first)
  }

  /**
   * Run chunk `index` alone. Returns the path to the part of its result, or of the accumulator that is made of it, that cannot be
   * cloned; undefined if there is none.
   */
  async findRefused(index: number): Promise<string | undefined> {
    const ranges = this.#ranges
    const { lane } = this.#task
    this.#phase = 'reading'
    try {
      if (!ranges.find(index)) return undefined
      const { start, end, viewEnd } = ranges
      this.#lane.control.begin(lane, index, start, end)
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
      this.#lane.control.finish(lane, 0)
      return ofPart === undefined ? undefined : (ofResult ?? ofPart)
    } catch (error) {
      this.#fail(error, index)
    }
    return undefined
  }

  /** Fail because a result cannot be cloned. */
  refuse(thrown: unknown, { index, path }: Refused): void {
    this.#giveUp(refusal(thrown, index === undefined ? undefined : this.#rangeOf(index), path))
  }
}

/** Check what a fold function returned: the accumulator. */
function checkFolded(value: unknown): unknown {
  if (value !== undefined) return value
  throw new TypeError(
    'fold: expected the accumulator, got undefined; a fold function returns the accumulator that it was given, or a new one',
  )
}
