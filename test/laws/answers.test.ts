// How answers are compared where the user does not say: by content.

import { definePlugin, type Reducer } from '@onecopy/core'
import { checkPlugin } from '@onecopy/core/testing'
import { expect, test } from 'vitest'

const here = import.meta.url

/** A plugin whose answer is what `finish` makes of the set of bytes, in an order that depends on the chunks. */
function withAnswer<Out>(finish: (bytes: readonly number[]) => Out) {
  const reduce: Reducer<number[], number[], Out> = {
    init: () => [],
    add: (acc, values) => [...new Set([...values, ...acc])],
    merge: (left, right) => [...new Set([...right, ...left])],
    finish,
  }
  return definePlugin(here, { name: 'answer', map: (bytes) => [...new Set(bytes)], reduce })
}

const sorted = (bytes: readonly number[]): number[] => [...bytes].sort((a, b) => a - b)

test.each<readonly [kind: string, finish: (bytes: readonly number[]) => unknown]>([
  ['sets, in any order', (bytes) => new Set(bytes)],
  ['sets of lists', (bytes) => new Set(bytes.map((byte) => [byte]))],
  ['maps, in any order', (bytes) => new Map(bytes.map((byte) => [byte, { byte }]))],
  ['objects, in any order', (bytes) => Object.fromEntries(bytes.map((byte) => [`k${byte}`, byte]))],
  ['typed arrays', (bytes) => Uint16Array.from(sorted(bytes))],
  ['buffers', (bytes) => Uint8Array.from(sorted(bytes)).buffer],
  ['data views', (bytes) => new DataView(Uint8Array.from(sorted(bytes)).buffer)],
  ['dates', (bytes) => new Date(sorted(bytes)[0] ?? 0)],
  ['not a number', () => ({ value: Number.NaN })],
  ['zeros of either sign', (bytes) => (bytes[0]! % 2 === 0 ? 0 : -0)],
  ['numbers that round differently', (bytes) => bytes.reduce((sum, byte) => sum + byte / 10, 0)],
  [
    'floats of a shorter kind',
    (bytes) => Float32Array.of(bytes.reduce((sum, byte) => Math.fround(sum + byte / 10), 0)),
  ],
])('the same: %s', async (_kind, finish) => {
  await checkPlugin(withAnswer(finish))
})

test.each<readonly [kind: string, finish: (bytes: readonly number[]) => unknown]>([
  ['lists in another order', (bytes) => [...bytes]],
  ['maps to other values', (bytes) => new Map([['first', bytes[0]]])],
  ['sets of others', (bytes) => new Set([bytes[0]])],
  ['objects with other keys', (bytes) => ({ [`k${bytes[0]}`]: 0 })],
  ['typed arrays of other elements', (bytes) => Float32Array.from(bytes)],
  ['data views of other bytes', (bytes) => new DataView(Uint8Array.from(bytes).buffer)],
  ['dates', (bytes) => new Date(bytes[0]!)],
  ['texts', (bytes) => bytes.join()],
  ['large integers that differ by 1', (bytes) => 2 ** 50 + bytes[0]!],
  ['errors', (bytes) => new Error(String(bytes[0]))],
])('not the same: %s', async (_kind, finish) => {
  await expect(checkPlugin(withAnswer(finish))).rejects.toThrow(/laws (is|are) broken/)
})

test('accumulators have to survive cloning, too', async () => {
  const reduce: Reducer<number, { readonly add: (n: number) => number }> = {
    init: () => ({ add: (n) => n }),
    add: (acc, value) => ({ add: (n) => acc.add(n) + value }),
    merge: (left, right) => ({ add: (n) => left.add(right.add(n)) }),
  }
  const plugin = definePlugin(here, { name: 'closures', map: (bytes) => bytes.length, reduce })
  await expect(checkPlugin(plugin)).rejects.toThrow(/✗ cloneable: .*\n +but accumulator\.add is function add/)
})

test('results may be instances of a class without methods, and views of the data', async () => {
  class Piece {
    readonly bytes: Readonly<Uint8Array>
    constructor(bytes: Readonly<Uint8Array>) {
      this.bytes = bytes
    }
  }
  const plugin = definePlugin(here, {
    name: 'pieces',
    map: (bytes) => new Piece(bytes.subarray(0)),
    reduce: (left, right) => new Piece(Uint8Array.of(...left.bytes, ...right.bytes)),
  })
  await checkPlugin(plugin)
})

test.each<readonly [kind: string, finish: (bytes: readonly number[]) => unknown, says: RegExp]>([
  [
    'far down a list',
    (bytes) => [...Array<number>(20).fill(0), bytes[0]],
    /21 in all], with \d+ at \[20\], .*with \d+ at \[20\]/,
  ],
  [
    'in a table',
    (bytes) => ({ table: new Uint8Array(256).fill(1, 255 - bytes[0]! / 4) }),
    /with [01] at \.table\[\d+\], /,
  ],
  ['in how long they are', (bytes) => bytes.concat(Array(20 + (bytes[0]! % 16)).fill(0)), /… \d+ in all\]/],
  ['in a date', (bytes) => new Date(bytes[0]! * 1000), /is Date 1970-01-01T00:0\d:\d\d\.000Z, /],
  ['in a buffer', (bytes) => Uint8Array.of(bytes[0]!).buffer, /is ArrayBuffer \[\d+\], /],
])('a difference %s is shown', async (_kind, finish, says) => {
  await expect(checkPlugin(withAnswer(finish))).rejects.toThrow(says)
})
