// Text in other encodings than UTF-8: lines cut at any size are the lines of the whole text.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Chunker,
  createEngine,
  csvRecords,
  delimited,
  type Engine,
  eachField,
  eachText,
  file,
  lines,
  sequential,
  share,
} from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'

/** The bytes 0x80 to 0x9F of windows-1252, in the order of the Encoding Standard. Node 20 has control characters there. */
const western = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/** How each character of an encoding is written, found by asking the decoder for all that one or two bytes can mean. */
function table(encoding: string, mostBytes: 1 | 2): Map<string, Uint8Array> {
  // With `ignoreBOM`, Node 20 and 22 have no text for the byte 0xFF of windows-1252.
  const decoder = new TextDecoder(encoding, { fatal: true })
  const known = new Map<string, Uint8Array>()
  const add = (...bytes: number[]): boolean => {
    try {
      const own = decoder.decode(Uint8Array.from(bytes))
      const text =
        decoder.encoding === 'windows-1252' ? own.replace(/[\x80-\x9f]/, () => western[bytes[0]! - 0x80]!) : own
      if ([...text].length === 1 && !known.has(text)) known.set(text, Uint8Array.from(bytes))
      return true
    } catch {
      // These bytes are no character.
      return false
    }
  }
  for (let first = 0; first < 256; first++) {
    if (add(first) || mostBytes === 1) continue
    for (let second = 0; second < 256; second++) add(first, second)
  }
  return known
}

type Encode = (text: string) => Uint8Array

function wide(bytes: 2 | 4, isBigEndian: boolean): Encode {
  return (text) => {
    const values =
      bytes === 4 ? [...text].map((each) => each.codePointAt(0)!) : text.split('').map((each) => each.charCodeAt(0))
    const view = new DataView(new ArrayBuffer(values.length * bytes))
    values.forEach((value, i) => {
      if (bytes === 2) view.setUint16(i * 2, value, !isBigEndian)
      else view.setUint32(i * 4, value, !isBigEndian)
    })
    return new Uint8Array(view.buffer)
  }
}

function byTable(known: ReadonlyMap<string, Uint8Array>): Encode {
  return (text) => Buffer.concat([...text].map((each) => known.get(each)!))
}

const unicode = fc.string({
  unit: fc.constantFrom('\n', '\n', 'a', 'ਊ', 'Ċ', '\u0a0a', '𐨊', 'é', '\ufeff'),
  maxLength: 80,
})

interface Way {
  readonly encoding: string
  readonly text: fc.Arbitrary<string>
  readonly encode: Encode
  readonly mark?: string
}

const ofTable = (encoding: string, bytes: 1 | 2): Way => {
  const known = table(encoding, bytes)
  const characters = [...known.keys()].filter((each) => each !== '\n')
  const text = fc
    .array(
      fc.oneof(
        fc.constant('\n'),
        fc.nat().map((n) => characters[n % characters.length]!),
      ),
      { maxLength: 80 },
    )
    .map((each) => each.join(''))
  return { encoding, text, encode: byTable(known) }
}

const ways: readonly Way[] = [
  { encoding: 'utf-8', text: unicode, encode: (text) => Buffer.from(text), mark: '\ufeff' },
  { encoding: 'utf-16le', text: unicode, encode: wide(2, false), mark: '\ufeff' },
  { encoding: 'UTF-16BE', text: unicode, encode: wide(2, true), mark: '\ufeff' },
  { encoding: 'utf_32le', text: unicode, encode: wide(4, false), mark: '\ufeff' },
  { encoding: 'utf-32be', text: unicode, encode: wide(4, true), mark: '\ufeff' },
  ...['latin1', 'windows-1252', 'windows-1251', 'iso-8859-2', 'koi8-r'].map((each) => ofTable(each, 1)),
  ...['shift_jis', 'gbk', 'gb18030', 'big5', 'euc-jp', 'euc-kr'].map((each) => ofTable(each, 2)),
]

/** The lines that all chunks have, and whether each chunk begins with one. */
async function linesOf(
  engine: Engine,
  data: Parameters<Engine['map']>[0],
  chunks: Chunker,
  encoding: string,
): Promise<string[]> {
  // `as`: the data is bytes.
  const parts = (await engine.map(data, (bytes) => bytes, { chunks })) as Uint8Array[]
  const found: string[] = []
  for (const part of parts) eachText(part, (line) => found.push(line), { encoding })
  return found
}

/** The lines of a text; what is behind the last line feed is one if it is not empty. */
function split(text: string): string[] {
  const all = text.split('\n')
  return all.at(-1) === '' ? all.slice(0, -1) : all
}

const engine = createEngine({ workers: 2 })
const folder = mkdtempSync(join(tmpdir(), 'onecopy encodings '))
afterAll(async () => {
  await engine.close()
  rmSync(folder, { recursive: true })
})

describe.each(ways)('$encoding', ({ encoding, text, encode, mark }) => {
  test('lines cut at any size are those of the whole text, and a mark at its start belongs to none', async () => {
    const job = fc.record({ text, size: fc.integer({ min: 1, max: 40 }), isMarked: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(job, async ({ text: given, size, isMarked }) => {
        const whole = mark === undefined ? given : given.replace(/^\ufeff+/, '')
        const data = share(encode((isMarked ? (mark ?? '') : '') + whole))
        expect(await linesOf(sequential(), data, lines({ size, encoding }), encoding)).toEqual(split(whole))
      }),
      { numRuns: 60 },
    )
  })

  test('long texts, in threads, from a file', async () => {
    const some = fc
      .sample(text, { numRuns: 400, seed: 7 })
      .join('')
      .replace(/^\ufeff+/, '')
    const whole = `${some}\n${some.replaceAll('\n', '').repeat(5)}\n${some}`
    const path = join(folder, `${encoding}.txt`)
    writeFileSync(path, encode((mark ?? '') + whole))
    expect(await linesOf(engine, file(path), lines({ size: 1000, encoding }), encoding)).toEqual(split(whole))
  })
})

test('windows-1252: each byte is the character of the standard, also the first one of a block', async () => {
  // Every byte but that of the line feed begins a line, and some lines are longer than a block.
  const bytes = Array.from({ length: 256 }, (_, i) => i).filter((byte) => byte !== 10)
  const character = (byte: number): string => western[byte - 0x80] ?? String.fromCharCode(byte)
  const data = share(
    Uint8Array.from(bytes.flatMap((byte) => [byte, 0x80, ...Array(byte === 255 ? 5000 : 9).fill(0xff), 10])),
  )
  const expected = bytes.map((byte) => `${character(byte)}€${'ÿ'.repeat(byte === 255 ? 5000 : 9)}`)
  for (const size of [1, 12, 100, 100_000]) {
    expect(await linesOf(sequential(), data, lines({ size, encoding: 'latin1' }), 'latin1')).toEqual(expected)
  }
  const cut = delimited({ delimiter: 'ÿ', encoding: 'windows-1252', size: 1 })
  expect(await sequential().map(share(Uint8Array.of(1, 255, 2)), (part) => part.length, { chunks: cut })).toEqual([
    2, 1,
  ])
  const euro = delimited({ delimiter: '€', encoding: 'latin1', size: 1 })
  expect(await sequential().map(share(Uint8Array.of(1, 128, 2)), (part) => part.length, { chunks: euro })).toEqual([
    2, 1,
  ])
})

test('marks: of the data alone, in processes as well, and in data that is nothing else', async () => {
  const processes = createEngine({ workers: 1, isolation: 'process' })
  try {
    const utf16 = wide(2, false)
    const chunks = lines({ size: 3, encoding: 'utf-16le' })
    expect(await linesOf(processes, share(utf16('\ufeffa\n\ufeffb\n')), chunks, 'utf-16le')).toEqual(['a', '\ufeffb'])
    expect(await linesOf(processes, share(utf16('\ufeff')), chunks, 'utf-16le')).toEqual([])
    expect(await linesOf(processes, share(utf16('\n\ufeff')), chunks, 'utf-16le')).toEqual(['', '\ufeff'])
    const signed = share(new Int8Array(utf16('\ufeffa\nb').buffer))
    expect(await processes.map(signed, (bytes) => bytes.length, { chunks })).toEqual([4, 2])
  } finally {
    await processes.close()
  }
})

test('delimiters that are text are written in the encoding', async () => {
  const texts = async (data: Uint8Array, chunks: Chunker): Promise<number[]> =>
    (await sequential().map(share(data), (bytes) => bytes.length, { chunks })) as number[]
  expect(await texts(wide(2, true)('a;b;c'), delimited({ delimiter: ';', encoding: 'utf-16be', size: 1 }))).toEqual([
    4, 4, 2,
  ])
  expect(await texts(wide(4, false)('a𐨊b'), delimited({ delimiter: '𐨊', encoding: 'utf-32le', size: 1 }))).toEqual([
    8, 4,
  ])
  expect(await texts(Uint8Array.of(97, 0xa7, 98), delimited({ delimiter: '§', encoding: 'latin1', size: 1 }))).toEqual([
    2, 1,
  ])
  expect(
    await texts(Uint8Array.of(0x83, 0x5c, 0x3a, 0x41), delimited({ delimiter: ':', encoding: 'shift_jis', size: 1 })),
  ).toEqual([3, 1])
  expect(await texts(wide(2, false)('a;b'), delimited({ delimiter: [59, 0], encoding: 'utf-16le', size: 1 }))).toEqual([
    4, 2,
  ])
})

test.each<readonly [encoding: unknown, message: RegExp]>([
  [
    'utf-16',
    /^encoding: text in "utf-16" cannot be cut, because its byte order is not known; .* FF FE, it is utf-16le/,
  ],
  ['UTF-32', /its byte order is not known/],
  ['iso-2022-jp', /because what a byte means depends on the escape sequences before it; convert it to UTF-8 first/],
  ['ISO-2022-KR', /escape sequences/],
  ['hz-gb-2312', /escape sequences/],
  ['utf-7', /shifts/],
  ['cp037', /line feed is another byte/],
  ['klingon', /^encoding: expected an encoding that this runtime knows, .* got "klingon"$/],
  [16, /^encoding: expected the name of an encoding, got 16$/],
])('%s is refused, with the reason', (encoding, message) => {
  expect(() => lines({ encoding: encoding as string })).toThrow(message)
  expect(() => eachText(new Uint8Array(4), () => {}, { encoding: encoding as string })).toThrow(message)
})

test('delimiters that are found in the middle of other characters are refused, and so is what the encoding does not have', () => {
  const wrong =
    (delimiter: string, encoding: string): (() => Chunker) =>
    () =>
      delimited({ delimiter, encoding })
  expect(wrong('|', 'shift_jis')).toThrow(
    /^delimiter: in shift_jis, "\|" may be found in the middle of other characters/,
  )
  expect(wrong('\\', 'big5')).toThrow(/^delimiter: in big5/)
  expect(wrong('0', 'gb18030')).toThrow(/^delimiter: in gb18030/)
  expect(wrong('a', 'euc-kr')).toThrow(/^delimiter: in euc-kr/)
  expect(wrong('あ', 'euc-jp')).toThrow(/^delimiter: in euc-jp/)
  expect(wrong('あ', 'latin1')).toThrow(/^delimiter: windows-1252 has no "あ"$/)
  expect(wrong('', 'utf-16le')).toThrow(/^delimiter: expected at least one byte/)
  expect(() => delimited({ delimiter: [10], encoding: 'utf-16le' })).toThrow(/^align: expected a divisor/)
  expect(() => delimited({ delimiter: ';', encoding: 'utf-16le', align: 2 })).toThrow(
    /^encoding: it says align and mark/,
  )
  expect(() => delimited({ delimiter: ';', mark: [300] })).toThrow(/^mark: expected an integer from 0 to 255/)
  expect(() => delimited({ delimiter: ';', mark: 'x' as never })).toThrow(/^mark: expected bytes/)
})

test('what is cut off or damaged becomes U+FFFD, in its own line', () => {
  const of = (encoding: string, ...bytes: number[]): string[] => {
    const found: string[] = []
    eachText(Uint8Array.from(bytes), (line) => found.push(line), { encoding })
    return found
  }
  expect(of('utf-16le', 97, 0, 10, 0, 98)).toEqual(['a', '\ufffd'])
  expect(of('utf-16be', 0xd8, 0, 0, 10, 0, 98)).toEqual(['\ufffd', 'b'])
  expect(of('utf-32le', 0, 0, 0x11, 0, 10, 0, 0, 0, 98, 0, 0, 0, 1)).toEqual(['\ufffd', 'b\ufffd'])
  expect(of('utf-8', 0xff, 10, 98, 0xe2)).toEqual(['\ufffd', 'b\ufffd'])
  expect(of('shift_jis', 98, 10, 97, 0x83)).toEqual(['b', 'a\ufffd'])
})

test.each<readonly [encoding: string, message: RegExp]>([
  [
    'utf-16le',
    /^encoding: CSV is cut at single bytes, and a character of utf-16le has 2 bytes or more; convert it to UTF-8/,
  ],
  ['UTF-32BE', /a character of utf-32be has 4 bytes or more; convert it to UTF-8 first, for example with iconv$/],
  [
    'latin1',
    /^encoding: CSV in windows-1252 is cut without it, .* decode fields with new TextDecoder\("windows-1252"\)$/,
  ],
  ['euc-jp', /leave it out, and decode fields with new TextDecoder\("euc-jp"\)$/],
  ['utf-8', /leave it out/],
  ['utf-16', /its byte order is not known/],
  ['klingon', /expected an encoding that this runtime knows/],
])('CSV with the encoding %s: refused with the reason and what to do', (encoding, message) => {
  expect(() => csvRecords({ encoding } as object)).toThrow(message)
  expect(() => eachField(new Uint8Array(1), { encoding } as object, () => {})).toThrow(message)
})

test.each<readonly [encoding: string, letter: string, bytes: readonly number[]]>([
  ['windows-1252', 'ä', [0xe4]],
  ['euc-jp', '表', [0xc9, 0xbd]],
  // Its second byte is a backslash.
  ['shift_jis', '表', [0x95, 0x5c]],
  ['gb18030', '表', [0xb1, 0xed]],
])('CSV in %s is cut as it is, and its fields are decoded', async (encoding, letter, bytes) => {
  const csv = Buffer.concat(
    [...`@,"@\n@"\n"@""",@\n`].map((each) => (each === '@' ? Buffer.from(bytes) : Buffer.from(each))),
  )
  const decoder = new TextDecoder(encoding)
  for (let size = 1; size <= csv.length; size++) {
    const chunker = csvRecords({ size })
    const chunks = await sequential().map(share(csv), (part) => part.slice(), { chunks: chunker })
    const fields = chunks.flatMap((part) => {
      const texts: string[] = []
      eachField(part, chunker, (start, end) => texts.push(decoder.decode(part.subarray(start, end))))
      return texts
    })
    expect(fields).toEqual([letter, `${letter}\n${letter}`, `${letter}""`, letter])
  }
})
