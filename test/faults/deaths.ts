// What must hold for every way in which a chunk can end its worker.

import { type Chunk, type ChunkFn, type RunEvents, type SharedMemory, sum } from '@onecopy/node'
import { expect } from 'vitest'
import { data, onEachEngine, sharedCounter, tenBytes, total } from './harness.js'

/** Parameters of a deadly chunk function: how often it may die, and how often it has. */
export interface DeathParams {
  readonly times: number
  readonly counter: SharedMemory<Int32Array>
}

/** A chunk function that adds up its bytes. In chunk 42 it dies the first `times` times. */
export type DeadlyFn = ChunkFn<number, DeathParams>
export type DeadlyChunk = Chunk<DeathParams>

/**
 * Test that `deadly` loses only its own chunk, and only as often as retries allow.
 *
 * @param prepare - called with the counter before each run, if death comes from outside
 */
export function testDeaths(
  name: string,
  deadly: DeadlyFn,
  prepare?: (counter: SharedMemory<Int32Array>) => void,
): void {
  const deathParams = (times: number): DeathParams => {
    const counter = sharedCounter()
    prepare?.(counter)
    return { times, counter }
  }

  onEachEngine(`${name} once: the answer is the same, and the loss is reported`, async (engine) => {
    const retries: Parameters<RunEvents['retry']>[0][] = []
    const losses: Parameters<RunEvents['workerLost']>[0][] = []
    const params = deathParams(1)
    const run = engine
      .map(data, deadly, { ...tenBytes, params })
      .reduce(sum())
      .on('retry', (event) => retries.push(event))
      .on('workerLost', (event) => losses.push(event))
    await expect(run).resolves.toBe(total)
    expect(retries).toEqual([{ chunk: { index: 42, start: 420, end: 430 }, attempt: 1, cause: expect.anything() }])
    expect(losses).toEqual([{ chunk: { index: 42, start: 420, end: 430 }, cause: expect.anything() }])
    expect(run.stats).toMatchObject({ chunks: 100, doneChunks: 100, retries: 1, workersLost: 1 })
  })

  onEachEngine(`${name} once: each result is in the list once, in order`, async (engine) => {
    const params = deathParams(1)
    const lists = await engine.map(data, deadly, { ...tenBytes, params })
    expect(lists).toEqual(
      Array.from({ length: 100 }, (_, i) => data.view(i * 10, i * 10 + 10).reduce((a, b) => a + b, 0)),
    )
  })

  onEachEngine(`${name} each time: ERR_WORKER_LOST with the chunk's range`, async (engine) => {
    const params = deathParams(Number.MAX_SAFE_INTEGER)
    await expect(engine.map(data, deadly, { ...tenBytes, params, retries: 1 })).rejects.toMatchObject({
      code: 'ERR_WORKER_LOST',
      chunk: { index: 42, start: 420, end: 430 },
      cause: expect.anything(),
    })
    expect(params.counter.view()[0]).toBe(2)
  })

  onEachEngine(`${name}, retries: 0: the first death fails the run`, async (engine) => {
    const params = deathParams(Number.MAX_SAFE_INTEGER)
    await expect(engine.map(data, deadly, { ...tenBytes, params, retries: 0 })).rejects.toMatchObject({
      code: 'ERR_WORKER_LOST',
    })
    expect(params.counter.view()[0]).toBe(1)
  })
}
