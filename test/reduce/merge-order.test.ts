// Results are merged by position in a fixed tree: the same value, bit for bit, however many workers there are.

import { delimited, type Engine, fixed, type Reducer, sequential, share, sum } from '@onecopy/core'
import { createEngine } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cutDelimited } from '../naive/cut.js'
import { foldTree } from '../naive/fold-tree.js'
import { randomBytes, randomFloats } from '../support/bytes.js'
import { fingerprint } from '../support/fingerprint.js'

const add = (left: number, right: number): number => left + right

/** What the tree makes of chunk sums of `size` elements each. */
function naiveSum(floats: Float64Array, size: number): number {
  const sums: number[] = []
  for (let at = 0; at < floats.length; at += size) sums.push(floats.slice(at, at + size).reduce(add, 0))
  return (foldTree(sums, add) ?? 0) + 0
}

/** Shows how it was merged: `((0 1) 2)`. */
const bracketed = (left: string, right: string): string => `(${left} ${right})`

describe('the tree is the naive twin’s', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33, 100])('%d chunks', async (chunkCount) => {
    const brackets = await sequential()
      .map(share(new Uint8Array(chunkCount)), (_bytes, { index }) => String(index), { chunks: fixed({ size: 1 }) })
      .reduce((left, right) => `(${left} ${right})`)
    expect(brackets).toBe(
      foldTree(
        Array.from({ length: chunkCount }, (_, i) => String(i)),
        bracketed,
      ),
    )
  })

  test('a chunk that owns nothing is an empty leaf: its sibling goes up as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ max: 2, maxLength: 60 }), fc.integer({ min: 1, max: 9 }), async (data, size) => {
        const brackets = await sequential()
          .map(share(data), (_bytes, { index }) => String(index), { chunks: delimited({ delimiter: 0, size }) })
          .reduce({
            init: () => '',
            add: (acc, value) => acc + value,
            merge: (left, right) => `(${left} ${right})`,
          })
        const leaves = new Array<string>(Math.ceil(data.length / size)).fill('')
        for (const { index } of cutDelimited(data, Uint8Array.of(0), size)) leaves[index] = String(index)
        const twin = foldTree(leaves, (left, right) =>
          left === '' || right === '' ? left + right : bracketed(left, right),
        )
        expect(brackets).toBe(twin ?? '')
      }),
    )
  })
})

describe('with 1 to 8 workers', () => {
  const engines: Engine[] = []
  beforeAll(() => {
    for (let workers = 1; workers <= 8; workers++) engines.push(createEngine({ workers }))
  })
  afterAll(() => Promise.all(engines.map((engine) => engine.close())))

  /** Each engine's answer. */
  const all = <Out>(job: (engine: Engine) => PromiseLike<Out>): Promise<Out[]> => Promise.all(engines.map(job))

  test('the tree is the same', async () => {
    const data = share(new Uint8Array(333))
    const twin = foldTree(
      Array.from({ length: 333 }, (_, i) => String(i)),
      bracketed,
    )
    const trees = await all((engine) =>
      engine
        .map(data, (_bytes, { index }) => String(index), { chunks: fixed({ size: 1 }) })
        .reduce((left, right) => `(${left} ${right})`),
    )
    expect(new Set(trees)).toEqual(new Set([twin]))
  })

  test('a floating-point sum has the same bits, those of the naive twin', async () => {
    const floats = randomFloats(20_000, 7)
    for (const size of [1, 3, 64, 5000, 30_000]) {
      const sums = await all((engine) =>
        engine
          .map(share(floats), (part) => part.reduce((acc, value) => acc + value, 0), { chunks: fixed({ size }) })
          .reduce(sum()),
      )
      expect(new Set(sums.map(fingerprint))).toEqual(new Set([fingerprint(naiveSum(floats, size))]))
    }
  })

  test('a floating-point sum has the same bits over any data and chunk size', async () => {
    const any = fc.record({ seed: fc.integer(), length: fc.nat(500), size: fc.integer({ min: 1, max: 60 }) })
    await fc.assert(
      fc.asyncProperty(any, async ({ seed, length, size }) => {
        const floats = randomFloats(length, seed)
        const sums = await all((engine) =>
          engine
            .map(share(floats), (part) => part.reduce((acc, value) => acc + value, 0), { chunks: fixed({ size }) })
            .reduce(sum()),
        )
        expect(new Set(sums.map(fingerprint))).toEqual(new Set([fingerprint(naiveSum(floats, size))]))
      }),
      { numRuns: 25 },
    )
  })

  test('a reducer that minds the order keeps the order of the data', async () => {
    const bytes = randomBytes(5000, 8)
    const texts = await all((engine) =>
      engine
        .map(share(bytes), (part) => part.join(), { chunks: fixed({ size: 3 }) })
        .reduce({
          init: (): string[] => [],
          add: (acc, value) => acc.concat(value),
          merge: (left, right) => left.concat(right),
          finish: (acc) => acc.join(),
        }),
    )
    expect(new Set(texts)).toEqual(new Set([bytes.join()]))
  })

  test('matrices, whose product is associative and not commutative, are multiplied in order', async () => {
    type Matrix = readonly [bigint, bigint, bigint, bigint]
    const times = (a: Matrix, b: Matrix): Matrix => [
      a[0] * b[0] + a[1] * b[2],
      a[0] * b[1] + a[1] * b[3],
      a[2] * b[0] + a[3] * b[2],
      a[2] * b[1] + a[3] * b[3],
    ]
    const product: Reducer<Matrix, Matrix> = {
      init: () => [1n, 0n, 0n, 1n],
      add: (a, b) => [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
      ],
      merge(a, b) {
        return this.add(a, b)
      },
    }
    const bytes = randomBytes(200, 9)
    const products = await all((engine) =>
      engine
        .map(share(bytes), (part): Matrix => [BigInt(part[0]!), 1n, 1n, 0n], { chunks: fixed({ size: 1 }) })
        .reduce(product),
    )
    const inOrder = [...bytes].map((byte): Matrix => [BigInt(byte), 1n, 1n, 0n]).reduce(times)
    expect(new Set(products.map(fingerprint))).toEqual(new Set([fingerprint(inOrder)]))
  })
})
