// Tables: columns in shared memory, whose rows are found by a key.

import { checkCount, isPlainObject, readOptions, show } from '../base/check.js'
import { elementConstructor, kindOf, type TypedArray } from '../data/typed-array.js'
import { openColumn } from './columns.js'
import type { Column, ColumnOf, ColumnSource, ColumnSources, RowOf, TableKey, ValueOf } from './contract.js'
import { KeyIndex } from './key-index.js'
import { type LaidTable, layTable } from './lay-table.js'
import { isColumn, planColumn, valuesOf } from './plan-column.js'
import { SharedMap } from './shared-map.js'

/** The columns of a table, all of one length. */
export interface TableColumns<K extends ColumnSource | ColumnSources, C extends ColumnSource | ColumnSources> {
  /** The column of keys: text, numbers or bytes. It may have a name: `{ id: [...] }`. */
  readonly key: K
  /** The column of values; or several, by name: then a row is an object of them. */
  readonly value: C
}

/** The key of a table, according to its column. */
export type KeyOfColumn<K> = K extends ColumnSource
  ? Extract<ValueOf<K>, TableKey>
  : Extract<ValueOf<K[keyof K]>, TableKey>

/** The columns of a table by their names. One without a name is `key` or `value`. */
export type NamedColumns<K, C> = (K extends ColumnSource ? Record<'key', K> : K) &
  (C extends ColumnSource ? Record<'value', C> : C)

/**
 * A read-only table in shared memory: a `SharedMap` whose columns can be read one by one. `table` makes it.
 *
 * @typeParam K - the column of keys
 * @typeParam C - the columns of values
 */
export class SharedTable<
  K extends ColumnSource | ColumnSources,
  C extends ColumnSource | ColumnSources,
> extends SharedMap<KeyOfColumn<K>, RowOf<C>> {
  readonly #columns: ReadonlyMap<string, Column<unknown>>

  /** @internal `table` makes it */
  constructor(laid: LaidTable) {
    super(laid)
    const { key, values } = laid.layout
    const { buffer } = laid.memory
    this.#columns = new Map([key, ...values].map((column) => [column.name, openColumn(buffer, column)]))
  }

  /** The names of the columns: the key's first, then those of the values. A column without a name is `'key'` or `'value'`. */
  get names(): readonly string[] {
    return [...this.#columns.keys()]
  }

  /**
   * A column. The value of a key is at the place `rowOf(key)`: so only the columns that are needed are read, and no object is made.
   *
   * A typed array among the columns of `table` is a typed array here too, a view of the table's memory. Do not write to it.
   *
   * @throws {RangeError} there is no column of this name
   * @example const prices = table.column('price'); total += prices[table.rowOf(id)]
   */
  column<N extends keyof NamedColumns<K, C> & string>(name: N): ColumnOf<NamedColumns<K, C>[N]> {
    const column = this.#columns.get(name)
    if (column === undefined) {
      throw new RangeError(
        `column: there is no column ${show(name)}; the columns are ${this.names.map(show).join(', ')}`,
      )
    }
    // `as`: the column has this name.
    return column as ColumnOf<NamedColumns<K, C>[N]>
  }
}

/**
 * Put columns into shared memory, with an index of their keys. Workers look rows up there, and none has a copy.
 *
 * Columns are typed arrays, which keep their kind, shared data, or lists as the values of `sharedMap`. They are copied. If a key comes
 * again, its later row counts.
 *
 * @throws {TypeError} something is no column; keys are of several kinds; a value cannot be stored
 * @throws {RangeError} the columns have different lengths; it would take more than 4 GiB
 * @example
 * const products = table({ key: { id: [17, 4] }, value: { name: ['pen', 'ink'], price: Float64Array.of(1.5, 8) } })
 * products.get(4) // { name: 'ink', price: 8 }
 * products.column('price')[products.rowOf(4)] // 8
 */
export function table<K extends ColumnSource | ColumnSources, C extends ColumnSource | ColumnSources>(
  columns: TableColumns<K, C>,
): SharedTable<K, C> {
  checkCount('table', 1, arguments.length)
  const { key, value } = readOptions('columns', columns, ['key', 'value'])
  const keys = namedColumns('key', key)
  if (keys.length !== 1) throw new TypeError(`columns.key: expected one column, got ${keys.length}`)
  const values = namedColumns('value', value)
  // `!`: there is one.
  const [keyName, keyValues] = keys[0]!
  const { length } = keyValues
  for (const [name, column] of values) {
    if (name === keyName) throw new TypeError(`columns.value: the column ${show(name)} has the name of the key`)
    if (column.length === length) continue
    throw new RangeError(
      `columns.value.${name}: expected ${length} rows, as many as there are keys, got ${column.length}`,
    )
  }
  const index = new KeyIndex(length)
  const rows: number[] = []
  // `as`: the index refuses what is no key.
  for (let i = 0; i < length; i++) rows[index.rowOf((keyValues as readonly TableKey[])[i]!, i)] = i
  const rest = rows.length === length ? undefined : rows
  const plans = values.map(([name, column]) => [name, planColumn(name, pick(column, rest))] as const)
  const ownPlan = index.plan()
  // A typed array keeps its kind. `as`: it is no list.
  const keyPlan = Array.isArray(keyValues)
    ? ownPlan
    : planColumn(keyName, inKindOf(keyValues as TypedArray, ownPlan.values))
  return new SharedTable<K, C>(layTable('table', index, [keyName, keyPlan], plans, !isColumn(value)))
}

/** The columns in `given`, each with its name. */
function namedColumns(name: 'key' | 'value', given: unknown): (readonly [string, TypedArray | readonly unknown[]])[] {
  if (isColumn(given)) return [[name, valuesOf(`columns.${name}`, given)]]
  if (!isPlainObject(given)) {
    throw new TypeError(`columns.${name}: expected a column, or an object of columns, got ${show(given)}`)
  }
  return Object.entries(given).map(([each, column]) => [each, valuesOf(`columns.${name}.${each}`, column)])
}

/** Numbers as a typed array of the kind of `model`. */
function inKindOf(model: TypedArray, numbers: TypedArray | readonly unknown[]): TypedArray {
  const Elements = elementConstructor(kindOf(model))
  const made = new Elements(new ArrayBuffer(numbers.length * Elements.BYTES_PER_ELEMENT), 0, numbers.length)
  // `as`: the numbers are of this kind.
  const target = made as unknown as Float64Array
  target.set(numbers as unknown as Float64Array)
  return made
}

/** The given rows of a column; all of them if `rows` is undefined. */
function pick(
  column: TypedArray | readonly unknown[],
  rows: readonly number[] | undefined,
): TypedArray | readonly unknown[] {
  if (rows === undefined) return column
  // `as`: a list, or a typed array.
  const values = column as readonly unknown[]
  if (Array.isArray(column)) return rows.map((row) => values[row])
  // `as`: it is no list.
  return inKindOf(
    column as TypedArray,
    rows.map((row) => values[row]),
  )
}
