// How a ready-made reducer travels: described by its recipe on the caller's side, and made again in a lane.

import { memberOf } from '../base/own-members.js'
import { all } from './all.js'
import { maxBy, minBy } from './best-by.js'
import type { Reducer } from './contract.js'
import { distinct } from './distinct.js'
import { any, every, first, some, take } from './early-reducers.js'
import { groupBy } from './group-by.js'
import { histogram } from './histogram.js'
import { mean, variance } from './moments.js'
import { quantiles } from './quantiles.js'
import { concat, count, countByKey, max, min, sum, sumArrays, topK } from './reducers.js'
import { sumExact } from './sum-exact.js'
import { type Recipe, recipeMarkOf } from './with-recipe.js'

const makers: Readonly<Record<string, (...args: never[]) => unknown>> = {
  sum,
  count,
  min,
  max,
  concat,
  sumArrays,
  countByKey,
  topK,
  first,
  some,
  every,
  take,
  any,
  all,
  groupBy,
  mean,
  variance,
  histogram,
  quantiles,
  distinct,
  minBy,
  maxBy,
  sumExact,
}

/** Whether `value` is a function that makes a ready-made reducer: `sum` in place of `sum()`. */
export function makesReducer(value: unknown): boolean {
  return Object.values<unknown>(makers).includes(value)
}

/**
 * The recipe of a ready-made reducer; undefined for a reducer of the user's own. A ready-made reducer with another `finish`
 * (`{ ...sum(), finish }`) still counts, because `finish` runs on the caller's thread.
 */
export function recipeOf(reducer: object): Recipe | undefined {
  const recipe = recipeMarkOf(reducer)
  if (recipe === undefined || !Object.hasOwn(makers, recipe.name)) return undefined
  // `as`: any member of any object can be read.
  const candidate = reducer as Reducer<never, never, unknown>
  const { init, add, merge } = recipe.made
  const [order, enough] = [memberOf(recipe.made, 'order'), memberOf(recipe.made, 'enough')]
  const same =
    candidate.init === init &&
    candidate.add === add &&
    candidate.merge === merge &&
    memberOf(candidate, 'order') === order &&
    memberOf(candidate, 'enough') === enough
  return same ? recipe : undefined
}

/**
 * The recipe of the ready-made reducer from which `reducer` took the function `key`. In `{ ...sum(), order: 'any' }` the
 * functions are those of `sum()`.
 */
export function recipeOfMember(reducer: object, key: string): Recipe | undefined {
  const recipe = recipeMarkOf(reducer)
  if (recipe === undefined) return undefined
  // `as`: see `recipeOf`.
  const member = (reducer as Record<string, unknown>)[key]
  const isSame = typeof member === 'function' && (recipe.made as unknown as Record<string, unknown>)[key] === member
  return isSame ? recipe : undefined
}

/** Whether the function `key` of a reducer is one of this package that runs no code of the user: nobody gave it a function. */
export function isOwnCode(reducer: object, key: string): boolean {
  const recipe = recipeOfMember(reducer, key)
  if (recipe === undefined || holdsFunction(recipe.args)) return false
  const { inner } = recipe
  if (inner === undefined) return true
  const inners = inner.kind === 'one' ? [inner.reducer] : inner.reducers.map(([, each]) => each)
  return inners.every((each) =>
    functionNames.every((name) => memberOf(each, name) === undefined || isOwnCode(each, name)),
  )
}

const functionNames = ['init', 'add', 'merge', 'finish', 'enough']

function holdsFunction(value: unknown): boolean {
  if (typeof value === 'function') return true
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsFunction)
}

/** Make the reducer that a recipe describes. */
export function fromRecipe({ name, args, inner }: Recipe): Reducer<unknown, unknown, unknown> {
  const last = inner === undefined ? [] : [inner.kind === 'one' ? inner.reducer : Object.fromEntries(inner.reducers)]
  // `as`: only the functions in this table make recipes, from their own arguments.
  return makers[name]!(...([...args, ...last] as never[])) as Reducer<unknown, unknown, unknown>
}
