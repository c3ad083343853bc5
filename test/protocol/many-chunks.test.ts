// Runs of very many chunks: what is kept about each of them is a bit, and nothing is sent per chunk.
//
// The lanes are played by the host: running a hundred million chunks would take longer than a test may.

import { count, fixed, lines, sequential } from '@onecopy/core'
import {
  type Commit,
  createHostEngine,
  type Host,
  type LaneHandle,
  type LaneMessage,
  type LaneTask,
} from '@onecopy/core/host'
import { describe, expect, test } from 'vitest'
import { CountedData } from '../support/counted-data.js'

/** Plays one lane: what it commits, and whether it dies then. */
type Play = (task: LaneTask, commit: (commit: Commit) => void) => void

class PlayedHost implements Host {
  readonly workers = 1
  readonly tasks: LaneTask[] = []
  readonly #plays: Play[]

  constructor(...plays: Play[]) {
    this.#plays = plays
  }

  startLane(task: LaneTask, _data: unknown, onMessage: (message: LaneMessage) => void): LaneHandle {
    this.tasks.push(task)
    const commit = (each: Commit): void => onMessage({ commit: each, failure: undefined, isLast: false })
    return { ended: this.#play(task, commit), kill: () => {} }
  }

  async #play(task: LaneTask, commit: (commit: Commit) => void): Promise<void> {
    // The first word of the control block counts claimed positions.
    const claimed = task.missing === undefined ? task.job.plan.count : lengthOf(task.missing)
    Atomics.store(new Int32Array(task.control), 0, claimed)
    this.#plays.shift()!(task, commit)
  }

  async close(): Promise<void> {}
}

function lengthOf(ranges: Int32Array): number {
  let length = 0
  for (let r = 0; r < ranges.length; r += 2) length += ranges[r + 1]! - ranges[r]!
  return length
}

const chunks = 150_000_000
const data = new CountedData(new Uint8Array(0), chunks)
const empty = { kind: 'list', chunkIndices: new Int32Array(0), values: [] } as const
const unknownFn = (): number => 1

describe('150 million chunks', () => {
  test('a worker’s death: what was lost is run again, and told to the lanes in ranges', async () => {
    const host = new PlayedHost(
      (_task, commit) => {
        commit({ ranges: [0, 1000, 5000, 100_000_001], payload: { kind: 'tree', nodes: [] }, approxBytes: 0 })
        throw new Error('the worker died')
      },
      (task, commit) => {
        commit({
          ranges: [...task.missing!],
          payload: { kind: 'tree', nodes: [{ level: 28, index: 0, value: chunks }] },
          approxBytes: 0,
        })
      },
    )
    const run = createHostEngine(host)
      .map(data, unknownFn, { chunks: fixed({ size: 1 }) })
      .reduce(count())
    expect(await run).toBe(chunks)
    expect(host.tasks.map(({ missing }) => missing)).toEqual([
      undefined,
      Int32Array.of(1000, 5000, 100_000_001, chunks),
    ])
    expect(run.stats).toMatchObject({ doneChunks: chunks, workersLost: 1 })
  })

  test('for await over chunks that own nothing', async () => {
    const first = { ...empty, chunkIndices: Int32Array.of(3), values: ['first'] }
    const host = new PlayedHost((_task, commit) => {
      commit({
        ranges: [100_000_000, chunks],
        payload: { ...empty, chunkIndices: Int32Array.of(149_999_999), values: ['last'] },
        approxBytes: 0,
      })
      commit({ ranges: [0, 100_000_000], payload: first, approxBytes: 0 })
    })
    const seen: unknown[] = []
    for await (const result of createHostEngine(host).map(data, unknownFn, { chunks: lines({ size: 1 }) }))
      seen.push(result)
    expect(seen).toEqual(['first', 'last'])
  })

  test('a list of few results, because most chunks own nothing', async () => {
    const host = new PlayedHost((_task, commit) => {
      commit({ ranges: [100_000_000, chunks], payload: empty, approxBytes: 0 })
      commit({
        ranges: [0, 100_000_000],
        payload: { ...empty, chunkIndices: Int32Array.of(3, 99_999_999), values: ['a', 'b'] },
        approxBytes: 0,
      })
    })
    expect(await createHostEngine(host).map(data, unknownFn, { chunks: lines({ size: 1 }) })).toEqual(['a', 'b'])
  })

  test('a list of so many results is refused at once, with what to do instead', async () => {
    const host = new PlayedHost()
    const run = createHostEngine(host).map(data, unknownFn, { chunks: fixed({ size: 1 }) })
    await expect(run).rejects.toThrow(RangeError)
    await expect(run).rejects.toThrow(/^chunks: there are 150000000, .* reduce the results/)
    expect(host.tasks).toEqual([])
  })
})

test('a list of more results than one of its blocks holds is whole and in order', async () => {
  const length = 2 ** 16 + 3
  const many = new CountedData(new Uint8Array(0), length)
  const list = await sequential().map(many, (_bytes, { index }) => index, { chunks: fixed({ size: 1 }) })
  expect(list).toHaveLength(length)
  expect(list.every((value, i) => value === i)).toBe(true)
})
