// Plugins: a named chunk function with its chunker, reducer and parameters, exported from a module.

import { checkCount, isThenable, readOptions, show } from '../base/check.js'
import { checkChunker } from '../chunks/check-chunker.js'
import type { SharedMemory } from '../data/shared-memory.js'
import type { ElementsOf, TypedArray } from '../data/typed-array.js'
import type { MergeFn, Reducer } from '../reduce/contract.js'
import { checkFoldReducer, checkReducer } from '../reduce/reduction.js'
import { checkPrefix } from './check-prefix.js'
import { checkModuleUrl, isModuleFunction } from './module-function.js'
import { checkOutputShape } from './output-shape.js'
import {
  type AnyPluginDefinition,
  type AnyPrefix,
  brand,
  type DefinedPlugin,
  type FoldingPluginDefinition,
  type Plugin,
  type PluginDefinition,
  type PluginInput,
} from './plugin-contract.js'
import { claimName } from './plugin-names.js'
import { schemaDefaults } from './plugin-params.js'
import { asSchema } from './standard-schema.js'

/**
 * Define a plugin. Export it from the module whose `import.meta.url` you pass.
 *
 * Use the plugin directly: `engine.run(data, plugin)`, or `engine.map(data, plugin)` for the list of results. Each worker
 * imports the module and finds the plugin by its name, so its functions may use everything in the module. The module should do
 * nothing else: every worker loads it once, and it must not start a run there.
 *
 * `chunks`, `setup`, `buffer`, `teardown`, `map`, `fold`, `into` and `stopsEarly` are called without a `this`: `this` is `undefined` in them.
 *
 * @throws {TypeError} something is missing or has the wrong type; a field does not exist; the schema is not of version 1; the
 *   module has another plugin with that name
 * @example
 * export const zeros = definePlugin(import.meta.url, {
 *   name: 'zeros',
 *   map: (bytes) => bytes.filter((byte) => byte === 0).length,
 *   reduce: sum(),
 * })
 * @example
 * export const longLines = definePlugin(import.meta.url, {
 *   name: 'long-lines',
 *   params: z.object({ least: z.number().int().default(80) }),
 *   chunks: lines(),
 *   map(bytes, chunk) {
 *     let n = 0
 *     eachLine(bytes, (start, end) => { if (end - start >= chunk.params.least) n++ })
 *     return n
 *   },
 *   reduce: sum(),
 * })
 * const n = await engine.run(log, longLines, { params: { least: 100 } })
 * @example
 * export const words = definePlugin(import.meta.url, {
 *   name: 'words',
 *   chunks: lines(),
 *   fold(counts, bytes) {
 *     for (const word of decodeText(bytes).split(/\s+/)) counts.set(word, (counts.get(word) ?? 0) + 1)
 *     return counts
 *   },
 *   reduce: countByKey(),
 * })
 * @example
 * export const grey = definePlugin(import.meta.url, {
 *   name: 'grey',
 *   into: { elements: Uint8Array, per: 4 }, // one byte for each RGBA pixel
 *   map(bytes, { out }) {
 *     for (let i = 0; i < out.length; i++) out[i] = (bytes[4 * i] + bytes[4 * i + 1] + bytes[4 * i + 2]) / 3
 *   },
 * })
 */
export function definePlugin<
  A,
  Out = A,
  P = undefined,
  S = undefined,
  T extends TypedArray = Uint8Array,
  I = Partial<P> | undefined,
  O = undefined,
  V = unknown,
  B = undefined,
  X = B,
>(
  url: string,
  definition: FoldingPluginDefinition<P, A, Out, T, S, I, O, V, B, X>,
): Plugin<P, never, Out, T, PluginInput<I>>
export function definePlugin<
  R,
  A,
  Out = A,
  P = undefined,
  S = undefined,
  T extends TypedArray = Uint8Array,
  I = Partial<P> | undefined,
  O = undefined,
  V = unknown,
  B = undefined,
  X = B,
>(
  url: string,
  definition: PluginDefinition<P, R, A, Out, T, S, I, O, V, B, X> & { readonly reduce: Reducer<NoInfer<R>, A, Out> },
): Plugin<P, R, Out, T, PluginInput<I>>
export function definePlugin<
  R,
  P = undefined,
  S = undefined,
  T extends TypedArray = Uint8Array,
  I = Partial<P> | undefined,
  O = undefined,
  V = unknown,
  B = undefined,
  X = B,
>(
  url: string,
  definition: PluginDefinition<P, R, R, R, T, S, I, O, V, B, X> & { readonly reduce: MergeFn<NoInfer<R>> },
): Plugin<P, R, R, T, PluginInput<I>>
export function definePlugin<
  R,
  P = undefined,
  S = undefined,
  T extends TypedArray = Uint8Array,
  I = Partial<P> | undefined,
  O = undefined,
  V = unknown,
  B = undefined,
  X = B,
>(
  url: string,
  definition: PluginDefinition<P, R, never, never, T, S, I, O, V, B, X> & { readonly reduce?: undefined },
): Plugin<P, R, [O] extends [TypedArray] ? SharedMemory<ElementsOf<O>> : R[], T, PluginInput<I>>
export function definePlugin(
  url: string,
  definition: AnyPluginDefinition,
): Plugin<unknown, unknown, unknown, TypedArray> {
  checkCount('definePlugin', 2, arguments.length)
  const module = checkModuleUrl(url)
  const known = [
    'name',
    'description',
    'params',
    'chunks',
    'setup',
    'buffer',
    'teardown',
    'map',
    'fold',
    'into',
    'prefix',
    'stopsEarly',
    'reduce',
  ] as const
  const {
    name,
    description = '',
    params,
    chunks,
    setup,
    buffer,
    teardown,
    map,
    fold,
    into,
    prefix,
    stopsEarly,
    reduce,
  } = readOptions('plugin', definition, known)
  // All of these keys exist, even if undefined, so that a plugin does not get one of them from `Object.prototype`.
  const rest = { chunks, setup, buffer, teardown, map, fold, into, prefix: readPrefix(prefix), stopsEarly, reduce }
  if (typeof name !== 'string' || name === '') throw new TypeError(`plugin.name: expected a name, got ${show(name)}`)
  if (typeof description !== 'string')
    throw new TypeError(`plugin.description: expected text, got ${show(description)}`)
  checkFunction(rest.map, rest.fold)
  for (const key of ['setup', 'buffer', 'teardown', 'stopsEarly'] as const) {
    if (rest[key] !== undefined && typeof rest[key] !== 'function')
      throw new TypeError(`plugin.${key}: expected a function, got ${show(rest[key])}`)
  }
  if (rest.chunks !== undefined && typeof rest.chunks !== 'function') checkChunker('plugin.chunks', rest.chunks)
  if (rest.into !== undefined && typeof rest.into !== 'function') checkOutputShape('plugin.into', rest.into)
  if (rest.fold !== undefined) checkFoldReducer('plugin.reduce', rest.reduce)
  else if (rest.reduce !== undefined) checkReducer('plugin.reduce', rest.reduce)
  const schema = asSchema('plugin.params', params)
  claimName(module, name, description)
  let defaults: { readonly value: unknown } | undefined
  return Object.freeze({
    url: module,
    name,
    description,
    schema,
    // Computed when first read, because lanes load the plugin too and never read it.
    get params() {
      if (schema === undefined) return params
      defaults ??= { value: schemaDefaults(name, schema) }
      return defaults.value
    },
    ...rest,
    [brand]: true as const,
  })
}

/** @throws {TypeError} it is no first pass */
function readPrefix(prefix: unknown): AnyPrefix | undefined {
  return prefix === undefined ? undefined : checkPrefix('plugin.prefix', prefix)
}

/** @throws {TypeError} there is not exactly one of the two, or it is not a function */
function checkFunction(map: unknown, fold: unknown): void {
  if (fold === undefined) {
    if (typeof map !== 'function') throw new TypeError(`plugin.map: expected a function, got ${show(map)}`)
    return
  }
  if (map !== undefined) throw new TypeError('plugin.fold: a plugin has map or fold, and this one has both')
  if (typeof fold !== 'function') throw new TypeError(`plugin.fold: expected a function, got ${show(fold)}`)
}

/** Whether {@link definePlugin} made `value`, in this copy of the package or another. */
export function isPlugin(value: unknown): value is DefinedPlugin {
  return typeof value === 'object' && value !== null && brand in value
}

function pluginCure(argument: string, value: unknown): string {
  const isReference = typeof value === 'string' || Object.prototype.toString.call(value) === '[object URL]'
  if (isReference) return '; load a path, URL or package name first: await loadPlugin(…)'
  const isFunction = typeof value === 'function' || isModuleFunction(value)
  if (argument === 'plugin' && isFunction) return '; to run a function, use map(data, fn)'
  if (isThenable(value)) return '; await it'
  // `as`: any member of any object can be read.
  const hasMap = typeof value === 'object' && value !== null && typeof (value as { map?: unknown }).map === 'function'
  return hasMap ? '; make a plugin of it with definePlugin(import.meta.url, …)' : ''
}

/** The error for `value`, which is not a plugin. If `value` stands for a plugin, the message says how to get the plugin. */
export function notAPlugin(argument: string, expected: string, value: unknown): TypeError {
  return new TypeError(`${argument}: expected ${expected}, got ${show(value)}${pluginCure(argument, value)}`)
}
