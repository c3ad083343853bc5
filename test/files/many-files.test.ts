// Many files as one data: each is cut by itself, and the answer is that of its files one after the other.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import {
  type Chunk,
  type Chunker,
  concat,
  csvRecords,
  delimited,
  type Engine,
  fixed,
  lines,
  overlapping,
  records,
  sequential,
  share,
  sum,
} from '@onecopy/core'
import { alloc, createEngine, file, files } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engineKinds } from '../support/engines.js'
import { tempDir } from '../support/temp-dir.js'

const dir = tempDir()
let folders = 0

/** Write files into a new folder. Returns their paths, in order. */
function write(contents: readonly (Uint8Array | string)[]): string[] {
  const folder = join(dir, `folder ${folders++}`)
  mkdirSync(folder)
  return contents.map((content, i) => {
    const path = join(folder, `${String(i).padStart(5, '0')}.log`)
    writeFileSync(path, content)
    return path
  })
}

interface Seen {
  readonly index: number
  readonly chunks: number
  readonly start: number
  readonly end: number
  readonly text: string
  readonly source: Chunk['source']
}

const look = (bytes: Readonly<Uint8Array>, chunk: Chunk): Seen => {
  const { index, chunks, start, end, source } = chunk
  return { index, chunks, start, end, text: bytes.join(), source }
}

/** The number of chunks of `length` bytes. */
function countOf(length: number, chunks: Chunker & { readonly size?: number | undefined }): number {
  const size = chunks.size!
  if (chunks.kind !== 'records') return Math.ceil(length / size)
  const whole = Math.floor(Math.max(0, length - (chunks.header ?? 0)) / chunks.length)
  return Math.ceil(whole / Math.max(1, Math.floor(size / chunks.length)))
}

/** What the chunks of all files see: each file is memory of its own for the sequential engine. */
async function oneByOne(contents: readonly Uint8Array[], paths: readonly string[], chunks: Chunker): Promise<Seen[]> {
  const total = contents.reduce((n, { length }) => n + countOf(length, chunks), 0)
  const seen: Seen[] = []
  let [first, base] = [0, 0]
  for (const [number, content] of contents.entries()) {
    for (const each of await sequential().map(share(content), look, { chunks })) {
      const source = { path: paths[number]!, number, index: each.index, offset: each.start }
      const { index, start, end, text } = each
      seen.push({ index: first + index, chunks: total, start: base + start, end: base + end, text, source })
    }
    first += countOf(content.length, chunks)
    base += content.length
  }
  return seen
}

const kinds = [
  ...engineKinds,
  { name: 'threads, 3 workers', make: () => createEngine({ workers: 3 }) },
  { name: 'processes, 2 workers', make: () => createEngine({ workers: 2, isolation: 'process' }) },
]

const contents = fc.array(
  fc.oneof(
    fc.array(fc.constantFrom(...Buffer.from('ab\n\n",\r')), { maxLength: 60 }).map((list) => Uint8Array.from(list)),
    fc.constantFrom('', '\ufeff', '\ufeffa,"b\n"\n', 'aa\naa', '"a').map((text) => Buffer.from(text)),
  ),
  { minLength: 1, maxLength: 7 },
)

const chunkers: readonly (readonly [name: string, chunkersOf: (size: number) => Chunker])[] = [
  ['fixed', (size) => fixed({ size })],
  ['lines', (size) => lines({ size })],
  ['delimited, which may overlap itself', (size) => delimited({ size, delimiter: '\n\n' })],
  ['delimited, aligned', (size) => delimited({ size, delimiter: '\n\n', align: 2 })],
  ['records', (size) => records({ length: 3, header: 2, size })],
  ['overlapping', (size) => overlapping({ size, overlap: 5 })],
  ['csvRecords, kept', (size) => csvRecords({ size, malformed: 'keep' })],
  ['csvRecords, left out', (size) => csvRecords({ size, malformed: 'skip' })],
]

describe.each(kinds)('runs over many files: $name', ({ name, make }) => {
  let engine: Engine
  beforeAll(() => {
    engine = make()
  })
  afterAll(() => engine.close())
  const numRuns = name.startsWith('processes') ? 6 : name === 'sequential' ? 60 : 12

  test.each(chunkers)('chunks are those of each file by itself: %s', async (_name, chunkerOf) => {
    await fc.assert(
      fc.asyncProperty(contents, fc.integer({ min: 1, max: 70 }), async (list, size) => {
        const paths = write(list)
        const chunks = chunkerOf(size)
        expect(await engine.map(await files(paths), look, { chunks })).toEqual(await oneByOne(list, paths, chunks))
      }),
      { numRuns },
    )
  })

  test('a last line without a line feed ends with its file, and an empty file has no chunk', async () => {
    const data = await files(write(['one\ntwo', '', 'three\n', 'four']))
    const texts = await engine.map(data, (bytes) => String.fromCharCode(...bytes), { chunks: lines() })
    expect(texts).toEqual(['one\ntwo', 'three\n', 'four'])
  })

  test('each file of CSV has its own header', async () => {
    const data = await files(write(['name,n\na,1\n', '\ufeffname,n\nb,2', 'name,n\n']))
    const rows = await engine
      .map(
        data,
        (bytes, chunk) => {
          const all = new TextDecoder().decode(bytes.slice()).trimEnd().split('\n')
          return (chunk.source ?? chunk).index === 0 ? all.slice(1) : all
        },
        { chunks: csvRecords({ size: 8 }) },
      )
      .reduce(concat())
    expect(rows.filter((row) => row !== '')).toEqual(['a,1', 'b,2'])
  })

  test('an open quote ends with its file: the error names the file and the byte, and the next file begins anew', async () => {
    const paths = write(['a\n', 'b\n"c\n', 'd\n'])
    const data = await files(paths)
    const text = (bytes: Readonly<Uint8Array>): string => String.fromCharCode(...bytes)
    await expect(engine.map(data, text, { chunks: csvRecords() })).rejects.toMatchObject({
      code: 'ERR_CHUNK_FAILED',
      message: expect.stringContaining(
        `of ${paths[1]} failed: SyntaxError: the file ends inside the quoted field that begins at byte 2`,
      ),
      chunk: { index: 1, start: 2, end: 7, source: { path: paths[1], number: 1, index: 0, offset: 0 } },
    })
    expect(await engine.map(data, text, { chunks: csvRecords({ malformed: 'keep' }) })).toEqual([
      'a\n',
      'b\n"c\n',
      'd\n',
    ])
    expect(await engine.map(data, text, { chunks: csvRecords({ malformed: 'skip' }) })).toEqual(['a\n', 'b\n', 'd\n'])
  })

  test('a chunk function that throws is reported with its file, and its offsets in it', async () => {
    const paths = write(['aaaa', 'bbbbbb'])
    const failing = engine.map(
      await files(paths),
      (bytes) => {
        if (bytes[0] === 98) throw new Error('boom')
        return 0
      },
      { chunks: fixed({ size: 4 }) },
    )
    await expect(failing).rejects.toMatchObject({
      message: `chunk 1 [0, 4) of ${paths[1]} failed: Error: boom`,
      chunk: { index: 1, start: 4, end: 8, source: { path: paths[1], number: 1, index: 0, offset: 0 } },
    })
  })

  test('skipped ranges name their file and the offset in it', async () => {
    const paths = write(['aXa', 'bbX'])
    const run = engine.map(
      await files(paths),
      (bytes, chunk) => {
        const at = bytes.indexOf(88)
        if (chunk.source!.number === 1 && at < 0) throw new Error('no X')
        if (at >= 0) chunk.skip(chunk.start + at, chunk.start + at + 1, 'X')
        return 0
      },
      { chunks: fixed({ size: 2 }), skip: { most: 5 } },
    )
    await run
    expect(run.stats?.skipped).toEqual({
      count: 3,
      ranges: [
        { start: 1, end: 2, why: 'X', source: { path: paths[0], number: 0, offset: 1 } },
        { start: 3, end: 5, why: 'Error: no X', source: { path: paths[1], number: 1, offset: 0 } },
        { start: 5, end: 6, why: 'X', source: { path: paths[1], number: 1, offset: 2 } },
      ],
    })
  })

  test('chunk.view gives any range of the whole, also across files', async () => {
    const data = await files(write(['ab', 'cd', '', 'efg']))
    const views = await engine.map(data, (_, chunk) => String.fromCharCode(...chunk.view(1, chunk.end + 1)), {
      chunks: fixed({ size: 4 }),
    })
    expect(views).toEqual(['bc', 'bcde', 'bcdefg'])
  })

  test('numbers behind a header in each file', async () => {
    const bytesOf = (...numbers: number[]): Uint8Array => {
      const bytes = new Uint8Array(3 + 8 * numbers.length)
      bytes.set(new Uint8Array(Float64Array.from(numbers).buffer), 3)
      return bytes
    }
    const data = await files(write([bytesOf(1.5, 2.5, 3), bytesOf(), bytesOf(4)]), Float64Array, { offset: 3 })
    expect([data.length, data.byteLength]).toEqual([4, 32])
    const seen = await engine.map(data, (numbers, { source }) => [...numbers, source!.offset], {
      chunks: fixed({ size: 2 }),
    })
    expect(seen).toEqual([
      [1.5, 2.5, 0],
      [3, 2],
      [4, 0],
    ])
  })

  test('written in place, without the headers and rests of files', async () => {
    const data = await files(write(['Habc', 'Hde', 'Hfghij']))
    const out = alloc(Uint8Array, 8)
    await engine.map(data, (bytes, chunk) => void chunk.out.set(bytes), {
      chunks: records({ length: 2, header: 1, size: 2 }),
      into: out,
    })
    expect(String.fromCharCode(...out.view())).toBe('abdefghi')
  })

  test('only and sample take chunks of all files', async () => {
    const data = await files(write(['ab', 'cd', 'ef']))
    const run = engine.map(data, (bytes) => String.fromCharCode(...bytes), {
      chunks: fixed({ size: 1 }),
      only: [1, 2, 5],
    })
    expect(await run).toEqual(['b', 'c', 'f'])
    expect(run.stats?.bytes).toBe(3)
  })

  test('many small files, each one chunk, with few of them open at a time', async () => {
    const paths = write(Array.from({ length: 300 }, (_, i) => 'x'.repeat(i % 7)))
    const data = await files(paths)
    expect(await engine.map(data, (bytes) => bytes.length).reduce(sum())).toBe(data.length)
    expect(await engine.map(data, (_, chunk) => chunk.source!.number)).toEqual(
      paths.flatMap((_, i) => (i % 7 === 0 ? [] : [i])),
    )
  })

  test('compressed among plain: chunks are those of what is packed in each file', async () => {
    const texts = ['plain one\nplain two', 'gzip one\ngzip two\n', 'members one\nmembers two\nthree', '', 'last\n'].map(
      (text) => Buffer.from(text),
    )
    const [plain, gzip, members, nothing, last] = texts as [Buffer, Buffer, Buffer, Buffer, Buffer]
    const inMembers = Buffer.concat([gzipSync(members.subarray(0, 14)), gzipSync(members.subarray(14))])
    const paths = write([plain, gzipSync(gzip), inMembers, gzipSync(nothing), last])
    const data = await files(paths, { decompress: 'auto' })
    expect(data.byteLength).toBe(Buffer.concat(texts).length)
    for (const size of [3, 8, 1000]) {
      for (const chunks of [
        fixed({ size }),
        lines({ size }),
        csvRecords({ size }),
        overlapping({ size, overlap: 4 }),
      ]) {
        expect(await engine.map(data, look, { chunks })).toEqual(await oneByOne(texts, paths, chunks))
      }
    }
    expect(
      await engine.map(data, (_, chunk) => String.fromCharCode(...chunk.view(0, chunk.length)), { only: [0] }),
    ).toEqual([texts.join('')])
  })

  test('files without bytes are empty data', async () => {
    expect(await engine.map(await files(write(['', ''])), () => 1)).toEqual([])
  })

  test('one file has the answers of file()', async () => {
    const [path] = write(['a\nbb\nccc\n'])
    const fn = (bytes: Readonly<Uint8Array>, { index, start, end }: Chunk): unknown[] => [
      index,
      start,
      end,
      bytes.join(),
    ]
    const chunks = lines({ size: 3 })
    expect(await engine.map(await files(path!), fn, { chunks })).toEqual(await engine.map(file(path!), fn, { chunks }))
  })
})
