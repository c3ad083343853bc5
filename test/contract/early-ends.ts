// Reducers with `enough`: the answer is known before all chunks have run, and the run ends.

import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  alloc,
  any,
  type Chunk,
  type Engine,
  every,
  first,
  fixed,
  type Progress,
  type Reducer,
  type SharedMemory,
  share,
  some,
  sum,
  take,
} from '@onecopy/core'
import { expect, test } from 'vitest'
import { earlyFold, earlySearch } from '../plugins/early.js'
import { tempDir } from '../support/temp-dir.js'

type Counter = SharedMemory<Int32Array> | string

interface Counted {
  /** How many chunks have run: a word in shared memory, or a file with a byte per chunk. */
  readonly ran: Counter
  /** The chunks that have a match. */
  readonly at: readonly number[]
  /** The chunks that fail. */
  readonly bad: readonly number[]
}

type CountedChunk = Chunk<Counted>

/** Counts the chunk, fails if it shall, and gives its number if it has a match. */
const find = (_: Readonly<Uint8Array>, { index, params }: CountedChunk): number | undefined => {
  if (typeof params.ran === 'string') process.getBuiltinModule('node:fs').appendFileSync(params.ran, '.')
  else Atomics.add(params.ran.view(), 0, 1)
  if (params.bad.includes(index)) throw new Error('bad')
  return params.at.includes(index) ? index : undefined
}

/** @param counts - where chunks count: processes share no memory that they could write */
export function promiseEarlyEnds(engine: () => Engine, counts: 'in memory' | 'in a file' = 'in memory'): void {
  const dir = counts === 'in a file' ? tempDir() : ''
  let files = 0
  const counter = (): Counter => {
    if (counts === 'in memory') return alloc(Int32Array, 1)
    const path = join(dir, String(files++))
    writeFileSync(path, '')
    return path
  }
  const count = 478
  const data = share(Uint8Array.from({ length: count }, (_, i) => i))
  const chunks = fixed({ size: 1 })
  const params = (at: readonly number[], bad: readonly number[] = []): Counted => ({
    ran: counter(),
    at,
    bad,
  })
  const ran = ({ ran }: Pick<Counted, 'ran'>): number =>
    typeof ran === 'string' ? statSync(ran).size : Atomics.load(ran.view(), 0)
  const mostFor = (chunk: number): number => chunk + 2 * engine().workers

  test('first: the lowest match, and at most two chunks per worker more are read', async () => {
    const given = params([53, 54, 60, 400])
    expect(await engine().map(data, find, { chunks, params: given }).reduce(first())).toBe(53)
    expect(ran(given)).toBeGreaterThanOrEqual(54)
    expect(ran(given)).toBeLessThanOrEqual(mostFor(53))
  })

  test('a match in the first chunk, in the last one, and none', async () => {
    for (const [at, expected] of [
      [0, 0],
      [count - 1, count - 1],
      [count, undefined],
    ] as const) {
      const given = params([at])
      expect(await engine().map(data, find, { chunks, params: given }).reduce(first())).toBe(expected)
      expect(ran(given)).toBeLessThanOrEqual(Math.min(count, mostFor(at)))
    }
    expect(
      await engine()
        .map(share(''), find, { chunks, params: params([]) })
        .reduce(first()),
    ).toBeUndefined()
  })

  test('some and every', async () => {
    const has = (bytes: Readonly<Uint8Array>, { params }: Chunk<number>): boolean => bytes.includes(params)
    const lacks = (bytes: Readonly<Uint8Array>, { params }: Chunk<number>): boolean => !bytes.includes(params)
    const small = share(Uint8Array.from({ length: 100 }, (_, i) => i))
    for (const byte of [0, 40, 99]) {
      expect(await engine().map(small, has, { chunks, params: byte }).reduce(some())).toBe(true)
      expect(await engine().map(small, lacks, { chunks, params: byte }).reduce(every())).toBe(false)
    }
    expect(await engine().map(small, has, { chunks, params: 100 }).reduce(some())).toBe(false)
    expect(await engine().map(small, lacks, { chunks, params: 100 }).reduce(every())).toBe(true)
    expect(await engine().map(share(''), has, { params: 0 }).reduce(some())).toBe(false)
    expect(await engine().map(share(''), lacks, { params: 0 }).reduce(every())).toBe(true)
  })

  test('take: the first values of lists and of values, in order', async () => {
    const values = (bytes: Readonly<Uint8Array>, { index }: Chunk): number | readonly number[] => {
      if (index % 3 === 0) return bytes[0]!
      return index % 3 === 1 ? [] : [...bytes]
    }
    const taken = (n: number) => engine().map(data, values, { chunks }).reduce(take<number>(n))
    expect(await taken(1)).toEqual([0])
    expect(await taken(5)).toEqual([0, 2, 3, 5, 6])
    const all = Array.from({ length: count }, (_, i) => i % 256).filter((_, i) => i % 3 !== 1)
    expect(await taken(100)).toEqual(all.slice(0, 100))
    expect(await taken(10_000)).toEqual(all)
    const text = await engine()
      .map(share('abcdef'), (b) => [...b].map(String), { chunks: fixed({ size: 4 }) })
      .reduce(take(5))
    expect(text).toEqual(['97', '98', '99', '100', '101'])
  })

  test('any: one of the matches', async () => {
    const given = params([70, 90, 300])
    expect(given.at).toContain(await engine().map(data, find, { chunks, params: given }).reduce(any()))
    expect(ran(given)).toBeLessThanOrEqual(mostFor(300))
    expect(
      await engine()
        .map(data, find, { chunks, params: params([]) })
        .reduce(any()),
    ).toBeUndefined()
  })

  test('a chunk behind what is needed may fail; one before it fails the run', async () => {
    const run = (bad: readonly number[]) =>
      engine()
        .map(data, find, { chunks, params: params([53, 60], bad) })
        .reduce(first())
    expect(await run([54, 55, 56, 57])).toBe(53)
    await expect(run([52, 54])).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', chunk: { index: 52 } })
    await expect(run([40, 52])).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', chunk: { index: 40 } })
    await expect(run([53])).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', chunk: { index: 53 } })
  })

  test('a chunk may fail if the chunks before it are enough together', async () => {
    const numbers = ({ length }: Readonly<Uint8Array>, { index, params }: Chunk<number>): number => {
      if (index === params) throw new Error('bad')
      return index + length - 1
    }
    const run = (bad: number) => engine().map(data, numbers, { chunks, params: bad }).reduce(take(20))
    const expected = Array.from({ length: 20 }, (_, i) => i)
    for (const bad of [20, 21, 25, 30]) expect(await run(bad)).toEqual(expected)
    await expect(run(19)).rejects.toMatchObject({ chunk: { index: 19 } })
  })

  test('a reducer written inline has enough', async () => {
    const given = params([])
    const reducer: Reducer<number | undefined, number[], string> = {
      init: () => [],
      add: (acc, value) => [...acc, value ?? -1].slice(0, 3),
      merge: (left, right) => [...left, ...right].slice(0, 3),
      enough(acc) {
        return acc.length === 3
      },
      finish: (acc) => acc.join(),
    }
    expect(await engine().map(data, find, { chunks, params: given }).reduce(reducer)).toBe('-1,-1,-1')
  })

  test('a ready-made reducer with another finish, order or enough', async () => {
    const run = <A, Out>(reducer: Reducer<number | undefined, A, Out>) =>
      engine()
        .map(data, find, { chunks, params: params([53]) })
        .reduce(reducer)
    expect(await run({ ...first<number>(), finish: (value) => `at ${value}` })).toBe('at 53')
    expect(await run({ ...first<number>(), order: 'any' })).toBe(53)
    expect(await run({ ...first<number>(), enough: () => false })).toBe(53)
  })

  test('plugins, and folds', async () => {
    const given = { ran: counter(), byte: 53 }
    expect(await engine().run(data, earlySearch, { params: given })).toBe(53)
    expect(ran(given)).toBeLessThanOrEqual(mostFor(53))

    const large = share(Uint8Array.from({ length: 5000 }, (_, i) => i >> 4))
    const folded = { ran: counter(), byte: 53 }
    expect(await engine().run(large, earlyFold, { params: folded })).toBe(53 * 16)
    expect(ran(folded)).toBeLessThanOrEqual(mostFor(53 * 16))

    const isBig = (acc: boolean, bytes: Readonly<Uint8Array>): boolean => acc || bytes[0]! > 200
    expect(await engine().fold(large, isBig, some(), { chunks })).toBe(true)
  })

  test('a plugin says with which parameters a run may end early', async () => {
    const given = { ran: counter(), byte: 53, all: true }
    expect(await engine().run(data, earlySearch, { params: given })).toBe(53)
    expect(ran(given)).toBe(count)
  })

  test('stats and progress tell what was done', async () => {
    const seen: Progress[] = []
    const run = engine()
      .map(data, find, { chunks, params: params([53]) })
      .reduce(first())
      .on('progress', (progress) => seen.push(progress))
    await run
    const { doneChunks } = run.stats!
    expect(run.stats).toMatchObject({ chunks: count, bytes: count })
    expect(doneChunks).toBeGreaterThanOrEqual(54)
    expect(doneChunks).toBeLessThanOrEqual(mostFor(53))
    expect(seen.at(-1)).toMatchObject({ chunks: count, doneChunks, bytes: count, doneBytes: doneChunks })
  })

  test('the data is free again, and may be used by another run', async () => {
    for (let i = 0; i < 20; i++) {
      const given = params([i])
      expect(await engine().map(data, find, { chunks, params: given, verify: true }).reduce(first())).toBe(i)
    }
    expect(
      await engine()
        .map(data, () => 1, { chunks })
        .reduce(sum()),
    ).toBe(count)
  })

  test('enough that throws fails the run', async () => {
    const reducer = {
      ...first<number>(),
      enough: () => {
        throw new Error('not today')
      },
    }
    await expect(
      engine()
        .map(data, find, { chunks, params: params([5]) })
        .reduce(reducer),
    ).rejects.toMatchObject({
      code: 'ERR_CHUNK_FAILED',
      message: expect.stringContaining('not today'),
    })
  })

  test('wrong results are named', async () => {
    const run = (value: unknown, reducer: Reducer<never, unknown>) =>
      engine()
        .map(share('a'), (_, { params }: Chunk<unknown>) => params as never, { params: value })
        .reduce(reducer)
    await expect(run(1, some())).rejects.toThrow('some: expected true or false from each chunk, got 1')
    await expect(run(undefined, every())).rejects.toThrow('does the chunk function return it?')
    await expect(run(undefined, take(1))).rejects.toThrow('take: expected a list or a value, got undefined')
    expect(() => take(0)).toThrow('n: expected an integer >= 1, got 0')
    const given = { ...first(), enough: 1 } as never
    expect(() =>
      engine()
        .map(share('a'), () => 1)
        .reduce(given),
    ).toThrow('reducer.enough: expected a function, got 1')
  })
}
