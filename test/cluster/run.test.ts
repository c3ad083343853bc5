// Runs on a cluster: the answer is that of one machine, whoever runs which span.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { serialize } from 'node:v8'
import type { SpanDone } from '@onecopy/cluster'
import type { Plugin, Progress } from '@onecopy/core'
import { file } from '@onecopy/node'
import { beforeAll, describe, expect, test } from 'vitest'
import * as plugins from './plugins/cluster-plugins.js'
import { noRedis } from './redis.js'
import { chunks, setUp, titled } from './setup.js'

const { drawn, floatSum, folding, large, order, search, searchFold } = plugins

/** An answer as text: comparing long arrays takes long. */
const textOf = (answer: unknown): string => serialize(answer).toString('latin1')

describe.skipIf(noRedis !== undefined)(titled('on a cluster'), () => {
  const at = setUp()
  beforeAll(async () => {
    await Promise.all(
      [1, 2].map(() => at.machine(['float-sum', 'order', 'large', 'folding', 'search', 'search-fold', 'drawn'])),
    )
  })

  test.each<[string, Plugin]>([
    ['a sum that rounds at each step', floatSum],
    ['lists, joined in order', order],
    ['a list without a reducer', large],
    ['a fold', folding],
  ] as [string, Plugin][])('%s has the bits of one machine', async (_, plugin) => {
    expect(textOf(await at.cluster.run(file(at.path), plugin))).toBe(textOf(await at.engine.run(file(at.path), plugin)))
  })

  test('spans of any size give the same bits', async () => {
    const expected = await at.engine.run(file(at.path), floatSum)
    for (const spanChunks of [1, 3, 16, 1000]) {
      const spans: SpanDone[] = []
      const run = at.cluster.run(file(at.path), floatSum, { spanChunks }).on('span', (span) => spans.push(span))
      expect(await run).toBe(expected)
      const size = Math.min(chunks, 2 ** Math.ceil(Math.log2(spanChunks)))
      const starts = spans.map(({ from }) => from).sort((a, b) => a - b)
      expect(starts).toEqual(Array.from({ length: chunks / size }, (_, i) => i * size))
      expect(spans.every(({ from, to }) => to - from === size)).toBe(true)
    }
  })

  test('a run ends when it has enough, and nothing of it stays', async () => {
    const spans: SpanDone[] = []
    const run = at.cluster.run(file(at.path), search, { params: { at: 5, ms: 5 }, spanChunks: 1 })
    run.on('span', (span) => spans.push(span))
    expect(await run).toBe(5)
    expect(spans.length).toBeLessThan(chunks)
    await expect.poll(() => at.keys(run.runId)).toEqual([])
  })

  test('a chunk behind what is enough may fail, also in the same span', async () => {
    for (const [bad, spanChunks] of [
      [6, 16],
      [8, 4],
      [40, 64],
    ] as const) {
      expect(await at.cluster.run(file(at.path), search, { params: { at: 5, bad }, spanChunks })).toBe(5)
    }
    for (const [bad, spanChunks] of [
      [3, 16],
      [5, 64],
      [0, 1],
    ] as const) {
      const failed = at.cluster.run(file(at.path), search, { params: { at: 5, bad }, spanChunks })
      await expect(failed).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', chunk: { index: bad } })
    }
  })

  test('what is skipped behind what is enough does not count, also in the same span', async () => {
    for (const [bad, spanChunks] of [
      [6, 16],
      [8, 4],
      [40, 64],
      [4, 16],
    ] as const) {
      // Chunk 5 throws as well if it is behind the first bad one.
      const options = { params: { at: bad === 4 ? 3 : 5, bad }, skip: { most: 2 }, spanChunks }
      expect(await at.cluster.run(file(at.path), search, options)).toBe(options.params.at)
    }
    for (const spanChunks of [1, 4, 64]) {
      const failed = at.cluster.run(file(at.path), search, { params: { at: 9, bad: 3 }, skip: { most: 2 }, spanChunks })
      await expect(failed).rejects.toMatchObject({ code: 'ERR_TOO_MANY_SKIPPED', chunk: { index: 5 } })
    }
  })

  test('of a fold as well, wherever its blocks would end', async () => {
    for (const [match, bad, spanChunks] of [
      [8, 9, 64],
      [9, 10, 8],
      [0, 1, 1],
    ] as const) {
      expect(await at.cluster.run(file(at.path), searchFold, { params: { at: match, bad }, spanChunks })).toBe(match)
    }
    const failed = at.cluster.run(file(at.path), searchFold, { params: { at: 9, bad: 8 }, spanChunks: 64 })
    await expect(failed).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', chunk: { index: 8 } })
  })

  test('random numbers, skips and counters are those of one machine', async () => {
    for (const [seed, spanChunks] of [
      [1, 1],
      [1, 16],
      [2 ** 40, 64],
    ] as const) {
      const options = { seed, skip: { most: 100, list: 9 } }
      const alone = at.engine.run(file(at.path), drawn, options)
      const run = at.cluster.run(file(at.path), drawn, { ...options, spanChunks })
      expect(await run).toEqual(await alone)
      expect(run.stats).toMatchObject({ skipped: alone.stats!.skipped, counters: alone.stats!.counters })
      expect(alone.stats!.skipped.ranges.length).toBe(9)
    }
    const strict = at.cluster.run(file(at.path), drawn, { skip: { most: 4 }, spanChunks: 8 })
    await expect(strict).rejects.toMatchObject({ code: 'ERR_TOO_MANY_SKIPPED' })
  })

  test('spans follow the time that chunks take', async () => {
    const spans: SpanDone[] = []
    await at.cluster
      .run(file(at.path), floatSum, { params: { ms: 20 }, spanMs: 80 })
      .on('span', (span) => spans.push(span))
    // The first ones are cut before anything is known.
    const late = spans.filter(({ from }) => from >= chunks / 2)
    expect(late.every(({ from, to }) => to - from <= 4)).toBe(true)
    expect(spans.every(({ from, to }) => from % (to - from) === 0)).toBe(true)
  })

  test('a run tells how far it is, who did what, and what it has done', async () => {
    const told: Progress[] = []
    const workers = new Set<string>()
    const run = at.cluster
      .run(file(at.path), floatSum, { params: { ms: 10 }, spanChunks: 4 })
      .on('progress', (progress) => told.push(progress))
      .on('span', ({ worker }) => workers.add(worker))
    await run
    expect(workers.size).toBe(2)
    expect(told.at(-1)).toMatchObject({ chunks, doneChunks: chunks, bytes: chunks * 4096, doneBytes: chunks * 4096 })
    expect(told.map(({ doneChunks }) => doneChunks)).toEqual(
      told.map(({ doneChunks }) => doneChunks).sort((a, b) => a - b),
    )
    expect(run.stats).toMatchObject({
      chunks,
      doneChunks: chunks,
      bytes: chunks * 4096,
      workers: 2,
      retries: 0,
      workersLost: 0,
    })
  })

  test('nothing of a run that has ended stays on the server', async () => {
    await at.cluster.run(file(at.path), large, { runId: 'tidy', spanChunks: 8 })
    expect(await at.cluster.cancel('tidy')).toBe(false)
    await expect.poll(() => at.keys()).toEqual([])
  })

  test('parts go through a folder if there is one', async () => {
    const store = join(at.dir, 'parts')
    const machine = await at.machine(['large'], { store, prefix: 'other' })
    const run = at.clusterWith({ store, prefix: 'other' }).run(file(at.path), large, { spanChunks: 8 })
    let files = 0
    run.on('span', () => {
      files = Math.max(files, readdirSync(store).length)
    })
    expect(textOf(await run)).toBe(textOf(await at.engine.run(file(at.path), large)))
    expect(files).toBeGreaterThan(0)
    expect(readdirSync(store)).toEqual([])
    await machine.end()
  })

  test('numbers behind a header, an empty file, and a path that is absolute', async () => {
    const numbers = join(at.root, 'numbers.f64')
    const values = Float64Array.from({ length: 10_000 }, (_, i) => Math.sin(i) * 10 ** (i % 20))
    writeFileSync(numbers, Buffer.concat([Buffer.from('head'), new Uint8Array(values.buffer)]))
    const data = () => file(numbers, Float64Array, { offset: 4 })
    // `as`: the plugin only adds up what it sees.
    const plugin = floatSum as unknown as Plugin<unknown, number, number, Float64Array>
    expect(await at.cluster.run(data(), plugin)).toBe(await at.engine.run(data(), plugin))
    mkdirSync(join(at.root, 'deep'))
    const empty = join(at.root, 'deep/empty')
    writeFileSync(empty, '')
    expect(await at.cluster.run(file(empty), floatSum)).toBe(0)
    expect(await at.clusterWith({ root: undefined }).run(file(at.path), floatSum)).toBe(
      await at.engine.run(file(at.path), floatSum),
    )
  })

  test('files are compared by size, or by digests, if their times differ', async () => {
    const expected = await at.engine.run(file(at.path), floatSum)
    expect(await at.cluster.run(file(at.path), floatSum, { identity: 'size' })).toBe(expected)
    expect(await at.cluster.run(file(at.path), floatSum, { identity: 'digest', spanChunks: 8 })).toBe(expected)
  })

  test('a short run does not wait for a long one', async () => {
    const long = at.cluster.run(file(at.path), floatSum, { params: { ms: 15 }, spanChunks: 1 }).start()
    let done = 0
    await new Promise<void>((resolve) => long.on('span', () => ++done === 4 && resolve()))
    await at.cluster.run(file(at.path), floatSum, { spanChunks: 32 })
    expect(done).toBeLessThan(chunks)
    await long
  })
})
