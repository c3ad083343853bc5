// Decides how a column lies in memory, and writes it there.

import { show } from '../base/check.js'
import { isSharedMemory } from '../data/shared-memory.js'
import { elementConstructor, kindOf, type TypedArray } from '../data/typed-array.js'
import type { ColumnLayout, ColumnSource } from './contract.js'
import { inferKind } from './infer-kind.js'
import { toJson } from './json.js'
import { utf8Length, writeUtf8 } from './utf8.js'

/** A column that is ready to be written. */
export interface ColumnPlan {
  readonly kind: ColumnLayout['kind']
  readonly elementType: string
  /** Elements, or bytes of all values. */
  readonly length: number
  readonly rows: number
  /** A 1 for each value that is not null; undefined if none is. */
  readonly validity: Uint8Array | undefined
  readonly isWellFormed: boolean
  readonly values: TypedArray | readonly unknown[]
  /** If `values` are the bytes of all values: where each begins, and one more where the last ends. */
  readonly offsets: Uint32Array | undefined
  /** For `'words'`: the different texts. The values are their numbers. */
  readonly words: ColumnPlan | undefined
}

/** Text of more kinds than this is not stored as words. */
const mostWords = 4096
/** A word should occur so many times. */
const leastUses = 4

/** Whether `value` is a column, and no object of columns. */
export function isColumn(value: unknown): value is ColumnSource {
  if (Array.isArray(value)) return true
  if (typeof value !== 'object' || value === null) return false
  return (ArrayBuffer.isView(value) && kindOf(value) !== 'DataView') || isSharedMemory(value)
}

/** The values of a column as a typed array or a list that does not change any more. */
export function valuesOf(name: string, source: unknown): TypedArray | readonly unknown[] {
  if (!isColumn(source))
    throw new TypeError(`${name}: expected a list, a typed array or shared data, got ${show(source)}`)
  if (Array.isArray(source)) return [...(source as readonly unknown[])]
  if (isSharedMemory(source)) return source.view()
  // `as`: it is no list and no shared data.
  return source as TypedArray
}

/**
 * Decide how values are written.
 *
 * @param name - what the column is called in a message; the row is added to it
 * @throws {TypeError} a value cannot be in a column
 */
export function planColumn(name: string, values: TypedArray | readonly unknown[]): ColumnPlan {
  const rows = values.length
  if (!Array.isArray(values)) {
    // `as`: it is no list.
    const elementType = kindOf(values as TypedArray)
    return {
      kind: 'elements',
      elementType,
      length: rows,
      rows,
      validity: undefined,
      isWellFormed: true,
      values,
      offsets: undefined,
      words: undefined,
    }
  }
  const { kind, validity, areInt32 } = inferKind(name, values)
  const same = { kind, rows, validity, isWellFormed: true, values, offsets: undefined, words: undefined }
  if (kind === 'elements') return { ...same, elementType: areInt32 ? 'Int32Array' : 'Float64Array', length: rows }
  if (kind === 'boolean') return { ...same, elementType: 'Uint8Array', length: rows }
  if (kind === 'bytes') return { ...same, elementType: 'Uint8Array', length: sumOf(values, (v) => v.byteLength) }
  const words = kind === 'text' ? wordsOf(values) : undefined
  if (words !== undefined) {
    const { codes, texts } = words
    const plan = planText('text', texts.length, undefined, texts)
    return { ...same, kind: 'words', elementType: 'Uint16Array', length: rows, values: codes, words: plan }
  }
  const texts =
    kind === 'json' ? values.map((value, i) => (value === null ? null : toJson(value, `${name}[${i}]`))) : values
  return planText(kind, rows, validity, texts)
}

function planText(
  kind: 'text' | 'json',
  rows: number,
  validity: Uint8Array | undefined,
  values: readonly unknown[],
): ColumnPlan {
  let isWellFormed = true
  const length = sumOf(values, (text: string) => {
    const bytes = utf8Length(text)
    if (bytes < 0) isWellFormed = false
    return Math.abs(bytes)
  })
  const packed = { offsets: undefined, words: undefined }
  return { kind, elementType: 'Uint8Array', length, rows, validity, isWellFormed, values, ...packed }
}

/** The different texts among `values`, and the number of the text of each row; undefined if there are too many. Null has a 0. */
function wordsOf(
  values: readonly unknown[],
): { readonly codes: Uint16Array; readonly texts: readonly string[] } | undefined {
  // Keys are all different, so they are never stored as words.
  const most = Math.min(mostWords, Math.floor(values.length / leastUses))
  const numbers = new Map<unknown, number>()
  const codes = new Uint16Array(values.length)
  for (let row = 0; row < values.length; row++) {
    const value = values[row]
    if (value === null) continue
    let code = numbers.get(value)
    if (code === undefined) {
      code = numbers.size
      if (code >= most) return undefined
      numbers.set(value, code)
    }
    codes[row] = code
  }
  // `as`: they are text.
  return { codes, texts: [...numbers.keys()] as string[] }
}

// `any`: the values are of the kind that was inferred.
// biome-ignore lint/suspicious/noExplicitAny: see above
function sumOf(values: readonly any[], bytesOf: (value: any) => number): number {
  let sum = 0
  for (const value of values) if (value !== null) sum += bytesOf(value)
  return sum
}

/** The bytes that each part of a column takes. Each part begins at a multiple of 8. */
export function partBytes(plan: ColumnPlan): {
  readonly data: number
  readonly offsets: number
  readonly validity: number
} {
  const { kind, elementType, length, rows, validity } = plan
  const hasOffsets = kind === 'text' || kind === 'bytes' || kind === 'json'
  return {
    data: length * elementConstructor(elementType).BYTES_PER_ELEMENT,
    offsets: hasOffsets ? 4 * (rows + 1) : 0,
    validity: validity?.length ?? 0,
  }
}

/** Write a column to its place. The memory is all zero before. */
export function writeColumn(plan: ColumnPlan, buffer: SharedArrayBuffer, layout: ColumnLayout): void {
  const { rows, values } = plan
  const { kind, elementType, at, length, offsetsAt, validityAt } = layout
  if (plan.validity !== undefined) new Uint8Array(buffer, validityAt, plan.validity.length).set(plan.validity)
  if (kind === 'elements' || kind === 'boolean' || kind === 'words') {
    const Elements = elementConstructor(elementType)
    // `as`: lists of numbers, and typed arrays of this kind.
    const elements = new Elements(buffer, at, length) as unknown as Float64Array
    if (kind !== 'boolean' && plan.validity === undefined) elements.set(values as unknown as Float64Array)
    else if (ArrayBuffer.isView(values)) elements.set(values as unknown as Float64Array)
    // A boolean becomes 1 or 0, and null becomes 0.
    else for (let row = 0; row < rows; row++) elements[row] = Number((values as readonly unknown[])[row])
    if (plan.words !== undefined && layout.words !== undefined) writeColumn(plan.words, buffer, layout.words)
    return
  }
  const offsets = new Uint32Array(buffer, offsetsAt, rows + 1)
  const heap = new Uint8Array(buffer, at, length)
  if (plan.offsets !== undefined) {
    offsets.set(plan.offsets)
    // `as`: they are the bytes of all values.
    heap.set(values as Uint8Array)
    return
  }
  let end = 0
  for (let row = 0; row < rows; row++) {
    // `as`: the plan says which of them it is.
    const value = (values as readonly unknown[])[row] as string | Uint8Array | null
    if (typeof value === 'string') end = writeUtf8(value, heap, end)
    else if (value !== null) {
      heap.set(value, end)
      end += value.length
    }
    offsets[row + 1] = end
  }
}
