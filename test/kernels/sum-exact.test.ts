// sumExactNumbers: the correctly rounded sum, with and without the kernel, in any chunks.

import { fixed, sequential, share } from '@onecopy/core'
import { sumExactNumbers } from '@onecopy/kernels'
import { createEngine } from '@onecopy/node'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { naiveExactSum } from '../naive/exact-sum.js'
import { randomFloats } from '../support/bytes.js'

const engine = sequential()
const kernelOrNot = [true, false]

const doubles = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 2 ** -1022, 2 ** 53, 1, 2 ** -53, -1),
  fc.tuple(fc.integer({ min: -1074, max: 1023 }), fc.constantFrom(1, -1)).map(([e, sign]) => sign * 2 ** e),
)

test('any doubles in any chunks', async () => {
  const lists = fc.array(fc.oneof(doubles, doubles.filter(Number.isFinite)), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(lists, fc.integer({ min: 1, max: 9 }), async (numbers, size) => {
      for (const simd of kernelOrNot) {
        const options = { chunks: fixed({ size }), params: { simd } }
        const sum = await engine.run(share(Float64Array.from(numbers)), sumExactNumbers, options)
        expect(Object.is(sum, naiveExactSum(numbers))).toBe(true)
      }
    }),
  )
})

test('more numbers of one exponent than a bucket holds at once', async () => {
  for (const length of [2047, 2048, 2049, 4097, 300_001]) {
    for (const value of [1 - 2 ** -53, -(2 - 2 ** -52), Number.MAX_VALUE, 2 ** -1022 - Number.MIN_VALUE]) {
      const numbers = new Float64Array(length).fill(value)
      const options = { chunks: fixed({ size: length }) }
      const [kernel, plain] = await Promise.all(
        kernelOrNot.map((simd) => engine.run(share(numbers), sumExactNumbers, { ...options, params: { simd } })),
      )
      expect(kernel).toBe(plain)
    }
  }
  const halves = new Float64Array(2 ** 18).fill(1 - 2 ** -53)
  expect(await engine.run(share(halves), sumExactNumbers)).toBe(2 ** 18 - 2 ** -35)
})

test('wild numbers: the same on workers and in one thread', async () => {
  const numbers = share(randomFloats(20_000, 7).map((x) => (Number.isFinite(x) ? x : 1)))
  await using workers = createEngine({ workers: 2 })
  const expected = naiveExactSum([...new Float64Array(numbers.buffer)])
  for (const size of [100, 4096]) {
    expect(await workers.run(numbers, sumExactNumbers, { chunks: fixed({ size }) })).toBe(expected)
  }
})

test('numbers of other kinds', async () => {
  for (const simd of kernelOrNot) {
    const params = { simd }
    expect(await engine.run(share(Float32Array.of(0.5, 2 ** 60, -(2 ** 60))), sumExactNumbers, { params })).toBe(0.5)
    expect(await engine.run(share(Uint8Array.of(1, 255)), sumExactNumbers, { params })).toBe(256)
  }
  // `as`: the types say so already.
  const bigints = share(BigInt64Array.of(1n)) as unknown as ReturnType<typeof share<Float64Array>>
  await expect(engine.run(bigints, sumExactNumbers)).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED' })
})
