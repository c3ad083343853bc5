// A run is inert, starts once, and always settles.

import { alloc, type Engine, fixed, share, sum } from '@onecopy/core'
import { expect, onTestFinished, test } from 'vitest'
import { createGate, opened, untilCancelled } from '../support/gate.js'

export function promiseLifecycle(engine: () => Engine, make: () => Engine): void {
  const data = share('0123456789')
  const chunks = fixed({ size: 4 })
  const size = (bytes: Readonly<Uint8Array>): number => bytes.length

  /** An engine of the test's own, closed at its end. */
  async function withEngine(use: (own: Engine) => Promise<void>): Promise<void> {
    await using own = make()
    // Also where the test runs out of time: its lanes would go on under the tests that follow.
    onTestFinished(() => own.close())
    await use(own)
  }

  test('is inert until it is awaited, iterated or started', () =>
    withEngine(async (own) => {
      const started: string[] = []
      own.on('runStart', ({ name }) => started.push(name))
      own.map(data, size, { name: 'never awaited' })
      own.map(data, size, { name: 'never awaited, reduced' }).reduce(sum())
      await own.map(data, size, { name: 'awaited' })
      expect(started).toEqual(['awaited'])
    }))

  test('starts once, however often it is awaited', async () => {
    const calls = alloc(Int32Array, 1)
    const run = engine().map(
      data,
      (_bytes, { params }) => {
        Atomics.add(params.calls.view(), 0, 1)
      },
      { params: { calls } },
    )
    run.start().start()
    await Promise.all([run, run, run.finally(() => {}), run.catch(() => {})])
    await run
    expect(calls.view()[0]).toBe(1)
  })

  test('gives every awaiter the same list', async () => {
    const run = engine().map(data, size, { chunks })
    expect(await run).toBe(await run)
  })

  test('start returns the run', () => {
    const run = engine().map(data, size)
    expect(run.start()).toBe(run)
    return run
  })

  test('has stats when it has settled, and none before', async () => {
    const run = engine().map(data, size, { chunks })
    expect(run.stats).toBeUndefined()
    await run
    expect(run.stats).toMatchObject({ chunks: 3, doneChunks: 3, bytes: 10, retries: 0, workersLost: 0 })
    expect(run.stats!.elapsedMs).toBeGreaterThan(0)
    expect(run.stats!.workers).toBeGreaterThanOrEqual(1)
    expect(run.stats!.workers).toBeLessThanOrEqual(engine().workers)
  })

  test('bytes in stats are bytes, of a typed array as well', async () => {
    const run = engine().map(share(new Float64Array(10)), (part) => part.length)
    await run
    expect(run.stats).toMatchObject({ bytes: 80 })
  })

  test('workers caps the lanes of a run', async () => {
    const run = engine().map(data, size, { chunks, workers: 1 })
    await run
    expect(run.stats).toMatchObject({ workers: 1 })
  })

  test('a failed run has stats, too', async () => {
    const run = engine().map(
      data,
      () => {
        throw null
      },
      { chunks },
    )
    await run.catch(() => {})
    expect(run.stats).toMatchObject({ chunks: 3, doneChunks: 0 })
  })

  test('cancel rejects with the very reason', async () => {
    const gate = createGate()
    const reason = { why: 'no longer needed' }
    const run = engine().map(data, untilCancelled, { params: { gate } }).start()
    await opened(gate)
    run.cancel(reason)
    const rejected = await run.catch((caught: unknown) => caught)
    expect(rejected).toBe(reason)
  })

  test('cancel without a reason rejects with an AbortError', async () => {
    const gate = createGate()
    const run = engine().map(data, untilCancelled, { params: { gate } }).start()
    await opened(gate)
    run.cancel()
    await expect(run).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('cancel ends the chunks at work and those to come', async () => {
    const gate = createGate()
    const run = engine().map(share(new Uint8Array(1000)), untilCancelled, {
      params: { gate },
      chunks: fixed({ size: 1 }),
    })
    run.start()
    await opened(gate)
    run.cancel('enough')
    await run.catch(() => {})
    expect(run.stats!.doneChunks).toBeLessThanOrEqual(2 * engine().workers)
  })

  test('cancelled before its start it never runs', async () => {
    const calls = alloc(Int32Array, 1)
    const run = engine().map(
      data,
      (_bytes, { params }) => {
        Atomics.add(params.calls.view(), 0, 1)
      },
      { params: { calls } },
    )
    run.cancel('not wanted')
    await expect(run).rejects.toBe('not wanted')
    expect(calls.view()[0]).toBe(0)
  })

  test(
    'cancelled while it waits for a lane it rejects at once, however long the others take',
    () =>
      withEngine(async (own) => {
        const gate = createGate()
        const busy = own
          .map(share(new Uint8Array(own.workers)), untilCancelled, {
            params: { gate },
            chunks: fixed({ size: 1 }),
            priority: 1,
          })
          .start()
        await opened(gate)
        const waiting = own.map(data, size).start()
        // It stands in the line by then.
        await new Promise((resolve) => setImmediate(resolve))
        waiting.cancel('changed my mind')
        await expect(waiting).rejects.toBe('changed my mind')
        busy.cancel()
        await expect(busy).rejects.toMatchObject({ name: 'AbortError' })
      }),
    5_000,
  )

  test('cancel after the end does nothing', async () => {
    const run = engine().map(data, size, { chunks })
    const sizes = await run
    run.cancel('too late')
    expect(await run).toBe(sizes)
  })

  test('a signal that aborts rejects with the signal’s very reason', async () => {
    const gate = createGate()
    const controller = new AbortController()
    const reason = new Error('the user left')
    const run = engine().map(data, untilCancelled, { params: { gate }, signal: controller.signal }).start()
    await opened(gate)
    controller.abort(reason)
    expect(await run.catch((caught: unknown) => caught)).toBe(reason)
  })

  test('a signal whose reason is no error rejects with that, too', async () => {
    const gate = createGate()
    const controller = new AbortController()
    const run = engine()
      .map(data, untilCancelled, { params: { gate }, signal: controller.signal })
      .reduce(sum())
      .start()
    await opened(gate)
    controller.abort(null)
    await expect(run).rejects.toBeNull()
  })

  test('a signal that aborted before the run is awaited rejects it, and no chunk runs', async () => {
    const calls = alloc(Int32Array, 1)
    const reason = new Error('too early')
    const run = engine().map(
      data,
      (_bytes, { params }) => {
        Atomics.add(params.calls.view(), 0, 1)
      },
      { params: { calls }, signal: AbortSignal.abort(reason) },
    )
    expect(await run.catch((caught: unknown) => caught)).toBe(reason)
    expect(calls.view()[0]).toBe(0)
  })

  test('a signal that outlives its runs keeps no listener of theirs', async () => {
    const listening = new Set<unknown>()
    const signal = {
      aborted: false,
      reason: undefined,
      addEventListener: (_type: 'abort', listener: () => void) => void listening.add(listener),
      removeEventListener: (_type: 'abort', listener: () => void) => void listening.delete(listener),
    }
    await engine().map(data, size, { signal })
    expect(listening.size).toBe(0)
  })

  test('runs of one engine may overlap: each gets its own answer', async () => {
    const answers = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((factor) =>
        engine()
          .map(data, (bytes, { params }) => bytes.length * params.factor, { chunks, params: { factor } })
          .reduce(sum()),
      ),
    )
    expect(answers).toEqual([10, 20, 30, 40, 50, 60])
  })

  test('one map run may be reduced in several ways', async () => {
    const run = engine().map(data, size, { chunks })
    expect(await run.reduce(sum())).toBe(10)
    expect(await run.reduce((left, right) => Math.max(left, right))).toBe(4)
  })

  test('close rejects what runs with ERR_ENGINE_CLOSED', () =>
    withEngine(async (own) => {
      const gate = createGate()
      const run = own.map(data, untilCancelled, { params: { gate } }).start()
      await opened(gate)
      await own.close()
      await expect(run).rejects.toMatchObject({ code: 'ERR_ENGINE_CLOSED' })
    }))

  test('a closed engine rejects runs with ERR_ENGINE_CLOSED', () =>
    withEngine(async (own) => {
      const before = own.map(data, size)
      await own.close()
      await expect(before).rejects.toMatchObject({ code: 'ERR_ENGINE_CLOSED' })
      await expect(own.map(data, size)).rejects.toMatchObject({ code: 'ERR_ENGINE_CLOSED' })
    }))

  test('close may be called twice, and before any run', () =>
    withEngine(async (own) => {
      await Promise.all([own.close(), own.close()])
      await own.close()
    }))

  test('await using closes the engine', async () => {
    let kept: Engine | undefined
    await withEngine(async (own) => {
      kept = own
      expect(await own.map(data, size)).toEqual([10])
    })
    await expect(kept!.map(data, size)).rejects.toMatchObject({ code: 'ERR_ENGINE_CLOSED' })
  })
}
