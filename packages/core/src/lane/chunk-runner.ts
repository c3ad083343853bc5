// Runs one chunk: reads it, calls the user's function, and collects what came of it.

import { isThenable } from '../base/check.js'
import { nameChunk } from '../base/errors.js'
import { memberOf } from '../base/own-members.js'
import { runtime } from '../base/runtime.js'
import { mostChunks } from '../chunks/chunk-plan.js'
import { ChunkRanges, nominalRange } from '../chunks/chunk-ranges.js'
import { checksum } from '../data/checksum.js'
import type { TypedArray } from '../data/typed-array.js'
import type { AnyChunkFn, AnyFoldFn, LoadedFunction } from '../functions/load-function.js'
import type { LaneFailure } from '../protocol/report.js'
import { type LaneEnvironment, type LaneTask, unitLength } from '../protocol/task.js'
import type { Reduction } from '../reduce/reduction.js'
import { describeThrown, summarize, type Thrown } from '../serialize/thrown.js'
import { findUncloneable } from '../serialize/uncloneable.js'
import { LaneChunk, type LaneView } from './chunk.js'
import { ChunkFailures, type Phase } from './chunk-failures.js'
import type { ChunkReader } from './chunk-reader.js'
import { ChunkSkips } from './chunk-skips.js'
import { leastUnits } from './claims.js'
import { type Collector, createCollector, valuesOf } from './collector.js'
import { drive } from './drive.js'
import { isOfLane } from './failure.js'
import { type Held, HeldChunks } from './held.js'
import type { LaneOutput } from './output.js'
import { pauseOf } from './pause.js'
import type { Refused } from './refused-result.js'
import { type Packed, ResultCopier } from './result-copier.js'
import { UnitFold } from './unit-fold.js'

const nothing = new Uint8Array(0)

/** Runs the chunks of one lane. It stops at the first failure: later chunks do not matter any more. */
export class ChunkRunner {
  readonly #task: LaneTask
  readonly #lane: LaneView
  readonly #reader: ChunkReader
  readonly #reduction: Reduction | undefined
  readonly #fn: LoadedFunction['fn']
  readonly #isFold: boolean
  /** The function reads what it needs of its chunk, so the lane reads nothing. Only core's own functions do so. */
  readonly #readsItself: boolean
  /** Chunks per unit: lanes claim units. */
  readonly #unit: number
  readonly #ranges: ChunkRanges
  readonly #collector: Collector
  readonly #copier: ResultCopier
  readonly #output: LaneOutput | undefined
  /** The object that the user's function gets. It is made once, and moves from chunk to chunk. */
  readonly #chunk: LaneChunk
  readonly #fold: UnitFold
  readonly #held: HeldChunks
  readonly #skips: ChunkSkips
  readonly #failures: ChunkFailures
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
    this.#lane = lane
    this.#reader = reader
    this.#reduction = reduction
    this.#fn = loaded.fn
    this.#isFold = job.foldLevel !== undefined
    this.#readsItself = job.fn.kind === 'csv-scan'
    this.#unit = unitLength(job)
    this.#ranges = new ChunkRanges(lane.plan, lane.data, job.csvStates, job.stream)
    const onEnough = job.stopsEarly ? (end: number): void => lane.control.lowerLimit(end) : undefined
    // Nobody knows yet how many chunks a stream has.
    const chunkCount = job.stream === undefined ? job.plan.count : mostChunks
    // The chunk with too many skips may be held together with others. Whether there is enough before it must be known exactly.
    this.#collector = createCollector(chunkCount, reduction, onEnough, job.isApart)
    this.#copier = new ResultCopier(() => reader.reusedBuffer)
    this.#chunk = new LaneChunk(lane)
    this.#held = new HeldChunks(this.#collector, lane.notes, output, {
      worker: environment.worker,
      isTraced: job.isTraced,
    })
    this.#skips = new ChunkSkips(lane, task.lane)
    this.#failures = new ChunkFailures(task, lane, this.#ranges)
    this.#fold = new UnitFold({
      lane,
      collector: this.#collector,
      held: this.#held,
      failures: this.#failures,
      skips: this.#skips,
      pause: pauseOf(environment),
      unit: this.#unit,
      runChunk: (index) => this.#runChunk(index),
    })
  }

  /** Why the lane gave up; undefined if it did not. */
  get failure(): LaneFailure | undefined {
    return this.#failures.failure
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
    return this.#held.end
  }

  /** A claim should have at least so many units, because a shorter read would not take less time. */
  get leastUnits(): number {
    const { plan, data } = this.#lane
    return leastUnits(plan, this.#unit, memberOf(data, 'claimBytes') ?? 0)
  }

  /** The chunks `[first, end)` are run next, if nothing goes wrong. Returns a promise if there is something to wait for before. */
  expect(first: number, end: number): Promise<void> | undefined {
    const { plan, data } = this.#lane
    if (data.expect === undefined) return undefined
    // A part of a long chunk may be enough. Of a short one, a part would not take less time to read.
    if (this.#readsItself && plan.size > (memberOf(data, 'claimBytes') ?? 0)) return undefined
    return data.expect(nominalRange(plan, first).start, nominalRange(plan, end - 1).viewEnd)
  }

  /** Take everything that is held. */
  take(): Held {
    return this.#held.take()
  }

  /** Make what was taken ready to be posted. Throws as {@link ResultCopier.pack} does. */
  pack(held: Held): Packed {
    return this.#copier.pack(held.payload, this.#isFold)
  }

  /** Run the unit that begins with chunk `first`. Returns a promise only if there is something to wait for. */
  runUnit(first: number): Promise<void> | undefined {
    return this.#task.job.foldLevel === undefined
      ? this.#runChunk(first)
      : drive(this.#fold.run(this.#task.job.foldLevel, first))
  }

  /** Run one chunk. Returns a promise only if the user's function did. */
  #runChunk(index: number): Promise<void> | undefined {
    if (!this.#task.job.isTraced) return this.#runOne(index)
    const { performance } = runtime
    const begun = performance.now()
    const note = (): void => this.#held.time(index, performance.timeOrigin + begun, performance.now() - begun)
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
        this.#held.add(index, index + 1)
        return undefined
      }
      const { start, end, viewEnd } = ranges
      this.#lane.control.begin(lane, index, start, end)
      const bytes = this.#readsItself ? nothing : this.#reader.read(start, viewEnd)
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
    const described = this.#reasonToSkip(thrown)
    if (described === undefined) {
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
    this.#skips.add(index, { start, end, why: summarize(described) })
    if (this.#isFold) return
    this.#skips.note(index)
    this.#skips.clear()
    this.#collector.skip(index)
    this.#held.add(index, index + 1)
  }

  /** What was thrown, if the chunk is skipped because of it. */
  #reasonToSkip(thrown: unknown): Thrown | undefined {
    if (this.#task.job.mostSkipped === undefined || this.#phase !== 'mapping' || isOfLane(thrown)) return undefined
    const described = describeThrown(thrown)
    // A function that uses a name from outside is wrong for every chunk.
    return this.#failures.capturedName(described, this.#phase) === undefined ? described : undefined
  }

  /** Call the user's function. `this` is undefined in it, and not the lane. */
  #call(bytes: TypedArray, index: number, start: number, end: number): unknown {
    const fn = this.#fn
    this.#lane.notes.begin()
    const chunk = this.#chunk.moveTo(index, start, end, this.#output?.begin(start, end))
    // `as`: the job says which of the two it is.
    if (this.#isFold) {
      const { acc } = this.#fold
      return (fn as AnyFoldFn)(acc === undefined ? this.#init() : acc.value, bytes, chunk)
    }
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
      const chunk = this.#failures.withSource({ index, start, end })
      const message = `the chunk function wrote into its input, in ${nameChunk(chunk)}`
      this.#failures.giveUp({ code: 'ERR_DATA_CHANGED', message, chunk, thrown: undefined })
      return
    }
    this.#output?.finish(index)
    if (this.#isFold) {
      this.#fold.set(value)
      this.#lane.notes.end({ index, start, end })
      this.#lane.control.finish(this.#task.lane, (end - start) * bytes.BYTES_PER_ELEMENT)
      return
    }
    if (this.#output !== undefined && this.#reduction === undefined) {
      this.#collector.skip(index)
      this.#lane.notes.end({ index, start, end })
      this.#held.add(index, index + 1)
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
    this.#held.add(index, index + 1)
    this.#lane.control.finish(this.#task.lane, (end - start) * bytes.BYTES_PER_ELEMENT)
  }

  /** The user's code or the reader threw while chunk `index` was run. */
  #fail(thrown: unknown, index: number): void {
    this.#failures.fail(thrown, index, this.#phase)
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
      this.#fold.acc = undefined
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
      // A chunk that is skipped has no part in what cannot be cloned.
      if (this.#reasonToSkip(error) === undefined) this.#fail(error, index)
      else this.#lane.control.finish(lane, 0)
    }
    return undefined
  }

  /** Fail because a result cannot be cloned. */
  refuse(thrown: unknown, refused: Refused): void {
    this.#failures.refuse(thrown, refused)
  }
}
