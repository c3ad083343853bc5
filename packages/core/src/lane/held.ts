// What a lane holds: the chunks since its last commit, with all that came of them.

import type { Notes } from '../protocol/notes.js'
import type { ChunkTimes, Payload, WrittenWindow } from '../protocol/report.js'
import type { ChunkNotes } from './chunk-notes.js'
import type { Collector } from './collector.js'
import type { LaneOutput } from './output.js'

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

/** The chunks that a lane holds. */
export class HeldChunks {
  readonly #collector: Collector
  readonly #notes: ChunkNotes
  readonly #output: LaneOutput | undefined
  readonly #worker: number
  /** The chunks that the collector has, as pairs `from, to`. */
  #ranges: number[] = []
  /** For each chunk since the last commit: its number, when it began, how long it took. Undefined if the run is not traced. */
  #times: number[] | undefined

  constructor(
    collector: Collector,
    notes: ChunkNotes,
    output: LaneOutput | undefined,
    { worker, isTraced }: { readonly worker: number; readonly isTraced: boolean },
  ) {
    this.#collector = collector
    this.#notes = notes
    this.#output = output
    this.#worker = worker
    this.#times = isTraced ? [] : undefined
  }

  /** One past the last chunk that is held; 0 if none is. */
  get end(): number {
    return this.#ranges.at(-1) ?? 0
  }

  /** Note that the collector has the chunks `[from, to)`. */
  add(from: number, to: number): void {
    const ranges = this.#ranges
    this.#notes.hold()
    if (ranges.length > 0 && ranges[ranges.length - 1] === from) ranges[ranges.length - 1] = to
    else ranges.push(from, to)
  }

  /** Note how long a chunk took, in ms; `begun` counts from 1970. */
  time(index: number, begun: number, ms: number): void {
    // A commit while the chunk ran has taken the list away, and put another one there.
    this.#times?.push(index, begun, ms)
  }

  /** Take everything that is held. */
  take(): Held {
    const ranges = this.#ranges
    this.#ranges = []
    const payload = this.#collector.take()
    return { ranges, payload, windows: this.#output?.take(), notes: this.#notes.take(), times: this.#takeTimes() }
  }

  #takeTimes(): ChunkTimes | undefined {
    if (this.#times === undefined) return undefined
    const chunks = Float64Array.from(this.#times)
    this.#times = []
    return { worker: this.#worker, chunks }
  }
}
