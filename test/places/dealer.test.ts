// Lanes that share no memory with the engine get spans from a dealer. Whatever happens to them, the answer is that of one run.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fixed, type OnecopyError, sequential, share, sum } from '@onecopy/core'
import { createHostEngine } from '@onecopy/core/host'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { earlySearch } from '../plugins/early.js'
import * as plugins from '../plugins/parts.js'
import { createRandom, randomBytes, randomFloats } from '../support/bytes.js'
import { fingerprint } from '../support/fingerprint.js'
import { tempDir } from '../support/temp-dir.js'
import { PostedHost } from './posted-host.js'

const { floatSum, lineList, eachChunk, anyOrder, foldedValues } = plugins
const dir = tempDir()
const calm = { turn: async () => {}, dies: () => false, isDoubled: () => false }

const text = (length: number, seed: number) =>
  share(Uint8Array.from(randomBytes(length, seed), (byte) => (byte < 60 ? 10 : byte)))

describe('with messages in any order, deaths and doubles', () => {
  test('the answer is that of one run, bit for bit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.constantFrom(floatSum, lineList, eachChunk, anyOrder, foldedValues),
        fc.nat(3),
        fc.integer(),
        async (scheduler, given, deaths, seed) => {
          const random = createRandom(seed)
          // `as`: each plugin gets data of its kind.
          const plugin = given as unknown as typeof plugins.numbersOnly
          const length = 1 + Math.floor(random() * (given === foldedValues ? 1200 : 150))
          const data = (given === floatSum ? share(randomFloats(length, seed)) : text(length, seed)) as ReturnType<
            typeof text
          >
          let left = deaths
          const host = new PostedHost({
            turn: () => scheduler.schedule(Promise.resolve()),
            dies: () => left > 0 && random() < 0.02 && left-- > 0,
            isDoubled: () => random() < 0.2,
          })
          const engine = createHostEngine(host)
          const run = engine.run(data, plugin, { retries: 10 }).start()
          const settled = run.then(fingerprint)
          await scheduler.waitFor(settled)
          expect(await settled).toBe(fingerprint(await sequential().run(data, plugin)))
          expect(run.stats).toMatchObject({ workersLost: deaths - left })
          expect(host.lanes).toBe(0)
          await engine.close()
        },
      ),
      { numRuns: 60 },
    )
  }, 60_000)

  test('of several chunks that fail, the lowest is reported', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.uint8Array({ min: 5, max: 9, minLength: 1, maxLength: 60 }),
        async (scheduler, bytes) => {
          const host = new PostedHost({ ...calm, turn: () => scheduler.schedule(Promise.resolve()) })
          const engine = createHostEngine(host)
          const settled = engine
            .run(share(bytes), plugins.throwsAtByte)
            .catch((error: OnecopyError) => error.chunk?.index)
          await scheduler.waitFor(settled)
          const first = bytes.indexOf(7)
          expect(await settled).toBe(first < 0 ? bytes.length : first)
          expect(host.lanes).toBe(0)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('a run that has enough ends, and has read at most two chunks per lane more than a loop that stops', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.uint8Array({ min: 5, max: 30, minLength: 1, maxLength: 60 }),
        fc.nat(2),
        async (scheduler, bytes, deaths) => {
          const ran = join(dir, 'ran')
          writeFileSync(ran, '')
          let left = deaths
          const host = new PostedHost({
            turn: () => scheduler.schedule(Promise.resolve()),
            dies: (chunk) => chunk === 3 && left-- > 0,
            isDoubled: () => false,
          })
          const settled = createHostEngine(host).run(share(bytes), earlySearch, {
            params: { ran, byte: 7 },
            retries: 10,
          })
          await scheduler.waitFor(settled.then(() => {}))
          const found = bytes.indexOf(7)
          expect(await settled).toBe(found < 0 ? undefined : found)
          expect(host.lanes).toBe(0)
          const most = found < 0 ? bytes.length : Math.min(bytes.length, found + 2 * host.workers)
          if (deaths === 0) expect(readFileSync(ran).length).toBeLessThanOrEqual(most)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('for await gives the results in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const engine = createHostEngine(new PostedHost({ ...calm, turn: () => scheduler.schedule(Promise.resolve()) }))
        const seen: number[] = []
        const read = async (): Promise<void> => {
          for await (const { start } of engine.map(text(200, 3), plugins.eachChunk)) seen.push(start)
        }
        await scheduler.waitFor(read())
        expect(seen).toEqual((await sequential().map(text(200, 3), plugins.eachChunk)).map(({ start }) => start))
      }),
      { numRuns: 20 },
    )
  })
})

test('a chunk that always takes its place with it is named, after its retries', async () => {
  const host = new PostedHost({ ...calm, dies: (chunk) => chunk === 37 })
  const engine = createHostEngine(host)
  const retried: number[] = []
  const lost: (number | undefined)[] = []
  const run = engine.run(share(new Uint8Array(100)), plugins.throwsAtByte, { retries: 2 })
  run.on('retry', ({ chunk }) => retried.push(chunk.index))
  run.on('workerLost', ({ chunk }) => lost.push(chunk?.index))
  await expect(run).rejects.toMatchObject({ code: 'ERR_WORKER_LOST', chunk: { index: 37, start: 37, end: 38 } })
  expect(retried).toEqual([37, 37])
  expect(lost).toEqual([37, 37, 37])
  expect(run.stats).toMatchObject({ retries: 2, workersLost: 3 })
})

test('a run can be cancelled, and its lanes leave', async () => {
  let turns = 0
  const reason = new Error('no longer wanted')
  const host = new PostedHost({
    ...calm,
    turn: async () => {
      if (++turns === 30) run.cancel(reason)
    },
  })
  const run = createHostEngine(host).run(share(new Uint8Array(1000)), plugins.throwsAtByte)
  await expect(run).rejects.toBe(reason)
  expect(host.lanes).toBe(0)
})

test('a chunk that takes too long is ended', async () => {
  const host = new PostedHost({ ...calm, turn: () => new Promise((resolve) => setTimeout(resolve)) })
  const hangs = (_bytes: Readonly<Uint8Array>, { index }: { index: number }) =>
    index === 5 ? new Promise(() => {}) : 1
  const run = createHostEngine(host, { graceMs: 0 }).map(share(new Uint8Array(20)), hangs, {
    chunks: fixed({ size: 1 }),
    chunkTimeoutMs: 20,
  })
  await expect(run).rejects.toMatchObject({ code: 'ERR_CHUNK_TIMEOUT', chunk: { index: 5 } })
})

test('a span has many chunks if chunks are short: there is no message per chunk', async () => {
  const host = new PostedHost({ ...calm, turn: async () => {} })
  const engine = createHostEngine(host)
  const total = await engine
    .map(share(new Uint8Array(20_000)), (bytes) => bytes.length, { chunks: fixed({ size: 1 }) })
    .reduce(sum())
  expect(total).toBe(20_000)
  expect(host.spans).toBeLessThan(1000)
})

test('chunks that take long are not dealt ahead: no lane is idle while a chunk waits behind another', async () => {
  // Chunk functions are made of their text, so they see no names of this module.
  const place = globalThis as typeof globalThis & { meeting?: Meeting }
  onTestFinished(() => {
    delete place.meeting
  })
  // Each chunk ends when all have begun. So this only ends if they run at the same time.
  const all = async (_bytes: Readonly<Uint8Array>, { index }: { index: number }): Promise<number> => {
    const { meeting } = globalThis as typeof globalThis & { meeting: Meeting }
    if (++meeting.begun === 3) meeting.meet()
    await meeting.all
    return index
  }
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { promise, resolve } = withResolvers()
      place.meeting = { begun: 0, meet: resolve, all: promise }
      const engine = createHostEngine(new PostedHost({ ...calm, turn: () => scheduler.schedule(Promise.resolve()) }))
      const run = engine.map(share(new Uint8Array(3)), all, { chunks: fixed({ size: 1 }) }).start()
      await scheduler.waitFor(run.then(() => {}))
      expect(await run).toEqual([0, 1, 2])
    }),
    { numRuns: 30 },
  )
})

interface Meeting {
  begun: number
  meet(): void
  readonly all: Promise<void>
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

test('a span that was sized for short chunks is shared between lanes if its chunks are long', async () => {
  let passed = 0
  const slow = (index: number | undefined): boolean => index !== undefined && index >= 20_000 && index < 20_600
  const host = new PostedHost({
    ...calm,
    now: () => performance.now() + passed,
    // It is asked when a chunk begins.
    dies: (index) => {
      if (slow(index)) passed += 300
      return false
    },
  })
  const run = createHostEngine(host).map(share(new Uint8Array(40_000)), () => 1, { chunks: fixed({ size: 1 }) })
  expect(await run.reduce(sum())).toBe(40_000)
  // Without a cut, all of them are in the spans of one lane or two, because so many short chunks are one span.
  const counts = host.ran.map((chunks) => chunks.filter(slow).length).filter((count) => count > 0)
  expect(counts.length).toBeGreaterThan(2)
})

test('progress counts what lanes have done', async () => {
  const engine = createHostEngine(
    new PostedHost({ ...calm, turn: () => new Promise((resolve) => setTimeout(resolve)) }),
  )
  const run = engine.run(share(new Uint8Array(300)), plugins.throwsAtByte)
  const seen: number[] = []
  run.on('progress', ({ doneChunks }) => seen.push(doneChunks))
  await run
  expect(seen.at(-1)).toBe(300)
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
})
