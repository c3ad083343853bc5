// Where the kernels run: one instance a thread, in memory that grows, in threads, and without WebAssembly or its SIMD.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fixed, sequential, share } from '@onecopy/core'
import { byteHistogram, countByte, countLines, countWords, findBytes, minMax, sumNumbers } from '@onecopy/kernels'
import { createEngine, file } from '@onecopy/node'
import { afterAll, describe, expect, test } from 'vitest'
import { foldTree } from '../naive/fold-tree.js'
import { naiveCount, naiveFind, naiveHistogram, naiveStripedSum, naiveWords } from '../naive/kernels.js'
import { randomBytes, randomFloats } from '../support/bytes.js'
import { runNode } from '../support/child.js'
import { CountedData } from '../support/counted-data.js'
import { tempDir } from '../support/temp-dir.js'

const threads = createEngine({ workers: 2 })
afterAll(() => threads.close())
const dir = tempDir()

describe('chunks of any size', () => {
  test('a chunk larger than the memory that kernels begin with, then small ones again', async () => {
    const bytes = randomBytes(3_000_001, 1)
    for (const size of [1000, 3_000_001, 1_000_000, 5000]) {
      const engine = sequential()
      const options = { chunks: fixed({ size }) }
      expect(await engine.run(share(bytes), countByte, options)).toBe(naiveCount(bytes, 10))
      expect(await engine.run(share(bytes), countWords, options)).toBe(naiveWords(bytes))
      expect(await engine.run(share(bytes), byteHistogram, options)).toEqual(naiveHistogram(bytes))
    }
  })

  test('a chunk of more than 32 bits can address is refused, with its size in bytes', async () => {
    const data = new CountedData(new Uint8Array(0), 2 ** 33)
    for (const plugin of [countLines, countWords]) {
      await expect(sequential().map(data, plugin, { chunks: fixed({ size: 2 ** 33 }) })).rejects.toMatchObject({
        code: 'ERR_CHUNK_FAILED',
        cause: { name: 'RangeError', message: expect.stringContaining(`${2 ** 33} bytes`) },
      })
    }
  })
})

describe('runs that take turns in one thread', () => {
  test('each has its own answer, though all share one memory, which grows meanwhile', async () => {
    const [small, large] = [randomBytes(40_000, 2), randomBytes(900_000, 3)]
    const floats = randomFloats(3000, 4)
    const tiny = fixed({ size: 64 })
    // More chunks than fit one turn of the thread: that is when the next run gets its own.
    const many = { chunks: tiny }
    const engines = Array.from({ length: 4 }, () => sequential())
    const [words, first, second, histogram, total, again] = await Promise.all([
      engines[0]!.run(share(small), countWords, many),
      engines[1]!.run(share(small), findBytes, { ...many, params: { pattern: small.subarray(100, 102) } }),
      engines[2]!.run(share(small), findBytes, { ...many, params: { pattern: small.subarray(500, 501) } }),
      engines[3]!.run(share(large), byteHistogram, { chunks: fixed({ size: 300_000 }) }),
      sequential().run(share(floats), sumNumbers, many),
      sequential().run(share(small), countByte, { ...many, params: { byte: 7 } }),
    ])
    expect(words).toBe(naiveWords(small))
    expect([...first.offsets]).toEqual(naiveFind(small, small.subarray(100, 102)))
    expect([...second.offsets]).toEqual(naiveFind(small, small.subarray(500, 501)))
    expect(histogram).toEqual(naiveHistogram(large))
    expect(again).toBe(naiveCount(small, 7))
    const parts = Array.from({ length: Math.ceil(3000 / 64) }, (_, i) =>
      naiveStripedSum(floats.subarray(i * 64, i * 64 + 64)),
    )
    expect(total).toBe(foldTree(parts, (left, right) => left + right))
  })
})

describe('in threads', () => {
  test('data in memory and in a file, in any chunks, verified: the same answers', async () => {
    const bytes = randomBytes(700_000, 5)
    const path = join(dir, 'random')
    writeFileSync(path, bytes)
    const pattern = bytes.subarray(333_330, 333_333)
    for (const data of [share(bytes), file(path)]) {
      for (const chunks of [undefined, fixed({ size: 999 }), fixed({ size: 10 ** 6 })]) {
        for (const simd of [true, false]) {
          const options = { chunks, verify: true, params: { simd } }
          expect(await threads.run(data, countLines, options)).toBe(naiveCount(bytes, 10))
          expect(await threads.run(data, countWords, options)).toBe(naiveWords(bytes))
          expect(await threads.run(data, byteHistogram, options)).toEqual(naiveHistogram(bytes))
          expect(await threads.run(data, minMax, options)).toEqual({ min: 0, max: 255 })
          const { count, offsets } = await threads.run(data, findBytes, { ...options, params: { pattern, simd } })
          expect({ count, offsets: [...offsets] }).toEqual({
            count: naiveFind(bytes, pattern).length,
            offsets: naiveFind(bytes, pattern),
          })
        }
      }
    }
  })
})

describe('runtimes without SIMD', () => {
  /** Run all kinds of kernels in a Node of its own; what they answer, and how many instances there were. */
  async function answers(prepare: string, ...flags: string[]): Promise<unknown> {
    const program = `
      import { sequential, share } from '@onecopy/core'
      let instances = 0
      if (globalThis.WebAssembly !== undefined) {
        const { Instance } = WebAssembly
        WebAssembly.Instance = function (module) { instances++; return new Instance(module) }
      }
      ${prepare}
      const kernels = await import('@onecopy/kernels')
      const engine = sequential()
      const text = share('some words,\\nand some more\\n')
      const answers = [
        await engine.run(text, kernels.countLines),
        await engine.run(text, kernels.countWords),
        (await engine.run(text, kernels.byteHistogram))[0x6f],
        [...(await engine.run(text, kernels.findBytes, { params: { pattern: 'ome' } })).offsets],
        await engine.run(share(Float32Array.of(1.5, -2)), kernels.minMax),
        await engine.run(share(Int16Array.of(-5, 7)), kernels.sumNumbers),
        String(await engine.run(share(BigInt64Array.of(-5n, 7n)), kernels.sumBigInts)),
        groupText(),
      ]
      function groupText() {
        const by = kernels.groupBy({ separator: ';', columns: { n: { type: 'decimal', digits: 1 } } })
        const table = by.ofRows(new TextEncoder().encode('b;1.5\\na;2\\nb;2.5\\nb\\n'))
        return [...by.reduce.finish(table)].map(({ key, n }) => [key, n.sum])
      }
      console.log(JSON.stringify({ answers, instances }))
    `
    const { stdout, stderr } = await runNode(...flags, '--input-type=module', '-e', program)
    expect(stderr).toBe('')
    return JSON.parse(stdout)
  }
  const right = [
    2,
    5,
    4,
    [1, 17],
    { min: -2, max: 1.5 },
    2,
    '2',
    [
      ['a', 2],
      ['b', 4],
    ],
  ]

  test('with SIMD: one instance for all runs of a thread, and one for grouping rows', async () => {
    expect(await answers('')).toEqual({ answers: right, instances: 2 })
  })

  test('a WebAssembly that does not know SIMD: the plain twins', async () => {
    expect(await answers('WebAssembly.validate = () => false')).toEqual({ answers: right, instances: 0 })
  })

  test('a WebAssembly that may not compile: the plain twins', async () => {
    const forbid = "WebAssembly.Module = function () { throw new WebAssembly.CompileError('forbidden') }"
    expect(await answers(forbid)).toEqual({ answers: right, instances: 0 })
  })

  test('no WebAssembly at all: the plain twins', async () => {
    expect(await answers('delete globalThis.WebAssembly')).toEqual({ answers: right, instances: 0 })
  })
})
