// Plugins: a named chunk function with its chunker, reducer and parameters, exported from a module of its own.

import { checkCount, isThenable, readOptions, show } from '../base/check.js'
import { checkChunker } from '../chunks/chunkers.js'
import type { TypedArray } from '../data/typed-array.js'
import type { MergeFn, Reducer } from '../reduce/contract.js'
import { checkReducer } from '../reduce/reduction.js'
import { brand, type DefinedPlugin, type Plugin, type PluginDefinition, type PluginInput } from './contract.js'
import { checkModuleUrl, isModuleFunction } from './module-function.js'
import { claimName } from './plugin-names.js'
import { schemaDefaults } from './plugin-params.js'
import { asSchema } from './standard-schema.js'

/**
 * A plugin, to be exported from the module whose `import.meta.url` is given.
 *
 * The object is used directly: `engine.run(data, plugin)`, or `engine.map(data, plugin)` for its results alone. Each lane
 * imports the module and finds the plugin by its name, so its functions may use whatever the module has. Give the module
 * nothing to do besides: it is loaded once in every worker, and must not start a run there.
 *
 * `chunks`, `setup`, `buffer`, `teardown` and `map` are called by themselves: `this` is `undefined` in them.
 *
 * @throws {TypeError} something is missing, of the wrong kind, or there is no such field; the schema is none of version 1;
 *   the module has another plugin of that name
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
 */
export function definePlugin<
  R,
  A,
  Out = A,
  P = undefined,
  S = undefined,
  T extends TypedArray = Uint8Array,
  I = Partial<P> | undefined,
>(
  url: string,
  definition: PluginDefinition<P, R, A, Out, T, S, I> & { readonly reduce: Reducer<NoInfer<R>, A, Out> },
): Plugin<P, R, Out, T, PluginInput<I>>
export function definePlugin<
  R,
  P = undefined,
  S = undefined,
  T extends TypedArray = Uint8Array,
  I = Partial<P> | undefined,
>(
  url: string,
  definition: PluginDefinition<P, R, R, R, T, S, I> & { readonly reduce: MergeFn<NoInfer<R>> },
): Plugin<P, R, R, T, PluginInput<I>>
export function definePlugin<
  R,
  P = undefined,
  S = undefined,
  T extends TypedArray = Uint8Array,
  I = Partial<P> | undefined,
>(
  url: string,
  definition: PluginDefinition<P, R, never, never, T, S, I> & { readonly reduce?: undefined },
): Plugin<P, R, R[], T, PluginInput<I>>
export function definePlugin(
  url: string,
  definition: PluginDefinition<unknown, unknown, unknown, unknown, TypedArray, unknown>,
): Plugin<unknown, unknown, unknown, TypedArray> {
  checkCount('definePlugin', 2, arguments.length)
  const module = checkModuleUrl(url)
  const known = ['name', 'description', 'params', 'chunks', 'setup', 'buffer', 'teardown', 'map', 'reduce'] as const
  const {
    name,
    description = '',
    params,
    chunks,
    setup,
    buffer,
    teardown,
    map,
    reduce,
  } = readOptions('plugin', definition, known)
  // Each is there, undefined or not: a plugin without one has none from `Object.prototype`.
  const rest = { chunks, setup, buffer, teardown, map, reduce }
  if (typeof name !== 'string' || name === '') throw new TypeError(`plugin.name: expected a name, got ${show(name)}`)
  if (typeof description !== 'string')
    throw new TypeError(`plugin.description: expected text, got ${show(description)}`)
  if (typeof rest.map !== 'function') throw new TypeError(`plugin.map: expected a function, got ${show(rest.map)}`)
  for (const key of ['setup', 'buffer', 'teardown'] as const) {
    if (rest[key] !== undefined && typeof rest[key] !== 'function')
      throw new TypeError(`plugin.${key}: expected a function, got ${show(rest[key])}`)
  }
  if (rest.chunks !== undefined && typeof rest.chunks !== 'function') checkChunker('plugin.chunks', rest.chunks)
  if (rest.reduce !== undefined) checkReducer('plugin.reduce', rest.reduce)
  const schema = asSchema('plugin.params', params)
  claimName(module, name, description)
  let defaults: { readonly value: unknown } | undefined
  return Object.freeze({
    url: module,
    name,
    description,
    schema,
    // Not before somebody asks: lanes load the plugin as well, and never do.
    get params() {
      if (schema === undefined) return params
      defaults ??= { value: schemaDefaults(name, schema) }
      return defaults.value
    },
    ...rest,
    [brand]: true as const,
  })
}

/** Whether `value` came from {@link definePlugin}, of this copy of the package or another. */
export function isPlugin(value: unknown): value is DefinedPlugin {
  return typeof value === 'object' && value !== null && brand in value
}

function pluginCure(argument: string, value: unknown): string {
  const isReference = typeof value === 'string' || Object.prototype.toString.call(value) === '[object URL]'
  if (isReference) return '; what a path, URL or package name refers to is loaded first: await loadPlugin(…)'
  const isFunction = typeof value === 'function' || isModuleFunction(value)
  if (argument === 'plugin' && isFunction) return '; a function is run with map(data, fn)'
  if (isThenable(value)) return '; await it'
  // `as`: any object can be asked for a member.
  const hasMap = typeof value === 'object' && value !== null && typeof (value as { map?: unknown }).map === 'function'
  return hasMap ? '; make a plugin of it with definePlugin(import.meta.url, …)' : ''
}

/** The error for `value`, which is no plugin; one that stands for a plugin has the cure with it. */
export function notAPlugin(argument: string, expected: string, value: unknown): TypeError {
  return new TypeError(`${argument}: expected ${expected}, got ${show(value)}${pluginCure(argument, value)}`)
}
