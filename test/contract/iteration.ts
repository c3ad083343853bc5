// Results one by one, while the run goes on.

import { type Engine, fixed, share } from '@onecopy/core'
import { expect, test } from 'vitest'

async function collect<R>(results: AsyncIterable<R>): Promise<R[]> {
  const seen: R[] = []
  for await (const result of results) seen.push(result)
  return seen
}

export function promiseIteration(engine: () => Engine): void {
  const data = share(new Uint8Array(100))
  const chunks = fixed({ size: 1 })
  const indexOf = (_bytes: unknown, { index }: { readonly index: number }): number => index

  test('for await gives every result once, in chunk order', async () => {
    expect(await collect(engine().map(data, indexOf, { chunks }))).toEqual(Array.from({ length: 100 }, (_, i) => i))
  })

  test('for await over empty data ends at once', async () => {
    expect(await collect(engine().map(share(''), indexOf))).toEqual([])
  })

  test('undefined is a result like any other', async () => {
    const run = engine().map(share('ab'), () => undefined, { chunks })
    expect(await collect(run)).toEqual([undefined, undefined])
  })

  test('leaving early cancels the rest, and the run has settled when the loop is left', async () => {
    const run = engine().map(
      data,
      async (_bytes, chunk) => {
        // Large enough to be sent at once. All other chunks run until they are cancelled.
        if (chunk.index === 0) return new Uint8Array(8 * 1024 * 1024)
        while (!chunk.cancelled) await new Promise((resolve) => setImmediate(resolve))
        return undefined
      },
      { chunks },
    )
    for await (const first of run) {
      expect(first).toHaveLength(8 * 1024 * 1024)
      break
    }
    expect(run.stats).toMatchObject({ chunks: 100 })
    expect(run.stats!.doneChunks).toBeLessThan(100)
  })

  test('a failure ends the loop with the error', async () => {
    const run = engine().map(
      data,
      (_bytes, { index }) => {
        if (index === 50) throw new Error('no')
        return index
      },
      { chunks },
    )
    await expect(collect(run)).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', chunk: { index: 50 } })
  })

  test('a run that was started gives its results to a loop, too', async () => {
    expect(await collect(engine().map(share('ab'), indexOf, { chunks }).start())).toEqual([0, 1])
  })

  test('a run that is iterated keeps no results: awaiting it rejects with a TypeError', async () => {
    const run = engine().map(share('ab'), indexOf, { chunks })
    expect(await collect(run)).toEqual([0, 1])
    await expect(run).rejects.toBeInstanceOf(TypeError)
  })

  test('results that weigh more than is held at once still come, all and in order', async () => {
    const run = engine().map(
      share(new Uint8Array(24)),
      (_bytes, { index }) => new Uint8Array(4 * 1024 * 1024).fill(index),
      { chunks },
    )
    const seen: number[] = []
    for await (const part of run) seen.push(part[0]!)
    expect(seen).toEqual(Array.from({ length: 24 }, (_, i) => i))
  })
}
