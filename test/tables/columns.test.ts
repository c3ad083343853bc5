// Rows of columns as data: every chunk sees its part of every column, in every place.

import { join } from 'node:path'
import {
  alloc,
  type Column,
  columns,
  fixed,
  lines,
  overlapping,
  range,
  records,
  sequential,
  share,
  sum,
  table,
} from '@onecopy/core'
import { createEngine } from '@onecopy/node'
import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Dictionary,
  Field,
  Float16,
  Float32,
  Float64,
  Int8,
  Int32,
  Int64,
  LargeUtf8,
  makeData,
  Null,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampMicrosecond,
  tableFromArrays,
  tableFromIPC,
  tableToIPC,
  Uint32,
  Uint64,
  Utf8,
  Vector,
  vectorFromArray,
} from 'apache-arrow'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { tempDir } from '../support/temp-dir.js'

const threads = createEngine({ workers: 3 })
const processes = createEngine({ workers: 2, isolation: 'process' })
const dir = tempDir()
afterAll(() => Promise.all([threads.close(), processes.close()]))

type AnyColumns = Record<string, Column<unknown>>

/** What a chunk sees, as plain data. */
const seen = (
  rows: { readonly length: number; readonly columns: unknown },
  { start, end }: { start: number; end: number },
) => ({
  start,
  end,
  length: rows.length,
  // `as`: any columns will do.
  columns: Object.entries(rows.columns as AnyColumns).map(([name, column]) => [
    name,
    column.length,
    [...column],
    column.at(-1),
  ]),
})

const row = fc.record({
  n: fc.double(),
  maybe: fc.option(fc.integer()),
  text: fc.string({ unit: 'binary' }),
  kind: fc.constantFrom('red', 'grün'),
  flag: fc.option(fc.boolean()),
  bytes: fc.uint8Array({ maxLength: 4 }),
  json: fc.jsonValue(),
})

describe.each([
  ['the sequential engine', sequential()],
  ['threads', threads],
  ['processes', processes],
])('%s', (_name, engine) => {
  test('a chunk sees its rows of columns of every kind', async () => {
    const chunkers = fc.oneof(
      fc.integer({ min: 1, max: 9 }).map((size) => fixed({ size })),
      fc.record({ length: fc.integer({ min: 1, max: 3 }), header: fc.integer({ min: 0, max: 3 }) }).map(records),
      fc.record({ size: fc.integer({ min: 1, max: 5 }), overlap: fc.integer({ min: 0, max: 5 }) }).map(overlapping),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 30 }), chunkers, async (list, chunks) => {
        const data = columns({
          n: share(Float64Array.from(list, ({ n }) => n)),
          plain: Uint8Array.from(list, (_, i) => i),
          maybe: list.map(({ maybe }) => maybe),
          text: list.map(({ text }) => text),
          kind: list.map(({ kind }) => kind),
          flag: list.map(({ flag }) => flag),
          bytes: list.map(({ bytes }) => bytes),
          json: list.map(({ json }) => json),
        })
        const cuts = await sequential().map(range(list.length), (_, { start, end }) => [start, end] as const, {
          chunks,
        })
        const found = await engine.map(data, seen, { chunks })
        expect(found.map(({ start, end }) => [start, end])).toEqual(cuts)
        for (const { start, length, columns: windows } of found) {
          const part = list.slice(start, start + length)
          const expected = {
            n: part.map(({ n }) => n),
            plain: part.map((_, i) => start + i),
            maybe: part.map(({ maybe }) => maybe),
            text: part.map(({ text }) => text),
            kind: part.map(({ kind }) => kind),
            flag: part.map(({ flag }) => flag),
            bytes: part.map(({ bytes }) => bytes),
            json: part.map(({ json }) => json),
          }
          expect(windows).toEqual(
            Object.entries(expected).map(([name, values]) => [name, part.length, values, values.at(-1)]),
          )
        }
      }),
      { numRuns: 15 },
    )
  })

  test('a table is its columns, with the key', async () => {
    const products = table({
      key: { id: [17, 4, 5] },
      value: { name: ['pen', 'ink', null], price: Float64Array.of(1.5, 8, 2) },
    })
    const found = await engine.map(columns(products), seen, { chunks: fixed({ size: 2 }) })
    expect(found.map(({ columns: windows }) => windows)).toEqual([
      [['id', 2, [17, 4], 4], ['name', 2, ['pen', 'ink'], 'ink'], ['price', 2, [1.5, 8], 8]],
      [['id', 1, [5], 5], ['name', 1, [null], null], ['price', 1, [2], 2]],
    ]) // biome-ignore format: a line per chunk
  })

  test('columns of Arrow are read where they lie, across record batches', async () => {
    const batch = (from: number): Table =>
      new Table({
        n: vectorFromArray(Array.from({ length: 7 }, (_, i) => (i % 3 === 0 ? null : from + i))),
        text: vectorFromArray(
          Array.from({ length: 7 }, (_, i) => (i === 2 ? null : `ä${from + i}`)),
          new Utf8(),
        ),
        large: vectorFromArray(
          Array.from({ length: 7 }, (_, i) => `l${i}`),
          new LargeUtf8(),
        ),
        raw: vectorFromArray(
          Array.from({ length: 7 }, (_, i) => new Uint8Array(i)),
          new Binary(),
        ),
        word: vectorFromArray(Array.from({ length: 7 }, (_, i) => `w${i % 2}`)),
        flag: vectorFromArray(
          Array.from({ length: 7 }, (_, i) => i % 3 === 1),
          new Bool(),
        ),
      })
    const arrow = batch(0).concat(batch(7), batch(14)).slice(1, 20)
    const { n, text, word, flag, large, raw } = Object.fromEntries(
      arrow.schema.fields.map(({ name }) => [name, arrow.getChild(name)!]),
    ) as Record<string, NonNullable<ReturnType<typeof arrow.getChild>>>
    const data = columns({ n: n!, text: text!, word: word!, flag: flag!, large: large!, raw: raw! })
    for (const size of [3, 5, 100]) {
      const found = await engine.map(data, seen, { chunks: fixed({ size }) })
      for (const [i, vector] of [n, text, word, flag, large, raw].entries()) {
        expect(found.flatMap(({ columns: windows }) => windows[i]![2])).toEqual([...vector!])
      }
    }
  })

  test('columns of Arrow IPC: nulls, 64 bits, times, dictionaries, cut at any row', async () => {
    const types = {
      int: new Int64(),
      unsigned: new Uint64(),
      float: new Float32(),
      moment: new TimestampMicrosecond(),
      day: new DateDay(),
      flag: new Bool(),
      text: new LargeUtf8(),
      word: new Dictionary(new Utf8(), new Int8()),
    }
    const values: { readonly [name in keyof typeof types]: (i: number) => unknown } = {
      int: (i) => BigInt(i) - 2n ** 62n,
      unsigned: (i) => 2n ** 63n + BigInt(i),
      float: (i) => i / 4,
      moment: (i) => i * 1000,
      day: (i) => new Date(i * 86_400_000),
      flag: (i) => i % 3 === 1,
      text: (i) => `ä${i}`,
      word: (i) => `w${i % 4}`,
    }
    const names = Object.keys(types) as (keyof typeof types)[]
    const batch = (rows: number, from: number): Table =>
      new Table(
        Object.fromEntries(
          names.map((name, at) => {
            const list = Array.from({ length: rows }, (_, i) => ((i + at) % 5 === 0 ? null : values[name](from + i)))
            return [name, vectorFromArray(list as never[], types[name] as DataType)]
          }),
        ),
      )
    const whole = tableFromIPC(tableToIPC(batch(13, 0).concat(batch(9, 13), batch(0, 22), batch(20, 22)), 'stream'))
    // What it says itself is raw for times: micro-seconds, and days.
    const raw = (name: string, each: unknown): unknown =>
      each === null
        ? null
        : name === 'moment'
          ? BigInt(Number(each) * 1000)
          : name === 'day'
            ? Number(each) / 86_400_000
            : each
    await fc.assert(
      fc.asyncProperty(fc.nat(42), fc.nat(42), fc.integer({ min: 1, max: 50 }), async (a, b, size) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const arrow = whole.slice(from, to)
        const data = columns(Object.fromEntries(names.map((name) => [name, arrow.getChild(name)!])))
        const found = await engine.map(data, seen, { chunks: fixed({ size }) })
        for (const [at, name] of names.entries()) {
          const own = found.flatMap(({ columns: windows }) => windows[at]![2] as unknown[])
          expect(own).toEqual([...arrow.getChild(name)!].map((each) => raw(name, each)))
        }
      }),
      {
        numRuns: 12,
        examples: [
          [0, 42, 50],
          [7, 7, 5],
        ],
      },
    )
  })

  test('words of Arrow: numbers of any width, null among the words, pieces and dictionaries without rows', async () => {
    const strings = ['a', null, 'ä', 'a', 'c', null, 'ä']
    const dictionary = vectorFromArray(['a', null, 'ä', 'c'], new Utf8())
    const type = new Dictionary(new Utf8(), new Int32())
    const data = Int32Array.of(0, 1, 2, 0, 3, 1, 2)
    const nullWord = new Vector([makeData({ type, length: 7, nullCount: 0, data, dictionary })])
    const codes = [
      [new Int8(), Int8Array.from(data)],
      [new Uint32(), Uint32Array.from(data)],
      [new Int64(), BigInt64Array.from(data, BigInt)],
      [new Uint64(), BigUint64Array.from(data, BigInt)],
    ].map(([code, list]) => {
      // `as`: Arrow allows all integers.
      const type = new Dictionary(new Utf8(), code as unknown as Int32)
      const data = list as unknown as Int32Array
      return new Vector([makeData({ type, length: 7, nullCount: 0, data, dictionary })])
    })
    const nulls = new Vector([makeData({ type, length: 7, nullBitmap: Uint8Array.of(0b1011010), data, dictionary })])
    const none = { length: 0, nullCount: 0, data: new Uint8Array(0) }
    const noText = makeData({ type: new Utf8(), ...none, valueOffsets: new Int32Array(0) })
    const noLarge = makeData({ type: new LargeUtf8(), ...none, valueOffsets: new BigInt64Array(0) })
    const noBits = makeData({ type: new Bool(), ...none, offset: 9 })
    const text = vectorFromArray(strings, new Utf8()).data
    const large = vectorFromArray(strings, new LargeUtf8()).data
    const flags = vectorFromArray([true, null, false, true, true, null, false], new Bool()).data
    const noWords = new Vector([
      makeData({
        type,
        length: 7,
        nullCount: 7,
        nullBitmap: Uint8Array.of(0),
        data: new Int32Array(7),
        dictionary: new Vector([noText]),
      }),
    ])
    const cases: readonly (readonly [Vector, readonly unknown[]])[] = [
      ...codes.map((vector) => [vector, strings] as const),
      [nullWord, strings],
      [nulls, [null, null, null, 'a', 'c', null, 'ä']],
      [new Vector([noText, ...text, noText]), strings],
      [new Vector([noLarge, ...large, noLarge]), strings],
      [new Vector([noBits, ...flags, noBits]), [true, null, false, true, true, null, false]],
      [noWords, strings.map(() => null)],
    ]
    const given = columns(Object.fromEntries(cases.map(([vector], i) => [`v${i}`, vector])))
    for (const size of [1, 3, 7]) {
      const found = await engine.map(given, seen, { chunks: fixed({ size }) })
      for (const [i, [, expected]] of cases.entries()) {
        expect(found.flatMap(({ columns: windows }) => windows[i]![2])).toEqual(expected)
      }
    }
    expect(await engine.map(columns({ a: new Vector([noText]), b: new Vector([noLarge]) }), () => 1)).toEqual([])
  })

  test('a table or a record batch of Arrow is all its columns', async () => {
    const arrow = tableFromArrays({ price: Float64Array.of(1.5, 8, 2.5), shop: ['Rome', 'Pune', null] })
    for (const whole of [arrow, tableFromIPC<{ price: Float64; shop: Dictionary<Utf8> }>(tableToIPC(arrow))]) {
      const found = await engine.map(
        columns(whole),
        ({ columns: { price, shop } }) => [[...price], [...shop], price.at(-1)] as const,
        { chunks: fixed({ size: 2 }) },
      )
      // biome-ignore format: a chunk per line
      expect(found).toEqual([
        [[1.5, 8], ['Rome', 'Pune'], 8],
        [[2.5], [null], 2.5],
      ])
    }
    expect(await engine.map(columns(arrow.batches[0]!), seen)).toEqual(await engine.map(columns(arrow), seen))
    expect(await engine.map(columns(arrow.select(['shop'])), seen)).toMatchObject([
      { columns: [['shop', 3, ['Rome', 'Pune', null], null]] },
    ])
    expect(await engine.map(columns(arrow.slice(1, 1)), seen)).toEqual([])
  })

  test('rows are reduced, and written in place', async () => {
    const data = columns({ a: Float64Array.of(1, 2, 3), b: Float64Array.of(10, 20, 30) })
    const chunks = fixed({ size: 2 })
    const total = await engine
      .map(data, ({ columns: { a, b } }) => a.reduce((total, each, i) => total + each * b[i]!, 0), { chunks })
      .reduce(sum())
    expect(total).toBe(140)
    const products = await engine.map(
      data,
      ({ columns: { a, b } }, { out }) => {
        for (let i = 0; i < a.length; i++) out[i] = a[i]! * b[i]!
      },
      { chunks, into: alloc(Float64Array, 3) },
    )
    expect([...products.view()]).toEqual([10, 40, 90])
  })
})

test.each([
  ['threads', threads],
  ['processes', processes],
])('%s: a worker that dies does not change the answer, and a run can be cancelled', async (_name, engine) => {
  const data = columns({
    n: Float64Array.from({ length: 100 }, (_, i) => i),
    text: Array.from({ length: 100 }, (_, i) => `t${i}`),
  })
  const marker = join(dir, `died in ${engine === threads ? 'threads' : 'processes'}`)
  const run = engine.map(
    data,
    async ({ columns: { n, text } }, { index, params }) => {
      const { existsSync, writeFileSync } = await import('node:fs')
      if (index === 5 && !existsSync(params)) {
        writeFileSync(params, '')
        process.exit(3)
      }
      return [n.reduce((a, b) => a + b, 0), text.at(0)] as const
    },
    { chunks: fixed({ size: 10 }), params: marker },
  )
  expect(await run).toEqual(Array.from({ length: 10 }, (_, i) => [100 * i + 45, `t${10 * i}`]))
  expect(run.stats).toMatchObject({ workersLost: 1 })
  const endless = engine.map(data, async (_rows, chunk) => {
    while (!chunk.cancelled) await null
  })
  endless.start().cancel('enough')
  await expect(endless).rejects.toBe('enough')
})

test('Arrow IPC bytes in shared memory are not copied', async () => {
  const values = Float64Array.from({ length: 1000 }, (_, i) => i)
  for (const format of ['file', 'stream'] as const) {
    const bytes = share(tableToIPC(tableFromArrays({ n: values }), format)).view()
    const vector = tableFromIPC(bytes).getChild('n')!
    const [window] = await threads.map(columns({ n: vector }), ({ columns: { n } }) => n as unknown as Float64Array)
    expect(window).toEqual(values)
    // Written here, seen there: it is the same memory.
    new Float64Array(bytes.buffer, vector.data[0]!.values.byteOffset, 1)[0] = 5
    expect(await threads.map(columns({ n: vector }), ({ columns: { n } }) => n.at(0))).toEqual([5])
  }
})

test('what is no columns, or cannot be cut so, is refused', () => {
  const cases: readonly [() => unknown, string][] = [
    [() => columns(5 as never), 'columns: expected an object of columns, or a table, got 5'],
    [() => columns({}), 'columns: expected at least one column, got none'],
    [() => columns({ a: [1], b: [1, 2] }), 'columns.b: expected 1 rows, as many as columns.a has, got 2'],
    [
      () =>
        columns({
          a: (function* () {
            for (;;) yield 1
          })() as never,
        }),
      'columns.a: expected a typed array, shared data, a list or a vector',
    ],
    [() => columns({ a: 'x' as never }), 'columns.a: expected a typed array, shared data, a list or a vector'],
    [() => columns({ a: vectorFromArray([{ deep: 1 }]) }), 'columns.a: a column of Arrow must be of numbers'],
    [
      () => columns({ a: vectorFromArray([1.5], new Float16()) }),
      'columns.a: floats of 16 bits are not read; make the column Float32 first',
    ],
    [
      () => columns(tableFromArrays({ a: Int32Array.of(1), deep: [[1]] })),
      'columns.deep: a column of Arrow must be of',
    ],
    [() => columns(new Table({})), 'columns: expected at least one column, got none'],
    [
      () => {
        const { data } = vectorFromArray([1], new Int32())
        const twice = new Schema([Field.new('a', new Int32()), Field.new('a', new Int32())])
        const children = [data[0]!, data[0]!]
        return columns(
          new RecordBatch(twice, makeData({ type: new Struct(twice.fields), length: 1, nullCount: 0, children })),
        )
      },
      'columns: the table of Arrow has two columns "a"',
    ],
    [() => columns({ a: vectorFromArray([null], new Null()) }), 'or a dictionary of Utf8; this is Null'],
    [
      () => columns({ a: vectorFromArray([1, 2], new Dictionary(new Float64(), new Int32())) }),
      'columns.a: a dictionary of Arrow must be of text, in one piece',
    ],
    [
      () => threads.map(columns({ a: [1] }), () => 1, { chunks: lines() }),
      'chunks: lines(), delimited() and csvRecords() look for bytes, and columns have none; use fixed()',
    ],
  ]
  for (const [call, message] of cases) {
    expect(call).toThrow(expect.objectContaining({ message: expect.stringContaining(message) }))
  }
})

test('lists are columns as they were, and shared memory is one as it is', async () => {
  const [list, memory] = [['a', 'b'], alloc(Int32Array, 2)]
  const data = columns({ list, memory })
  list[0] = 'later'
  memory.view()[0] = 7
  const text = await threads.map(data, ({ columns: { list, memory } }) => `${list.at(0)} ${memory.at(0)}`)
  expect(text).toEqual(['a 7'])
})

test('no rows are no chunks', async () => {
  expect(await threads.map(columns({ a: [], b: new Float64Array(0) }), () => 1)).toEqual([])
})
