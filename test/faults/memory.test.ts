// Memory: the results that wait to be read are limited, nothing of a run stays behind, and what has been sent is not computed
// again.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  alloc,
  type Chunk,
  createEngine,
  type Engine,
  fixed,
  type MapRun,
  type SharedMemory,
  sumArrays,
} from '@onecopy/node'
import { describe, expect, test } from 'vitest'
import { runNode } from '../support/child.js'
import { tempDir } from '../support/temp-dir.js'

const mebibyte = 1024 * 1024

/** What program `name` of this folder prints. */
async function printed(name: string, ...args: string[]): Promise<unknown> {
  const program = fileURLToPath(new URL(name, import.meta.url))
  const { code, stdout, stderr } = await runNode('--expose-gc', program, ...args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}

describe.concurrent('results of 64 KiB that are read one by one', () => {
  test.each([
    ['all 6.5 GB of them', 100_000, 'nothing'],
    ['by a reader that stops: the lanes stop, too', 20_000, 'reader'],
    ['while the first chunk is not done', 20_000, 'first'],
  ])('are not held: %s', { timeout: 180_000 }, async (_, chunks, slow) => {
    // `as`: what the program prints.
    const { taken, mostAheadBytes, mostMemory } = (await printed(
      'memory-stream-program.js',
      String(chunks),
      slow,
    )) as Record<string, number>
    expect(taken).toBe(chunks)
    expect(mostAheadBytes).toBeLessThan(64 * mebibyte)
    // Whatever the garbage collector has not yet looked at is in it.
    expect(mostMemory).toBeLessThan(768 * mebibyte)
  })
})

test('10,000 runs leave no memory, listener, handle or thread behind', { timeout: 180_000 }, async () => {
  // `as`: what the program prints.
  const { before, after } = (await printed('memory-runs-program.js', '10000')) as Record<
    'before' | 'after',
    Record<'rss' | 'heapUsed' | 'arrayBuffers' | 'listeners' | 'threads', number> & { resources: string[] }
  >
  expect(after.listeners).toBe(0)
  expect(after.threads).toBe(before.threads)
  expect(after.resources).toEqual(before.resources)
  // Less than a hundred bytes per run: a run that stayed would be some kilobytes.
  expect(after.heapUsed - before.heapUsed).toBeLessThan(mebibyte)
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(mebibyte)
  // The heaps of workers are included, and need time to settle: Node 24 adds 60 MiB in the first 5,000 runs, and 6 more in the
  // next 15,000.
  expect(after.rss - before.rss).toBeLessThan(128 * mebibyte)
})

// Only Linux tells how much memory a process had at most.
describe.skipIf(process.platform !== 'linux')('shared data that nobody holds any more is given back', () => {
  const byteLength = 100 * mebibyte

  test.each(['load', 'share', 'run', 'params', 'view'])('%s', { timeout: 180_000 }, async (way) => {
    const path = join(tempDir(), 'large')
    if (way === 'load') writeFileSync(path, new Uint8Array(byteLength).fill(1))
    const program = fileURLToPath(new URL('memory-dropped-program.js', import.meta.url))
    const { code, stdout, stderr } = await runNode(program, way, String(byteLength), path)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    // 20 rounds whose memory is never freed would take 2 GB. For `share`, the source buffer stays.
    const source = way === 'share' ? byteLength : 0
    expect(Number(stdout)).toBeLessThan(source + 3 * byteLength + 150 * mebibyte)
  })

  test('also in workers that get no other lane', { timeout: 60_000 }, async () => {
    expect(await printed('memory-idle-program.js')).toBe('given back')
  })
})

interface Params {
  /** Calls of each chunk. */
  readonly calls: SharedMemory<Int32Array>
  /** Elements of a result. */
  readonly length: number
}

/** A result so large that it is sent as soon as its claim ends. The last chunk ends its worker the first time. */
const heavy = (_: Readonly<Uint8Array>, chunk: Chunk<Params>): Float64Array => {
  const calls = Atomics.add(chunk.params.calls.view(), chunk.index, 1)
  if (chunk.index === chunk.chunks - 1 && calls === 0) process.exit(1)
  return new Float64Array(chunk.params.length).fill(chunk.index + 0.5)
}

describe.each([1, 2, 4])('what was sent before a worker dies is not computed again (%i workers)', (workers) => {
  // So few chunks for each lane that each one is a claim of its own.
  const chunks = 4 * workers - 1

  async function expectOneCallEach(size: number, take: (run: MapRun<Float64Array>) => Promise<number>): Promise<void> {
    const engine: Engine = createEngine({ workers })
    const calls = alloc(Int32Array, chunks)
    const params = { calls, length: size / 8 }
    const run = engine.map(alloc(Uint8Array, chunks), heavy, { chunks: fixed({ size: 1 }), params })
    expect(await take(run)).toBe(chunks ** 2 / 2)
    expect([...calls.view()]).toEqual(Array.from({ length: chunks }, (_, i) => (i === chunks - 1 ? 2 : 1)))
    await engine.close()
  }

  const firstOf = (sums: Float64Array | undefined): number => sums?.[0] ?? Number.NaN

  test('a list', () =>
    expectOneCallEach(4 * mebibyte, async (run) => (await run).reduce((sum, value) => sum + firstOf(value), 0)))

  test('a reduction by position', () =>
    expectOneCallEach(64 * mebibyte, async (run) => firstOf(await run.reduce(sumArrays()))))

  test('a reduction in any order', () =>
    expectOneCallEach(64 * mebibyte, (run) =>
      run.reduce({
        order: 'any',
        init: () => 0,
        add: (acc: number, value) => acc + value[0]!,
        merge: (left, right) => left + right,
      }),
    ))

  test('results one by one', () =>
    expectOneCallEach(4 * mebibyte, async (run) => {
      let sum = 0
      for await (const value of run) sum += firstOf(value)
      return sum
    }))
})

test.each([
  ['', 0],
  [', also for those that come for workers that die', 4],
])('a table in params is in memory once, for all workers%s', { timeout: 60_000 }, async (_which, deaths) => {
  const count = 1_000_000
  const printedNumbers = await printed('memory-table-program.js', String(count), String(deaths))
  // `as`: what the program prints.
  const { hits, tableBytes, added, lost } = printedNumbers as Record<string, number>
  expect(hits).toBe(count)
  expect(lost).toBe(deaths)
  expect(tableBytes).toBeGreaterThan(32 * count)
  // Four copies would add four times the table.
  expect(added).toBeLessThan(tableBytes!)
})
