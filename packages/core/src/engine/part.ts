// What a run over a part of the chunks needs besides a whole run: the span, and which job the part belongs to.

import { checkInteger, show } from '../base/check.js'
import { memberOf } from '../base/own-members.js'
import { sha256 } from '../base/sha256.js'
import type { ChunkPlan } from '../chunks/chunk-plan.js'
import type { DataDescription, DataPieces } from '../data/contract.js'
import { openMemory } from '../data/shared-memory.js'
import type { DefinedPlugin } from '../functions/plugin-contract.js'
import { type PartOrigin, partVersion, type Span } from '../protocol/part.js'
import type { AnyReducer } from '../reduce/contract.js'
import { recipeOf } from '../reduce/recipes.js'
import type { ParamsDescription } from '../serialize/params.js'
import { valueToBytes } from '../serialize/value-bytes.js'
import { type AnyOptions, runOptions } from './check-options.js'

/** The options of a part, with parameters of any type. */
export type AnyPartOptions = AnyOptions & PartIdentities

/** The options of a part that a whole run does not have. */
export interface PartIdentities {
  readonly digest?: string | undefined
  readonly identity?: string | undefined
}

/** The names of all options of a part. */
export const partOptions: readonly (keyof AnyPartOptions)[] = [
  ...runOptions.filter((name) => name !== 'into' && name !== 'prefix'),
  'digest',
  'identity',
]

/** The members of shared data that parts are put together by. Its bytes are not needed. */
export interface DataOutline {
  /** The kind of its elements, for example `'Uint8Array'`. */
  readonly elementType: string
  /** Number of elements. */
  readonly length: number
  /** Number of bytes. */
  readonly byteLength: number
  /** What tells this data apart from other data; see `SharedData`. */
  readonly identity?: string | undefined
  /** The pieces that it consists of, such as files; undefined if it is one. */
  readonly pieces?: DataPieces | undefined
}

/** Which job the parts of `plugin` over `data` belong to. The seed is one of its parameters. */
export function originOf(
  data: DataOutline,
  plugin: DefinedPlugin,
  plan: ChunkPlan,
  params: ParamsDescription,
  { digest, identity, seed = 0 }: PartIdentities & { readonly seed?: number | undefined },
): PartOrigin {
  return {
    version: partVersion,
    plan,
    plugin: `${plugin.name}@${digest ?? textDigest(plugin)}`,
    data: identity ?? memberOf(data, 'identity') ?? `${data.byteLength} bytes`,
    params: params.value === undefined && seed === 0 ? undefined : paramsDigest(params, seed),
  }
}

/** @throws {TypeError} one of them is given, and is not text */
export function checkIdentities({ digest, identity }: PartIdentities): void {
  if (digest !== undefined && typeof digest !== 'string') {
    throw new TypeError(`options.digest: expected text, got ${show(digest)}`)
  }
  if (identity !== undefined && typeof identity !== 'string') {
    throw new TypeError(`options.identity: expected text, got ${show(identity)}`)
  }
}

/**
 * Return `span` if a part can be made of it.
 *
 * @param unit - chunks per block of a fold; 1 for a plugin that does not fold
 * @throws {TypeError | RangeError} it is no span of the plan, or cuts a block of a fold in two
 */
export function checkSpan(span: unknown, { count }: ChunkPlan, unit: number): Span {
  if (typeof span !== 'object' || span === null) {
    throw new TypeError(`span: expected an object { from, to }, got ${show(span)}`)
  }
  // `as`: its members are checked one by one.
  const given = span as Span
  const from = checkInteger('span.from', memberOf(given, 'from'), 0, count)
  const to = checkInteger('span.to', memberOf(given, 'to'), from, count)
  for (const [name, edge] of [
    ['from', from],
    ['to', to],
  ] as const) {
    if (edge % unit === 0 || edge === count) continue
    throw new RangeError(
      `span.${name}: expected a multiple of ${unit} (chunks per block of this fold) or the number of chunks, ${count}; got ${edge}`,
    )
  }
  return { from, to }
}

/** The digest of what can be seen of a plugin: the text of its functions, and the recipe of a ready-made reducer. */
function textDigest(plugin: DefinedPlugin): string {
  const { map, fold, setup, buffer, teardown, prefix, reduce } = plugin
  const functions = [map, fold, setup, buffer, teardown]
  const texts = [...functions.map(textOf), reduce === undefined ? undefined : reducerTexts(reduce)]
  if (prefix !== undefined) texts.push(textOf(prefix.map), reducerTexts(prefix.reduce))
  return digestOf(texts).slice(0, 16)
}

function reducerTexts(reduce: AnyReducer): unknown {
  if (typeof reduce === 'function') return textOf(reduce)
  const recipe = recipeOf(reduce)
  if (recipe !== undefined) return [recipe.name, ...recipe.args.map(textOf)]
  const { init, merge } = reduce
  return [init, memberOf(reduce, 'add'), merge, memberOf(reduce, 'order')].map(textOf)
}

function textOf(value: unknown): unknown {
  return typeof value === 'function' ? Function.prototype.toString.call(value) : value
}

/** The digest of all that lanes get as parameters, with the content of shared memory, and of the seed. */
function paramsDigest({ value, placeholders, shared, layouts }: ParamsDescription, seed: number): string {
  const tables = layouts.filter((layout) => layout !== undefined)
  return digestOf([value, placeholders, shared.map(contentOf), ...(seed === 0 ? [] : [seed]), ...tables])
}

function contentOf(description: DataDescription): ArrayBufferView {
  const memory = openMemory(description)
  return memory.view(0, memory.length)
}

function digestOf(value: unknown): string {
  return sha256(valueToBytes(value))
}
