// Several reducers in one pass.

import { checkCount, show } from '../base/check.js'
import type { FoldReducer, Reducer } from './contract.js'
import { type InnerReducer, innerReducer } from './inner-reducer.js'
import { atPlace, wrongResult } from './reducer-checks.js'
import { withRecipe } from './with-recipe.js'

/**
 * A reducer for each member of `R`, the result of a chunk.
 *
 * `any`: what a member accumulates and gives is inferred from the member itself.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AllMembers<R> = { readonly [K in keyof R]: Reducer<R[K], any, any> }

/** What each of the reducers `M` accumulates. */
export type AllAccumulators<M> = {
  -readonly [K in keyof M]: M[K] extends {
    /** As in a reducer. */
    init(): infer A
  }
    ? A
    : never
}

/** What each of the reducers `M` gives. */
// `any`: what a function takes need not be known, to know what it gives.
export type AllOuts<M> = {
  -readonly [K in keyof M]: M[K] extends {
    /** As in a reducer. */
    init(): infer A
    /** As in a reducer. */
    // biome-ignore lint/suspicious/noExplicitAny: see above
    finish?(acc: any): infer Out
  }
    ? unknown extends Out
      ? A
      : Out
    : never
}

/**
 * Several reducers in one pass: an object with what each of them gives.
 *
 * Takes per chunk an object with the same keys; the value of each key is what the reducer of that key takes. Other keys are
 * ignored. If a key is missing, its reducer gets `undefined`, which most refuse.
 *
 * Each reducer's own laws and merge order hold. The order is `'any'` if it is so in all of them. If all of them have `enough`,
 * the run ends as soon as all have enough. In a fold, the accumulator is an object with the accumulator of each reducer. If one of them has no
 * `add`, only folds can use it.
 *
 * @param reducers - a reducer per key; ready-made ones, `all` and `groupBy` among them, or ones of your own
 * @throws {TypeError} `reducers` is no plain object, is empty, or a member is not a reducer
 * @throws in the worker (`ERR_CHUNK_FAILED`): a result is not an object, or a reducer does not take its part of it
 * @example
 * const { urls, bytes } = await engine
 *   .map(log, readLines, { chunks: lines() })
 *   .reduce(all({ urls: countByKey<string>(), bytes: sum() }))
 */
export function all<R extends object, M extends AllMembers<R> = AllMembers<R>>(
  reducers: M & AllMembers<R>,
): Reducer<R, AllAccumulators<M>, AllOuts<M>>
/** The same for a fold: members need no `add`. */
// `any`: as above.
// biome-ignore lint/suspicious/noExplicitAny: see above
export function all<M extends Readonly<Record<string, FoldReducer<any, any>>>>(
  reducers: M,
): FoldReducer<AllAccumulators<M>, AllOuts<M>>
export function all(reducers: object): unknown {
  checkCount('all', 1, arguments.length)
  const named = namedReducers(reducers)
  const inner = named.map(([name, reducer]) => [name, innerReducer(`all.${name}`, reducer)] as const)
  const each = inner.map(([, reducer]) => reducer)
  const made = {
    ...(each.every(({ order }) => order === 'any') ? { order: 'any' as const } : {}),
    init: (): Members => Object.fromEntries(inner.map(([name, reducer]) => [name, reducer.init()])),
    ...(each.every(({ add }) => add !== undefined) ? { add: addTo(inner) } : {}),
    merge: (left: Members, right: Members): Members => {
      for (const [name, reducer] of inner) left[name] = reducer.merge(left[name], right[name])
      return left
    },
    ...(each.every(({ enough }) => enough !== undefined)
      ? { enough: (acc: Members): boolean => inner.every(([name, { enough }]) => enough!(acc[name])) }
      : {}),
    finish: (acc: Members): Members =>
      Object.fromEntries(inner.map(([name, reducer]) => [name, reducer.finish(acc[name])])),
  }
  // `as`: without `add` it is a reducer for folds.
  return withRecipe('all', [], made as Reducer<unknown, Members>, { kind: 'named', reducers: named })
}

/** Something per key. */
type Members = Record<string, unknown>

function namedReducers(reducers: unknown): [name: string, reducer: object][] {
  const isPlain = typeof reducers === 'object' && reducers !== null && !Array.isArray(reducers)
  if (!isPlain) throw new TypeError(`all: expected an object of reducers, got ${show(reducers)}`)
  const named = Object.entries(reducers)
  if (named.length > 0) return named
  throw new TypeError('all: expected an object of reducers, got one without members')
}

function addTo(inner: readonly (readonly [string, InnerReducer])[]): (acc: Members, value: unknown) => Members {
  const names = inner.map(([name]) => name).join(', ')
  return (acc, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw wrongResult('all', `an object with ${names} from each chunk`, value)
    }
    for (const [name, { add }] of inner) {
      try {
        // `!`: this function is made if all have `add`. `as`: any member of any object can be read.
        acc[name] = add!(acc[name], (value as Members)[name])
      } catch (error) {
        throw atPlace(`all, ${name}`, error)
      }
    }
    return acc
  }
}
