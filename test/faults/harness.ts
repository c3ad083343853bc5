// What every fault test does: it makes an engine for each number of workers, performs a healthy run on the same engine after
// the fault, and checks that nothing is left behind.

import { readdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { alloc, createEngine, type Engine, fixed, type SharedMemory, share, sum } from '@onecopy/node'
import { expect, test } from 'vitest'

/** Data of 100 chunks of 10 bytes, cut by `tenBytes`; byte `i` is `i % 251`. */
export const data: SharedMemory = share(Uint8Array.from({ length: 1000 }, (_, i) => i % 251))
export const tenBytes = { chunks: fixed({ size: 10 }) }
/** The sum of `sumOfBytes` over `data`. */
export const total: number = data.view().reduce((a, b) => a + b, 0)

/** A chunk function that cannot fail. */
export const sumOfBytes = (bytes: Readonly<Uint8Array>): number => {
  let n = 0
  for (const byte of bytes) n += byte
  return n
}

/** The number of threads of this process; undefined if the system does not list them (only Linux does). */
export function countThreads(): number | undefined {
  try {
    return readdirSync('/proc/self/task').length
  } catch {
    // There is no such folder. Threads are not counted on this system, and the rest of the check continues.
    return undefined
  }
}

/**
 * Check that no more threads are left, at once or as soon as the system notices. A thread that has ended stays listed for a
 * moment.
 */
export async function expectThreads(count: number | undefined): Promise<void> {
  await expect.poll(() => countThreads() ?? 0, { interval: 5, timeout: 5000 }).toBeLessThanOrEqual(count ?? 0)
}

/** Two counters that chunk functions share with the test: `Atomics.add(chunk.params.counter.view(), 0, 1)`. */
export function sharedCounter(): SharedMemory<Int32Array> {
  return alloc(Int32Array, 2)
}

/**
 * Run the test `name` on 1, 2 and 4 workers. After `body`, each engine must perform a healthy run, and leave no thread when it
 * is closed.
 */
export function onEachEngine(name: string, body: (engine: Engine, workers: number) => Promise<void>): void {
  test.each([1, 2, 4])(`${name} (%i workers)`, async (workers) => {
    // The file system's own threads exist from their first use on. They must not look like a leak.
    await Promise.all(Array.from({ length: 8 }, () => stat('.')))
    const before = countThreads()
    const engine = createEngine({ workers, graceMs: 100 })
    await body(engine, workers)
    await expect(engine.map(data, sumOfBytes, tenBytes).reduce(sum())).resolves.toBe(total)
    await engine.close()
    await expectThreads(before)
  })
}

/** The reason with which a promise rejects. */
export async function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it did not reject')
}
