// A chunk function in a module of its own, named by the module's URL and the name of the export.

import { checkCount, show } from '../base/check.js'
import { memberOf } from '../base/own-members.js'
import type { TypedArray } from '../data/typed-array.js'
import type { Chunk, ChunkFn } from './contract.js'

const brand: unique symbol = Symbol.for('onecopy.moduleFunction') as never

/** A reference to a chunk function in a module, which every worker imports. Made by {@link moduleFunction}. */
export interface ModuleFunction<R, P = undefined, T extends TypedArray = Uint8Array> {
  /** The absolute URL of the module. */
  readonly url: string
  /** The name of the export. */
  readonly name: string
  /** @internal */
  readonly [brand]: true
  /** For types only: it does not exist at run time. */
  readonly '~types'?: ChunkFn<R, P, T>
}

/** Any function at all. */
// `any`: its parameters are inferred below.
// biome-ignore lint/suspicious/noExplicitAny: see above
type AnyFunction = (...args: any[]) => unknown

/** The names under which module `M` exports functions. */
export type FunctionNames<M> = {
  [Name in keyof M]: M[Name] extends AnyFunction ? Name : never
}[keyof M] &
  string

/** The {@link ModuleFunction} for the function `F`. */
export type ModuleFunctionOf<F> = F extends AnyFunction
  ? ModuleFunction<Awaited<ReturnType<F>>, ParamsOf<Parameters<F>>, DataOf<Parameters<F>>>
  : never

/** The `params` that a chunk function with these arguments takes. */
type ParamsOf<Args extends unknown[]> = Args extends [unknown, infer C, ...unknown[]]
  ? C extends Chunk<infer P, infer _T, infer _S, infer _O, infer _X>
    ? P
    : undefined
  : undefined

/** The kind of typed array that a chunk function with these arguments takes. */
type DataOf<Args extends unknown[]> = Args extends [infer B, ...unknown[]]
  ? B extends { readonly [Symbol.toStringTag]: infer Kind }
    ? Extract<Kinds, { readonly [Symbol.toStringTag]: Kind }>
    : Uint8Array
  : Uint8Array

type Kinds =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array

/**
 * Refer to a chunk function by its module and its name. Each worker imports the module, so the function may use everything in
 * it.
 *
 * The types come from the module. If it exports several functions, give the name as the second type argument too.
 *
 * @param url - the absolute URL of the module: `new URL('./count.js', import.meta.url)`
 * @param name - the name of the export; `'default'` for the default export
 * @throws {TypeError} `url` is not absolute, or `name` is not a name
 * @example
 * const countZeros = moduleFunction<typeof import('./count.js')>(new URL('./count.js', import.meta.url), 'countZeros')
 * const zeros = await engine.map(data, countZeros)
 */
export function moduleFunction<M, Name extends FunctionNames<M> = FunctionNames<M>>(
  url: string | { readonly href: string },
  name: Name,
): ModuleFunctionOf<M[Name]> {
  checkCount('moduleFunction', 2, arguments.length)
  if (typeof name !== 'string' || name === '')
    throw new TypeError(`name: expected the name of an export, got ${show(name)}`)
  // `as`: the caller vouches for the types of `M`, and `~types` exists for the compiler alone.
  return Object.freeze({ url: checkModuleUrl(url), name, [brand]: true }) as unknown as ModuleFunctionOf<M[Name]>
}

/**
 * Return an absolute URL as text.
 *
 * @throws {TypeError} it is not one; a relative URL would mean something else in every module that loads it
 */
export function checkModuleUrl(url: unknown): string {
  const text = typeof url === 'object' && url !== null ? (memberOf(url, 'href') ?? url) : url
  if (text === undefined) {
    throw new TypeError(
      'url: expected import.meta.url, got undefined: a bundler that makes CommonJS leaves it undefined. Bundle as ES modules, or ' +
        'leave the module out of the bundle and give its URL; in CommonJS itself give pathToFileURL(__filename) (of node:url)',
    )
  }
  if (typeof text !== 'string' || !/^[a-z][a-z0-9+.-]+:/i.test(text)) {
    throw new TypeError(
      `url: expected an absolute URL, such as import.meta.url or new URL('./x.js', import.meta.url), got ${show(url)}`,
    )
  }
  return text
}

/** Whether {@link moduleFunction} made `value`, in this copy of the package or another. */
export function isModuleFunction(value: unknown): value is ModuleFunction<unknown, unknown, TypedArray> {
  return typeof value === 'object' && value !== null && brand in value
}
