// The chunks that a run is to run: all, those of a part of a job, or those that were chosen.

import { nominalRange } from '../chunks/chunk-ranges.js'
import { ChunkSet } from '../chunks/chunk-set.js'
import type { Span } from '../protocol/part.js'
import type { Job } from './job.js'

/** The chunks of one run. */
export class Workload {
  readonly span: Span
  /** How many chunks of the span are not to run, because others were chosen. */
  readonly outside: number
  /** How many chunks are to run. */
  readonly chunks: number
  /** Their bytes. The edges of chunks that end with a delimiter are where they would be without it. */
  readonly bytes: number

  constructor(job: Pick<Job, 'data' | 'description' | 'only' | 'part' | 'window'>) {
    const { data, only, part, window } = job
    const { plan } = job.description
    this.span = part?.span ?? window?.span ?? { from: 0, to: plan.count }
    this.outside = only === undefined ? 0 : plan.count - lengthOf(only)
    this.chunks = this.span.to - this.span.from - this.outside
    if (window !== undefined) {
      this.bytes = window.bytes
      return
    }
    const isWhole = part === undefined && only === undefined
    const { count, length } = plan
    const ranges = only ?? [this.span.from, this.span.to]
    let elements = 0
    for (let r = 0; r < ranges.length; r += 2) {
      const [from, to] = [ranges[r]!, ranges[r + 1]!]
      if (from >= to) continue
      elements +=
        (to === count ? length : nominalRange(plan, to).start) - (from === 0 ? 0 : nominalRange(plan, from).start)
    }
    const share = elements === 0 ? 0 : elements / length
    this.bytes = isWhole ? data.byteLength : share * data.byteLength
  }
}

/** The chunks that were not chosen, as pairs `from, to`. */
export function notChosen(only: Int32Array, count: number): number[] {
  const chosen = new ChunkSet(count)
  chosen.addRanges([...only])
  return [...chosen.missing(count)]
}

/** The number of chunks in pairs `from, to`. */
function lengthOf(ranges: Int32Array): number {
  let length = 0
  for (let r = 0; r < ranges.length; r += 2) length += ranges[r + 1]! - ranges[r]!
  return length
}
