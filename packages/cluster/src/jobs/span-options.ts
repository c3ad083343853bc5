// The options that decide over the answer. Workers run spans with them, and coordinators put the parts together with them.

import type { PartOptions } from '@onecopy/core'
import type { JobDescription } from './contract.js'
import { decodeParams } from './params.js'
import { refusal } from './refusal.js'

/** The options of a job's parts. */
export type SpanOptions = PartOptions & { readonly params?: object }

/** @throws {OnecopyError} `ERR_SPAN_REFUSED`: the parameters cannot be read */
export function optionsOf({ params, chunks, seed, skip, digest, data }: Omit<JobDescription, 'plan'>): SpanOptions {
  let given: unknown
  try {
    given = params === undefined ? undefined : decodeParams(params)
  } catch (cause) {
    throw refusal('job: its parameters cannot be read', 'ERR_SPAN_REFUSED', cause)
  }
  return {
    // `as`: the engine checks both.
    ...(given === undefined ? {} : { params: given as object }),
    ...(chunks === undefined ? {} : { chunks: chunks as NonNullable<PartOptions['chunks']> }),
    ...(seed === undefined ? {} : { seed }),
    ...(skip === undefined ? {} : { skip }),
    digest,
    identity: data.identity,
  }
}
