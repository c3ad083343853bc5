// entropy-map: bits per byte of each block, and the picture of them.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blockBytesFor, entropyMap, entropyOf, heatMap } from '@onecopy/examples'
import { byteHistogram } from '@onecopy/kernels'
import { createEngine, file, fixed, sequential, share } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'

const engine = createEngine({ workers: 3 })
afterAll(() => engine.close())

/** Σ p·log2(1/p), value by value. */
function naive(bytes: Uint8Array, blockBytes: number): number[] {
  const blocks: number[] = []
  for (let start = 0; start < bytes.length; start += blockBytes) {
    const block = [...bytes.subarray(start, start + blockBytes)]
    const shares = [...new Set(block)].map((value) => block.filter((each) => each === value).length / block.length)
    blocks.push(shares.reduce((sum, p) => sum + p * Math.log2(1 / p), 0))
  }
  return blocks
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length)
  for (const [i, bits] of expected.entries()) expect(found[i]).toBeCloseTo(bits, 9)
}

describe('entropy-map', () => {
  test.each([
    ['nothing', '', []],
    ['one byte', 'x', [0]],
    ['equal bytes', 'aaaaaaaa', [0, 0]],
    ['one bit, two bits', 'ababcdef', [1, 2]],
    ['a last block that is shorter', 'abcdab', [2, 1]],
  ])('%s', async (_, text, bits) => {
    expect(await engine.run(share(text), entropyMap, { params: { blockBytes: 4 } })).toEqual(bits)
  })

  test('a block in which each value occurs equally often has 8 bits', async () => {
    const bytes = Uint8Array.from({ length: 4096 }, (_, i) => i)
    expect(await engine.run(share(bytes), entropyMap)).toEqual([8])
  })

  test('blocks of every size, in memory and in a file', async () => {
    const bytes = Buffer.from('Entropie: wie viel man nicht weiß — naïve 数据\r\n')
    const folder = await mkdtemp(join(tmpdir(), 'onecopy-'))
    try {
      const path = join(folder, 'text.txt')
      await writeFile(path, bytes)
      for (const data of [share(bytes), file(path)]) {
        for (let blockBytes = 1; blockBytes <= bytes.length; blockBytes++)
          expectClose(await engine.run(data, entropyMap, { params: { blockBytes } }), naive(bytes, blockBytes))
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('any data in blocks of any size gives what the sum of shares gives', async () => {
    const alone = sequential()
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300, max: 3 }))
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 100 }), async (bytes, blockBytes) => {
        expectClose(await alone.run(share(bytes), entropyMap, { params: { blockBytes } }), naive(bytes, blockBytes))
      }),
    )
  })

  test('the kernel’s histograms of the same blocks give the same bits', async () => {
    const data = share(Buffer.from('the quick brown fox '.repeat(1000)))
    const blockBytes = 777
    const histograms = await engine.map(data, byteHistogram, { chunks: fixed({ size: blockBytes }) })
    expect(histograms.map(entropyOf)).toEqual(await engine.run(data, entropyMap, { params: { blockBytes } }))
  })

  test('a block size that is none is refused at once', () => {
    expect(() => engine.run(share('abc'), entropyMap, { params: { blockBytes: 0 } })).toThrow(RangeError)
  })
})

describe('the heat map', () => {
  test('ten characters stand for ten steps', () => {
    expect(heatMap([0, 0.8, 4, 7.19, 7.2, 8], 256, false).split('\n')).toEqual([
      '  00000000  .+%@@',
      '',
      '  0 [ .:-=+*#%@] 8 bits per byte; a block is 256 bytes',
    ])
  })

  test('rows say where they start, and fit a terminal', () => {
    const rows = heatMap(new Array(130).fill(8), 4096, false).split('\n')
    expect(rows.slice(0, 3)).toEqual([`  00000000 ${'@'.repeat(64)}`, `  00040000 ${'@'.repeat(64)}`, '  00080000 @@'])
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(80)
  })

  test('with colours, blocks are painted', () => {
    const colored = heatMap([0, 8], 256, true)
    expect(colored).toContain('\u001b[38;5;17m█\u001b[39m\u001b[38;5;196m█\u001b[39m')
  })

  test('the blocks of any data fit it', () => {
    expect(blockBytesFor(0)).toBe(256)
    expect(blockBytesFor(64 * 24 * 256)).toBe(256)
    expect(blockBytesFor(64 * 24 * 256 + 1)).toBe(512)
    for (const byteLength of [1, 1e6, 1e9, 2 ** 53 - 1])
      expect(Math.ceil(byteLength / blockBytesFor(byteLength))).toBeLessThanOrEqual(64 * 24)
  })
})
