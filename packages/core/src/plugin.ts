// Plugins: a named chunk function with its chunker, reducer and parameters, exported from a module of its own.

import { checkCount, isThenable, readOptions, show } from './check.js'
import { type Chunker, checkChunker } from './chunkers.js'
import type { ChunkFn, MergeFn, Reducer } from './contract.js'
import { checkModuleUrl, isModuleFunction } from './module-function.js'
import { memberOf } from './own-members.js'
import { claimName } from './plugin-names.js'
import { schemaDefaults } from './plugin-params.js'
import { makesReducer } from './reducers.js'
import type { TypedArray } from './shared-data.js'
import { asSchema, type StandardSchema } from './standard-schema.js'

const brand: unique symbol = Symbol.for('onecopy.plugin') as never

/**
 * What {@link definePlugin} is given.
 *
 * @typeParam P - the parameters as its functions see them
 * @typeParam I - the parameters as a run gives them, where a schema makes others of them
 */
export interface PluginDefinition<P, R, A, Out, T extends TypedArray, S, I = unknown> {
  /** Names the plugin among its module's exports, and no other one there; need not equal the export's name. */
  readonly name: string
  /** One sentence. */
  readonly description?: string
  /**
   * The parameters with their default values, of which a run may give others; or a schema for them, of any library that
   * implements Standard Schema (zod, valibot, arktype).
   *
   * A schema validates once, when the run is made, on the caller's thread, and has to answer at once. What it makes of the
   * given parameters is what `chunks`, `setup` and the chunk function see. Parameters that are not given are what it makes of
   * `undefined`, or if it refuses that, of `{}`.
   */
  readonly params?: P | StandardSchema<I, P>
  /** The chunker, or how it follows from the parameters. */
  readonly chunks?: Chunker | ((params: P) => Chunker)
  /** Runs once in each lane of a run, before its first chunk: what it returns is `chunk.state`. */
  readonly setup?: (params: P) => S | Promise<S>
  /**
   * Where this lane's chunks shall land: at least `byteLength` bytes, a window of WebAssembly memory for instance. File data
   * is read straight into it, shared data is copied into it chunk by chunk; `bytes` is then a view of its first bytes.
   *
   * Called before the lane's first chunk, and again when a chunk needs more or the memory was detached because it grew. The
   * `byteOffset` must be a multiple of the data's element size. The buffer stays the plugin's: a view of it in a result is
   * copied out. Without it, shared data is passed as a view, and a file's chunks in a buffer of the lane's own.
   */
  readonly buffer?: (state: S, byteLength: number) => Uint8Array
  /**
   * Gives back what `setup` took: runs once in each lane whose setup succeeded, behind its last chunk, also when the lane or
   * the run failed or was cancelled; not when the worker itself died. The run settles after it.
   *
   * What it throws fails the run (`ERR_CHUNK_FAILED`, without a chunk), unless that has failed anyway: any other failure goes
   * before it. Its time is not limited while the run goes well; in a run that fails or is cancelled it has the engine's
   * `graceMs`, then its worker is ended.
   */
  readonly teardown?: (state: S) => void | Promise<void>
  /** The chunk function. */
  readonly map: ChunkFn<R, P, T, S>
  /** Used by `engine.run`; without it the run's value is the list of results. */
  readonly reduce?: Reducer<NoInfer<R>, A, Out> | MergeFn<NoInfer<R>>
}

/**
 * A plugin. Made by {@link definePlugin}.
 *
 * @typeParam P - the parameters as its functions see them
 * @typeParam R - what its chunk function returns
 * @typeParam Out - what `engine.run` gives
 * @typeParam T - the kind of data that it takes
 * @typeParam I - the parameters as a run gives them; with `undefined` among them a run may leave them out
 */
export interface Plugin<
  P = undefined,
  R = unknown,
  Out = R[],
  T extends TypedArray = Uint8Array,
  I = Partial<P> | undefined,
> {
  /** The module that exports it, absolute. */
  readonly url: string
  /** Names it among its module's exports, and its runs in events. */
  readonly name: string
  /** One sentence; empty if there is none. */
  readonly description: string
  /** The default parameters, also those of a schema; undefined where parameters have to be given. */
  readonly params: P | undefined
  /** The schema of its parameters, if it was defined with one. */
  readonly schema: StandardSchema<unknown, P> | undefined
  /** @internal */
  readonly [brand]: true
  /** Types only: never there at run time. */
  readonly '~types'?: {
    /** What the chunk function returns. */
    readonly result: R
    /** What a run gives. */
    readonly out: Out
    /** The kind of typed array that the data is made of. */
    readonly data: T
    /** The parameters as a run gives them. */
    readonly params: I
  }
}

/** The parameters as a run gives them: it may leave them out where a schema accepts an empty object. */
// biome-ignore lint/complexity/noBannedTypes: `{}` is what an empty object is, and that is the question
export type Given<I> = {} extends I ? I | undefined : I

/** A plugin with everything that it was defined with. */
export type DefinedPlugin = Plugin<unknown, unknown, unknown, TypedArray> &
  Omit<PluginDefinition<unknown, unknown, unknown, unknown, TypedArray, unknown>, 'params'>

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
): Plugin<P, R, Out, T, Given<I>>
export function definePlugin<
  R,
  P = undefined,
  S = undefined,
  T extends TypedArray = Uint8Array,
  I = Partial<P> | undefined,
>(
  url: string,
  definition: PluginDefinition<P, R, R, R, T, S, I> & { readonly reduce: MergeFn<NoInfer<R>> },
): Plugin<P, R, R, T, Given<I>>
export function definePlugin<
  R,
  P = undefined,
  S = undefined,
  T extends TypedArray = Uint8Array,
  I = Partial<P> | undefined,
>(
  url: string,
  definition: PluginDefinition<P, R, never, never, T, S, I> & { readonly reduce?: undefined },
): Plugin<P, R, R[], T, Given<I>>
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

/**
 * `reducer`, if it is one.
 *
 * @throws {TypeError} it is neither a function nor an object with `init`, `add` and `merge`, or a function that makes one
 */
export function checkReducer(
  argument: string,
  reducer: unknown,
): Reducer<unknown, unknown, unknown> | MergeFn<unknown> {
  if (makesReducer(reducer)) throw new TypeError(`${argument}: expected a reducer, got ${show(reducer)}; call it`)
  if (typeof reducer === 'function') return reducer as MergeFn<unknown>
  if (typeof reducer !== 'object' || reducer === null) {
    throw new TypeError(`${argument}: expected a reducer or a function that merges two results, got ${show(reducer)}`)
  }
  // `as`: its members are looked at one by one.
  const given = reducer as Reducer<unknown, unknown>
  const [init, add, merge] = [memberOf(given, 'init'), memberOf(given, 'add'), memberOf(given, 'merge')]
  const [finish, order] = [memberOf(given, 'finish'), memberOf(given, 'order')]
  for (const [key, member] of Object.entries({ init, add, merge })) {
    if (typeof member !== 'function')
      throw new TypeError(`${argument}.${key}: expected a function, got ${show(member)}`)
  }
  if (finish !== undefined && typeof finish !== 'function') {
    throw new TypeError(`${argument}.finish: expected a function, got ${show(finish)}`)
  }
  if (order !== undefined && order !== 'index' && order !== 'any') {
    throw new TypeError(`${argument}.order: expected 'index' or 'any', got ${show(order)}`)
  }
  return reducer as Reducer<unknown, unknown>
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
export function noPlugin(argument: string, expected: string, value: unknown): TypeError {
  return new TypeError(`${argument}: expected ${expected}, got ${show(value)}${pluginCure(argument, value)}`)
}
