// A run as its caller asked for it: checked, with defaults filled in.

import { checkInteger, isThenable, readOptions, show } from '../base/check.js'
import { memberOf } from '../base/own-members.js'
import { longestMs } from '../base/runtime.js'
import { checkChunker } from '../chunks/check-chunker.js'
import { type ChunkPlan, mayOwnNothing, planChunks } from '../chunks/chunk-plan.js'
import { type Chunker, fixed, records } from '../chunks/chunkers.js'
import type { DataDescription, Output, SharedData } from '../data/contract.js'
import { isRange } from '../data/range.js'
import type { TypedArray } from '../data/typed-array.js'
import { checkPrefix } from '../functions/check-prefix.js'
import type { DefinedPlugin } from '../functions/contract.js'
import { describeFunction, type FunctionDescription } from '../functions/load-function.js'
import { type CheckedShape, shapeOf } from '../functions/output-shape.js'
import { isPlugin } from '../functions/plugin.js'
import { pluginParams } from '../functions/plugin-params.js'
import type { Host, InContext } from '../protocol/host.js'
import { listedByDefault } from '../protocol/notes.js'
import type { PartOrigin, Span } from '../protocol/part.js'
import type { JobDescription, OutputDescription } from '../protocol/task.js'
import { foldLevel } from '../reduce/merge-tree.js'
import { type BoundReducer, bindPluginReducer, bindReducer, type Reduction } from '../reduce/reduction.js'
import { describeParams } from '../serialize/params.js'
import { chooseChunks } from './only.js'
import { allocOutput, checkOutput, checkOutputCuts, checkShape, ratioOf } from './output.js'
import type { AbortSignalLike, RunOptions, SkipOptions } from './run-options.js'

/** The options of `map` and `run`, with parameters of any type. */
export type AnyOptions = RunOptions & { readonly params?: unknown; readonly into?: unknown; readonly prefix?: unknown }

export const runOptions = [
  'chunks',
  'params',
  'into',
  'prefix',
  'signal',
  'priority',
  'workers',
  'chunkTimeoutMs',
  'retries',
  'verify',
  'seed',
  'skip',
  'only',
  'sample',
  'name',
] as const

const defaultRetries = 2

/** The first pass as its caller asked for it, checked. */
export interface FirstPass {
  readonly fn: FunctionDescription
  readonly reducer: BoundReducer
}

/** A run, checked and complete. */
export interface Job {
  readonly description: JobDescription
  readonly data: SharedData<TypedArray>
  /** What the run is written into. */
  readonly into: Output | undefined
  /** The first pass, which says what comes before each chunk. */
  readonly first: FirstPass | undefined
  readonly reduction: Reduction | undefined
  /** If the run is a part of a job: which chunks it is to run, and which job it belongs to. Its value is then a `Part`. */
  readonly part: { readonly span: Span; readonly origin: PartOrigin } | undefined
  /** The chunks to run, as pairs `from, to`; undefined: all. */
  readonly only: Int32Array | undefined
  readonly name: string
  readonly priority: number
  readonly workers: number
  readonly chunkTimeoutMs: number | undefined
  readonly retries: number
  readonly signal: AbortSignalLike | undefined
  /** Calls the caller's functions (listeners, reducers) in the caller's own async context. */
  readonly inContext: InContext
}

/** A job whose reducer is not known yet. */
export interface Draft extends Omit<Job, 'description' | 'reduction' | 'part' | 'inContext'> {
  /** `stopsEarly`: whether the run may end early, if the reducer has `enough`. */
  readonly description: Omit<Job['description'], 'reducer' | 'isTraced'>
}

/**
 * The description of a job, now that its reducer is known.
 *
 * @param isPart - a part never ends early, because it has the results of all of its chunks
 * @param isTraced - whether somebody wants to know how long chunks take
 */
export function describeJob(
  { description, only }: Draft,
  reducer: BoundReducer | undefined,
  isPart: boolean,
  isTraced: boolean,
): JobDescription {
  const mayEnd = description.stopsEarly && reducer?.reduction.enough !== undefined
  // Larger blocks would read more than is needed. Parts have the same blocks, because the answer must be the same.
  // So do chosen chunks, whose neighbours do not run.
  const isAlone = mayEnd || only !== undefined
  const level = isAlone && description.foldLevel !== undefined ? 0 : description.foldLevel
  return {
    ...description,
    isTraced,
    foldLevel: level,
    stopsEarly: mayEnd && !isPart && only === undefined,
    reducer: reducer?.description,
  }
}

/**
 * Check the arguments of `map` or `run`, and fill in the defaults.
 *
 * @param fn - a chunk function, a module function or a plugin
 * @param host - the host of the engine
 * @throws {TypeError | RangeError} an argument is wrong
 */
export function draftJob(
  data: SharedData<TypedArray>,
  fn: unknown,
  given: AnyOptions | undefined,
  host: Host,
  isFold: boolean,
): Draft {
  checkData(data)
  const options = readOptions('options', given, runOptions)
  const plugin = isPlugin(fn) ? fn : undefined
  const params = plugin === undefined ? options.params : pluginParams(plugin, options.params)
  const shape = plugin === undefined ? undefined : shapeOf(plugin, params)
  const givenInto = options.into === undefined ? undefined : checkOutput(options.into, data)
  const per = shape?.per ?? (givenInto === undefined ? 1 : data.length / givenInto.length)
  const plan = planFor(data, plugin, options, params, per)
  const described = data.describe()
  checkCuts(plan, described)
  const into = outputOf(givenInto, shape, plan)
  const { verify, seed, skip, name, ...settings } = checkSettings(options, host.workers)
  const compilesElsewhere = memberOf(host, 'compilesElsewhere') === true
  return {
    ...settings,
    description: {
      data: described,
      plan,
      fn: describeFunction(fn, compilesElsewhere),
      foldLevel: isFold ? foldLevel(plan.count) : undefined,
      stopsEarly: plugin?.stopsEarly?.(params) ?? true,
      params: describeParams(params),
      verify,
      seed,
      into: into?.description,
      mostSkipped: skip.most,
      listedSkips: skip.list,
      csvStates: undefined,
      prefixes: undefined,
    },
    data,
    into: into?.output,
    first: firstPassOf(plugin, options.prefix, compilesElsewhere),
    only: chooseChunks(options, plan.count, seed),
    name: name ?? ((fn as { readonly name?: string }).name || 'map'),
  }
}

/**
 * The first pass of a run.
 *
 * @throws {TypeError} it is none; or the run has a plugin, whose own passes belong together
 */
function firstPassOf(
  plugin: DefinedPlugin | undefined,
  given: unknown,
  compilesElsewhere: boolean,
): FirstPass | undefined {
  if (plugin === undefined) {
    if (given === undefined) return undefined
    const { map, reduce } = checkPrefix('options.prefix', given)
    return { fn: describeFunction(map, compilesElsewhere), reducer: bindReducer(reduce, false) }
  }
  if (given !== undefined) {
    throw new TypeError('options.prefix: a plugin has a first pass of its own, or none; give it the field prefix')
  }
  const { url, name, prefix } = plugin
  if (prefix === undefined) return undefined
  return { fn: { kind: 'prefix', url, name }, reducer: bindPluginReducer(prefix.reduce) }
}

/**
 * How `data` is cut for a plugin, or for a function without one.
 *
 * @param per - elements of the data per element of the output. Without a chunker, they are not cut apart
 */
export function planFor(
  data: Pick<SharedData<TypedArray>, 'elementType' | 'length' | 'byteLength'>,
  plugin: DefinedPlugin | undefined,
  { chunks }: AnyOptions,
  params: unknown,
  per: number = 1,
): ChunkPlan {
  const byDefault = Number.isInteger(per) && per > 1 ? records({ length: per }) : fixed()
  return planChunks(data, chooseChunker(chunks, plugin, params) ?? byDefault)
}

/** What a run is written into, and which of its elements belong to which chunk; undefined if it is not written in place. */
function outputOf(
  given: Output | undefined,
  shape: CheckedShape | undefined,
  plan: ChunkPlan,
): { readonly output: Output; readonly description: OutputDescription } | undefined {
  if (given === undefined && shape === undefined) return undefined
  const owned = plan.last - plan.first
  // `!`: there is one of the two.
  const output = given ?? allocOutput(shape!, owned)
  if (given !== undefined && shape !== undefined) checkShape(given, shape, owned)
  const ratio = shape ?? ratioOf(output, owned)
  checkOutputCuts(ratio, plan)
  const { times, per } = ratio
  return { output, description: { output: output.describeOutput(), elementType: output.elementType, times, per } }
}

/** @throws {TypeError} the chunker looks for bytes, and the data has none */
function checkCuts({ kind }: ChunkPlan, data: DataDescription): void {
  if (!mayOwnNothing(kind) || !isRange(data)) return
  throw new TypeError('chunks: lines(), delimited() and csvRecords() look for bytes, and a range has none; use fixed()')
}

/** @throws {RangeError} it is no seed */
export function checkSeed(seed: unknown): number {
  return checkInteger('options.seed', seed ?? 0, 0)
}

/** Most of the ranges that were skipped can be listed. */
const mostListed = 1_000_000

/**
 * The `skip` of a run's options, with defaults filled in.
 *
 * @throws {TypeError | RangeError} one of its members is wrong
 */
export function checkSkip(skip: SkipOptions | undefined): { readonly most: number | undefined; readonly list: number } {
  const { most, list = listedByDefault } = readOptions('options.skip', skip, ['most', 'list'])
  checkInteger('options.skip.list', list, 0, mostListed)
  if (most === undefined) return { most, list }
  // It has to travel as JSON.
  if (most === Number.POSITIVE_INFINITY) return { most: Number.MAX_SAFE_INTEGER, list }
  return { most: checkInteger('options.skip.most', most, 0), list }
}

function checkData(data: unknown): void {
  if (typeof data === 'object' && data !== null && typeof memberOf(data, 'describe') === 'function') return
  throw new TypeError(
    `data: expected shared data, from share(), alloc(), range(), load() or file(), got ${show(data)}${dataCure(data)}`,
  )
}

/** What turns `data` into shared data. */
function dataCure(data: unknown): string {
  if (typeof data === 'string') return '; if it is a path: file(path) or await load(path), if it is text: share(text)'
  if (Object.prototype.toString.call(data) === '[object URL]') return '; give file(url) or await load(url)'
  if (ArrayBuffer.isView(data) || isBuffer(data)) return '; put it into shared memory with share(data)'
  if (Array.isArray(data)) return '; put numbers into shared memory with share(Float64Array.from(data))'
  if (typeof data === 'number') return '; for the numbers from 0 to it: range(data)'
  if (typeof data === 'function') return '; the data comes first, then the function'
  return isThenable(data) ? '; await it' : ''
}

function isBuffer(value: unknown): boolean {
  return ['[object ArrayBuffer]', '[object SharedArrayBuffer]'].includes(Object.prototype.toString.call(value))
}

/** The chunker of a run: its own, else the plugin's. */
function chooseChunker(
  chunks: Chunker | undefined,
  plugin: DefinedPlugin | undefined,
  params: unknown,
): Chunker | undefined {
  if (chunks !== undefined) return checkChunker('chunks', chunks)
  const own = plugin?.chunks
  return own === undefined ? undefined : checkChunker('chunks', typeof own === 'function' ? own(params) : own)
}

/** The options that do not depend on the data or the function. */
function checkSettings(options: AnyOptions, workers: number) {
  const { signal, priority = 0, chunkTimeoutMs, retries = defaultRetries, verify = false, name } = options
  if (signal !== undefined) checkSignal(signal)
  checkNumber('options.priority', priority, -Number.MAX_VALUE, Number.MAX_VALUE)
  if (chunkTimeoutMs !== undefined) checkNumber('options.chunkTimeoutMs', chunkTimeoutMs, Number.MIN_VALUE, longestMs)
  if (typeof verify !== 'boolean') throw new TypeError(`options.verify: expected a boolean, got ${show(verify)}`)
  if (name !== undefined && typeof name !== 'string') {
    throw new TypeError(`options.name: expected text, got ${show(name)}`)
  }
  const most = options.workers === undefined ? workers : checkInteger('options.workers', options.workers, 1)
  return {
    priority,
    workers: Math.min(workers, most),
    chunkTimeoutMs,
    retries: checkInteger('options.retries', retries, 0),
    signal,
    verify,
    seed: checkSeed(options.seed),
    skip: checkSkip(options.skip),
    name,
  }
}

/** Checks the members that a run uses and not the class, because a signal may come from another realm. */
function checkSignal(signal: AbortSignalLike): void {
  if (
    typeof signal !== 'object' ||
    signal === null ||
    typeof signal.aborted !== 'boolean' ||
    typeof signal.addEventListener !== 'function' ||
    typeof signal.removeEventListener !== 'function'
  ) {
    throw new TypeError(`options.signal: expected an AbortSignal, got ${show(signal)}`)
  }
}

/**
 * Check that `value` is a number from `least` to `most`. `Number.MIN_VALUE` as `least` means: more than 0.
 *
 * @throws {RangeError} it is not; the message names `name` and shows `value`
 */
export function checkNumber(name: string, value: unknown, least: number, most: number): void {
  if (typeof value === 'number' && value >= least && value <= most) return
  const from = least === Number.MIN_VALUE ? 'more than 0' : `from ${least}`
  throw new RangeError(`${name}: expected a number ${from} to ${most}, got ${show(value)}`)
}
