// What chunk functions find and read records with: eachLine, eachRecord and text.

import { decodeText, delimited, eachLine, eachRecord, lines, sequential, share, type VisitRecord } from '@onecopy/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitEvery, splitWithoutDelimiters } from '../naive/split-elements.js'
import { type Range, splitAlignedRecords } from '../naive/split-records.js'
import { runModule } from '../support/child.js'

/** What a helper visits, as a list. */
function visited(each: (visit: VisitRecord) => void): Range[] {
  const ranges: Range[] = []
  each((start, end) => ranges.push({ start, end }))
  return ranges
}

/** Bytes with many delimiters among them, of which some overlap; at an odd offset of shared memory. */
const fewKinds = fc.array(fc.constantFrom(10, 10, 13, 65), { maxLength: 200 }).map(sharedAtOddOffset)
const anyBytes = fc.uint8Array({ maxLength: 300 }).map((bytes) => sharedAtOddOffset([...bytes]))

function sharedAtOddOffset(bytes: readonly number[]): Uint8Array {
  const view = new Uint8Array(new SharedArrayBuffer(bytes.length + 3), 3)
  view.set(bytes)
  return view
}

describe('eachLine', () => {
  const linesOf = (content: string): string[] => {
    const view = share(content).view()
    return visited((visit) => eachLine(view, visit)).map(({ start, end }) => decodeText(view, start, end))
  }

  test('visits each line without its line feed', () => {
    expect(linesOf('a\nbc\n\nd\n')).toEqual(['a', 'bc', '', 'd'])
  })

  test('leaves a carriage return where it is', () => {
    expect(linesOf('a\r\nb\r\n')).toEqual(['a\r', 'b\r'])
  })

  test('visits a last line that has no line feed', () => {
    expect(linesOf('a\nlast')).toEqual(['a', 'last'])
  })

  test('visits nothing in nothing', () => {
    expect(linesOf('')).toEqual([])
  })

  test('visits the lines that a split gives', () => {
    fc.assert(
      fc.property(fc.oneof(fewKinds, anyBytes), (bytes) => {
        expect(visited((visit) => eachLine(bytes, visit))).toEqual(splitWithoutDelimiters(bytes, Uint8Array.of(10)))
      }),
    )
  })

  test('finds line feeds near and far', () => {
    for (const length of [0, 1, 31, 32, 33, 63, 64, 65, 1000]) {
      const content = `${'x'.repeat(length)}\n${'y'.repeat(length)}`
      expect(linesOf(content)).toEqual(length === 0 ? [''] : content.split('\n'))
    }
  })

  test('hands on what visit throws, and stops there', () => {
    const seen: number[] = []
    const stop = new Error('enough')
    const visit = (start: number): void => {
      seen.push(start)
      if (start === 2) throw stop
    }
    expect(() => eachLine(share('a\nb\nc\n').view(), visit)).toThrow(stop)
    expect(seen).toEqual([0, 2])
  })

  test('over all chunks of lines() visits each line of the data once', async () => {
    await fc.assert(
      fc.asyncProperty(fewKinds, fc.integer({ min: 1, max: 20 }), async (bytes, size) => {
        const chunks = await sequential().map(share(bytes), (part, { start }) => ({ part: part.slice(), start }), {
          chunks: lines({ size }),
        })
        const seen = chunks.flatMap(({ part, start: from }) =>
          visited((visit) => eachLine(part, (start, end) => visit(from + start, from + end))),
        )
        expect(seen).toEqual(splitWithoutDelimiters(bytes, Uint8Array.of(10)))
      }),
      { numRuns: 50 },
    )
  })
})

describe('eachRecord', () => {
  test('with a length visits whole records alone, of any kind of elements', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.integer({ min: 1, max: 120 }), (count, length) => {
        for (const elements of [new Uint8Array(count), new Float64Array(count), new BigInt64Array(count)]) {
          expect(visited((visit) => eachRecord(elements, { length }, visit))).toEqual(splitEvery(count, length))
        }
      }),
    )
  })

  test('with a delimiter visits the records that a split gives, also where it overlaps itself', () => {
    const delimiters = fc.array(fc.constantFrom(10, 13, 65), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.oneof(fewKinds, anyBytes), delimiters, (bytes, delimiter) => {
        expect(visited((visit) => eachRecord(bytes, { delimiter }, visit))).toEqual(
          splitWithoutDelimiters(bytes, Uint8Array.from(delimiter)),
        )
      }),
    )
  })

  test('with align, over all chunks of delimited({ align }) visits each record of the data once', async () => {
    const any = fc.record({ bytes: fc.uint8Array({ maxLength: 80, max: 1 }), size: fc.integer({ min: 1, max: 20 }) })
    await fc.assert(
      fc.asyncProperty(any, async ({ bytes, size }) => {
        const how = { delimiter: [1, 0], align: 2 }
        const chunks = await sequential().map(share(bytes), (part, { start }) => ({ part: part.slice(), start }), {
          chunks: delimited({ ...how, size }),
        })
        const seen = chunks.flatMap(({ part, start: from }) =>
          visited((visit) => eachRecord(part, how, (start, end) => visit(from + start, from + end))),
        )
        const whole = splitAlignedRecords(bytes, Uint8Array.of(1, 0), 2)
        const ends = (end: number): boolean => end % 2 === 0 && bytes[end - 2] === 1 && bytes[end - 1] === 0
        expect(seen).toEqual(whole.map(({ start, end }) => ({ start, end: ends(end) ? end - 2 : end })))
      }),
    )
  })

  test('takes a delimiter as text, as bytes and as one byte', () => {
    const bytes = share('a, b, c').view()
    const fields = (delimiter: string | Uint8Array | number[] | number): string[] =>
      visited((visit) => eachRecord(bytes, { delimiter }, visit)).map(({ start, end }) => decodeText(bytes, start, end))
    expect(fields(', ')).toEqual(['a', 'b', 'c'])
    expect(fields(Uint8Array.of(44, 32))).toEqual(['a', 'b', 'c'])
    expect(fields([44, 32])).toEqual(['a', 'b', 'c'])
    expect(fields(44)).toEqual(['a', ' b', ' c'])
  })

  test('over all chunks of delimited() visits each record of the data once', async () => {
    await fc.assert(
      fc.asyncProperty(fewKinds, fc.integer({ min: 1, max: 20 }), async (bytes, size) => {
        const delimiter = [10, 13]
        const chunks = await sequential().map(share(bytes), (part, { start }) => ({ part: part.slice(), start }), {
          chunks: delimited({ delimiter, size }),
        })
        const seen = chunks.flatMap(({ part, start: from }) =>
          visited((visit) => eachRecord(part, { delimiter }, (start, end) => visit(from + start, from + end))),
        )
        expect(seen).toEqual(splitWithoutDelimiters(bytes, Uint8Array.from(delimiter)))
      }),
      { numRuns: 50 },
    )
  })
})

describe('text', () => {
  const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.slice())

  test('decodes any window of shared memory as a decoder does a copy of it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyBytes,
          fc.string({ unit: 'grapheme' }).map((s) => share(s).view()),
        ),
        fc.nat(),
        fc.nat(),
        (bytes, a, b) => {
          const [start, end] = [a % (bytes.length + 1), b % (bytes.length + 1)].sort((x, y) => x - y) as [
            number,
            number,
          ]
          expect(decodeText(bytes, start, end)).toBe(decode(bytes.subarray(start, end)))
          expect(decodeText(bytes, start)).toBe(decode(bytes.subarray(start)))
          expect(decodeText(bytes)).toBe(decode(bytes))
        },
      ),
    )
  })

  test('puts U+FFFD for what is no UTF-8, also for half a character', () => {
    expect(decodeText(share(Uint8Array.of(0x61, 0xff, 0x62)).view())).toBe('a\ufffdb')
    expect(decodeText(share('ä').view(), 0, 1)).toBe('\ufffd')
  })

  test('keeps a byte order mark', () => {
    expect(decodeText(share('\ufeffa').view())).toBe('\ufeffa')
  })

  test('clamps a window to the bytes there are', () => {
    const bytes = share('abc').view()
    expect(decodeText(bytes, 1, 100)).toBe('bc')
    expect(decodeText(bytes, 100)).toBe('')
  })

  test('decodes shared memory where the runtime’s decoder refuses it, and other memory without a copy', async () => {
    const ended = await runModule(`
      const decoded = []
      // Node's own way is not there in browsers.
      delete globalThis.Buffer
      globalThis.TextDecoder = class extends TextDecoder {
        decode(bytes) {
          if (bytes.buffer instanceof SharedArrayBuffer) throw new TypeError('The provided value must not be shared')
          decoded.push(bytes.buffer)
          return super.decode(bytes)
        }
      }
      const { decodeText, share } = await import('@onecopy/core')
      const shared = share('one two').view()
      const own = new TextEncoder().encode('three')
      console.log(decodeText(shared), decodeText(shared, 4), decodeText(own), decoded[2] === own.buffer)
    `)
    expect(ended).toEqual({ code: 0, stdout: 'one two two three true\n', stderr: '' })
  })
})

describe('bad input gets a clear error', () => {
  // Wrong programs do not compile; these are written all the same, as untyped callers can.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const wrong = (value: unknown): any => value
  const bytes = new Uint8Array(3)
  const visit = (): void => {}

  test.each<readonly [name: string, call: () => unknown, message: RegExp]>([
    ['eachLine: text', () => eachLine(wrong('a\n'), visit), /^bytes: expected a Uint8Array, got "a\\n"/],
    ['eachLine: floats', () => eachLine(wrong(new Float64Array(1)), visit), /^bytes: .*Float64Array/],
    ['eachLine: no function', () => eachLine(bytes, wrong(7)), /^visit: expected a function, got 7/],
    ['eachRecord: nothing', () => eachRecord(wrong(undefined), { length: 1 }, visit), /^elements: .*undefined/],
    ['eachRecord: length 0', () => eachRecord(bytes, { length: 0 }, visit), /^length: .*got 0/],
    ['eachRecord: neither', () => eachRecord(bytes, wrong({}), visit), /^length: .*undefined/],
    ['eachRecord: both', () => eachRecord(bytes, wrong({ length: 1, delimiter: 1 }), visit), /^eachRecord: .*both/],
    ['eachRecord: a typo', () => eachRecord(bytes, wrong({ lenght: 1 }), visit), /^eachRecord\.lenght: /],
    ['eachRecord: an empty delimiter', () => eachRecord(bytes, { delimiter: '' }, visit), /^delimiter: .*""/],
    [
      'eachRecord: align of a length',
      () => eachRecord(bytes, wrong({ length: 1, align: 1 }), visit),
      /^align: .*got 1/,
    ],
    ['eachRecord: align 2', () => eachRecord(bytes, { delimiter: 1, align: 2 }, visit), /^align: .*1 byte\), got 2/],
    [
      'eachRecord: floats',
      () => eachRecord(wrong(new Float32Array(1)), { delimiter: 1 }, visit),
      /^bytes: .*Float32Array/,
    ],
    ['eachRecord: no function', () => eachRecord(bytes, { length: 1 }, wrong(null)), /^visit: .*null/],
    ['decodeText: text', () => decodeText(wrong('abc')), /^view: .*"abc"/],
    ['decodeText: a negative start', () => decodeText(bytes, -1), /^start: .*-1/],
    ['decodeText: an end before the start', () => decodeText(bytes, 2, 1), /^end: .*1/],
    ['decodeText: a fractional end', () => decodeText(bytes, 0, 1.5), /^end: .*1\.5/],
  ])('%s', (_name, call, message) => {
    expect(call).toThrow(message)
  })
})
