// Results that cannot travel, and those that must arrive as they were.

import type { Chunk, OnecopyError } from '@onecopy/node'
import { expect } from 'vitest'
import { data, onEachEngine, rejection, tenBytes } from './harness.js'

const refused: Record<string, string> = {
  function: 'result (',
  nested: 'result.items[3].callback',
  key: 'result["two words"]',
  inMap: 'result.get("k").f',
  symbol: 'result.s',
  cyclic: 'result.self.f',
  promise: 'result.p',
}

const returning = (_: Readonly<Uint8Array>, chunk: Chunk<{ kind: string }>): unknown => {
  if (chunk.index !== 42) return chunk.index
  const round: { self?: unknown; f: () => void } = { f: () => {} }
  round.self = round
  switch (chunk.params.kind) {
    case 'function':
      return () => 1
    case 'nested':
      return { items: [1, 2, 3, { callback() {} }] }
    case 'key':
      return { 'two words': () => 1 }
    case 'inMap':
      return new Map([['k', { f: () => 1 }]])
    case 'symbol':
      return { s: Symbol('s') }
    case 'cyclic':
      return { self: round }
    default:
      return { p: Promise.resolve(1) }
  }
}

for (const [kind, path] of Object.entries(refused)) {
  onEachEngine(`a ${kind} in a result: ERR_RESULT_NOT_CLONEABLE with its path`, async (engine) => {
    await expect(engine.map(data, returning, { ...tenBytes, params: { kind } })).rejects.toMatchObject({
      code: 'ERR_RESULT_NOT_CLONEABLE',
      chunk: { index: 42, start: 420, end: 430 },
      message: expect.stringContaining(path),
      cause: { name: 'DataCloneError' },
    })
  })
}

onEachEngine('a result that throws as it is looked at: ERR_RESULT_NOT_CLONEABLE with its path', async (engine) => {
  const returning = (_: Readonly<Uint8Array>, chunk: Chunk): unknown => {
    if (chunk.index !== 42) return chunk.index
    // Not a plain object, so it is not searched before it is cloned.
    class Record {
      fine = 1
    }
    const get = (): never => {
      throw new RangeError('not now')
    }
    return [Object.defineProperty(new Record(), 'total', { enumerable: true, get })]
  }
  await expect(engine.map(data, returning, tenBytes)).rejects.toMatchObject({
    code: 'ERR_RESULT_NOT_CLONEABLE',
    chunk: { index: 42, start: 420, end: 430 },
    message: expect.stringContaining('result[0].total'),
    cause: { name: 'RangeError', message: 'not now' },
  })
})

onEachEngine('a result that refuses to be cloned once is a result that cannot be cloned', async (engine) => {
  const returning = (): unknown => {
    let asked = 0
    class Record {}
    const get = (): number => {
      if (asked++ === 0) throw new RangeError('not now')
      return 1
    }
    return Object.defineProperty(new Record(), 'total', { enumerable: true, get })
  }
  await expect(engine.map(data, returning)).rejects.toMatchObject({
    code: 'ERR_RESULT_NOT_CLONEABLE',
    chunk: { index: 0 },
    message: 'the result of chunk 0 [0, 1000) cannot be cloned: (RangeError: not now)',
  })
})

onEachEngine('an accumulator that cannot be cloned is found as well', async (engine) => {
  const hoarding = {
    init: (): { list: unknown[] } => ({ list: [] }),
    add: (acc: { list: unknown[] }, value: number) => {
      acc.list.push(value, () => value)
      return acc
    },
    merge: (left: { list: unknown[] }, right: { list: unknown[] }) => ({ list: [...left.list, ...right.list] }),
  }
  await expect(engine.map(data, (bytes) => bytes.length, tenBytes).reduce(hoarding)).rejects.toMatchObject({
    code: 'ERR_RESULT_NOT_CLONEABLE',
    message: expect.stringContaining('result.list[1]'),
  })
})

onEachEngine('values arrive as they were', async (engine) => {
  const values = (): unknown => {
    const buffer = new ArrayBuffer(1024)
    const shared: unknown[] = [undefined, null, Number.NaN, -0, 12n, 'text', new Date(5), /x/g, new Set([1, 'a'])]
    return [...shared, new Map([[1, { two: [3] }]]), new Float64Array(buffer, 8, 2).fill(1.5), { n: undefined }]
  }
  const [first] = (await engine.map(data, values)) as unknown[][]
  expect(first).toStrictEqual([
    undefined,
    null,
    Number.NaN,
    -0,
    12n,
    'text',
    new Date(5),
    /x/g,
    new Set([1, 'a']),
    new Map([[1, { two: [3] }]]),
    Float64Array.of(1.5, 1.5),
    { n: undefined },
  ])
  expect(Object.is(first?.[3], -0)).toBe(true)
})

onEachEngine('a view of a large buffer travels without the rest of it', async (engine) => {
  const heads = await engine.map(data, () => ({ deep: [new Uint8Array(new ArrayBuffer(100_000), 10, 3)] }), tenBytes)
  for (const { deep } of heads) expect(deep[0]?.buffer.byteLength).toBe(3)
})

onEachEngine('a result that is nested too deeply to be received: ERR_RESULT_NOT_CLONEABLE, once', async (engine) => {
  const deep = (): unknown => {
    let nested = {}
    for (let i = 0; i < 100_000; i++) nested = { nested }
    return nested
  }
  const error = await rejection(engine.map(data, deep))
  // Whether it is the lane that cannot send it, or the caller that cannot receive it, depends on the size of their stacks.
  expect(['ERR_RESULT_NOT_CLONEABLE', 'ERR_CHUNK_FAILED']).toContain((error as OnecopyError).code)
})

onEachEngine('of a path without end the message has the beginning', async (engine) => {
  const deep = (): unknown => {
    let list: unknown[] = [() => 1]
    for (let i = 0; i < 3000; i++) list = [list]
    return list
  }
  const message = expect.stringMatching(/cannot be cloned: result(\[0\]){50}…/)
  await expect(engine.map(data, deep)).rejects.toMatchObject({ code: 'ERR_RESULT_NOT_CLONEABLE', message })
})

onEachEngine('a result that holds the same object many times travels as one that holds it once', async (engine) => {
  const [shared] = await engine.map(data, () => {
    let twice: object = { leaf: new Uint8Array(new ArrayBuffer(100), 0, 3) }
    for (let i = 0; i < 40; i++) twice = { left: twice, right: twice }
    return twice as { left: unknown; right: unknown }
  })
  expect(shared?.left).toBe(shared?.right)
})
