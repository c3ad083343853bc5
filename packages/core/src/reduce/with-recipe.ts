// Marks a ready-made reducer with its recipe: the name and the arguments from which a lane makes the same reducer.

import type { Reducer } from './contract.js'

/** What a lane needs to make a ready-made reducer again. */
export interface Recipe {
  readonly name: string
  readonly args: readonly unknown[]
}

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
): Reducer<R, A, Out> {
  return Object.freeze({ ...made, [recipeKey]: { name, args, made } })
}

/** The mark of a reducer; undefined if it does not have one. A copy of a marked reducer (`{ ...sum() }`) has the same mark. */
export function recipeMarkOf(reducer: object): RecipeMark | undefined {
  // `as`: any member of any object can be read.
  return (reducer as { readonly [recipeKey]?: RecipeMark })[recipeKey]
}
