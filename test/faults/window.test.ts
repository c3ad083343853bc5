// How far lanes run ahead of a reader depends on the size of results, whatever they consist of.

import { alloc, type Chunk, createEngine, fixed, type SharedMemory } from '@onecopy/node'
import { afterAll, expect, test } from 'vitest'

const engine = createEngine({ workers: 1 })
afterAll(() => engine.close())

/** About 32 MiB are held, which is 64 of the smallest results here. The lane also holds some results that it has not sent. */
const mostBegun = 100
const chunks = 400

interface Params {
  /** How many chunks have begun. */
  readonly begun: SharedMemory<Int32Array>
  readonly kind: string
}

/** A result of half a mebibyte to one. */
function heavy(_: Readonly<Uint8Array>, { params }: Chunk<Params>): unknown {
  Atomics.add(params.begun.view(), 0, 1)
  const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 0.5)
  class Hit {
    readonly list = numbers(131_072)
  }
  const long = 'x'.repeat(524_288)
  switch (params.kind) {
    case 'a plain object':
      return { list: numbers(131_072) }
    case 'an instance of a class':
      return new Hit()
    case 'text':
      return [long]
    case 'a Map':
      return new Map([['list', numbers(131_072)]])
    case 'a Set':
      return new Set([long])
    case 'an error':
      return Object.assign(new Error('x'), { stack: long })
    case 'an error with a cause':
      return new Error('x', { cause: { list: numbers(131_072) } })
    default:
      // A table by key.
      return Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`${'k'.repeat(100)}${i}`, true]))
  }
}

test.each([
  'a plain object',
  'an instance of a class',
  'text',
  'a Map',
  'a Set',
  'an error',
  'an error with a cause',
  'a table by key',
])('%s', { timeout: 120_000 }, async (kind) => {
  const begun = alloc(Int32Array, 1)
  const run = engine.map(alloc(Uint8Array, chunks), heavy, { chunks: fixed({ size: 1 }), params: { begun, kind } })
  const reader = run[Symbol.asyncIterator]()
  await reader.next()
  const words = begun.view()
  // Wait until lanes have stopped: no chunk has begun for a while.
  for (let seen = -1, still = 0; still < 20; ) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    const now = Atomics.load(words, 0)
    still = now === seen ? still + 1 : 0
    seen = now
  }
  expect(Atomics.load(words, 0)).toBeLessThanOrEqual(mostBegun)
  await reader.return?.()
})
