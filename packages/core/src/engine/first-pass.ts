// The first pass of a run: what the chunks before each chunk amount to.

import { runtime } from '../base/runtime.js'
import { type Part, partVersion } from '../protocol/part.js'
import type { Prefixes } from '../protocol/task.js'
import type { Reduction } from '../reduce/reduction.js'
import type { FirstPass, Job } from './job.js'

/** The job of the first pass: the results of all chunks but the last one of `job`, as a part. */
export function firstJob(job: Job, { fn }: FirstPass): Job {
  const { description } = job
  const { plan } = description
  const to = Math.max(0, (job.part?.span.to ?? plan.count) - 1)
  return {
    ...job,
    description: {
      ...description,
      fn,
      foldLevel: undefined,
      stopsEarly: false,
      isApart: false,
      reducer: undefined,
      into: undefined,
      // What is missing in the prefix of a chunk would not be seen.
      mostSkipped: undefined,
      isTraced: false,
    },
    into: undefined,
    // What is before a chunk does not depend on which chunks are chosen.
    only: undefined,
    reduction: undefined,
    first: undefined,
    // The span of a part may be any, and its payload says which chunk each result is of. Nobody else sees this part.
    part: {
      span: { from: 0, to },
      origin: { version: partVersion, plan, plugin: '', data: '', params: undefined },
    },
  }
}

/**
 * The prefix of each chunk. The results of the first pass are added from left to right, so the bits do not depend on who computed
 * them.
 *
 * Throws what the reducer throws.
 */
export function prefixesOf({ payload, ranges }: Part, reduction: Reduction): Prefixes {
  // `as`: without a reducer, the payload is a list. `!`: a first pass has a reducer with `init`.
  const { chunkIndices, values } = payload as Part['payload'] & { readonly kind: 'list' }
  const { add, finish, init } = reduction
  const count = (ranges.at(-1) ?? 0) + 1
  const prefixes: unknown[] = []
  let acc = init!()
  let at = 0
  for (let chunk = 0; chunk < count; chunk++) {
    // Both `finish` and `add` may change the accumulator.
    prefixes.push(finish(isPrimitive(acc) ? acc : runtime.structuredClone(acc)))
    if (chunkIndices[at] === chunk) acc = add(acc, values[at++])
  }
  return prefixes.every((each) => typeof each === 'number') ? Float64Array.from(prefixes) : prefixes
}

function isPrimitive(value: unknown): boolean {
  return (typeof value !== 'object' || value === null) && typeof value !== 'function'
}
