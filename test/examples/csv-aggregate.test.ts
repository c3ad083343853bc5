// csv-aggregate: min, mean and max by key, on any chunks.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Aggregate, csvAggregate, generateRows, type KeyStats } from '@onecopy/examples'
import { createEngine, file, lines, sequential, share } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'

const engine = createEngine({ workers: 3 })
afterAll(() => engine.close())
const alone = sequential()

/** By strings and big integers. */
function naive(text: string): Aggregate {
  const groups = new Map<string, bigint[]>()
  let malformed = 0
  const rows = text.split('\n')
  if (rows.at(-1) === '') rows.pop()
  for (const row of rows) {
    const match = /^([^;]+);(-?)(\d{1,6})\.(\d)$/.exec(row.replace(/\r$/, ''))
    if (match === null) {
      malformed++
      continue
    }
    const [, key = '', sign, whole, tenth] = match
    const tenths = BigInt(`${whole}${tenth}`) * (sign === '-' ? -1n : 1n)
    groups.set(key, [...(groups.get(key) ?? []), tenths])
  }
  const keys = [...groups].map(([key, values]): KeyStats => {
    const sorted = values.toSorted((a, b) => Number(a - b))
    const sum = values.reduce((a, b) => a + b, 0n)
    const halves = 2n * BigInt(values.length)
    // Halves up: the floor of sum / n + 1/2, which a big integer's division, towards 0, is not for negative numbers.
    const doubled = 2n * sum + BigInt(values.length)
    const mean = (doubled - (((doubled % halves) + halves) % halves)) / halves
    return {
      key,
      min: Number(sorted[0]) / 10,
      mean: Number(mean) / 10,
      max: Number(sorted.at(-1)) / 10,
      count: values.length,
    }
  })
  return { keys: keys.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key))), malformed }
}

describe('csv-aggregate', () => {
  test('groups by key, sorted by the bytes of the keys', async () => {
    const rows = 'b;1.0\nÄ;-2.5\na;0.4\nb;-3.0\nZ;9.9\nb;7.1\n'
    expect(await engine.run(share(rows), csvAggregate)).toEqual({
      keys: [
        { key: 'Z', min: 9.9, mean: 9.9, max: 9.9, count: 1 },
        { key: 'a', min: 0.4, mean: 0.4, max: 0.4, count: 1 },
        { key: 'b', min: -3, mean: 1.7, max: 7.1, count: 3 },
        { key: 'Ä', min: -2.5, mean: -2.5, max: -2.5, count: 1 },
      ],
      malformed: 0,
    })
  })

  test.each([
    ['nothing', '', [], 0],
    ['one byte', 'a', [], 1],
    ['a last row without a line feed', 'a;1.5\na;2.5', ['a 1.5/2/2.5'], 0],
    ['CRLF', 'a;1.5\r\na;2.5\r\n', ['a 1.5/2/2.5'], 0],
    ['empty lines', '\n\r\na;1.5\n\n', ['a 1.5/1.5/1.5'], 3],
    ['no key', ';1.5\n', [], 1],
    ['two separators', 'a;1.5;2.5\n', [], 1],
    ['values of another shape', 'a;1\na;1.55\na;.5\na;+1.5\na;1,5\na;\na;-\na;1234567.0\na;1e1.0\n', [], 9],
    ['the longest value', 'a;-999999.9\n', ['a -999999.9/-999999.9/-999999.9'], 0],
    ['a mean between two tenths goes up', 'a;0.1\na;0.2\nb;-0.1\nb;-0.2', ['a 0.1/0.2/0.2', 'b -0.2/-0.1/-0.1'], 0],
    ['a key named like a member of objects', '__proto__;1.0\n', ['__proto__ 1/1/1'], 0],
  ])('%s', async (_, text, keys, malformed) => {
    const answer = await engine.run(share(text), csvAggregate)
    expect(answer.keys.map(({ key, min, mean, max }) => `${key} ${min}/${mean}/${max}`)).toEqual(keys)
    expect(answer.malformed).toBe(malformed)
  })

  test('no value is -0', async () => {
    const { keys } = await engine.run(share('a;-0.0\nb;-0.1\nb;0.1\nc;-0.1\nc;0.0\nc;0.0\n'), csvAggregate)
    for (const { min, mean, max } of keys) expect([min, mean, max].some((value) => Object.is(value, -0))).toBe(false)
  })

  test('keys that are not UTF-8 stay apart', async () => {
    const rows = Buffer.concat([Buffer.of(0xfe), Buffer.from(';1.0\n'), Buffer.of(0xff), Buffer.from(';2.0\n')])
    const { keys } = await engine.run(share(rows), csvAggregate)
    expect(keys.map(({ key, max }) => [key, max])).toEqual([
      ['\ufffd', 1],
      ['\ufffd', 2],
    ])
  })

  test('more keys than a table begins with', async () => {
    const rows = Array.from({ length: 9000 }, (_, i) => `key ${i % 3000};${i / 3000 < 1 ? 1 : 3}.0`)
    const { keys } = await engine.run(share(rows.join('\n')), csvAggregate)
    expect(keys).toHaveLength(3000)
    expect(new Set(keys.map(({ min, mean, max, count }) => [min, mean, max, count].join()))).toEqual(
      new Set(['1,2.3,3,3']),
    )
  })

  test('chunks of every size give the same, in memory and in a file', async () => {
    const text = 'Tromsø;1.5\r\n北京;-22.5\nbad\nTromsø;0.1\n\nOslo;9.9'
    const folder = await mkdtemp(join(tmpdir(), 'onecopy-'))
    try {
      const path = join(folder, 'rows.csv')
      await writeFile(path, text)
      for (const data of [share(text), file(path)]) {
        for (let size = 1; size <= data.length; size++) {
          const answer = await engine.run(data, csvAggregate, { chunks: lines({ size }) })
          expect({ size, ...answer }).toEqual({ size, ...naive(text) })
        }
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('any rows in chunks of any size give what big integers give', async () => {
    const row = fc.oneof(
      { weight: 4, arbitrary: fc.tuple(fc.constantFrom('a', 'b', 'é', '北京'), fc.integer({ min: -999, max: 999 })) },
      { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'a;-.1\r') }) },
    )
    const rows = fc.array(
      row.map((each) => (typeof each === 'string' ? each : `${each[0]};${(each[1] / 10).toFixed(1)}`)),
      { maxLength: 30 },
    )
    await fc.assert(
      fc.asyncProperty(rows, fc.boolean(), fc.integer({ min: 1, max: 60 }), async (rows, atEnd, size) => {
        const text = rows.join('\n') + (atEnd ? '\n' : '')
        expect(await alone.run(share(text), csvAggregate, { chunks: lines({ size }) })).toEqual(naive(text))
      }),
    )
  })

  test('generated rows are all rows, the same ones for the same seed', async () => {
    const rows = generateRows(20_000)
    const text = Buffer.from(rows.view()).toString()
    expect(await engine.run(rows, csvAggregate)).toEqual(naive(text))
    expect(naive(text)).toMatchObject({ malformed: 0 })
    expect(Buffer.from(generateRows(20_000).view()).toString()).toBe(text)
    expect(Buffer.from(generateRows(20_000, 2).view()).toString()).not.toBe(text)
    expect(() => generateRows(-1)).toThrow(RangeError)
  })
})
