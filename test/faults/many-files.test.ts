// Faults in the middle of many files: workers that die, runs that are cancelled, engines that are closed.

import { mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Chunk, createEngine, type FilesData, files, lines, type SharedMemory, sum } from '@onecopy/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { onEachEngine, sharedCounter } from './harness.js'

let folder = ''
let data: FilesData
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'onecopy many ')))
  mkdirSync(join(folder, 'logs'))
  for (let i = 0; i < 60; i++) writeFileSync(join(folder, 'logs', `${i}.log`), 'a line\n'.repeat(i))
  data = await files(join(folder, 'logs', '*.log'))
})
afterAll(() => rm(folder, { recursive: true }))

const lineCount = (60 * 59) / 2

/** The files of the folder that this process has open. Only Linux says it. */
function openFiles(): string[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`)
      return path.startsWith(folder) ? [path] : []
    } catch {
      // The descriptor by which the folder was read is closed by now.
      return []
    }
  })
}

type Counted = Chunk<{ counter: SharedMemory<Int32Array> }>

const linesOf = (bytes: Readonly<Uint8Array>): number => bytes.filter((byte) => byte === 10).length

const dyingOnce = (bytes: Readonly<Uint8Array>, chunk: Counted): number => {
  if (chunk.source?.number === 30 && Atomics.add(chunk.params.counter.view(), 0, 1) === 0) process.exit(1)
  return bytes.filter((byte) => byte === 10).length
}

/** Says that it has begun, and waits. */
const waiting = async (bytes: Readonly<Uint8Array>, chunk: Counted): Promise<number> => {
  const view = chunk.params.counter.view()
  Atomics.store(view, 0, 1)
  Atomics.notify(view, 0)
  while (!chunk.cancelled) await new Promise((resolve) => setImmediate(resolve))
  return bytes.length
}

const chunks = lines({ size: 16 })

onEachEngine('a worker that dies in one file: its chunks run again, and the answer is whole', async (engine) => {
  const counter = sharedCounter()
  const run = engine.map(data, dyingOnce, { chunks, params: { counter } }).reduce(sum())
  const retried: unknown[] = []
  run.on('retry', ({ chunk }) => retried.push(chunk.source?.path))
  expect(await run).toBe(lineCount)
  expect(retried).toEqual([data.paths[30]])
  await expect.poll(openFiles).toEqual([])
})

onEachEngine('a worker that always dies in one file: the error names it', async (engine) => {
  const run = engine.map(
    data,
    (bytes, chunk) => {
      if (chunk.source?.number === 30) process.exit(1)
      return bytes.length
    },
    { chunks },
  )
  await expect(run).rejects.toMatchObject({
    code: 'ERR_WORKER_LOST',
    message: expect.stringContaining(`[0, 21) of ${data.paths[30]} was lost with its worker`),
    chunk: { source: { number: 30, index: 0, offset: 0 } },
  })
  await expect.poll(openFiles).toEqual([])
})

onEachEngine('a run that is cancelled in the middle: its reason, and no file stays open', async (engine) => {
  const counter = sharedCounter()
  const run = engine.map(data, waiting, { chunks, params: { counter } }).start()
  await Atomics.waitAsync(counter.view(), 0, 0).value
  const reason = new Error('enough')
  run.cancel(reason)
  await expect(run).rejects.toBe(reason)
  await expect.poll(openFiles).toEqual([])
  expect(await engine.map(data, linesOf, { chunks }).reduce(sum())).toBe(lineCount)
})

test.each([1, 2])('an engine that is closed in the middle (%i workers): no file stays open', async (workers) => {
  const engine = createEngine({ workers, graceMs: 100 })
  const counter = sharedCounter()
  const run = engine.map(data, waiting, { chunks, params: { counter } }).start()
  await Atomics.waitAsync(counter.view(), 0, 0).value
  await Promise.all([engine.close(), expect(run).rejects.toMatchObject({ code: 'ERR_ENGINE_CLOSED' })])
  await expect.poll(openFiles).toEqual([])
})

test('a process that dies in one file: its chunks run again, and the answer is whole', async () => {
  const engine = createEngine({ workers: 2, isolation: 'process' })
  try {
    const mark = join(folder, 'died')
    const run = engine.map(
      data,
      async (bytes, chunk) => {
        const { existsSync, writeFileSync: write } = await import('node:fs')
        if (chunk.source?.number === 30 && !existsSync(chunk.params.mark)) {
          write(chunk.params.mark, '')
          process.kill(process.pid, 'SIGKILL')
        }
        return bytes.filter((byte) => byte === 10).length
      },
      { chunks, params: { mark } },
    )
    expect(await run.reduce(sum())).toBe(lineCount)
  } finally {
    await engine.close()
  }
})
