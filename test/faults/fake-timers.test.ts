// Globals that tests replace: an engine keeps using the real ones, whenever they were replaced.

import { type Chunk, createEngine, type Engine, fixed, sequential, share, sum } from '@onecopy/node'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { runModule } from '../support/child.js'

const data = share('abcabcabc')
const chunks = fixed({ size: 1 })

let engine: Engine | undefined
afterEach(async () => {
  vi.useRealTimers()
  await engine?.close()
})

function fakeAll(): void {
  vi.useFakeTimers({
    toFake: [
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'setImmediate',
      'clearImmediate',
      'Date',
      'performance',
      'queueMicrotask',
    ],
  })
}

/** Several runs, one after the other and at the same time: reduced, listed, and read one by one. */
async function expectRuns(on: Engine): Promise<void> {
  const run = () => on.map(data, (bytes) => bytes.length, { chunks })
  for (let i = 0; i < 3; i++) expect(await run().reduce(sum())).toBe(9)
  expect(await Promise.all(Array.from({ length: 6 }, () => run().reduce(sum())))).toEqual([9, 9, 9, 9, 9, 9])
  let total = 0
  for await (const length of run()) total += length
  expect(total).toBe(9)
}

test('timers that were faked before the first run', async () => {
  fakeAll()
  engine = createEngine({ workers: 2 })
  await expectRuns(engine)
  await engine.close()
})

test('timers that are faked after the first run, and back again', async () => {
  engine = createEngine({ workers: 2 })
  await expectRuns(engine)
  fakeAll()
  await expectRuns(engine)
  vi.useRealTimers()
  await expectRuns(engine)
})

test('the engine without threads', async () => {
  fakeAll()
  engine = sequential()
  await expectRuns(engine)
})

test('a chunk that hangs under faked timers is ended: by its time-out, by cancel and by close', async () => {
  fakeAll()
  engine = createEngine({ workers: 1, graceMs: 10 })
  const hang = (_: Readonly<Uint8Array>, chunk: Chunk<{ readonly begun: { view(): Int32Array } }>) => {
    Atomics.store(chunk.params.begun.view(), 0, 1)
    for (;;);
  }
  const begun = share(new Int32Array(1))
  const params = { begun }
  await expect(engine.map(data, hang, { params, chunkTimeoutMs: 20, retries: 0 })).rejects.toMatchObject({
    code: 'ERR_CHUNK_TIMEOUT',
  })
  const cancelled = engine.map(data, hang, { params }).start()
  cancelled.cancel()
  await expect(cancelled).rejects.toThrow('cancelled')
  const closed = engine.map(data, hang, { params }).start()
  await engine.close()
  await expect(closed).rejects.toMatchObject({ code: 'ERR_ENGINE_CLOSED' })
})

test('a chunk function may replace the globals of its worker', async () => {
  engine = createEngine({ workers: 1 })
  await engine.map(data, () => {
    const globals = globalThis as unknown as Record<string, unknown>
    for (const name of ['setTimeout', 'setImmediate', 'queueMicrotask', 'structuredClone']) globals[name] = () => 0
    performance.now = () => 0
    Date.now = () => 0
  })
  await expectRuns(engine)
})

/**
 * The hardest fakes: no timer ever fires, timers are numbers as in a page, and clocks stand still. vitest itself cannot fake
 * process.nextTick, so these are separate programs.
 */
const fakeHard = `
  const never = () => 1
  const timers = (await import('node:timers')).default
  for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate']) {
    globalThis[name] = timers[name] = never
  }
  globalThis.queueMicrotask = never
  globalThis.structuredClone = () => { throw new Error('a fake') }
  process.nextTick = never
  process.hrtime = Object.assign(() => [0, 0], { bigint: () => 0n })
  performance.now = () => 0
  globalThis.Date = class extends Date { constructor() { super(0) } static now() { return 0 } }
`

describe.each([
  ['before the first run', fakeHard, ''],
  ['after the first run', '', fakeHard],
])('everything is faked %s', (_, before, after) => {
  test.each(['createEngine({ workers: 2, graceMs: 20 })', 'sequential()'])('%s', { timeout: 60_000 }, async (make) => {
    const { code, stdout, stderr } = await runModule(`
      import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
      import { tmpdir } from 'node:os'
      import { join } from 'node:path'
      import { createEngine, file, fixed, load, sequential, share, sum } from '@onecopy/node'
      const folder = mkdtempSync(join(tmpdir(), 'fakes '))
      const path = join(folder, 'data')
      writeFileSync(path, 'abc')
      ${before}
      const engine = ${make}
      const options = { chunks: fixed({ size: 1 }), params: { deep: [share('x')] } }
      const run = (data) => engine.map(data, (bytes) => bytes.length, options)
      const runs = async () => {
        const seen = [await run(share('abc')).reduce(sum()), await run(await load(path)).reduce(sum())]
        for await (const length of run(file(path))) seen.push(length)
        seen.push(await engine.map(share('a'), () => { throw new Error('x') }).catch((error) => error.code))
        seen.push(...(await Promise.all([run(share('ab')), run(share('abc')), run(share('a'))])).map((list) => list.length))
        return seen.join()
      }
      let seen = await runs()
      ${after}
      seen += ' ' + (await runs())
      const hung = engine.map(share('a'), async () => { await new Promise(() => {}) }).start()
      await engine.close()
      seen += ' ' + (await hung.catch((error) => error.code))
      rmSync(folder, { recursive: true })
      // Nothing is left that would come after this.
      console.log(seen)
    `)
    const once = '3,3,1,1,1,ERR_CHUNK_FAILED,2,3,1'
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${once} ${once} ERR_ENGINE_CLOSED\n`, stderr: '' })
  })
})
