// What a run is written into: its checks, which elements belong to which chunk, and what lanes send of it.

import { show } from '../base/check.js'
import { type ChunkRange, nameChunk, OnecopyError } from '../base/errors.js'
import { memberOf } from '../base/own-members.js'
import type { ChunkPlan } from '../chunks/chunk-plan.js'
import { OwnedElements, ownedOf, type PlanPieces, pieceLength } from '../chunks/pieces.js'
import { checksum as checksumOf } from '../data/checksum.js'
import type { DataDescription, Output, SharedData } from '../data/contract.js'
import { alloc } from '../data/share.js'
import { isSharedMemory, type MemoryDescription } from '../data/shared-memory.js'
import { elementConstructor, type TypedArray } from '../data/typed-array.js'
import type { CheckedShape } from '../functions/output-shape.js'
import type { WrittenWindow } from '../protocol/report.js'
import type { OutputDescription } from '../protocol/task.js'

/** Elements of the output per element of the data, and the other way round: one of the two is 1. */
export type OutputRatio = Pick<OutputDescription, 'times' | 'per'>

/**
 * Check what a run is to be written into.
 *
 * @throws {TypeError} a run cannot be written into it, or it is where the data is
 */
export function checkOutput(into: unknown, data: SharedData<TypedArray>): Output {
  if (typeof into !== 'object' || into === null || typeof memberOf(into, 'describeOutput') !== 'function') {
    const cure = ArrayBuffer.isView(into) ? '; workers cannot write into ordinary memory' : ''
    throw new TypeError(
      `options.into: expected shared memory from alloc(), or a file from createFile(), got ${show(into)}${cure}`,
    )
  }
  // `as`: it has the method that makes it one.
  const output = into as Output
  if (haveCommonBytes(data.describe(), output.describeOutput())) {
    throw new TypeError(
      'options.into: it is in the same memory as the data. A chunk that runs again because its worker died would read what it has ' +
        'written; give other memory, from alloc()',
    )
  }
  return output
}

function haveCommonBytes(left: DataDescription, right: DataDescription): boolean {
  if (left.kind !== 'memory' || right.kind !== 'memory') return false
  // `as`: only memory has this kind.
  const [a, b] = [left as MemoryDescription, right as MemoryDescription]
  return (a.buffer === b.buffer || a.name === b.name) && a.byteOffset < endOf(b) && b.byteOffset < endOf(a)
}

function endOf({ byteOffset, elementType, length }: MemoryDescription): number {
  return byteOffset + length * elementConstructor(elementType).BYTES_PER_ELEMENT
}

/**
 * How many elements of the output belong to each element of the data.
 *
 * @param owned - the elements of the data that chunks own
 * @throws {RangeError} the output has neither a whole multiple nor a whole fraction of them
 */
export function ratioOf({ length }: Output, owned: number): OutputRatio {
  if (length === owned) return { times: 1, per: 1 }
  if (owned > 0 && length > 0) {
    if (length % owned === 0) return { times: length / owned, per: 1 }
    if (owned % length === 0) return { times: 1, per: owned / length }
  }
  throw new RangeError(
    `options.into: expected a whole multiple or a whole fraction of the ${owned} elements that chunks own, got ${length} elements`,
  )
}

/**
 * Check that no element of the output belongs to two chunks.
 *
 * @throws {TypeError | RangeError} one would
 */
export function checkOutputCuts({ per }: OutputRatio, plan: ChunkPlan): void {
  if (per === 1) return
  const { kind, size, count, pieces } = plan
  const cure = `; use records({ length: ${per} })`
  if (kind === 'delimited') {
    throw new TypeError(
      `chunks: ${per} elements of the data make one element of the output, and lines() and delimited() cut anywhere${cure}`,
    )
  }
  if (pieces !== undefined) checkPieces(per, plan, pieces, cure)
  if (count > 1 && size % per !== 0) {
    throw new RangeError(
      `chunks: expected a multiple of ${per} elements per chunk, because they make one element of the output, got ${size}${cure}`,
    )
  }
}

/** @throws {RangeError} a file ends within an element of the output */
function checkPieces(per: number, plan: ChunkPlan, { starts, header, record }: PlanPieces, cure: string): void {
  for (let number = 0; number < starts.length; number++) {
    const { first, last } = ownedOf(pieceLength(plan, number), header, record)
    if ((last - first) % per === 0) continue
    throw new RangeError(
      `chunks: ${per} elements of the data make one element of the output, and the chunks of file ${number} have ${last - first}${cure}`,
    )
  }
}

/**
 * Make what a plugin's run is written into, if the run does not say it.
 *
 * @throws {RangeError} the data is no whole number of such elements, or there is no memory for it
 */
export function allocOutput({ elements, times, per }: CheckedShape, owned: number): Output {
  if (owned % per !== 0) {
    throw new RangeError(
      `data: expected a multiple of ${per} elements, because they make one of the output, got ${owned}`,
    )
  }
  return alloc(elements, (owned * times) / per)
}

/**
 * Check that an output is what the plugin writes.
 *
 * @throws {TypeError} it has other elements, or another number of them
 */
export function checkShape({ elementType, length }: Output, shape: CheckedShape, owned: number): void {
  const { elements, times, per } = shape
  if (elementType === elements.name && length === (owned * times) / per) return
  throw new TypeError(
    `options.into: expected a ${elements.name} of ${(owned * times) / per} elements, as the plugin says, got a ${elementType} of ${length}`,
  )
}

/** What the chunks of a run have written. */
export class WrittenOutput {
  readonly #output: Output
  readonly #ratio: OutputRatio
  readonly #owned: OwnedElements
  /** The windows with their checksums, if the run is to be verified. */
  readonly #checked: WrittenWindow[] = []

  constructor(output: Output, ratio: OutputRatio, plan: ChunkPlan) {
    this.#output = output
    this.#ratio = ratio
    this.#owned = new OwnedElements(plan)
  }

  /** Take windows of chunks that are committed. */
  add(windows: readonly WrittenWindow[]): void {
    for (const window of windows) {
      const { start, end, elements } = window
      if (window.checksum !== undefined) this.#checked.push(window)
      if (elements === undefined) continue
      const writer = this.#output.openOutput()
      copyBytes(writer.window(start, end), elements)
    }
  }

  /** @throws {OnecopyError} `ERR_DATA_CHANGED`: a chunk has written into the window of another one */
  verify(): void {
    const output = this.#output
    if (!isSharedMemory(output)) return
    for (const { chunk: index, start, end, checksum } of this.#checked) {
      // A window is as large as a view may be, because the chunk function had it as one.
      if (checksumOf(output.view(start, end)) === checksum) continue
      const { times, per } = this.#ratio
      const first = this.#owned.offsetOf((start * per) / times)
      const chunk: ChunkRange = { index, start: first, end: first + ((end - start) * per) / times }
      throw new OnecopyError(
        'ERR_DATA_CHANGED',
        `another chunk wrote into the window of ${nameChunk(chunk)}; a chunk function may only write into its own chunk.out`,
        { chunk },
      )
    }
  }
}

function copyBytes(target: TypedArray, source: TypedArray): void {
  new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(
    new Uint8Array(source.buffer, source.byteOffset, source.byteLength),
  )
}
