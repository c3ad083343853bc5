// log-stats: counts and percentiles of an access log, on any chunks.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  bucketOf,
  type Distribution,
  generateLog,
  largestValue,
  logStats,
  middleOf,
  percentile,
  relativeError,
} from '@onecopy/examples'
import { createEngine, file, lines, sequential, share } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'

const engine = createEngine({ workers: 3 })
afterAll(() => engine.close())
const alone = sequential()

const known = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']
const logLine = /^[^ ]+ [^ ]+ [^ ]+ \[[^\]]*\] "((?:\\.|[^"\\])*)" ([1-5])[0-9]{2} (-|[0-9]{1,12})(?: ([0-9]{1,12}))?$/s

/** By a regular expression, with all values kept. */
function naive(log: string): {
  lines: number
  malformed: number
  statuses: Record<string, number>
  methods: Record<string, number>
  bytes: number[]
  micros: number[]
} {
  const zero = (keys: string[]): Record<string, number> => Object.fromEntries(keys.map((key) => [key, 0]))
  const rows = log.split('\n')
  if (rows.at(-1) === '') rows.pop()
  const found = {
    lines: rows.length,
    malformed: 0,
    statuses: zero(['1xx', '2xx', '3xx', '4xx', '5xx']),
    methods: zero([...known, 'other']),
    bytes: [] as number[],
    micros: [] as number[],
  }
  for (const row of rows) {
    const [, request = '', status, bytes, micros] = logLine.exec(row.replace(/\r$/, '')) ?? []
    if (status === undefined) {
      found.malformed++
      continue
    }
    const [method = ''] = request.split(' ')
    found.statuses[`${status}xx`]!++
    found.methods[known.includes(method) ? method : 'other']!++
    if (bytes !== '-') found.bytes.push(Number(bytes))
    if (micros !== undefined) found.micros.push(Number(micros))
  }
  found.bytes.sort((a, b) => a - b)
  found.micros.sort((a, b) => a - b)
  return found
}

/** The exact percentiles of a sorted list, and the answer's: within the error that is stated. */
function expectNear(found: Distribution | null, sorted: readonly number[]): void {
  if (sorted.length === 0) {
    expect(found).toBeNull()
    return
  }
  const exact = (thousandths: number): number => sorted[Math.ceil((thousandths * sorted.length) / 1000) - 1]!
  const sum = sorted.reduce((a, b) => a + b, 0)
  expect(found).toMatchObject({ count: sorted.length, sum, max: sorted.at(-1) })
  const pairs = [
    [found?.p50, exact(500)],
    [found?.p90, exact(900)],
    [found?.p99, exact(990)],
    [found?.p999, exact(999)],
  ] as [number, number][]
  for (const [near, value] of pairs) expect(Math.abs(near - value)).toBeLessThanOrEqual(relativeError * value)
}

async function expectNaive(log: string, size?: number): Promise<void> {
  const { bytes, micros, ...counts } = naive(log)
  const found = await alone.run(share(Buffer.from(log, 'latin1')), logStats, { chunks: lines({ size }) })
  expect({ size, ...found }).toMatchObject({ size, ...counts })
  expectNear(found.bytes, bytes)
  expectNear(found.micros, micros)
}

const good = '10.0.0.1 - bob [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 1234 5678'

describe('log-stats', () => {
  test('reads one line', async () => {
    expect(await engine.run(share(good), logStats)).toEqual({
      lines: 1,
      malformed: 0,
      statuses: { '1xx': 0, '2xx': 1, '3xx': 0, '4xx': 0, '5xx': 0 },
      methods: { ...Object.fromEntries(known.map((method) => [method, 0])), GET: 1, other: 0 },
      bytes: { count: 1, sum: 1234, max: 1234, p50: 1234, p90: 1234, p99: 1234, p999: 1234 },
      micros: { count: 1, sum: 5678, max: 5678, p50: 5678, p90: 5678, p99: 5678, p999: 5678 },
    })
  })

  test.each([
    ['nothing', '', 0, 0],
    ['one byte', 'x', 1, 1],
    ['an empty line', '\n', 1, 1],
    ['the Common Log Format, without a time', 'h - - [t] "GET / HTTP/1.0" 404 -\n', 1, 0],
    ['CRLF', `${good}\r\n${good}\r\n`, 2, 0],
    ['a quotation mark in the request', 'h - - [t] "GET /\\"x\\" HTTP/1.0" 200 1', 1, 0],
    ['a request that does not end', 'h - - [t] "GET / HTTP/1.0\\" 200 1', 1, 1],
    ['no request at all', 'h - - [t] "" 400 0', 1, 0],
    ['a user beyond ASCII', 'h - bjørn [t] "GET /" 200 1', 1, 0],
    ['a status that is none', 'h - - [t] "GET /" 600 1\nh - - [t] "GET /" 099 1\nh - - [t] "GET /" 2xx 1', 3, 3],
    ['a length that is none', 'h - - [t] "GET /" 200 1k\nh - - [t] "GET /" 200 --\nh - - [t] "GET /" 200 -1', 3, 3],
    ['a time that is none', 'h - - [t] "GET /" 200 1 \nh - - [t] "GET /" 200 1 -\nh - - [t] "GET /" 200 1 1 1', 3, 3],
    ['fields that are missing', '- - [t] "GET /" 200 1\nh - - "GET /" 200 1\nh - - [t] 200 1', 3, 3],
  ])('%s', async (_, log, count, malformed) => {
    expect(await engine.run(share(log), logStats)).toMatchObject({ lines: count, malformed })
    await expectNaive(log)
  })

  test('no percentile is above the greatest value', async () => {
    const { bytes } = await alone.run(share(`${good}\n${good.replace('1234', '1024')}`), logStats)
    expect(bytes).toMatchObject({ p50: 1027.5, p90: 1234, max: 1234 })
  })

  test('chunks of every size give the same, in memory and in a file', async () => {
    const log = `${good}\r\nbad\n\n${good.replace('GET', 'PURGE').replace('200', '500')}`
    const expected = await engine.run(share(log), logStats)
    expect(expected).toMatchObject({ lines: 4, malformed: 2, methods: { GET: 1, other: 1 }, statuses: { '5xx': 1 } })
    const folder = await mkdtemp(join(tmpdir(), 'onecopy-'))
    try {
      const path = join(folder, 'access.log')
      await writeFile(path, log)
      for (const data of [share(log), file(path)]) {
        for (let size = 1; size <= data.length; size++) {
          expect({ size, ...(await engine.run(data, logStats, { chunks: lines({ size }) })) }).toEqual({
            size,
            ...expected,
          })
        }
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('any lines in chunks of any size are what a regular expression takes them for', async () => {
    const request = fc.oneof(
      fc.constantFrom(...known, 'get', 'GETS').map((method) => `${method} /p HTTP/1.1`),
      fc.string({ unit: fc.constantFrom(...'GE\\" T') }),
    )
    const number = fc.oneof(fc.nat().map(String), fc.constantFrom('-', '', '9'.repeat(12), '9'.repeat(13)))
    const line = fc
      .tuple(fc.constantFrom('h - -', 'h é -', 'h -'), fc.constantFrom('[t]', '[]', '[', 'é'), request, number, number)
      .chain(([who, time, text, bytes, micros]) =>
        fc.constantFrom(
          `${who} ${time} "${text}" 200 ${bytes} ${micros}`,
          `${who} ${time} "${text}" 3${bytes.slice(0, 2)} ${bytes}`,
        ),
      )
    // One character more, less or changed: the ways to be nearly a line.
    const edited = fc
      .tuple(line, fc.nat(), fc.constantFrom('', ' ', '"', '\\', '7', '\r', '-'), fc.boolean())
      .map(([text, at, put, isKept]) => {
        const place = at % (text.length + 1)
        return text.slice(0, place) + put + text.slice(isKept ? place : place + 1)
      })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(line, edited), { maxLength: 8 }),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 200 }),
        (rows, end, size) => expectNaive(rows.join(end), size),
      ),
      { numRuns: 500 },
    )
  })

  test('a generated log has lines of every kind, and percentiles as near as is promised', async () => {
    const log = generateLog(20_000)
    await expectNaive(Buffer.from(log.view()).toString('latin1'))
    const { lines: count, malformed, statuses, methods } = await engine.run(log, logStats)
    expect(count).toBe(20_000)
    expect(malformed).toBeGreaterThan(0)
    for (const n of Object.values(statuses)) expect(n).toBeGreaterThan(0)
    expect(methods.other).toBeGreaterThan(0)
    expect(Buffer.compare(Buffer.from(generateLog(2000).view()), Buffer.from(generateLog(2000).view()))).toBe(0)
  })
})

describe('the log-linear histogram', () => {
  test('the middle of a bucket is near each number in it, and buckets go up with numbers', () => {
    fc.assert(
      fc.property(fc.nat({ max: largestValue }), (value) => {
        const bucket = bucketOf(value)
        expect(Math.abs(middleOf(bucket) - value)).toBeLessThanOrEqual(relativeError * value)
        expect(bucketOf(Math.min(largestValue, value + 1)) - bucket).toBeOneOf([0, 1])
      }),
    )
  })

  test('powers of two and their neighbours', () => {
    for (let power = 1; power <= largestValue; power *= 2) {
      for (const value of [power - 1, power, Math.min(largestValue, power + 1)]) {
        expect(Math.abs(middleOf(bucketOf(value)) - value)).toBeLessThanOrEqual(relativeError * value)
      }
    }
  })

  test('numbers that are too large count as the largest', () => {
    expect(bucketOf(Number.MAX_SAFE_INTEGER)).toBe(bucketOf(largestValue))
    expect(bucketOf(largestValue + 1)).toBe(bucketOf(largestValue))
  })

  test('percentiles are by nearest rank', () => {
    // The numbers 0 to 9, once each.
    const counts = new Array(10).fill(1)
    expect([0.1, 10, 10.1, 50, 99, 100].map((percent) => percentile(counts, percent))).toEqual([0, 0, 1, 4, 9, 9])
  })

  test('a rank that is a whole number is not rounded up', () => {
    expect(percentile([40_959, 41], 99.9)).toBe(0)
    expect(percentile([40_958, 42], 99.9)).toBe(1)
  })

  test('refuses a percentile of nothing, and one of nothing there is', () => {
    expect(() => percentile([0, 0], 50)).toThrow(RangeError)
    expect(() => percentile([1], 0)).toThrow(RangeError)
    expect(() => percentile([1], 101)).toThrow(RangeError)
  })
})
