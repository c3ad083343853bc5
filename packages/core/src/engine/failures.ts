// The failures of a run. Several lanes may fail; the run reports one failure, in an order that does not depend on time.

import type { ChunkRange } from '../base/errors.js'

/** What failed. Earlier kinds are reported before later ones, and of several chunks the one with the lowest index. */
export type FailedPart =
  | { readonly kind: 'run' }
  | { readonly kind: 'chunk'; readonly index: number }
  | { readonly kind: 'teardown' }

/** The failure of the whole run, as opposed to one of its chunks. */
export const wholeRun: FailedPart = { kind: 'run' }

/** The failure of a chunk; without a chunk, that of the whole run. */
export function failedChunk(chunk: ChunkRange | undefined): FailedPart {
  return chunk === undefined ? wholeRun : { kind: 'chunk', index: chunk.index }
}

/** Keeps the failure that the run reports. */
export class Failures {
  #first: { readonly part: FailedPart; readonly error: unknown } | undefined

  /** The failure to report; undefined if there is none. */
  get first(): { readonly error: unknown } | undefined {
    return this.#first
  }

  /** Note a failure. Returns the limit that follows from it: chunks at or above this index are not wanted any more. */
  add(part: FailedPart, error: unknown): number {
    if (this.#first === undefined || isBefore(part, this.#first.part)) this.#first = { part, error }
    // Only a lower chunk could still fail with an error that is reported before this one.
    return part.kind === 'chunk' ? part.index : 0
  }
}

const order: readonly FailedPart['kind'][] = ['run', 'chunk', 'teardown']

function isBefore(a: FailedPart, b: FailedPart): boolean {
  if (a.kind === 'chunk' && b.kind === 'chunk') return a.index < b.index
  return order.indexOf(a.kind) < order.indexOf(b.kind)
}
