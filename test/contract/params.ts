// Parameters on their way to the lanes.

import { alloc, type Engine, fixed, share } from '@onecopy/core'
import { expect, test } from 'vitest'

export function promiseParams(engine: () => Engine): void {
  const data = share('0123456789')
  const chunks = fixed({ size: 3 })

  test('params reach every chunk', async () => {
    const seen = await engine().map(data, (_bytes, { index, params }) => params.names[index], {
      chunks,
      params: { names: ['a', 'b', 'c', 'd'] },
    })
    expect(seen).toEqual(['a', 'b', 'c', 'd'])
  })

  test('without params there are none', async () => {
    expect(await engine().map(data, (_bytes, { params, state }) => [params, state])).toEqual([[undefined, undefined]])
  })

  test('params are as they were when the run was made', async () => {
    const params = { factor: 2 }
    const run = engine().map(data, (bytes, chunk) => bytes.length * chunk.params.factor, { params })
    params.factor = 1000
    expect(await run).toEqual([20])
  })

  test('what a chunk function does to its params does not reach the caller', async () => {
    const params = { list: [1] }
    await engine().map(data, (_bytes, chunk) => chunk.params.list.push(2), { params })
    expect(params).toEqual({ list: [1] })
  })

  test('Map, Set, Date, BigInt, typed arrays and cycles arrive as what they are', async () => {
    const loop: { self?: unknown } = {}
    loop.self = loop
    const params = {
      map: new Map([['k', 1]]),
      set: new Set([2]),
      date: new Date(3),
      big: 4n,
      bytes: Uint8Array.of(5),
      loop,
    }
    const [seen] = await engine().map(
      data,
      (_bytes, { params: p }) => [
        p.map.get('k'),
        p.set.has(2),
        p.date.getTime(),
        p.big,
        p.bytes[0],
        p.loop.self === p.loop,
      ],
      { params },
    )
    expect(seen).toEqual([1, true, 3, 4n, 5, true])
  })

  test('shared data in params stays shared: all chunks write into the one copy', async () => {
    const counts = alloc(Int32Array, 4)
    await engine().map(
      data,
      (bytes, chunk) => {
        Atomics.add(chunk.params.counts.view(), chunk.index, bytes.length)
      },
      { chunks, params: { counts } },
    )
    expect([...counts.view()]).toEqual([3, 3, 3, 1])
  })

  test('shared data stays shared inside of arrays and maps', async () => {
    const counts = alloc(Int32Array, 1)
    const params = { deep: [new Map([['counts', counts]])] as const }
    await engine().map(
      data,
      (_bytes, chunk) => {
        Atomics.add(chunk.params.deep[0].get('counts')!.view(), 0, 1)
      },
      { chunks, params },
    )
    expect(counts.view()[0]).toBe(4)
  })

  test('a key named __proto__ is a key like any other', async () => {
    const params = JSON.parse('{ "__proto__": { "polluted": true } }') as { readonly polluted?: boolean }
    const [seen] = await engine().map(data, (_bytes, chunk) => [chunk.params.polluted, Object.keys(chunk.params)], {
      params,
    })
    expect(seen).toEqual([undefined, ['__proto__']])
  })
}
