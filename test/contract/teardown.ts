// A plugin's teardown: it runs at the end of each lane that was set up, whatever the outcome of the run.

import { alloc, type Engine, type SharedMemory, share } from '@onecopy/core'
import { expect, onTestFinished, test } from 'vitest'
import { noted, teardownAlone, withTeardown } from '../plugins/teardown.js'

export function promiseTeardown(engine: () => Engine, make: () => Engine): void {
  const data = share('0123456789')

  /** Notes of one run, and how to read them. */
  function createNotes(): { notes: SharedMemory<Int32Array>; seen: (word: number) => number } {
    const notes = alloc(Int32Array, 6)
    return { notes, seen: (word) => Atomics.load(notes.view(), word) }
  }

  /** Resolves once a chunk, or a teardown, has opened the notes' gate. */
  async function opened(notes: SharedMemory<Int32Array>): Promise<void> {
    await Atomics.waitAsync(notes.view(), noted.gate, 0).value
  }

  test('runs once, behind the lane’s last chunk, with what setup returned', async () => {
    const { notes, seen } = createNotes()
    expect(await engine().run(data, withTeardown, { params: { notes }, workers: 1 })).toBe(10)
    expect([seen(noted.setups), seen(noted.teardowns)]).toEqual([1, 1])
    expect(seen(noted.chunksBefore)).toBe(10)
    expect(seen(noted.wrong)).toBe(0)
  })

  test('runs in each lane that was set up', async () => {
    const { notes, seen } = createNotes()
    const results = await engine().map(data, withTeardown, { params: { notes } })
    expect(results).toHaveLength(10)
    expect(seen(noted.teardowns)).toBe(seen(noted.setups))
    expect(seen(noted.wrong)).toBe(0)
  })

  test('the run settles after it, however long it takes', async () => {
    const { notes, seen } = createNotes()
    await engine().run(data, withTeardown, { params: { notes, teardown: 'takes long' } })
    expect(seen(noted.teardowns)).toBe(seen(noted.setups))
  })

  test('one that throws rejects the run with ERR_CHUNK_FAILED, no chunk and the cause', async () => {
    const run = engine().run(data, withTeardown, { params: { teardown: 'throws' } })
    await expect(run).rejects.toMatchObject({
      code: 'ERR_CHUNK_FAILED',
      message: 'teardown failed: RangeError: cannot close',
      chunk: undefined,
      cause: { name: 'RangeError', message: 'cannot close' },
    })
  })

  test('one that throws null rejects the run, too', async () => {
    const run = engine().run(data, withTeardown, { params: { teardown: 'throws null' } })
    await expect(run).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', message: 'teardown failed: null' })
  })

  test('it needs no setup', async () => {
    await expect(engine().map(data, teardownAlone)).rejects.toMatchObject({
      message: 'teardown failed: Error: its state is undefined',
    })
  })

  test('it runs when a chunk failed, and that failure is the run’s', async () => {
    const { notes, seen } = createNotes()
    const run = engine().run(data, withTeardown, { params: { notes, throwsAt: 3 } })
    await expect(run).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', chunk: { index: 3 } })
    expect(seen(noted.teardowns)).toBe(seen(noted.setups))
  })

  test('a failed chunk goes before a teardown that throws, in whichever lane', async () => {
    const run = engine().run(data, withTeardown, { params: { throwsAt: 3, teardown: 'throws' } })
    await expect(run).rejects.toMatchObject({ chunk: { index: 3 }, cause: { message: 'not this one' } })
  })

  test('it does not run where setup threw', async () => {
    const { notes, seen } = createNotes()
    const run = engine().run(data, withTeardown, { params: { notes, setupThrows: true } })
    await expect(run).rejects.toMatchObject({ cause: { message: 'not set up' } })
    expect(seen(noted.teardowns)).toBe(0)
  })

  test('it runs when the run was cancelled, and the reason is the run’s', async () => {
    const { notes, seen } = createNotes()
    const params = { notes, waits: true, teardown: 'throws' }
    const run = engine().run(data, withTeardown, { params }).start()
    await opened(notes)
    run.cancel('enough')
    await expect(run).rejects.toBe('enough')
    expect(seen(noted.setups)).toBeGreaterThan(0)
    expect(seen(noted.teardowns)).toBe(seen(noted.setups))
  })

  test('it runs when iterating stopped early', async () => {
    const { notes, seen } = createNotes()
    for await (const length of engine().map(data, withTeardown, { params: { notes } })) {
      expect(length).toBe(1)
      break
    }
    expect(seen(noted.teardowns)).toBe(seen(noted.setups))
  })

  test('one that hangs: the run can be cancelled', async () => {
    const { notes } = createNotes()
    const run = engine()
      .run(data, withTeardown, { params: { notes, teardown: 'hangs' } })
      .start()
    await opened(notes)
    run.cancel('enough')
    await expect(run).rejects.toBe('enough')
  })

  test('one that hangs in a lane whose chunk failed: the run rejects with that', async () => {
    const run = engine().run(data, withTeardown, { params: { throwsAt: 0, teardown: 'hangs' } })
    await expect(run).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', chunk: { index: 0 } })
  })

  test('one that hangs: the engine can be closed', async () => {
    await using own = make()
    onTestFinished(() => own.close())
    const { notes } = createNotes()
    const run = own.run(data, withTeardown, { params: { notes, teardown: 'hangs' } }).start()
    await opened(notes)
    await own.close()
    await expect(run).rejects.toMatchObject({ code: 'ERR_ENGINE_CLOSED' })
  })
}
