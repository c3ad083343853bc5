// The events of runs and engines.

import { AsyncLocalStorage } from 'node:async_hooks'
import { type Engine, fixed, type Progress, type RunStats, share, sum } from '@onecopy/core'
import { expect, test } from 'vitest'
import { createGate, type Gate, open, opened } from '../support/gate.js'

type Gates = { readonly begun: Gate; readonly heard: Gate }

/** Signals that it runs, and waits until somebody has noticed. */
const untilHeard = async (
  _bytes: unknown,
  { params: { begun, heard } }: { readonly params: Gates },
): Promise<number> => {
  if (typeof begun === 'string' || typeof heard === 'string') {
    const { existsSync, writeFileSync } = process.getBuiltinModule('node:fs')
    writeFileSync(String(begun), '')
    while (!existsSync(String(heard))) await new Promise((resolve) => setImmediate(resolve))
  } else {
    Atomics.store(begun.view(), 0, 1)
    Atomics.notify(begun.view(), 0)
    await Atomics.waitAsync(heard.view(), 0, 0).value
  }
  return 1
}

export function promiseEvents(engine: () => Engine, make: () => Engine): void {
  const data = share('0123456789')
  const chunks = fixed({ size: 4 })
  const size = (bytes: Readonly<Uint8Array>): number => bytes.length
  const fail = (): never => {
    throw new Error('no')
  }

  test('progress comes once at the end, with everything done', async () => {
    const seen: Progress[] = []
    await engine()
      .map(data, size, { chunks })
      .on('progress', (progress) => seen.push(progress))
    expect(seen.at(-1)).toMatchObject({ chunks: 3, doneChunks: 3, bytes: 10, doneBytes: 10 })
    expect(seen.at(-1)!.elapsedMs).toBeGreaterThan(0)
    expect(seen.filter(({ doneBytes }) => doneBytes === 10)).toHaveLength(1)
  })

  test('progress counts what no chunk owns', async () => {
    const seen: Progress[] = []
    await engine()
      .map(share(''), size)
      .on('progress', (progress) => seen.push(progress))
    expect(seen).toMatchObject([{ chunks: 0, doneChunks: 0, bytes: 0, doneBytes: 0 }])
  })

  test('progress never goes back', async () => {
    const seen: Progress[] = []
    await engine()
      .map(share(new Uint8Array(4000)), size, { chunks: fixed({ size: 1 }) })
      .on('progress', (progress) => seen.push(progress))
    const done = seen.map(({ doneBytes }) => doneBytes)
    expect(done).toEqual([...done].sort((a, b) => a - b))
  })

  test('a listener that is added while the run is at work hears progress', async () => {
    const params: Gates = { begun: createGate(), heard: createGate() }
    const run = engine().map(share('ab'), untilHeard, { chunks: fixed({ size: 1 }), params })
    run.start()
    await opened(params.begun)
    const first = await new Promise<Progress>((hear) => run.on('progress', hear))
    open(params.heard)
    await run
    expect(first.doneChunks).toBeLessThan(2)
  })

  test('progress says which chunk each worker is in, and in the end that none is at work', async () => {
    const params: Gates = { begun: createGate(), heard: createGate() }
    const atWork: Progress['atWork'][] = []
    const run = engine().map(share('ab'), untilHeard, { chunks: fixed({ size: 1 }), params })
    run.on('progress', (progress) => {
      atWork.push(progress.atWork)
      if (progress.atWork.some(({ chunk }) => chunk !== undefined)) open(params.heard)
    })
    await run
    const seen = atWork.flat().flatMap(({ chunk }) => (chunk === undefined ? [] : [chunk]))
    expect(seen).not.toEqual([])
    for (const { index, start, end } of seen) expect([start, end]).toEqual([index, index + 1])
    expect(atWork.at(-1)).toEqual([])
  })

  test('listeners are called in the async context of the run’s caller, whichever run had the slot before', async () => {
    await using own = make()
    const context = new AsyncLocalStorage<string>()
    const ofEngine: unknown[] = []
    own.on('runStart', ({ name }) => ofEngine.push(['runStart', name, context.getStore()]))
    own.on('runEnd', ({ name }) => ofEngine.push(['runEnd', name, context.getStore()]))
    const names = ['A', 'B', 'C']
    const seen = await Promise.all(
      names.map((name) =>
        context.run(name, async () => {
          const params: Gates = { begun: createGate(), heard: createGate() }
          const stores: Record<string, Set<unknown>> = { progress: new Set(), done: new Set(), finish: new Set() }
          const run = own.map(share('ab'), untilHeard, { chunks: fixed({ size: 1 }), params, name }).reduce({
            ...sum(),
            finish: (acc) => {
              stores.finish!.add(context.getStore())
              return acc
            },
          })
          run.on('progress', () => {
            stores.progress!.add(context.getStore())
            open(params.heard)
          })
          run.on('done', () => stores.done!.add(context.getStore()))
          await run
          return stores
        }),
      ),
    )
    expect(seen).toEqual(
      names.map((name) => ({ progress: new Set([name]), done: new Set([name]), finish: new Set([name]) })),
    )
    expect(new Set(ofEngine.map((each) => JSON.stringify(each)))).toEqual(
      new Set(names.flatMap((name) => ['runStart', 'runEnd'].map((event) => JSON.stringify([event, name, name])))),
    )
  })

  test('done says what the run has done, and is told before the awaiter goes on', async () => {
    const seen: (RunStats | string)[] = []
    const run = engine()
      .map(data, size, { chunks })
      .on('done', (stats) => seen.push(stats))
    await run
    seen.push('awaited')
    expect(seen).toEqual([run.stats, 'awaited'])
  })

  test('done is told when a run has failed, too', async () => {
    const seen: RunStats[] = []
    const run = engine()
      .map(data, fail)
      .on('done', (stats) => seen.push(stats))
    await run.catch(() => {})
    expect(seen).toHaveLength(1)
  })

  test('listeners that were added before reduce come along', async () => {
    const seen: string[] = []
    const mapped = engine()
      .map(data, size, { chunks })
      .on('done', () => seen.push('before'))
    const reduced = mapped.reduce(sum()).on('done', () => seen.push('after'))
    expect(await reduced).toBe(10)
    expect(seen).toEqual(['before', 'after'])
  })

  test('a listener that was taken off hears nothing', async () => {
    const seen: string[] = []
    const listener = (): void => void seen.push('heard')
    await engine().map(data, size).on('done', listener).off('done', listener)
    expect(seen).toEqual([])
  })

  test('an engine tells runStart, runEnd and idle, in that order', async () => {
    await using own = make()
    const seen: unknown[] = []
    own.on('runStart', ({ id, name }) => seen.push(['start', id, name]))
    own.on('runEnd', ({ id, name, stats, error }) => seen.push(['end', id, name, stats.doneChunks, error]))
    own.on('idle', () => seen.push('idle'))
    await own.map(data, size, { chunks, name: 'first' })
    await own.map(data, size, { chunks, name: 'second' })
    expect(seen).toEqual([
      ['start', 1, 'first'],
      ['end', 1, 'first', 3, undefined],
      'idle',
      ['start', 2, 'second'],
      ['end', 2, 'second', 3, undefined],
      'idle',
    ])
  })

  test('runEnd has the error of a failed run', async () => {
    await using own = make()
    const seen: unknown[] = []
    own.on('runEnd', ({ error }) => seen.push(error))
    const error = await own.map(data, fail).catch((caught: unknown) => caught)
    expect(seen).toEqual([error])
  })

  test('idle is told once the last of several runs has settled', async () => {
    await using own = make()
    let ended = 0
    const idle: number[] = []
    own.on('runEnd', () => ended++)
    own.on('idle', () => idle.push(ended))
    await Promise.all([own.map(data, size).start(), own.map(data, size).start(), own.map(data, size).start()])
    expect(idle).toEqual([3])
  })

  test('a run is named after its function, unless it is given a name', async () => {
    await using own = make()
    const names: string[] = []
    own.on('runStart', ({ name }) => names.push(name))
    await own.map(data, size)
    await own.map(data, size, { name: 'sizes' })
    expect(names).toEqual(['size', 'sizes'])
  })
}
