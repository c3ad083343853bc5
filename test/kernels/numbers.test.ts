// minMax and sumNumbers over every kind of typed array: what a plain loop gives, and the same bits with and without SIMD.

import { fixed, sequential, share, type TypedArray } from '@onecopy/core'
import { minMax, minMaxBigInts, sumBigInts, sumNumbers } from '@onecopy/kernels'
import { describe, expect, test } from 'vitest'
import { naiveMinMax, naiveMinMaxBigInts, naiveStripedSum, naiveSum, naiveSumBigInts } from '../naive/kernels.js'
import { randomBytes, randomFloats } from '../support/bytes.js'
import { fingerprint } from '../support/fingerprint.js'
import { bigIntArrays, floatArrays, integerArrays } from '../support/typed-arrays.js'
import { waysFor } from './ways.js'

const engine = sequential()

const lengths = [0, ...Array.from({ length: 40 }, (_, i) => i + 1), 63, 64, 65, 127, 1000]

describe.each(integerArrays)('%o', (Elements) => {
  test('random integers of any number', async () => {
    for (const length of lengths) {
      const numbers = new Elements(randomBytes(length * 4, length).buffer as ArrayBuffer, 0, length)
      const [range, total] = [naiveMinMax(numbers), naiveSum(numbers)]
      for (const { simd, chunks, name } of waysFor(length)) {
        const options = { chunks, params: { simd } }
        expect(await engine.run(share(numbers), minMax, options), name).toEqual(range)
        expect(await engine.run(share(numbers), sumNumbers, options), name).toBe(total)
      }
    }
  })

  test('the least and the greatest value alone, often enough to overflow narrow sums', async () => {
    // Of each kind's extremes those of other kinds are what their low bits are.
    for (const value of [-1, 1, 127, -128, 255, 32_767, -32_768, 65_535, 2 ** 31 - 1, -(2 ** 31), 2 ** 32 - 1]) {
      const numbers = new Elements(600_000).fill(value)
      for (const simd of [true, false]) {
        const options = { chunks: fixed({ size: 600_000 }), params: { simd } }
        expect(await engine.run(share(numbers), sumNumbers, options)).toBe(numbers[0]! * 600_000)
        expect(await engine.run(share(numbers), minMax, options)).toEqual({ min: numbers[0], max: numbers[0] })
      }
    }
  })

  test('an extreme at each place is found', async () => {
    for (let at = 0; at < 70; at++) {
      const numbers = new Elements(70).fill(5)
      numbers[at] = at % 2 === 0 ? 3 : 9
      expect(await engine.run(share(numbers), minMax)).toEqual(naiveMinMax(numbers))
    }
  })
})

test('a sum beyond 2^53 in one chunk is the number nearest to the exact one, with and without SIMD', async () => {
  const numbers = new Uint32Array(2 ** 22 + 3).fill(2 ** 32 - 1)
  const exact = BigInt(numbers.length) * BigInt(2 ** 32 - 1)
  for (const simd of [true, false]) {
    const options = { chunks: fixed({ size: numbers.length }), params: { simd } }
    expect(await engine.run(share(numbers), sumNumbers, options)).toBe(Number(exact))
  }
})

describe.each(floatArrays)('%o', (Elements) => {
  const wild = (length: number): Float32Array | Float64Array => new Elements(randomFloats(length, length))

  test('the same bits with and without SIMD, in the order that the documentation says', async () => {
    for (const length of lengths) {
      const numbers = wild(length)
      for (const size of [1, 7, 8, 9, 64, 65_536]) {
        const results = [true, false].map((simd) =>
          engine.map(share(numbers), sumNumbers, { chunks: fixed({ size }), params: { simd } }),
        )
        const [withSimd, plain] = await Promise.all(results)
        const expected: number[] = []
        for (let at = 0; at < length; at += size) expected.push(naiveStripedSum(numbers.subarray(at, at + size)))
        expect(fingerprint(withSimd)).toBe(fingerprint(expected))
        expect(fingerprint(plain)).toBe(fingerprint(expected))
      }
    }
  })

  test('smallest and largest, with any chunks', async () => {
    for (const length of lengths) {
      const numbers = wild(length)
      for (const { simd, chunks, name } of waysFor(length)) {
        expect(await engine.run(share(numbers), minMax, { chunks, params: { simd } }), name).toEqual(
          naiveMinMax(numbers),
        )
      }
    }
  })

  test('NaN anywhere makes all NaN, and -0 is below 0, as Math.min has it', async () => {
    for (const special of [[Number.NaN], [-0, 0], [0, -0], [Number.POSITIVE_INFINITY], [Number.NEGATIVE_INFINITY]]) {
      for (let at = 0; at < 40; at += 3) {
        for (const filling of [0, -0, 1]) {
          const numbers = new Elements(42).fill(filling)
          numbers.set(special, at)
          for (const simd of [true, false]) {
            for (const size of [5, 42]) {
              const options = { chunks: fixed({ size }), params: { simd } }
              const range = await engine.run(share(numbers), minMax, options)
              expect(fingerprint(range)).toBe(fingerprint(naiveMinMax(numbers)))
              const total = await engine.run(share(numbers), sumNumbers, options)
              expect(fingerprint(total)).toBe(fingerprint(naiveSum(numbers)))
            }
          }
        }
      }
    }
  })
})

describe.each(bigIntArrays)('%o', (Elements) => {
  test('random bigints of any number', async () => {
    for (const length of lengths) {
      const bigints = new Elements(randomBytes(length * 8, length).buffer as ArrayBuffer)
      const [range, total] = [naiveMinMaxBigInts(bigints), naiveSumBigInts(bigints)]
      for (const { simd, chunks, name } of waysFor(length)) {
        const options = { chunks, params: { simd } }
        expect(await engine.run(share(bigints), minMaxBigInts, options), name).toEqual(range)
        expect(await engine.run(share(bigints), sumBigInts, options), name).toBe(total)
      }
    }
  })

  test('the sum of extremes is exact beyond 64 bits', async () => {
    for (const value of [2n ** 63n - 1n, -(2n ** 63n), -1n, 0n]) {
      const bigints = new Elements(1001).fill(value)
      for (const simd of [true, false]) {
        expect(await engine.run(share(bigints), sumBigInts, { params: { simd } })).toBe(bigints[0]! * 1001n)
        expect(await engine.run(share(bigints), minMaxBigInts, { params: { simd } })).toEqual({
          min: bigints[0],
          max: bigints[0],
        })
      }
    }
  })
})

test('nothing: no smallest and no largest, and a sum of 0', async () => {
  const [numbers, bigints] = [share(new Float64Array(0)), share(new BigInt64Array(0))]
  expect(await engine.run(numbers, minMax)).toBeUndefined()
  expect(await engine.run(bigints, minMaxBigInts)).toBeUndefined()
  expect(Object.is(await engine.run(numbers, sumNumbers), 0)).toBe(true)
  expect(await engine.run(bigints, sumBigInts)).toBe(0n)
})

test('numbers for one, bigints for the other: the wrong kind rejects', async () => {
  // `as`: the types say so already.
  const as = <T extends TypedArray>(data: unknown): ReturnType<typeof share<T>> => data as ReturnType<typeof share<T>>
  const [numbers, bigints] = [share(Float64Array.of(1)), share(BigInt64Array.of(1n))]
  for (const wrong of [
    engine.map(as<Float64Array>(bigints), sumNumbers),
    engine.map(as<Float64Array>(bigints), minMax),
    engine.map(as<BigInt64Array>(numbers), sumBigInts),
    engine.map(as<BigInt64Array>(numbers), minMaxBigInts),
  ]) {
    await expect(wrong).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', cause: { name: 'TypeError' } })
  }
})

// Node has it from 24 on.
test.skipIf(!('Float16Array' in globalThis))('Float16Array, where the runtime has it', async () => {
  // `as`: no library types it yet.
  const { Float16Array } = globalThis as unknown as { Float16Array: Float32ArrayConstructor }
  const numbers = share(Float16Array.of(0.5, -2, 3, 0.25))
  expect(await engine.run(numbers, minMax)).toEqual({ min: -2, max: 3 })
  expect(await engine.run(numbers, sumNumbers)).toBe(1.75)
})
