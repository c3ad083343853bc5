// The ready-made reducers and the examples keep the laws, on data of every kind.

import {
  any,
  concat,
  count,
  countByKey,
  definePlugin,
  every,
  first,
  lines,
  max,
  min,
  records,
  some,
  sum,
  sumArrays,
  take,
  topK,
} from '@onecopy/core'
import { checkPlugin, findBrokenLaws } from '@onecopy/core/testing'
import { byteCount, hash, search } from '@onecopy/examples'
import { expect, test } from 'vitest'

const here = import.meta.url
const decode = (bytes: Readonly<Uint8Array>): string => new TextDecoder().decode(bytes)

/** Floats whose sum depends on the order in its last bits, and whose parts cancel out. */
const floats = Float64Array.from({ length: 200 }, (_, i) => Math.sin(i) * 10 ** (i % 7))
const total = (part: Readonly<Float64Array>): number => part.reduce((a, b) => a + b, 0)

test('sum of counts', () =>
  checkPlugin(definePlugin(here, { name: 'length', map: (bytes) => bytes.length, reduce: sum() })))

test('sum of floats: rounding is no breach', () =>
  checkPlugin(definePlugin(here, { name: 'total', map: total, reduce: sum() }), { data: floats }))

test('min and max', async () => {
  const least = (part: Readonly<Float64Array>): number => part.reduce((a, b) => Math.min(a, b))
  await checkPlugin(definePlugin(here, { name: 'least', map: least, reduce: min() }), { data: floats })
  const most = (bytes: Readonly<Uint8Array>): number => bytes.reduce((a, b) => Math.max(a, b))
  await checkPlugin(definePlugin(here, { name: 'most', map: most, reduce: max() }))
})

test('concat of lines', () => {
  const map = (bytes: Readonly<Uint8Array>): string[] => decode(bytes).match(/[^\n]*\n|[^\n]+$/g) ?? []
  return checkPlugin(definePlugin(here, { name: 'lines', chunks: lines(), map, reduce: concat<string>() }), {
    data: 'one\n\nthree and no more',
  })
})

test('sumArrays of histograms', () => {
  const map = (bytes: Readonly<Uint8Array>): Uint32Array => {
    const counts = new Uint32Array(256)
    for (const byte of bytes) counts[byte]!++
    return counts
  }
  return checkPlugin(definePlugin(here, { name: 'histogram', map, reduce: sumArrays<Uint32Array>() }))
})

test('countByKey of words, in any order', () => {
  const map = (bytes: Readonly<Uint8Array>): Map<string, number> => {
    const counts = new Map<string, number>()
    for (const word of decode(bytes).match(/\S+/g) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1)
    return counts
  }
  const reduce = { ...countByKey<string>(), order: 'any' } as const
  return checkPlugin(definePlugin(here, { name: 'words', chunks: lines(), map, reduce }), { data: 'a b\nb c\na\n' })
})

test('topK of records', () =>
  checkPlugin(
    definePlugin(here, {
      name: 'top',
      chunks: records({ length: 3, header: 2 }),
      map: (bytes) => Array.from({ length: bytes.length / 3 }, (_, i) => bytes[3 * i]!),
      reduce: topK<number>(3),
    }),
    { data: 'headerabcdefghijkl' },
  ))

test('reducers that end a run early', async () => {
  const offsetOf = (bytes: Readonly<Uint8Array>, { start }: { readonly start: number }): number | undefined =>
    bytes.includes(97) ? start + bytes.indexOf(97) : undefined
  const has = (bytes: Readonly<Uint8Array>): boolean => bytes.includes(97)
  const data = 'banana and more bananas'
  const firstOffset = definePlugin(here, { name: 'first', map: offsetOf, reduce: first() })
  const { laws } = await checkPlugin(firstOffset, { data })
  expect(laws.find(({ law }) => law === 'enough')?.status).toBe('holds')
  await checkPlugin(definePlugin(here, { name: 'some', map: has, reduce: some() }), { data })
  await checkPlugin(definePlugin(here, { name: 'every', map: (bytes) => !bytes.includes(97), reduce: every() }), {
    data,
  })
  await checkPlugin(definePlugin(here, { name: 'take', map: (bytes) => [...bytes], reduce: take<number>(4) }), { data })
  const fold = (acc: number[], bytes: Readonly<Uint8Array>): number[] => [...acc, ...bytes]
  await checkPlugin(definePlugin(here, { name: 'take-folded', fold, reduce: take<number>(4) }), { data })
  const reason = 'the result may be that of another chunk'
  await checkPlugin(definePlugin(here, { name: 'any', map: offsetOf, reduce: any() }), {
    data,
    except: { commutative: reason, workers: reason, 'chunk-size': reason },
  })
})

test('bigints', () =>
  checkPlugin(
    definePlugin(here, {
      name: 'bigs',
      map: (part: Readonly<BigInt64Array>) => part.reduce((a, b) => a + b, 0n),
      reduce: (left, right) => left + right,
    }),
    { data: BigInt64Array.of(1n, -2n, 2n ** 40n) },
  ))

test('count counts chunks, which is no law-abiding figure of the data', async () => {
  const chunks = definePlugin(here, { name: 'chunks', map: () => null, reduce: count() })
  const { laws } = await findBrokenLaws(chunks)
  expect(laws.filter(({ status }) => status === 'broken').map(({ law }) => law)).toEqual(['chunk-size'])
  await checkPlugin(chunks, { except: { 'chunk-size': 'it is chunks that are counted' } })
})

test('byte-count', () => checkPlugin(byteCount, { data: 'some words\nand  more of them' }))

test('search, whatever the pattern and where it comes from', async () => {
  await checkPlugin(search, { params: { pattern: 'needle' } })
  await checkPlugin(search, { params: { pattern: Uint8Array.of(0, 0) }, data: Uint8Array.of(0, 0, 0, 1, 0) })
})

test('hash: the leaves of its tree are its chunks, all else is the same in any chunks', async () => {
  await expect(checkPlugin(hash)).rejects.toThrow(/✗ chunk-size: /)
  await checkPlugin(hash, { except: { 'chunk-size': 'the leaves of the tree hash are the chunks' } })
  await checkPlugin(hash, { equal: (left, right) => left.crc32 === right.crc32 })
})
