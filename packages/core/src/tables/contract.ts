// The contract of shared tables: what they are made of, and how they lie in memory.

import type { SharedMemory } from '../data/shared-memory.js'
import type { TypedArray } from '../data/typed-array.js'

/** A key of a shared map: text, a number, or bytes. All keys of one map are of one kind. */
export type TableKey = string | number | Readonly<Uint8Array>

/**
 * The values of a column: a typed array, shared data, or a list of text, numbers, booleans, bytes (`Uint8Array`) or JSON. `null` may
 * be among the values of a list.
 */
export type ColumnSource = TypedArray | SharedMemory<TypedArray> | readonly unknown[]

/** Columns by their names, all of one length. */
export interface ColumnSources {
  readonly [name: string]: ColumnSource
}

/** What one row has of a column. */
export type ValueOf<C> =
  C extends SharedMemory<infer T>
    ? ValueOf<T>
    : C extends readonly (infer V)[]
      ? V
      : C extends { readonly [index: number]: infer V }
        ? V
        : never

/** What one row has of several columns: an object. Of a single column without a name, it is the value itself. */
export type RowOf<C> = C extends ColumnSource ? ValueOf<C> : { [N in keyof C]: ValueOf<C[N]> }

/**
 * The values of a column, for reading. A column of numbers without `null` is a typed array, which has these members too.
 *
 * @typeParam V - what one row has
 */
export interface Column<V> extends Iterable<V> {
  /** The number of rows. */
  readonly length: number
  /** The value of row `row`, from 0; `undefined` where there is no such row. A negative number counts from the end. */
  at(row: number): V | undefined
}

/** What `SharedTable.column` gives of a column: a typed array of the kind that it was made of, or a {@link Column}. */
export type ColumnOf<C> = C extends SharedMemory<infer T> ? T : C extends TypedArray ? C : Column<ValueOf<C>>

/** How a column lies in the memory of its table. Places are in bytes from the start of that memory. */
export interface ColumnLayout {
  /** What it is called. */
  readonly name: string
  /** The number of values. */
  readonly rows: number
  /** `'words'`: text of which many rows have the same. Each row has the number of one of `words`. */
  readonly kind: 'elements' | 'boolean' | 'text' | 'words' | 'bytes' | 'json'
  /** The kind of its elements, for example `'Float64Array'`; of other columns: of the memory in which their values lie. */
  readonly elementType: string
  /** Where the elements begin; for text, bytes and JSON: where the bytes of all values begin. */
  readonly at: number
  /** How many elements, or bytes. */
  readonly length: number
  /** Text, bytes and JSON: where the `Uint32` begin that say where each value begins in these bytes; one more says where the last ends. */
  readonly offsetsAt: number
  /** Where the bitmap begins that has a 1 for each value that is not `null`, the lowest bit first; -1 if no value is. */
  readonly validityAt: number
  /** Text: whether it is UTF-8. Else surrogates without a partner are in it, each in three bytes. */
  readonly isWellFormed: boolean
  /** The column of the different texts of `'words'`; else undefined. */
  readonly words: ColumnLayout | undefined
}

/** How a table lies in its memory. */
export interface TableLayout {
  /** The number of rows. */
  readonly rows: number
  /** The column of keys. */
  readonly key: ColumnLayout
  /** Where the index begins: pairs of `Int32`, the hash of a key and its row + 1; 0 in a free slot. */
  readonly indexAt: number
  /** The number of slots of the index; a power of two. */
  readonly slots: number
  /** The seed of the hashes. */
  readonly seed: number
  /** The columns of values. */
  readonly values: readonly ColumnLayout[]
  /** Whether a row is an object with a member per column of `values`. Else it is the value of the only one. */
  readonly isNamed: boolean
}
