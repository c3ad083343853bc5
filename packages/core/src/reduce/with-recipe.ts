// Marks a ready-made reducer with its recipe: the name and the arguments from which a lane makes the same reducer.

import type { Reducer } from './contract.js'

/** What a lane needs to make a ready-made reducer again. */
export interface Recipe {
  readonly name: string
  readonly args: readonly unknown[]
  /** The reducers that it is made of. They are the last argument. */
  readonly inner: InnerReducers<object> | undefined
}

/** One reducer, or several by name, in their order. `T` is the form in which they are. */
export type InnerReducers<T> =
  | { readonly kind: 'one'; readonly reducer: T }
  | { readonly kind: 'named'; readonly reducers: readonly (readonly [name: string, reducer: T])[] }

/** A recipe, and the reducer as it was made, before a caller changed members of it. */
export interface RecipeMark extends Recipe {
  readonly made: Reducer<never, never, unknown>
}

/** The same symbol in every copy of the package, so that two copies in one program understand each other. */
const recipeKey: unique symbol = Symbol.for('onecopy.recipe') as never

export function withRecipe<R, A, Out>(
  name: string,
  args: readonly unknown[],
  made: Reducer<R, A, Out>,
  inner?: InnerReducers<object>,
): Reducer<R, A, Out> {
  // `inner` is an own member in any case, because `Object.prototype` may be polluted.
  return Object.freeze({ ...made, [recipeKey]: { name, args, inner, made } })
}

/** The mark of a reducer; undefined if it does not have one. A copy of a marked reducer (`{ ...sum() }`) has the same mark. */
export function recipeMarkOf(reducer: object): RecipeMark | undefined {
  // `as`: any member of any object can be read.
  return (reducer as { readonly [recipeKey]?: RecipeMark })[recipeKey]
}
