// What lanes have handed over to one run: which chunks are in, their results as far as they are merged, what they noted, and what they
// wrote in place.

import { ChunkSet } from '../chunks/chunk-set.js'
import type { Notes } from '../protocol/notes.js'
import { NoteBook } from '../protocol/notes.js'
import type { Part } from '../protocol/part.js'
import type { Commit } from '../protocol/report.js'
import { unitLength } from '../protocol/task.js'
import { type Assembler, createAssembler, mergeBetween } from './assembler.js'
import type { Job } from './job.js'
import { Merging, type MergingOwner } from './merging.js'
import { WrittenOutput } from './output.js'
import { Prefix } from './prefix.js'
import { notChosen, type Workload } from './workload.js'

/** The run that results are kept for. */
export interface ResultsOwner extends MergingOwner {
  /** What is merged is enough for the reducer: it needs nothing of the chunks from `end` on. */
  onEnough(end: number): void
  /** The notes of chunks have just been added to `book`. */
  onNoted(book: NoteBook): void
}

/** The results of one run. */
export class Results {
  readonly #job: Job
  readonly #load: Workload
  readonly #owner: ResultsOwner
  readonly #committed: ChunkSet
  readonly #merging: Merging
  readonly #written: WrittenOutput | undefined
  readonly #notes: NoteBook

  /** @param assembler - takes the results; by default they become the job's list or reduction */
  constructor(job: Job, load: Workload, owner: ResultsOwner, assembler: Assembler | undefined) {
    const { plan, into, stopsEarly, isApart, listedSkips, mostSkipped } = job.description
    this.#job = job
    this.#load = load
    this.#owner = owner
    const { reduction } = job
    const isEarly = stopsEarly && reduction !== undefined
    // The results of a window are put together with those of other windows, by the assembler.
    const hasPrefix = isEarly && job.window === undefined
    const prefix = hasPrefix ? new Prefix(reduction, (end) => owner.onEnough(end)) : undefined
    const isPartApart = isApart && job.part !== undefined
    const taker = assembler ?? createAssembler(plan, reduction, job.into, isPartApart)
    this.#merging = new Merging(taker, owner, prefix)
    const { window } = job
    this.#committed = window === undefined ? new ChunkSet(plan.count) : new ChunkSet(window.span.to, window.span.from)
    if (job.only !== undefined) this.#leaveOut(job.only, assembler)
    if (job.into !== undefined && into !== undefined) this.#written = new WrittenOutput(job.into, into, plan)
    this.#notes = window?.notes ?? new NoteBook(listedSkips, mostSkipped)
  }

  /** Whether results are taken one by one and in order, while the run goes on. */
  get isStream(): boolean {
    return this.#merging.isStream
  }

  /** How many of the chunks that are to run are in. */
  get done(): number {
    return this.#committed.size - this.#load.outside
  }

  get skipped(): NoteBook['skipped'] {
    return this.#notes.skipped
  }

  get counters(): NoteBook['counters'] {
    return this.#notes.counters
  }

  /**
   * Take a commit's chunks in, but not yet their results, see `merge`. If one of them is in already, nothing is taken and this returns
   * false: the first commit counts.
   */
  add({ ranges, windows, notes }: Commit): boolean {
    if (!this.#committed.addRanges(ranges)) return false
    if (windows !== undefined) this.#written?.add(windows)
    if (notes !== undefined) this.#note(notes)
    return true
  }

  /** Begin to merge the results of a commit that was added. Throws what the assembler throws. */
  merge(commit: Commit): void {
    this.#merging.add(commit)
  }

  /** The chunk from which on `lanes` lanes must wait for the reader; undefined if nobody reads one by one. */
  window(lanes: number): number | undefined {
    return this.#merging.window(lanes)
  }

  /** Settles when everything is merged that was added. */
  merged(): Promise<void> | undefined {
    return this.#merging.ended()
  }

  /** The units below the chunk `limit` that must run, as ranges. Commits contain whole units. */
  missingUnits(limit: number): Int32Array {
    const unit = unitLength(this.#job.description)
    const { from, to } = this.#load.span
    const chunks = this.#committed.missing(Math.min(to, limit), from)
    return unit === 1 ? chunks : chunks.map((chunk) => Math.ceil(chunk / unit))
  }

  /**
   * Whether all chunks are in that the answer needs.
   *
   * @param enoughAt - it needs the chunks below this one only; undefined: all
   */
  isComplete(enoughAt: number | undefined): boolean {
    if (this.done === this.#load.chunks) return true
    return enoughAt !== undefined && this.#committed.missing(enoughAt, this.#load.span.from).length === 0
  }

  /** @throws {OnecopyError} `ERR_DATA_CHANGED`: what was written in place has been written to by somebody else */
  verifyOutput(): void {
    this.#written?.verify()
  }

  /**
   * The answer, or the part if the run is a part of a job. Undefined if there was nothing to reduce, and there is no identity. Throws what
   * the reducer throws.
   */
  answer(): { readonly value: unknown } | undefined {
    const { part } = this.#job
    if (part === undefined) return this.#merging.answer()
    const { from, to } = part.span
    const ranges = from === to ? [] : [from, to]
    const notes = this.#notes.notes()
    const { description, reduction } = this.#job
    const { isApart, plan } = description
    const noted = notes === undefined ? {} : { notes: isApart ? notes : { ...notes, chunks: [] } }
    const apart = this.#merging.payload()
    // `!`: only a reducer has enough.
    const payload = isApart ? mergeBetween(apart, notes?.chunks ?? [], plan.count, reduction!) : apart
    const value: Part = { ...part.origin, ranges, payload, ...noted }
    return { value }
  }

  #note(notes: Notes): void {
    this.#notes.add(notes)
    this.#owner.onNoted(this.#notes)
  }

  /** Chunks that are not chosen count as committed, and own nothing. */
  #leaveOut(only: Int32Array, assembler: Assembler | undefined): void {
    const ranges = notChosen(only, this.#job.description.plan.count)
    this.#committed.addRanges(ranges)
    // A reader of results waits for each chunk.
    const payload = { kind: 'list', chunkIndices: new Int32Array(0), values: [] } as const
    if (ranges.length > 0) assembler?.add({ ranges, payload, approxBytes: 0 })
  }
}
