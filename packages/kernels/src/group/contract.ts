// The contract of grouping: what users give and get, as types.

/** What the numbers of a column are, and in which field of a row they stand. */
export type GroupColumn = {
  /**
   * The field of a row that holds the number, from 0. Only `addRows` and `ofRows` use it.
   *
   * @default the columns stand in the fields behind the first one, in their order
   */
  readonly field?: number
} & (
  | {
      /** Whole numbers within ±(2^53 - 1). Sums are exact; a sum beyond ±(2^53 - 1) is a `RangeError`. */
      readonly type: 'integer'
    }
  | {
      /** Decimal numbers. They are kept as whole numbers of units, such as tenths, so sums are exact in the same range. */
      readonly type: 'decimal'
      /** How many digits there are behind the point at most; integer from 0 to 15. With 1, the unit is a tenth. */
      readonly digits: number
    }
  | {
      /** Doubles. They are added as doubles, in a fixed order. */
      readonly type: 'double'
    }
)

/** What `groupBy` is given. */
export interface GroupByOptions<C extends string> {
  /**
   * The columns to add up, by name. A name must not be `key` or `count`.
   *
   * @default none: only the rows of each key are counted
   */
  readonly columns?: Readonly<Record<C, GroupColumn>>
  /**
   * The field of a row that holds the key, from 0 to 255.
   *
   * @default 0
   */
  readonly key?: number
  /**
   * What separates the fields of a row: one ASCII character that cannot be part of a number.
   *
   * @default ','
   */
  readonly separator?: string
  /**
   * Whether to read rows with WebAssembly SIMD. With false, and where SIMD is missing, the plain twin is used. The answer is the
   * same.
   *
   * @default true
   */
  readonly simd?: boolean
}

/**
 * A table of groups, as plain data: typed arrays that travel between threads. Only `reduce.init` and `ofRows` make tables.
 *
 * Keys have numbers from 0. Merging gives them other numbers.
 */
export interface GroupTable {
  /** How many keys there are. */
  keyCount: number
  /** How many lines were not rows. */
  malformed: number
  /** Whether the keys are in the order of their bytes. */
  isSorted: boolean
  /** The bytes of all keys, one after the other. May have room for more. */
  arena: Uint8Array
  /** Key `k` has the bytes from `offsets[k]` to `offsets[k + 1]` of the arena. */
  offsets: Uint32Array
  /** A hash per key. */
  hashes: Uint32Array
  /** Open addressing: per slot a hash, and the key's number plus 1, or 0 for a free slot. May be empty: made when it is needed. */
  slots: Uint32Array
  /** Per key: its rows; then count, sum, min and max of each column. Decimals are in units. */
  values: Float64Array
}

/** What is known about the numbers of one column, of one key. */
export interface Aggregate {
  /** How many numbers there are. */
  readonly count: number
  /** Their sum; of decimals, the double nearest to the exact sum. */
  readonly sum: number
  /** The smallest; `Infinity` if there is no number. */
  readonly min: number
  /** The largest; `-Infinity` if there is no number. */
  readonly max: number
  /** The sum divided by the count; NaN if there is no number. Of integers and decimals, the double nearest to the exact mean. */
  readonly mean: number
}

/** One group of the answer. */
export type GroupRow<C extends string> = {
  /** The key's bytes as UTF-8 text. What is not UTF-8 becomes U+FFFD. */
  readonly key: string
  /** How many rows have this key. */
  readonly count: number
} & { readonly [Name in C]: Aggregate }

/** One column of the answer: an entry per key, in the order of the keys. The fields are those of {@link Aggregate}. */
export interface AggregateColumn {
  /** How many numbers each key has. */
  readonly count: Float64Array
  /** The sum of each key's numbers. */
  readonly sum: Float64Array
  /** The smallest number of each key. */
  readonly min: Float64Array
  /** The largest number of each key. */
  readonly max: Float64Array
  /** The mean of each key's numbers. */
  readonly mean: Float64Array
}
