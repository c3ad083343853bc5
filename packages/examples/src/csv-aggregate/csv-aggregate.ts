// The csv-aggregate plugin: minimum, mean and maximum of each key, from rows `key;value`.

import { decodeText, definePlugin, eachLine, lines, type Plugin } from '@onecopy/core'
import { ByteTable, hashByte, hashStart } from '../byte-table.js'
import { tenthsOf } from './tenths.js'

/** The partial result for one key, in tenths. Sums of integers are exact in any order. */
export interface Group {
  min: number
  max: number
  sum: number
  count: number
}

/** The accumulator for neighbouring rows. */
export interface Groups {
  /** Groups by key, with one character per byte, so that keys that are not UTF-8 stay distinct. */
  readonly groups: Map<string, Group>
  malformed: number
}

/** The answer for one key. */
export interface KeyStats {
  readonly key: string
  readonly min: number
  /** Rounded to one decimal. Halves are rounded up, to the greater number, as `Math.round` of Java and JavaScript does. */
  readonly mean: number
  readonly max: number
  readonly count: number
}

/** The answer. */
export interface Aggregate {
  /** In the order of the keys' bytes, which for UTF-8 is the order of code points. */
  readonly keys: readonly KeyStats[]
  /** Lines that are not rows, including empty lines. */
  readonly malformed: number
}

const carriageReturn = 0x0d
const semicolon = 0x3b

/**
 * Group by key: minimum, mean, maximum and count of each.
 *
 * A row is `key;value`. The key has at least one byte and no `;`. The value has up to six digits and one decimal: `-12.3`. A
 * line ends with `\n` or `\r\n`; the last one may have no line end. Exact up to 500 million rows per key.
 *
 * @example const { keys } = await engine.run(file('measurements.txt'), csvAggregate)
 */
export const csvAggregate: Plugin<undefined, never, Aggregate> = definePlugin(import.meta.url, {
  name: 'csv-aggregate',
  description: 'Min, mean and max of each key, from rows `key;value`.',
  chunks: lines(),

  fold(acc: Groups, bytes): Groups {
    const table = new ByteTable(bytes)
    const found: Group[] = []
    eachLine(bytes, (start, feed) => {
      const end = feed > start && bytes[feed - 1] === carriageReturn ? feed - 1 : feed
      let hash = hashStart
      let at = start
      for (; at < end && bytes[at] !== semicolon; at++) hash = hashByte(hash, bytes[at]!)
      const tenths = at > start ? tenthsOf(bytes, at + 1, end) : undefined
      if (tenths === undefined) acc.malformed++
      else addTo(found, table.numberOf(start, at, hash), tenths)
    })
    addFound(acc.groups, bytes, table, found)
    return acc
  },

  reduce: {
    init: (): Groups => ({ groups: new Map(), malformed: 0 }),
    merge: addUp,
    finish: ({ groups, malformed }): Aggregate => ({ keys: describe(groups), malformed }),
  },
})

function addTo(found: Group[], key: number, tenths: number): void {
  const group = found[key]
  if (group === undefined) {
    found[key] = { min: tenths, max: tenths, sum: tenths, count: 1 }
    return
  }
  if (tenths < group.min) group.min = tenths
  if (tenths > group.max) group.max = tenths
  group.sum += tenths
  group.count++
}

/** Adds what one chunk has. Makes a string for each key, not for each row. */
function addFound(
  groups: Map<string, Group>,
  bytes: Readonly<Uint8Array>,
  table: ByteTable,
  found: readonly Group[],
): void {
  for (const [key, group] of found.entries()) {
    const [start, end] = table.rangeOf(key)
    addGroup(groups, latin1(bytes.subarray(start, end)), group)
  }
}

/** One character per byte. */
function latin1(bytes: Readonly<Uint8Array>): string {
  let text = ''
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]!)
  return text
}

function addGroup(groups: Map<string, Group>, key: string, { min, max, sum, count }: Group): void {
  const group = groups.get(key)
  if (group === undefined) {
    groups.set(key, { min, max, sum, count })
    return
  }
  group.min = Math.min(group.min, min)
  group.max = Math.max(group.max, max)
  group.sum += sum
  group.count += count
}

function addUp(left: Groups, right: Groups): Groups {
  for (const [key, group] of right.groups) addGroup(left.groups, key, group)
  left.malformed += right.malformed
  return left
}

function describe(groups: ReadonlyMap<string, Group>): KeyStats[] {
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { min, max, sum, count }]) => ({
      key: decodeText(Uint8Array.from(key, (character) => character.charCodeAt(0))),
      min: min / 10,
      // Adding 0 turns -0 into 0, for a small negative mean.
      mean: Math.round(sum / count) / 10 + 0,
      max: max / 10,
      count,
    }))
}
