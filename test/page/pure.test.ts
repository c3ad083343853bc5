// The page's parts that need no browser.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entropyColor } from '../../packages/gallery-page/src/draw/colors.js'
import { hilbertIndex, hilbertOrder, hilbertPoint } from '../../packages/gallery-page/src/draw/hilbert.js'
import { hilbertLayout, rowLayout } from '../../packages/gallery-page/src/draw/map-layout.js'
import { nobody, WorkerTrail } from '../../packages/gallery-page/src/draw/worker-trail.js'
import { missingIn } from '../../packages/gallery-page/src/frame/requirements.js'
import { compileOwn } from '../../packages/gallery-page/src/own/compile.js'
import { ownExamples } from '../../packages/gallery-page/src/own/examples.js'
import { byteName, hexDump } from '../../packages/gallery-page/src/text/hex-dump.js'
import { hitContext } from '../../packages/gallery-page/src/text/hit-context.js'
import { markdownTable } from '../../packages/gallery-page/src/text/markdown-table.js'
import { bytesText, percentText, rateText, timeText } from '../../packages/gallery-page/src/text/numbers.js'
import { printValue } from '../../packages/gallery-page/src/text/print-value.js'
import { spreadOf } from '../../packages/gallery-page/src/text/spread.js'

describe('the Hilbert curve', () => {
  test('of order 1 goes around the square', () => {
    expect([0, 1, 2, 3].map((index) => hilbertPoint(1, index))).toEqual([
      [0, 0],
      [0, 1],
      [1, 1],
      [1, 0],
    ])
  })

  test('goes from each cell to a neighbour, and comes to every cell once', () => {
    for (let order = 1; order <= 6; order++) {
      const points = Array.from({ length: 4 ** order }, (_, index) => hilbertPoint(order, index))
      for (let i = 1; i < points.length; i++) {
        const [x, y] = points[i]!
        const [beforeX, beforeY] = points[i - 1]!
        expect(Math.abs(x - beforeX) + Math.abs(y - beforeY)).toBe(1)
      }
      expect(new Set(points.map(String)).size).toBe(4 ** order)
    }
  })

  test('the cell at a place is the inverse of the place of a cell', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.nat(), (order, number) => {
        const index = number % 4 ** order
        expect(hilbertIndex(order, ...hilbertPoint(order, index))).toBe(index)
      }),
    )
  })

  test('its order has room for all cells, and not four times as much as needed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1_000_000 }), (cells) => {
        const order = hilbertOrder(cells)
        expect(4 ** order).toBeGreaterThanOrEqual(cells)
        if (order > 1) expect(4 ** (order - 1)).toBeLessThan(cells)
      }),
    )
  })
})

test('every cell of a map has a place inside it, and is found there', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 600 }), (cells, columns) => {
      for (const layout of [rowLayout(cells, columns), hilbertLayout(cells)]) {
        for (const index of [0, cells >> 1, cells - 1]) {
          const [x, y] = layout.placeOf(index)
          expect(x).toBeLessThan(layout.columns)
          expect(y).toBeLessThan(layout.rows)
          expect(layout.indexAt(x, y)).toBe(index)
        }
      }
    }),
  )
})

test('colours of entropies are whole numbers from 0 to 255, also at the ends', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 8, noNaN: true }), (bits) => {
      for (const part of entropyColor(bits)) expect(Number.isInteger(part) && part >= 0 && part <= 255).toBe(true)
    }),
  )
  expect(entropyColor(0)).toEqual([20, 28, 90])
  expect(entropyColor(8)).toEqual([205, 30, 40])
})

describe('the trail of the workers', () => {
  test('a worker that moved on by as many chunks as it has run has run these', () => {
    const trail = new WorkerTrail(8)
    trail.look([
      { chunk: 1, doneChunks: 1 },
      { chunk: 4, doneChunks: 0 },
    ])
    trail.look([
      { chunk: 3, doneChunks: 3 },
      { chunk: 6, doneChunks: 2 },
    ])
    expect([...trail.owners]).toEqual([0, 0, 0, nobody, 1, 1, nobody, nobody])
  })

  test('of a worker that took another block, only the chunk is known in which it was seen', () => {
    const trail = new WorkerTrail(8)
    trail.look([{ chunk: 1, doneChunks: 1 }])
    trail.look([{ chunk: 6, doneChunks: 3 }])
    expect([...trail.owners]).toEqual([0, 0, nobody, nobody, nobody, nobody, nobody, nobody])
  })

  test('never says that a worker has run a chunk that another one has run', () => {
    // Two workers with blocks of their own; looks at any time.
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { maxLength: 20 }), (steps) => {
        const trail = new WorkerTrail(200)
        const done = [0, 0]
        for (const [left, right] of steps) {
          done[0]! += left
          done[1]! += right
          trail.look(done.map((doneChunks, worker) => ({ chunk: 100 * worker + doneChunks, doneChunks })))
        }
        expect([...trail.owners.subarray(0, 100)].every((owner) => owner !== 1)).toBe(true)
        expect([...trail.owners.subarray(100)].every((owner) => owner !== 0)).toBe(true)
      }),
    )
  })
})

test('numbers are written as people read them', () => {
  expect([0, 1, 1023, 1024, 1536, 65536, 64 * 2 ** 20, 1.02 * 2 ** 30, 2 ** 40].map(bytesText)).toEqual([
    '0 bytes',
    '1 byte',
    '1,023 bytes',
    '1 KiB',
    '1.50 KiB',
    '64 KiB',
    '64 MiB',
    '1.02 GiB',
    '1 TiB',
  ])
  expect([0.264, 9.99, 45.4, 1200].map(timeText)).toEqual(['0.26 ms', '9.99 ms', '45 ms', '1.20 s'])
  expect([rateText(3_660_000_000, 1000), rateText(5, 0)]).toEqual(['3.66 GB/s', '–'])
  expect([percentText(1, 8), percentText(1, 3000), percentText(0, 0)]).toEqual(['12.5 %', '0.033 %', '0 %'])
})

test('the spread of times: median, least and most', () => {
  expect(spreadOf([5, 1, 3])).toEqual({ median: 3, least: 1, most: 5 })
  expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, least: 1, most: 4 })
  expect(() => spreadOf([])).toThrow('values: expected at least one, got none')
})

test('a table as Markdown: numbers to the right, and nothing that breaks a cell', () => {
  const table = markdownTable(
    ['what', 'GB/s'],
    [
      ['a|b', '3.66'],
      ['two\nlines', '1,000'],
    ],
  )
  expect(table).toBe('| what | GB/s |\n| --- | ---: |\n| a\\|b | 3.66 |\n| two lines | 1,000 |')
})

test('a hex dump has offset, bytes and characters, 16 to a line', () => {
  const bytes = Uint8Array.from({ length: 18 }, (_, i) => 0x41 + i)
  expect(hexDump(bytes, 0x1000)).toBe(
    '00001000  41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f 50  ABCDEFGHIJKLMNOP\n' +
      '00001010  51 52                                            QR',
  )
  expect(hexDump(new Uint8Array(0), 0)).toBe('')
  expect([0x41, 0x0a, 0x00, 0x80].map(byteName)).toEqual(['0x41 “A”', '0x0a line feed', '0x00 zero', '0x80'])
})

test('a hit is shown with what stands around it: text as text, other bytes as dots', () => {
  const text = new TextEncoder().encode('über\nonecopy, ja')
  expect(hitContext(text, 6, 7)).toEqual({ before: 'über·', match: 'onecopy', after: ', ja' })
  expect(hitContext(Uint8Array.of(0xff, 0x41, 0x42, 0x80), 1, 1)).toEqual({ before: '·', match: 'A', after: 'B·' })
})

test('answers are shown whatever they are', () => {
  expect(printValue(undefined)).toBe('undefined')
  expect(printValue(5n)).toBe('5n')
  expect(printValue(new Map([['a', 1]]))).toContain('"Map"')
  expect(printValue({ at: Float64Array.of(1, Number.NaN) })).toContain('"NaN"')
  expect(printValue(Array.from({ length: 1000 }, () => 1))).toContain('… 900 more')
  expect(printValue('x'.repeat(10_000)).length).toBeLessThan(5000)
  const circle: unknown[] = []
  circle.push(circle)
  expect(printValue(circle)).toContain('cannot be shown')
})

describe('what is missing', () => {
  const whole = {
    isSecureContext: true,
    crossOriginIsolated: true,
    SharedArrayBuffer,
    Worker: class {},
    navigator: { locks: {} },
  }

  test('is nothing in a browser that has all', () => {
    expect(missingIn(whole)).toEqual([])
  })

  test.each([
    ['no workers', { ...whole, Worker: undefined }, 'Web Workers', 'Chrome 98'],
    ['plain http', { ...whole, isSecureContext: false }, 'secure address', 'https'],
    ['no headers', { ...whole, crossOriginIsolated: false }, 'isolation', 'Cross-Origin-Opener-Policy: same-origin'],
    ['isolated without memory', { ...whole, SharedArrayBuffer: undefined }, 'SharedArrayBuffer', 'Chrome 98'],
    ['no locks', { ...whole, navigator: {} }, 'Web Locks', 'Safari 16.4'],
  ])('%s: it is named, and how to get it', (_, scope, what, cure) => {
    const [missing] = missingIn(scope)
    expect(missing!.what).toContain(what)
    expect(missing!.cure).toContain(cure)
  })
})

describe('the user’s own code', () => {
  test.each(ownExamples.map((each) => [each.name, each] as const))('the example “%s” compiles', (_, example) => {
    const { map, reduce, chunks } = compileOwn(example)
    expect(typeof map).toBe('function')
    expect(reduce).toBeDefined()
    expect(chunks).toMatchObject({ kind: expect.any(String) })
  })

  test('without a reducer, the answer is a list', () => {
    expect(compileOwn({ map: '() => 1', reduce: ' ', chunks: 'lines()' }).reduce).toBeUndefined()
  })

  test.each([
    ['a syntax error', { map: '(bytes) => {', reduce: '', chunks: 'lines()' }, 'the chunk function: '],
    [
      'no function',
      { map: '5', reduce: '', chunks: 'lines()' },
      'the chunk function: expected (bytes, chunk) => result',
    ],
    ['no reducer', { map: '() => 1', reduce: '7', chunks: 'lines()' }, 'the reducer: expected { init, add, merge }'],
    ['an unknown name', { map: '() => 1', reduce: 'summe()', chunks: 'lines()' }, 'the reducer: summe is not defined'],
  ])('%s: the message says which text', (_, code, message) => {
    expect(() => compileOwn(code)).toThrow(message)
  })
})
