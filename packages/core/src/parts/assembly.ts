// Puts the parts of one job together to its answer: each chunk once, in the tree that depends on the number of chunks alone.

import { checkCount, checkInteger, readOptions, show } from '../base/check.js'
import { nameChunks, OnecopyError } from '../base/errors.js'
import { memberOf } from '../base/own-members.js'
import type { ChunkPlan } from '../chunks/chunk-plan.js'
import { ChunkSet } from '../chunks/chunk-set.js'
import { withSource } from '../chunks/pieces.js'
import type { DataPieces } from '../data/contract.js'
import { mostNumbers } from '../data/range.js'
import { kinds, type TypedArray } from '../data/typed-array.js'
import { type Assembler, createAssembler, mergeBetween } from '../engine/assembler.js'
import { checkSeed, checkSkip, noMost } from '../engine/check-options.js'
import { planFor } from '../engine/job.js'
import { type AnyPartOptions, checkIdentities, type DataOutline, originOf, partOptions } from '../engine/part.js'
import { Prefix } from '../engine/prefix.js'
import { errorOfCounters, errorOfEmptyInput, errorOfReducer, errorOfSkips } from '../engine/run-errors.js'
import type { PartOptions, PluginRunOptions } from '../engine/run-options.js'
import { isPlugin, notAPlugin } from '../functions/plugin.js'
import type { Plugin } from '../functions/plugin-contract.js'
import { pluginParams } from '../functions/plugin-params.js'
import { mostCounters, NoteBook, type Notes, type Skipped, withPlaces } from '../protocol/notes.js'
import type { Part, Span } from '../protocol/part.js'
import { unitLength } from '../protocol/task.js'
import { foldLevel } from '../reduce/merge-tree.js'
import { bindPluginReducer, type Reduction } from '../reduce/reduction.js'
import { cloneValue } from '../serialize/clone.js'
import { describeParams } from '../serialize/params.js'
import { checkPart, type PartForm } from './check-part.js'
import { SkipLimit } from './skip-limit.js'

/** An answer as it comes together from parts. Made by {@link assemble}. */
export interface Assembly<Out> {
  /** How the data is cut; `plan.count` is the number of chunks. */
  readonly plan: ChunkPlan
  /**
   * A span may begin and end at multiples of this many chunks, and end at `plan.count`. It is 1, and for a plugin that folds a
   * power of two: the chunks that share one accumulator. If the run may end early, each chunk of a fold has its own.
   */
  readonly unit: number
  /** How many chunks are in. */
  readonly done: number
  /** What the chunks that are in have skipped. */
  readonly skipped: Skipped
  /** What the chunks that are in have counted with `chunk.count`: the sums, by name. */
  readonly counters: Readonly<Record<string, number>>
  /**
   * Chunks with this number or a higher one are not needed. It is `plan.count`, and less once the chunks that are in are `enough` for the
   * reducer: then only missing chunks below it are needed, if any. If the run may end early, it is also less once more is skipped than
   * `options.skip` allows: then it is the chunk in which that happened, because only what is before that chunk may be enough.
   */
  readonly needed: number
  /**
   * Take a part in. The part itself stays as it is.
   *
   * @returns false if one of its chunks is in already. Then nothing is taken: the first part counts
   * @throws {TypeError} `part` is no part
   * @throws {OnecopyError} `ERR_PART_MISMATCH`: it belongs to another job (plugin, parameters, data, chunks), and nothing is taken.
   *   `ERR_PART_DAMAGED`: its results do not fit its chunks, and nothing is taken. `ERR_CHUNK_FAILED`: the reducer threw while
   *   merging, and the assembly cannot be used any more. `ERR_TOO_MANY_SKIPPED`: with this part, more is skipped than
   *   `options.skip` allows; neither can it be used any more. If the run may end early, this is thrown as soon as the chunks before the
   *   one in which that happened are in and are not enough
   */
  add(part: Part): boolean
  /** The chunks that are still to be run, ascending. Empty when all are in that are needed. */
  missing(): Span[]
  /**
   * Everything that is in, as one part: many small parts become a smaller one.
   *
   * @throws {TypeError} `result()` was called, which uses up what is in
   */
  part(): Part
  /**
   * The answer. The reducer's `finish` runs once, however often this is called.
   *
   * @throws {OnecopyError} `ERR_PART_MISSING`: chunks are missing, and it says which. `ERR_CHUNK_FAILED`: the reducer threw.
   *   `ERR_EMPTY_INPUT`: there is nothing to reduce, and the reducer is a bare function
   */
  result(): Out
}

/**
 * Begin to put together the parts that `engine.part(data, plugin, span, options)` makes, in this process or any other. They may
 * come in any order, cut in any way, and more than once. The answer is that of `engine.run`, bit for bit.
 *
 * Of `data`, only these members are read, so a program that has no access to the bytes may give an object with these members.
 *
 * @param data - shared data, or its element type, length, byte length and identity
 * @param plugin - the plugin of the parts
 * @param options - the options of the parts: `params`, `seed`, `chunks`, `digest` and `identity` must be the same
 * @throws {TypeError | RangeError} an argument or option is wrong or unknown
 * @example
 * const assembly = assemble(data, hash)
 * for (const span of assembly.missing()) assembly.add(await engine.part(data, hash, span))
 * const { crc } = assembly.result()
 */
export function assemble<P, R, Out, T extends TypedArray, I>(
  data: DataOutline,
  plugin: Plugin<P, R, Out, T, I>,
  ...options: PluginRunOptions<I, PartOptions>
): Assembly<Out>
export function assemble(data: DataOutline, plugin: unknown, given?: AnyPartOptions): Assembly<unknown> {
  checkCount('assemble', 3, arguments.length)
  checkOutline(data)
  if (!isPlugin(plugin)) throw notAPlugin('plugin', 'what definePlugin returns', plugin)
  const options = readOptions('options', given, partOptions)
  checkIdentities(options)
  checkSeed(options.seed)
  const skip = checkSkip(options.skip)
  const params = pluginParams(plugin, options.params)
  if (plugin.into !== undefined) {
    throw new TypeError(`plugin: ${show(plugin.name)} writes in place, so it has no parts`)
  }
  const plan = planFor(data, plugin, options, params)
  const reduction = plugin.reduce === undefined ? undefined : bindPluginReducer(plugin.reduce).reduction
  const mayEnd = reduction?.enough !== undefined && (plugin.stopsEarly?.(params) ?? true)
  // A run that may end early folds each chunk alone, see `describeJob`.
  const level = plugin.fold === undefined ? undefined : mayEnd ? 0 : foldLevel(plan.count)
  const kind = reduction === undefined ? 'list' : reduction.order === 'any' ? 'any' : 'tree'
  const origin = originOf(data, plugin, plan, describeParams(params), options)
  const form = { origin, kind, unit: unitLength({ foldLevel: level }) } as const
  return new PartAssembly(
    form,
    createAssembler(plan, reduction, undefined, mayEnd && skip.most !== undefined),
    skip,
    mayEnd ? reduction : undefined,
    memberOf(data, 'pieces'),
  )
}

/** @throws {TypeError | RangeError} a member that is needed is missing or wrong */
function checkOutline(data: DataOutline): void {
  if (typeof data !== 'object' || data === null || typeof data.elementType !== 'string') {
    throw new TypeError(`data: expected shared data, or its elementType, length and byteLength, got ${show(data)}`)
  }
  const Elements = kinds.get(data.elementType)
  if (Elements === undefined) {
    throw new TypeError(`data.elementType: expected the name of a typed array, got ${show(data.elementType)}`)
  }
  checkInteger('data.length', data.length, 0, mostNumbers)
  const byteLength = data.length * Elements.BYTES_PER_ELEMENT
  checkInteger('data.byteLength', data.byteLength, byteLength, byteLength)
}

class PartAssembly implements Assembly<unknown> {
  readonly plan: ChunkPlan
  readonly unit: number
  readonly #form: PartForm
  readonly #assembler: Assembler
  readonly #chunks: ChunkSet
  readonly #notes: NoteBook
  readonly #mostSkipped: number | undefined
  /** Finds out where too much is skipped, if what is skipped behind what is enough does not count. */
  readonly #skipLimit: SkipLimit | undefined
  readonly #pieces: DataPieces | undefined
  #answer: { readonly value: unknown } | undefined
  /** The reducer threw. What is in may be half merged. */
  #failure: OnecopyError | undefined
  /** The reduction, if what is in is merged for the answer only, because skips behind what is enough do not count. */
  readonly #apart: Reduction | undefined
  /** Finds out whether what is in is enough; undefined if all chunks are needed. */
  readonly #prefix: Prefix | undefined
  /** The chunks below this one are enough; beyond all chunks if that is not known. */
  #enoughAt = Number.POSITIVE_INFINITY
  needed: number

  /** @param early - the reduction, if it may have enough */
  constructor(
    form: PartForm,
    assembler: Assembler,
    skip: ReturnType<typeof checkSkip>,
    early: Reduction | undefined,
    pieces: DataPieces | undefined,
  ) {
    this.#pieces = pieces
    this.plan = form.origin.plan
    this.needed = this.plan.count
    this.#prefix =
      early &&
      new Prefix(early, (end) => {
        this.#enoughAt = Math.min(this.#enoughAt, end)
        this.needed = Math.min(this.needed, end)
      })
    this.unit = form.unit
    this.#form = form
    this.#assembler = assembler
    this.#chunks = new ChunkSet(this.plan.count)
    this.#mostSkipped = skip.most
    this.#skipLimit = early === undefined || skip.most === undefined ? undefined : new SkipLimit(skip.most)
    this.#apart = this.#skipLimit && early
    this.#notes = new NoteBook(skip.list, this.#skipLimit === undefined ? undefined : noMost)
  }

  get done(): number {
    return this.#chunks.size
  }

  get skipped(): Skipped {
    return withPlaces(this.#notes.skipped, this.#pieces)
  }

  get counters(): Readonly<Record<string, number>> {
    return this.#notes.counters
  }

  add(part: Part): boolean {
    checkCount('add', 1, arguments.length)
    this.#throwIfFailed()
    checkPart(part, this.#form)
    if (!this.#chunks.canAdd(part.ranges)) return false
    // Reducers may write into what they merge, and the part is the caller's.
    const payload = clone(part.payload)
    this.#chunks.addRanges(part.ranges)
    const notes = memberOf(part, 'notes')
    if (notes !== undefined) this.#note(notes, part.ranges[0] ?? 0)
    this.#merge(() => {
      const commit = { ranges: part.ranges, payload, approxBytes: 0, notes: undefined }
      // It comes first, because it copies what the assembler uses up.
      this.#prefix?.add(commit)
      while (this.#prefix?.mergeOne());
      this.#assembler.add(commit)
      while (memberOf(this.#assembler, 'mergeOne')?.call(this.#assembler));
    }, 'merging')
    this.#checkSkips()
    return true
  }

  missing(): Span[] {
    const ranges = this.#chunks.missing(this.needed)
    const spans: Span[] = []
    for (let r = 0; r < ranges.length; r += 2) spans.push({ from: ranges[r]!, to: ranges[r + 1]! })
    return spans
  }

  part(): Part {
    this.#throwIfFailed()
    if (this.#answer !== undefined) throw new TypeError('part: result() has used up what was in; call part() before it')
    // `!`: every assembler that `createAssembler` makes has it.
    const copy = clone(this.#assembler.payload!())
    const notes = this.#notes.notes()
    const apart = this.#apart
    const merged = (): Part['payload'] =>
      apart === undefined ? copy : mergeBetween(copy, notes?.chunks ?? [], this.plan.count, apart)
    const payload = this.#merge(merged, 'merging')
    return { ...this.#form.origin, ranges: this.#chunks.ranges(), payload, ...(notes === undefined ? {} : { notes }) }
  }

  result(): unknown {
    this.#throwIfFailed()
    if (this.#answer !== undefined) return this.#answer.value
    const missing = this.missing()
    if (missing.length > 0) throw new OnecopyError('ERR_PART_MISSING', `parts are missing: ${nameChunks(missing)}`)
    const answer = this.#merge(() => this.#assembler.result(), 'at the end')
    if (answer === undefined) throw errorOfEmptyInput()
    this.#answer = answer
    return answer.value
  }

  #note(notes: Notes, first: number): void {
    this.#notes.add(notes)
    this.#skipLimit?.add(notes, first)
    const most = this.#skipLimit === undefined ? this.#mostSkipped : undefined
    if (most !== undefined && this.#notes.count > most) this.#failure = errorOfSkips(undefined, most)
    else if (this.#notes.names > mostCounters) this.#failure = errorOfCounters()
    this.#throwIfFailed()
  }

  /** Fail if too much is skipped, once no chunk is missing that could have more skips, or be enough, before that. */
  #checkSkips(): void {
    const over = this.#skipLimit?.over
    if (over === undefined || over.index >= this.#enoughAt) return
    this.needed = Math.min(this.needed, over.index)
    if (this.#chunks.missing(over.index).length > 0) return
    const { chunk } = over
    const named = chunk && withSource(this.plan, this.#pieces?.names, chunk, undefined)
    // `!`: without it, nothing is over it.
    this.#failure = errorOfSkips(named, this.#mostSkipped!)
    throw this.#failure
  }

  #merge<R>(work: () => R, when: string): R {
    try {
      return work()
    } catch (cause) {
      this.#failure = errorOfReducer({ kind: 'plugin' }, when, cause)
      throw this.#failure
    }
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}

function clone(payload: Part['payload']): Part['payload'] {
  try {
    return cloneValue(payload)
  } catch (cause) {
    throw new OnecopyError('ERR_PART_DAMAGED', 'part: its results cannot be cloned', { cause })
  }
}
