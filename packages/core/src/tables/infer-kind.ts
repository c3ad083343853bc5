// Finds out how the values of a list are stored.

import { isBytes, show } from '../base/check.js'
import type { ColumnLayout } from './contract.js'

/** How a list is stored. */
export type ListKind = Exclude<ColumnLayout['kind'], 'words'>

/** What a list holds. */
export interface Inferred {
  readonly kind: ListKind
  /** A 1 for each value that is not null; undefined if none is. */
  readonly validity: Uint8Array | undefined
  /** Whether all numbers fit into an `Int32Array`. */
  readonly areInt32: boolean
}

/**
 * Look through a list.
 *
 * @param name - what the column is called in a message; the row is added to it
 * @throws {TypeError} a value cannot be in a column, or not together with the others
 */
export function inferKind(name: string, values: readonly unknown[]): Inferred {
  let kind: ListKind | undefined
  let validity: Uint8Array | undefined
  let areInt32 = true
  for (let row = 0; row < values.length; row++) {
    const value = values[row]
    if (value === null) {
      validity ??= new Uint8Array(Math.ceil(values.length / 8)).fill(0xff)
      validity[row >>> 3]! &= ~(1 << (row & 7))
      continue
    }
    const own = kindOfValue(value)
    if (own === undefined) {
      throw new TypeError(
        `${name}[${row}]: expected a number, text, a boolean, bytes, null or JSON, got ${show(value)}${cureOf(value)}`,
      )
    }
    // `as`: its kind says so.
    if (own === 'elements' && areInt32) areInt32 = isInt32(value as number)
    if (kind === undefined || kind === own) kind = own
    else if (kind !== 'bytes' && own !== 'bytes') kind = 'json'
    else throw new TypeError(`${name}[${row}]: a column is either all bytes or has none, got ${show(value)}`)
  }
  return { kind: kind ?? 'json', validity, areInt32 }
}

function kindOfValue(value: unknown): ListKind | undefined {
  switch (typeof value) {
    case 'number':
      return 'elements'
    case 'string':
      return 'text'
    case 'boolean':
      return 'boolean'
    case 'object':
      return isBytes(value) ? 'bytes' : ArrayBuffer.isView(value) ? undefined : 'json'
    default:
      return undefined
  }
}

function cureOf(value: unknown): string {
  if (value === undefined) return '; null stands for a missing value'
  return typeof value === 'bigint' ? '; 64-bit integers go into a BigInt64Array, as a column of table()' : ''
}

function isInt32(value: number): boolean {
  return (value | 0) === value && !Object.is(value, -0)
}
