// What threads cannot survive, processes do: the chunk is run again, or the run fails with that chunk, and the program goes on.

import { alloc, createEngine, type Engine, fixed, share, sum } from '@onecopy/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let engine: Engine
beforeAll(() => {
  engine = createEngine({ isolation: 'process', workers: 2, heapMiB: 64 })
})
afterAll(() => engine.close())

const data = share(new Uint8Array(40).fill(1))
const chunks = fixed({ size: 1 })

const deaths: readonly (readonly [
  how: string,
  die: (bytes: Readonly<Uint8Array>, chunk: { index: number }) => number,
  why: RegExp,
])[] = [
  [
    'runs out of heap',
    (_, { index }) => {
      const kept: unknown[] = []
      while (index === 17) kept.push(new Array(100_000).fill(kept))
      return 1
    },
    /SIGABRT|exit code/,
  ],
  [
    'calls process.abort()',
    (_, { index }) => {
      if (index === 17) process.abort()
      return 1
    },
    /SIGABRT|exit code/,
  ],
  [
    'kills its process with SIGKILL',
    (_, { index }) => {
      if (index === 17) process.kill(process.pid, 'SIGKILL')
      return 1
    },
    /SIGKILL|exit code/,
  ],
  [
    'crashes in native code',
    (_, { index }) => {
      if (index === 17) process.kill(process.pid, 'SIGSEGV')
      return 1
    },
    /SIGSEGV|exit code/,
  ],
  [
    'calls process.exit()',
    (_, { index }) => {
      if (index === 17) process.exit(3)
      return 1
    },
    /exit code 3/,
  ],
  [
    'cuts its process off',
    (_, { index }) => {
      if (index === 17) process.disconnect()
      return 1
    },
    /./,
  ],
]

describe.each(deaths)('a chunk that %s', (_how, die, why) => {
  test('fails the run with that chunk, and the engine goes on', async () => {
    const run = engine.map(data, die, { chunks, retries: 0 })
    await expect(run).rejects.toMatchObject({ code: 'ERR_WORKER_LOST', message: expect.stringMatching(why) })
    expect(run.stats?.workersLost).toBeGreaterThanOrEqual(1)
    expect(await engine.map(data, (bytes) => bytes.length, { chunks }).reduce(sum())).toBe(40)
  })
})

test('the chunk in flight is named, also if the process was killed', async () => {
  const lost: unknown[] = []
  const run = engine.map(
    data,
    (_bytes, { index }) => {
      if (index === 23) process.kill(process.pid, 'SIGKILL')
      return index
    },
    { chunks, retries: 1 },
  )
  run.on('workerLost', ({ chunk }) => lost.push(chunk))
  const chunk = { index: 23, start: 23, end: 24 }
  await expect(run).rejects.toMatchObject({ code: 'ERR_WORKER_LOST', chunk })
  expect(lost).toEqual([chunk, chunk])
  expect(run.stats).toMatchObject({ retries: 1, workersLost: 2 })
})

test('a process that is killed from outside loses nothing: the answer is right', async () => {
  const pids = new Set<number>()
  const run = engine.map(
    alloc(Float64Array, 4000),
    (part, { start }) => {
      let n = 0
      for (let i = 0; i < 200_000; i++) n += Math.sin(i)
      return { pid: process.pid, total: part.length + start + n * 0 }
    },
    { chunks: fixed({ size: 10 }) },
  )
  let killed = 0
  let total = 0
  let expected = 0
  for (let start = 0; start < 4000; start += 10) expected += 10 + start
  for await (const each of run) {
    total += each.total
    pids.add(each.pid)
    if (killed < 1 && pids.size === 2) {
      killed++
      process.kill(each.pid, 'SIGKILL')
    }
  }
  expect(total).toBe(expected)
})
