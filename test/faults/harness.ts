// What every fault test does around its fault: an engine for each number of workers, then a healthy run on the same engine,
// then a look for what was left behind.

import { readdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { alloc, createEngine, type Engine, fixed, type SharedMemory, share, sum } from '@onecopy/node'
import { expect, test } from 'vitest'

/** Data of 100 chunks of 10 bytes, cut by `tenBytes`; byte `i` is `i % 251`. */
export const data: SharedMemory = share(Uint8Array.from({ length: 1000 }, (_, i) => i % 251))
export const tenBytes = { chunks: fixed({ size: 10 }) }
/** What `sumOfBytes` over `data` gives. */
export const total: number = data.view().reduce((a, b) => a + b, 0)

/** A chunk function that cannot fail. */
export const sumOfBytes = (bytes: Readonly<Uint8Array>): number => {
  let n = 0
  for (const byte of bytes) n += byte
  return n
}

/** Threads of this process; undefined where the system does not list them (it is Linux that does). */
export function countThreads(): number | undefined {
  try {
    return readdirSync('/proc/self/task').length
  } catch {
    // No such folder: threads are not counted on this system, and the rest of the check goes on.
    return undefined
  }
}

/** That no more threads are left, at once or as soon as the system has taken note: one that has ended is listed a little longer. */
export async function expectThreads(count: number | undefined): Promise<void> {
  await expect.poll(() => countThreads() ?? 0, { interval: 5, timeout: 5000 }).toBeLessThanOrEqual(count ?? 0)
}

/** Two counters that chunk functions share with the test: `Atomics.add(chunk.params.counter.view(), 0, 1)`. */
export function sharedCounter(): SharedMemory<Int32Array> {
  return alloc(Int32Array, 2)
}

/**
 * The test `name` on 1, 2 and 4 workers. Behind `body` each engine has to do a healthy run, and to leave no thread when it
 * is closed.
 */
export function onEachEngine(name: string, body: (engine: Engine, workers: number) => Promise<void>): void {
  test.each([1, 2, 4])(`${name} (%i workers)`, async (workers) => {
    // The file system's own threads are there from the first use on: not to be taken for a leak.
    await Promise.all(Array.from({ length: 8 }, () => stat('.')))
    const before = countThreads()
    const engine = createEngine({ workers, graceMs: 100 })
    await body(engine, workers)
    await expect(engine.map(data, sumOfBytes, tenBytes).reduce(sum())).resolves.toBe(total)
    await engine.close()
    await expectThreads(before)
  })
}

/** What a promise rejects with. */
export async function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it did not reject')
}
