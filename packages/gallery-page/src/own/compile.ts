// Makes functions of what the user has written. The page does it to run them, and the worker of the law checker does as well.

import * as core from '@onecopy/core'

/** What the user has written. */
export interface OwnCode {
  /** The text of a chunk function: `(bytes, chunk) => result`. */
  readonly map: string
  /** The text of a reducer, or of an expression that makes one, such as `sum()`. Empty: the answer is the list of results. */
  readonly reduce: string
  /** The text of an expression that makes a chunker, such as `lines()`. */
  readonly chunks: string
}

/** What it became. */
export interface OwnFunctions {
  readonly map: core.ChunkFn<unknown>
  readonly reduce: core.Reducer<unknown, unknown, unknown> | undefined
  readonly chunks: core.Chunker
}

/** Names of onecopy that the code may use in reducers and chunkers. */
const helpers = {
  all: core.all,
  any: core.any,
  concat: core.concat,
  count: core.count,
  countByKey: core.countByKey,
  delimited: core.delimited,
  distinct: core.distinct,
  every: core.every,
  first: core.first,
  fixed: core.fixed,
  groupBy: core.groupBy,
  histogram: core.histogram,
  lines: core.lines,
  max: core.max,
  mean: core.mean,
  min: core.min,
  overlapping: core.overlapping,
  quantiles: core.quantiles,
  some: core.some,
  sum: core.sum,
  sumArrays: core.sumArrays,
  sumExact: core.sumExact,
  take: core.take,
  topK: core.topK,
  variance: core.variance,
}

/**
 * Compile it.
 *
 * @throws {SyntaxError | TypeError} a text is no expression, or not of the kind that is needed. The message says which text
 */
export function compileOwn({ map, reduce, chunks }: OwnCode): OwnFunctions {
  const fn = evaluate('the chunk function', map)
  if (typeof fn !== 'function') throw new TypeError('the chunk function: expected (bytes, chunk) => result')
  const reducer = reduce.trim() === '' ? undefined : evaluate('the reducer', reduce)
  if (reducer !== undefined && typeof reducer !== 'function' && (typeof reducer !== 'object' || reducer === null))
    throw new TypeError('the reducer: expected { init, add, merge }, a ready-made one such as sum(), or (a, b) => c')
  // `as`: the engine checks the rest.
  return {
    map: fn as core.ChunkFn<unknown>,
    reduce: reducer as OwnFunctions['reduce'],
    chunks: evaluate('the chunks', chunks) as core.Chunker,
  }
}

function evaluate(name: string, text: string): unknown {
  try {
    // A line comment at the end must not hide the parenthesis.
    return new Function(...Object.keys(helpers), `'use strict'; return (${text.trim().replace(/;$/, '')}\n)`)(
      ...Object.values(helpers),
    )
  } catch (cause) {
    if (cause instanceof Error) cause.message = `${name}: ${cause.message}`
    throw cause
  }
}
