// Parameters on their way to the lanes.

import { inspect } from 'node:util'
import { runInNewContext } from 'node:vm'
import { alloc, type Engine, fixed, share, sharedMap, table } from '@onecopy/core'
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

  test('a getter in params is called once, wherever it is', async () => {
    let calls = 0
    const counting = (): object => Object.defineProperty({}, 'n', { enumerable: true, get: () => ++calls })
    class Own {
      constructor() {
        Object.defineProperty(this, 'n', { enumerable: true, get: () => ++calls })
      }
    }
    const table = share('xyz')
    const seven = new Uint8Array(100).fill(7).subarray(3, 5)
    for (const params of [counting(), { deep: [counting()], table, seven }, new Map([['k', new Own()]])]) {
      calls = 0
      const [seen] = await engine().map(data, (_bytes, chunk) => chunk.params, { params })
      expect(calls).toBe(1)
      expect(inspect(seen, { depth: 9 })).toMatch(/n: 1\b/)
    }
  })

  test('a getter in params that returns shared data, each time another, is sent as the one', async () => {
    const tables = [share('a'), share('b'), share('c')]
    const params = {
      get table() {
        return tables.shift() ?? share('none')
      },
    }
    expect(await engine().map(data, (_bytes, chunk) => chunk.params.table.view()[0], { params })).toEqual([97])
  })

  test('a getter in params that throws is refused at the call, with its path', () => {
    const params = {
      deep: {
        get bad(): number {
          throw new Error('not today')
        },
      },
    }
    expect(() => engine().map(data, (bytes) => bytes.length, { params })).toThrow(
      expect.objectContaining({
        name: 'TypeError',
        message: expect.stringContaining('params.deep.bad'),
        cause: expect.objectContaining({ message: 'not today' }),
      }),
    )
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

  test('a view of a large buffer brings along the bytes that it shows, and no others', async () => {
    const large = new Uint8Array(1_000_000).fill(7)
    const params = { table: large.subarray(1001, 1005), numbers: new Float64Array(large.buffer, 80, 2) }
    const [seen] = await engine().map(
      data,
      (_bytes, { params: p }) => [
        [...p.table],
        p.numbers.length,
        p.table.buffer.byteLength + p.numbers.buffer.byteLength,
        new Uint8Array(p.table.buffer).filter((byte) => byte !== 0).length,
      ],
      { params },
    )
    expect(seen).toEqual([[7, 7, 7, 7], 2, 4 + 16, 4])
  })

  test('views that overlap share a buffer; so do views of a buffer that comes along', async () => {
    const large = new Uint8Array(1_000_000)
    const whole = new Uint8Array(64)
    const params = {
      left: large.subarray(500, 600),
      right: new DataView(large.buffer, 590, 20),
      far: large.subarray(0, 4),
      whole: whole.buffer,
      part: whole.subarray(8, 16),
    }
    const [seen] = await engine().map(
      data,
      (_bytes, { params: p }) => {
        p.right.setUint8(0, 5)
        return [
          p.left[90],
          p.left.buffer === p.right.buffer,
          p.left.buffer === p.far.buffer,
          p.part.buffer === p.whole,
          p.part.byteOffset,
        ]
      },
      { params },
    )
    expect(seen).toEqual([5, true, false, true, 8])
  })

  test('shared data stays shared in an instance of a class, which arrives as a plain object', async () => {
    class Settings {
      readonly factor = 2
      readonly table = share(Uint8Array.of(5))
    }
    const [seen] = await engine().map(
      data,
      (_bytes, chunk) => [chunk.params.list[0]!.table.view()[0]! * chunk.params.list[0]!.factor],
      { params: { list: [new Settings()] } },
    )
    expect(seen).toEqual([10])
  })

  test('shared data where it would be lost is refused, with its path', () => {
    const error = Object.assign(new Error('x'), { table: share('abc') })
    expect(() => engine().map(data, (bytes) => bytes.length, { params: { list: [error] } })).toThrow(
      /^params\.list\[0\]\.table: shared data would be lost in \[object Error\]/,
    )
  })

  test('a file cannot be in params, and is named by its path', () => {
    class FileLike {
      readonly elementType = 'Uint8Array'
      describe(): void {}
      open(): void {}
    }
    expect(() => engine().map(data, (bytes) => bytes.length, { params: { deep: [new FileLike()] } })).toThrow(
      /^params\.deep\[0\]: only data in memory/,
    )
  })

  test('no key or value in params is taken for anything else than data', async () => {
    const params: unknown = JSON.parse(
      '{"~onecopy.shared":{"kind":"file","path":"/etc/passwd"},"open":1.5,"describe":"x","deep":{"~onecopy.shared":null},' +
        '"value":{},"placeholders":[{}],"shared":[{}]}',
    )
    // `as`: any data will do.
    const seen = await engine().map(data, (_bytes, chunk) => chunk.params, {
      params: params as Record<string, unknown>,
    })
    expect(seen).toEqual([params])
  })

  test('lists keep their holes and their own properties beside shared data', async () => {
    const list: number[] & { label?: string } = [1]
    list[2] = 3
    list.label = 'three'
    const [seen] = await engine().map(
      data,
      (_bytes, { params: p }) => [p.list.length, 1 in p.list, p.list[2], p.list.label, p.table.length],
      { params: { list, table: share('abc') } },
    )
    expect(seen).toEqual([3, false, 3, 'three', 3])
  })

  test('shared buffers, and views of them, come with their content, and go back as results', async () => {
    const buffer = new SharedArrayBuffer(8)
    const view = new Uint8Array(buffer, 2, 3).fill(7)
    const [seen] = await engine().map(
      data,
      (_bytes, { params: p }) => [p.view.length, p.view[0], p.view.buffer === p.buffer, p.other[0], p] as const,
      { params: { view, buffer, other: new Float64Array(new SharedArrayBuffer(8)).fill(1.5) } },
    )
    expect(seen!.slice(0, 4)).toEqual([3, 7, true, 1.5])
    const back = seen![4]
    expect(back.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect([...new Uint8Array(back.buffer)]).toEqual([0, 0, 7, 7, 7, 0, 0, 0])
    expect([back.view.byteOffset, back.view.length, back.other[0]]).toEqual([2, 3, 1.5])
  })

  test('params and shared data of another realm are what they are', async () => {
    const params = runInNewContext(`
      const map = new Map([['set', new Set([1])]])
      ;({ map, bytes: new Uint8Array([5, 6]).subarray(1), date: new Date(3), shared: new Uint8Array(new SharedArrayBuffer(2)) })
    `) as { map: Map<string, Set<number>>; bytes: Uint8Array; date: Date; shared: Uint8Array; table?: unknown }
    params.map.set('table', share(Uint8Array.of(9)) as never)
    const [seen] = await engine().map(
      data,
      (_bytes, { params: p }) => {
        p.shared[0] = 1
        // `as`: see above.
        const table = p.map.get('table') as unknown as { view(): Uint8Array }
        return [p.map.get('set')!.has(1), p.bytes[0], p.bytes.buffer.byteLength, p.date.getTime(), table.view()[0]]
      },
      { params },
    )
    expect(seen).toEqual([true, 6, 1, 3, 9])
    expect(params.shared[0]).toBe(1)
  })

  test('shared maps and tables arrive as what they are, wherever they lie in params', async () => {
    const users = sharedMap<string, { readonly city: string }>([
      ['ada', { city: 'London' }],
      ['__proto__', { city: 'nowhere' }],
    ])
    const prices = table({ key: { id: [7, 4] }, value: { name: ['pen', 'ink'], price: Float64Array.of(1.5, 8) } })
    const words = sharedMap([[Uint8Array.of(1, 2), null]])
    const params = { deep: [new Map([['users', users]])] as const, prices, words, again: users }
    const found = await engine().map(
      data,
      (_bytes, { params: p }) => [
        p.deep[0].get('users')!.get('ada'),
        p.again.get('__proto__'),
        p.again.get('emmy'),
        p.deep[0].get('users') === p.again,
        p.prices.get(4),
        p.prices.column('price')[p.prices.rowOf(7)],
        p.words.has(Uint8Array.of(1, 2)),
        p.words.getUtf8(Uint8Array.of(0, 1, 2), 1),
        [...p.again.keys()],
      ],
      { chunks, params },
    )
    const expected = [
      { city: 'London' },
      { city: 'nowhere' },
      undefined,
      true,
      { name: 'ink', price: 8 },
      1.5,
      true,
      null,
      ['ada', '__proto__'],
    ]
    expect(found).toEqual([expected, expected, expected, expected])
  })
}
