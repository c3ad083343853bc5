// Lanes claim blocks, and take from each other what another lane has not begun. The caller's thread merges in slices.

import { createHostEngine, type Host, type LaneHandle, type LaneMessage, type LaneTask } from '@onecopy/core/host'
import { alloc, type Chunk, createEngine, type Engine, fixed, type SharedMemory, sum } from '@onecopy/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

interface Params {
  /** How many chunks have been run. */
  readonly done: SharedMemory<Int32Array>
  /** The first chunk waits for so many others. */
  readonly others: number
}

/** The first chunk is not done before all others are. Its worker has a block of chunks: others must take them over. */
const firstIsLast = (_: Readonly<Uint8Array>, { index, params }: Chunk<Params>): number => {
  const done = params.done.view()
  if (index > 0) {
    Atomics.add(done, 0, 1)
    Atomics.notify(done, 0)
    return index
  }
  for (let seen = Atomics.load(done, 0); seen < params.others; seen = Atomics.load(done, 0)) {
    if (Atomics.wait(done, 0, seen, 20_000) === 'timed-out') throw new Error(`only ${seen} others are done`)
  }
  return 0
}

describe.each([2, 3, 4])('a worker that is busy with its first chunk (%i workers)', (workers) => {
  let engine: Engine
  beforeAll(() => {
    engine = createEngine({ workers })
  })
  afterAll(() => engine.close())

  const chunks = 1024
  const data = alloc(Uint8Array, chunks)
  const options = (others: number): { chunks: ReturnType<typeof fixed>; params: Params } => ({
    chunks: fixed({ size: 1 }),
    params: { done: alloc(Int32Array, 1), others },
  })
  const expected = Array.from({ length: chunks }, (_, i) => i)

  test('gives all of its block away: a list', async () => {
    expect(await engine.map(data, firstIsLast, options(chunks - 1))).toEqual(expected)
  })

  test('gives all of its block away: a reduction', async () => {
    const run = engine.map(data, firstIsLast, options(chunks - 1)).reduce(sum())
    expect(await run).toBe((chunks * (chunks - 1)) / 2)
  })

  test('gives all of its block away but the part that is folded into one accumulator', async () => {
    const fold = (total: number, _: Readonly<Uint8Array>, { index, params }: Chunk<Params>): number => {
      const done = params.done.view()
      // The accumulator at hand is for the chunks 0 to 3.
      if (index > 3) Atomics.add(done, 0, 1)
      if (index > 3) Atomics.notify(done, 0)
      for (let seen = Atomics.load(done, 0); index === 0 && seen < params.others; seen = Atomics.load(done, 0)) {
        if (Atomics.wait(done, 0, seen, 20_000) === 'timed-out') throw new Error(`only ${seen} others are done`)
      }
      return total + index
    }
    expect(await engine.fold(data, fold, sum(), options(chunks - 4))).toBe((chunks * (chunks - 1)) / 2)
  })
})

/** A host whose only lane sends all leaves of the merge tree at once. */
class LeavesHost implements Host {
  readonly workers = 1

  startLane(task: LaneTask, _data: unknown, onMessage: (message: LaneMessage) => void): LaneHandle {
    const { count } = task.job.plan
    Atomics.store(new Int32Array(task.control), 0, count)
    const nodes = Array.from({ length: count }, (_, index) => ({ level: 0, index, value: index }))
    const commit = { ranges: [0, count], payload: { kind: 'tree', nodes }, approxBytes: 0 } as const
    onMessage({ commit, failure: undefined, isLast: true })
    return { ended: Promise.resolve(), kill: () => {} }
  }

  async close(): Promise<void> {}
}

test('the event loop runs while the caller’s thread merges much', async () => {
  const run = createHostEngine(new LeavesHost())
    .map(alloc(Uint8Array, 200), () => 0, { chunks: fixed({ size: 1 }) })
    .reduce((left, right) => {
      // A merge that takes a while.
      const end = performance.now() + 1
      while (performance.now() < end);
      return left + right
    })
  let turns = 0
  let isSettled = false
  const settled = run.finally(() => {
    isSettled = true
  })
  const turn = (): void => {
    turns++
    if (!isSettled) setImmediate(turn)
  }
  setImmediate(turn)
  expect(await settled).toBe((200 * 199) / 2)
  // 199 merges of 1 ms, in slices of 4 ms. One slice for all would leave two turns.
  expect(turns).toBeGreaterThan(20)
})
