// Engines that are closed while something is going on.

import { readdirSync, readlinkSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Chunk, createEngine, type SharedMemory, sum } from '@onecopy/node'
import { expect, test } from 'vitest'
import { countThreads, data, expectThreads, sharedCounter, sumOfBytes, tenBytes, total } from './harness.js'

const closed = { code: 'ERR_ENGINE_CLOSED' }

const hanging = (_: Readonly<Uint8Array>, chunk: Chunk<{ counter: SharedMemory<Int32Array> }>): number => {
  const view = chunk.params.counter.view()
  Atomics.store(view, 0, 1)
  Atomics.notify(view, 0)
  for (;;);
}

test.each([1, 2, 4])('close while a run hangs: the run rejects, no thread is left (%i workers)', async (workers) => {
  const before = countThreads()
  const engine = createEngine({ workers, graceMs: 50 })
  const counter = sharedCounter()
  const run = engine.map(data, hanging, { ...tenBytes, params: { counter } }).start()
  const queued = engine.map(data, sumOfBytes).start()
  await Atomics.waitAsync(counter.view(), 0, 0).value
  await engine.close()
  await expect(run).rejects.toMatchObject(closed)
  await queued.then(
    (list) => expect(list).toEqual([total]),
    (error) => expect(error).toMatchObject(closed),
  )
  await expectThreads(before)
})

test('close twice, and once more: the same', async () => {
  const engine = createEngine({ workers: 2 })
  await engine.map(data, sumOfBytes, tenBytes)
  const first = engine.close()
  const second = engine.close()
  await Promise.all([first, second])
  await engine.close()
  await engine[Symbol.asyncDispose]()
})

test('close just when a thread has thrown: it closes', async () => {
  const before = countThreads()
  // If threads cannot be counted, nobody can tell when it has thrown.
  if (before === undefined) return
  const engine = createEngine({ workers: 1 })
  const counter = sharedCounter()
  const leavesThrow = (_: Readonly<Uint8Array>, { params }: Chunk<{ counter: SharedMemory<Int32Array> }>): void => {
    setTimeout(() => {
      Atomics.wait(params.counter.view(), 0, 0)
      throw new Error('left behind')
    })
  }
  await engine.map(data, leavesThrow, { params: { counter } })
  const running = countThreads()!
  Atomics.store(counter.view(), 0, 1)
  Atomics.notify(counter.view(), 0)
  // Not awaited, because the thread's report must arrive while the engine is closing.
  for (let looks = 0; looks < 100_000 && countThreads()! >= running; looks++);
  await engine.close()
  await expectThreads(before)
})

// Elsewhere there is no /proc that lists open files.
test.skipIf(process.platform !== 'linux')('close while threads start: no file of theirs is left open', async () => {
  const isOpenModule = (fd: string): boolean => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).endsWith('.js')
    } catch {
      // This is the descriptor through which the list itself was read.
      return false
    }
  }
  const closeEarly = async (): Promise<void> => {
    const engine = createEngine({ workers: 4 })
    await engine.map(data, sumOfBytes, tenBytes)
    await engine.close()
  }
  for (let i = 0; i < 16; i++) await closeEarly()
  expect(readdirSync('/proc/self/fd').filter(isOpenModule)).toEqual([])
})

test('close an engine that was never used', async () => {
  await createEngine({ workers: 2 }).close()
})

test('close before the workers are ready: the run rejects, no thread is left', async () => {
  const before = countThreads()
  const engine = createEngine({ workers: 4 })
  const run = engine.map(data, sumOfBytes, tenBytes).start()
  await engine.close()
  await expect(run).rejects.toMatchObject(closed)
  await expectThreads(before)
})

test.each(['runStart', 'runEnd', 'idle'] as const)('close from inside the engine event %s', async (event) => {
  const engine = createEngine({ workers: 2 })
  const closing = new Promise<void>((resolve) => {
    engine.on(event, () => resolve(engine.close()))
  })
  const outcome = await engine
    .map(data, sumOfBytes, tenBytes)
    .reduce(sum())
    .then(
      (value) => value,
      (error) => error.code,
    )
  expect(outcome).toBe(event === 'runStart' ? 'ERR_ENGINE_CLOSED' : total)
  await closing
})

test.each(['progress', 'done'] as const)('close from inside the run event %s', async (event) => {
  const engine = createEngine({ workers: 2 })
  const run = engine.map(data, sumOfBytes, tenBytes).reduce(sum())
  const closing = new Promise<void>((resolve) => {
    run.on(event, () => resolve(engine.close()))
  })
  const outcome = await run.then(
    (value) => value,
    (error) => error.code,
  )
  // Progress may come while the run is working, or at its end, when nothing is left to close.
  expect(event === 'done' ? [total] : [total, 'ERR_ENGINE_CLOSED']).toContain(outcome)
  await closing
})

test('runs after close reject with ERR_ENGINE_CLOSED; a wrong call still throws', async () => {
  const engine = createEngine({ workers: 2 })
  const before = engine.map(data, sumOfBytes)
  await engine.close()
  await expect(before).rejects.toMatchObject(closed)
  await expect(engine.map(data, sumOfBytes)).rejects.toMatchObject(closed)
  await expect(engine.map(data, sumOfBytes).reduce(sum())).rejects.toMatchObject(closed)
  // @ts-expect-error: no chunk function
  expect(() => engine.map(data, 'no function')).toThrow(TypeError)
})

test('close resolves within its deadline even if a thread is inside a call that cannot be ended', async () => {
  const engine = createEngine({ workers: 1, graceMs: 50 })
  const counter = sharedCounter()
  const run = engine
    .map(
      data,
      (_, chunk) => {
        const view = chunk.params.counter.view()
        Atomics.store(view, 0, 1)
        Atomics.notify(view, 0)
        // Until the test has closed the engine, and a minute at most.
        const wait = 'const end = Date.now() + 60_000; while (!fs.existsSync(process.argv[1]) && Date.now() < end);'
        process.getBuiltinModule('node:child_process').execFileSync(process.execPath, ['-e', wait, chunk.params.path])
        return 1
      },
      { params: { counter, path: join(tmpdir(), `onecopy-closed-${process.pid}`) } },
    )
    .start()
  await Atomics.waitAsync(counter.view(), 0, 0).value
  await engine.close()
  await writeFile(join(tmpdir(), `onecopy-closed-${process.pid}`), '')
  await expect(run).rejects.toMatchObject(closed)
  await rm(join(tmpdir(), `onecopy-closed-${process.pid}`))
})
