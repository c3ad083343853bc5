// A run as its caller asked for it: checked, with defaults filled in.

import { readOptions } from '../base/check.js'
import { memberOf } from '../base/own-members.js'
import { checkChunker } from '../chunks/check-chunker.js'
import { type ChunkPlan, type CutData, mayOwnNothing, planChunks } from '../chunks/chunk-plan.js'
import { type Chunker, fixed, records } from '../chunks/chunkers.js'
import { OwnedElements } from '../chunks/pieces.js'
import type { DataDescription, Output, SharedData, StreamedData } from '../data/contract.js'
import { isRange } from '../data/range.js'
import { isStreamed } from '../data/stream.js'
import type { TypedArray } from '../data/typed-array.js'
import { checkPrefix } from '../functions/check-prefix.js'
import { describeFunction, type FunctionDescription } from '../functions/load-function.js'
import { type CheckedShape, shapeOf } from '../functions/output-shape.js'
import { isPlugin } from '../functions/plugin.js'
import type { DefinedPlugin } from '../functions/plugin-contract.js'
import { pluginParams } from '../functions/plugin-params.js'
import type { Host, InContext } from '../protocol/host.js'
import type { NoteBook } from '../protocol/notes.js'
import type { PartOrigin, Span } from '../protocol/part.js'
import type { JobDescription, OutputDescription } from '../protocol/task.js'
import { foldLevel } from '../reduce/merge-tree.js'
import { type BoundReducer, bindPluginReducer, bindReducer, type Reduction } from '../reduce/reduction.js'
import { describeParams } from '../serialize/params.js'
import { isColumns } from '../tables/rows.js'
import { checkData } from './check-data.js'
import { type AnyOptions, checkSettings, noMost, runOptions } from './check-options.js'
import { chooseChunks } from './only.js'
import { allocOutput, checkOutput, checkOutputCuts, checkShape, ratioOf } from './output.js'
import type { AbortSignalLike } from './run-options.js'

/** The first pass as its caller asked for it, checked. */
export interface FirstPass {
  readonly fn: FunctionDescription
  readonly reducer: BoundReducer
}

/** The chunks of a stream that run together. */
export interface JobWindow {
  readonly span: Span
  /** The bytes of these chunks. The edges of chunks that end with a delimiter are where they would be without it. */
  readonly bytes: number
  /** What chunks note, in all windows of the stream. */
  readonly notes: NoteBook
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
  /** The stream that is run, if it is one, and how it is cut. Then the plan is one of no data. */
  readonly streamed: { readonly data: StreamedData; readonly chunker: Chunker } | undefined
  /** If the run is a window of a stream: which chunks it is to run, and where they note. */
  readonly window: JobWindow | undefined
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
  readonly description: Omit<Job['description'], 'reducer' | 'isTraced' | 'isApart'>
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
  const isEarly = mayEnd && only === undefined
  const isApart = isEarly && description.mostSkipped !== undefined
  return {
    ...description,
    isTraced,
    foldLevel: level,
    stopsEarly: isEarly && !isPart,
    isApart,
    // Whether a part has skipped too much depends on the parts before it, in which there may be enough.
    mostSkipped: isApart && isPart ? noMost : description.mostSkipped,
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
  if (isStreamed(data)) refuseForStream(plugin, options)
  const params = plugin === undefined ? options.params : pluginParams(plugin, options.params)
  const shape = plugin === undefined ? undefined : shapeOf(plugin, params)
  const givenInto = options.into === undefined ? undefined : checkOutput(options.into, data)
  const per = shape?.per ?? (givenInto === undefined ? 1 : data.length / givenInto.length)
  const streamed = isStreamed(data) ? { data, chunker: streamChunker(data, plugin, options, params) } : undefined
  const plan =
    streamed === undefined ? planFor(data, plugin, options, params, per) : planChunks(nothing, streamed.chunker)
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
      stream: undefined,
    },
    data,
    streamed,
    window: undefined,
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
  data: CutData,
  plugin: DefinedPlugin | undefined,
  { chunks }: AnyOptions,
  params: unknown,
  per: number = 1,
): ChunkPlan {
  if (data.length === Number.POSITIVE_INFINITY) {
    throw new TypeError('data: a stream has no parts, because nobody knows how many chunks it has before it has ended')
  }
  const byDefault = Number.isInteger(per) && per > 1 ? records({ length: per }) : fixed()
  return planChunks(data, chooseChunker(chunks, plugin, params) ?? byDefault)
}

/** A stream of which nothing has arrived. */
const nothing = { elementType: 'Uint8Array', length: 0, byteLength: 0 }

/** How a stream is cut. */
function streamChunker(
  { chunkBytes }: StreamedData,
  plugin: DefinedPlugin | undefined,
  { chunks }: AnyOptions,
  params: unknown,
): Chunker {
  const chunker = chooseChunker(chunks, plugin, params) ?? fixed()
  return { ...chunker, size: chunker.size ?? chunkBytes }
}

/** @throws {TypeError} the run needs to know more about its data than a stream can tell before it has ended */
function refuseForStream(plugin: DefinedPlugin | undefined, options: AnyOptions): void {
  const cure = 'write it to a file, or load it'
  for (const name of ['only', 'sample'] as const) {
    if (options[name] === undefined) continue
    throw new TypeError(`options.${name}: nobody knows how many chunks a stream has before it has ended; ${cure}`)
  }
  if (options.into !== undefined || plugin?.into !== undefined) {
    throw new TypeError(`options.into: nobody knows how long the output of a stream is before it has ended; ${cure}`)
  }
  if (options.prefix !== undefined || plugin?.prefix !== undefined) {
    throw new TypeError(
      `options.prefix: a first pass reads the data before the run, and a stream is read once; ${cure}`,
    )
  }
}

/** What a run is written into, and which of its elements belong to which chunk; undefined if it is not written in place. */
function outputOf(
  given: Output | undefined,
  shape: CheckedShape | undefined,
  plan: ChunkPlan,
): { readonly output: Output; readonly description: OutputDescription } | undefined {
  if (given === undefined && shape === undefined) return undefined
  const owned = new OwnedElements(plan).total
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
  if (!mayOwnNothing(kind) || !(isRange(data) || isColumns(data))) return
  const has = isRange(data) ? 'a range has' : 'columns have'
  throw new TypeError(`chunks: lines(), delimited() and csvRecords() look for bytes, and ${has} none; use fixed()`)
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
