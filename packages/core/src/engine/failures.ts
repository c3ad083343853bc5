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

/** A failure, and what failed. */
export interface Failure {
  readonly part: FailedPart
  readonly error: unknown
}

/** Kinds of failures; earlier ones are reported before later ones. */
const kinds: readonly FailedPart['kind'][] = ['run', 'chunk', 'teardown']

/** Keeps the failure that the run reports. */
export class Failures {
  /** Of each kind, the failure to report. */
  readonly #firsts = new Map<FailedPart['kind'], Failure>()

  /** The failure to report; undefined if there is none. Failures of the chunk `end` and of later chunks do not count. */
  firstBelow(end: number): Failure | undefined {
    for (const kind of kinds) {
      const first = this.#firsts.get(kind)
      if (first !== undefined && (first.part.kind !== 'chunk' || first.part.index < end)) return first
    }
    return undefined
  }

  /** Note a failure. Returns the limit that follows from it: chunks at or above this index are not wanted any more. */
  add(part: FailedPart, error: unknown): number {
    const first = this.#firsts.get(part.kind)
    if (first === undefined || isBefore(part, first.part)) this.#firsts.set(part.kind, { part, error })
    // Only a lower chunk could still fail with an error that is reported before this one.
    return part.kind === 'chunk' ? part.index : 0
  }
}

/** Whether `a` is reported before `b`, which is of the same kind. */
function isBefore(a: FailedPart, b: FailedPart): boolean {
  return a.kind === 'chunk' && b.kind === 'chunk' && a.index < b.index
}
