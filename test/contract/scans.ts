// Runs with a first pass: chunk.prefix is what the chunks before a chunk amount to.

import {
  alloc,
  assemble,
  type Chunk,
  type Chunker,
  concat,
  csvRecords,
  type Engine,
  fixed,
  lines,
  overlapping,
  type Reducer,
  records,
  sequential,
  share,
  sum,
} from '@onecopy/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineNumbers, numberedRecords, seenBefore } from '../plugins/scans.js'

const chunkers: readonly Chunker[] = [
  fixed({ size: 1 }),
  fixed({ size: 7 }),
  fixed({ size: 1000 }),
  overlapping({ size: 5, overlap: 2 }),
  records({ length: 3, header: 2, size: 6 }),
  lines({ size: 4 }),
]

const add = (total: number, value: number): number => total + value

export function promiseScans(engine: () => Engine): void {
  test('the records of CSV before each chunk, in chunks of any size', async () => {
    const fields = fc.string({ unit: fc.constantFrom('a', 'b', '"', '\n', ',', '\r\n'), maxLength: 12 })
    const cases = fc.record({ rows: fc.array(fields, { maxLength: 12 }), size: fc.integer({ min: 1, max: 20 }) })
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, size }) => {
        const text = rows.map((field) => `"${field.replaceAll('"', '""')}",x\n`).join('')
        const options = { chunks: { ...csvRecords({ malformed: 'keep' }), size } }
        const expected = rows.map((field, i) => `${i}: ${field}`)
        expect(await engine().run(share(text), numberedRecords, options)).toEqual(expected)
      }),
      { numRuns: 25 },
    )
  })

  test('cumulative sums, in any chunks, as in a plain loop and on the sequential engine', async () => {
    const reference = sequential()
    const numbers = fc.array(fc.constantFrom(10, 97, 98, 255), { maxLength: 120 })
    await fc.assert(
      fc.asyncProperty(numbers, fc.constantFrom(...chunkers), async (given, chunks) => {
        const header = chunks.kind === 'records' ? 2 : 0
        const body = chunks.kind === 'records' ? given.length - (given.length % 3) : given.length
        const data = share(Uint8Array.from([...new Array(header).fill(1), ...given.slice(0, body)]))
        const scan = async (on: Engine): Promise<Float64Array> => {
          const sums = await on.map(
            data,
            (bytes, { start, end, out, prefix }) => {
              let total = prefix
              for (let i = 0; i < end - start; i++) {
                total += bytes[i]!
                out[i] = total
              }
            },
            {
              chunks,
              into: alloc(Float64Array, body),
              prefix: {
                map: (bytes, { start, end }) => bytes.subarray(0, end - start).reduce((a, b) => a + b, 0),
                reduce: sum(),
              },
              verify: true,
            },
          )
          return sums.view()
        }
        const sums = await scan(engine())
        expect(sums).toEqual(await scan(reference))
        let total = 0
        expect([...sums]).toEqual(given.slice(0, body).map((value) => (total = add(total, value))))
      }),
      { numRuns: 40 },
    )
  })

  test('line numbers of matches; many chunks own no line', async () => {
    const text = `b\n\nab\n${'b'.repeat(100)}\na\nb\nba`
    const expected = text.split('\n').flatMap((line, i) => (line.includes('a') ? [i] : []))
    for (const size of [1, 3, 10, 1000]) {
      expect(await engine().run(share(text), lineNumbers, { chunks: lines({ size }) })).toEqual(expected)
    }
    expect(await engine().run(share(text), lineNumbers, { chunks: lines({ size: 2 }), params: { byte: 98 } })).toEqual(
      text.split('\n').flatMap((line, i) => (line.includes('b') ? [i] : [])),
    )
    expect(await engine().run(share(''), lineNumbers)).toEqual([])
  })

  test('what is kept is moved together, in its order', async () => {
    const data = share(Uint8Array.from({ length: 1000 }, (_, i) => (i * 37) % 251))
    const kept = alloc(Uint8Array, 1000)
    const params = { kept, least: 200 }
    const counts = await engine()
      .map(
        data,
        (bytes, { params, prefix }) => {
          const out = params.kept.view()
          let at = prefix
          for (const byte of bytes) if (byte >= params.least) out[at++] = byte
          return at - prefix
        },
        {
          chunks: fixed({ size: 17 }),
          params,
          prefix: {
            map: (bytes, { params }) => bytes.reduce((n, byte) => (byte >= params.least ? n + 1 : n), 0),
            reduce: sum(),
          },
        },
      )
      .reduce(sum())
    expect([...kept.view(0, counts)]).toEqual([...data.view()].filter((byte) => byte >= 200))
  })

  test('the first chunk has what the reducer gives for nothing, and each chunk has its own value', async () => {
    expect(await engine().run(share('aabcca'), seenBefore, { chunks: fixed({ size: 2 }) })).toEqual(['', 'a', 'abc'])
    expect(await engine().run(share('abcdefg'), seenBefore)).toEqual(['', 'abc', 'abcdef'])
    const last: Reducer<number, number | null, string> = {
      init: () => null,
      add: (_, value) => value,
      merge: (left, right) => right ?? left,
      finish: (value) => `${value}`,
    }
    const before = await engine().map(share('abcd'), (_, { prefix }) => prefix, {
      chunks: fixed({ size: 1 }),
      prefix: { map: (bytes) => bytes[0]!, reduce: last },
    })
    expect(before).toEqual(['null', '97', '98', '99'])
    // Without it, there is none.
    expect(await engine().map(share('ab'), (_, { prefix }) => prefix)).toEqual([undefined])
  })

  test('lists, streams, reductions and folds', async () => {
    const data = share('abcdef')
    const prefix = { map: (bytes: Readonly<Uint8Array>) => bytes.length, reduce: sum() }
    const options = { chunks: fixed({ size: 2 }), prefix }
    const double = (_: Readonly<Uint8Array>, chunk: Chunk<undefined, Uint8Array, undefined, undefined, number>) =>
      chunk.prefix * 2
    expect(await engine().map(data, double, options)).toEqual([0, 4, 8])
    const streamed: number[] = []
    for await (const each of engine().map(data, double, options)) streamed.push(each)
    expect(streamed).toEqual([0, 4, 8])
    expect(await engine().map(data, double, options).reduce(sum())).toBe(12)
    const folded = engine().fold(
      data,
      (list, _, { index, prefix }) => [...list, index, prefix],
      concat<number>(),
      options,
    )
    expect(await folded).toEqual([0, 0, 1, 2, 2, 4])
  })

  test('parts, in any order', async () => {
    const text = 'b\nab\n\na\nbb\nba\na\nb'
    const [data, options] = [share(text), { chunks: lines({ size: 3 }) }]
    const assembly = assemble(data, lineNumbers, options)
    const { count } = assembly.plan
    for (const [from, to] of [
      [4, count],
      [0, 1],
      [1, 4],
    ] as const) {
      assembly.add(await engine().part(data, lineNumbers, { from, to }, options))
    }
    expect(assembly.result()).toEqual([1, 3, 5, 6])
  })

  test('a failure of the first pass is that of its lowest chunk; one of its reducer is named', async () => {
    const fails = (map: (bytes: Readonly<Uint8Array>, chunk: Chunk) => number, reduce: Reducer<number, number>) =>
      engine().map(share('abcdefgh'), () => 1, { chunks: fixed({ size: 1 }), prefix: { map, reduce } })
    await expect(
      fails((_, { index }) => {
        if (index === 3 || index === 5) throw new Error('bad')
        return 1
      }, sum()),
    ).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', chunk: { index: 3, start: 3, end: 4 } })
    const reduce = {
      ...sum(),
      add: () => {
        throw new Error('not today')
      },
    }
    await expect(fails(() => 1, reduce)).rejects.toMatchObject({
      code: 'ERR_CHUNK_FAILED',
      message: expect.stringContaining('the reducer failed in the first pass: Error: not today'),
    })
    // No constant, because Bun writes constants into the functions that use them.
    const captured = Number('2')
    await expect(fails(() => captured, sum())).rejects.toMatchObject({
      code: 'ERR_INLINE_CAPTURE',
      message: expect.stringContaining('captured'),
    })
    await expect(fails((bytes) => (bytes as Uint8Array).fill(0).length, sum()).then(() => {})).resolves.toBeUndefined()
  })

  test('verify holds in the first pass too', async () => {
    const run = engine().map(share('abcd'), () => 1, {
      chunks: fixed({ size: 1 }),
      verify: true,
      prefix: { map: (bytes) => (bytes as Uint8Array).fill(0).length, reduce: sum() },
    })
    await expect(run).rejects.toMatchObject({ code: 'ERR_DATA_CHANGED', chunk: { index: 0 } })
  })

  test('the run is one run: it starts and ends once, and is cancelled as one', async () => {
    const seen: string[] = []
    const onStart = (): unknown => seen.push('start')
    const onEnd = (): unknown => seen.push('end')
    engine().on('runStart', onStart).on('runEnd', onEnd)
    const options = {
      chunks: fixed({ size: 1 }),
      prefix: { map: (bytes: Readonly<Uint8Array>) => bytes.length, reduce: sum() },
    }
    const run = engine().map(share('abcd'), () => 1, options)
    run.on('done', () => seen.push('done'))
    await run
    expect(run.stats).toMatchObject({ chunks: 4, doneChunks: 4, bytes: 4, retries: 0, workersLost: 0 })
    const cancelled = engine().map(share('abcd'), () => 1, {
      ...options,
      prefix: { map: () => new Promise<number>(() => {}), reduce: sum() },
    })
    cancelled.start()
    await new Promise((resolve) => setTimeout(resolve, 0))
    cancelled.cancel('enough')
    await expect(cancelled).rejects.toBe('enough')
    engine().off('runStart', onStart).off('runEnd', onEnd)
    expect(seen).toEqual(['start', 'end', 'done', 'start', 'end'])
  })

  test('what is no first pass is refused at once', () => {
    const scan = (prefix: unknown) => () => engine().map(share('a'), () => 1, { prefix: prefix as never })
    expect(scan({ map: 1, reduce: sum() })).toThrow('options.prefix.map: expected a chunk function, got 1')
    expect(scan({ map: () => 1 })).toThrow('options.prefix.reduce: expected a reducer')
    expect(scan({ map: () => 1, reduce: (a: number, b: number) => a + b })).toThrow(
      'options.prefix.reduce: expected a reducer with init, got function reduce; the first chunk has no chunks before it',
    )
    expect(scan({ map: () => 1, reduce: sum(), other: 1 })).toThrow('options.prefix.other: there is no such option')
    expect(scan(sum)).toThrow('options.prefix: expected a plain object, got function sum')
    // `as`: the type of a plugin's run has no such option.
    const options = { prefix: { map: () => 1, reduce: sum() } } as object
    expect(() => engine().run(share('a'), lineNumbers, options)).toThrow(
      'options.prefix: a plugin has a first pass of its own',
    )
  })
}
