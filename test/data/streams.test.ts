// What sources of streams do wrong, and what a run over a stream refuses.

import { Readable } from 'node:stream'
import { csvRecords, fixed, lines, OnecopyError, sequential, share, stream, sum } from '@onecopy/core'
import { streamSources } from '@onecopy/core/lane'
import { type Chunk, createEngine } from '@onecopy/node'
import { describe, expect, test } from 'vitest'
import { Endless, inPieces } from '../support/pieces.js'

const engine = sequential()
const lengthOf = (bytes: Readonly<Uint8Array>): number => bytes.length
const text = new TextEncoder().encode('one\ntwo\nthree\n')

test('a stream of Node, one of the web, a response and text give the same chunks', async () => {
  const chunks = lines({ size: 4 })
  const expected = [4, 4, 6]
  const sources = [
    Readable.from([Buffer.from(text)]),
    new Blob([text]).stream(),
    new Response(text),
    (async function* () {
      yield 'one\nt'
      yield 'wo\nthree\n'
    })(),
  ]
  for (const source of sources) expect(await engine.map(stream(source), lengthOf, { chunks })).toEqual(expected)
})

test('text that is cut within a character is the text as a whole', async () => {
  const texts = [
    'a\ud83d',
    '',
    '\ude00b\ud83d',
    new TextEncoder().encode('c'),
    '\ude00',
    'd\ud83d\ud83d',
    '\ude00',
    'e\ud83d',
  ]
  const source = async function* () {
    yield* texts
  }
  const expected = 'a\u{1f600}b\ufffdc\ufffdd\ufffd\u{1f600}e\ufffd'
  const chunks = fixed({ size: 3 })
  const all = await engine.map(stream(source()), (bytes) => bytes.slice(), { chunks })
  expect(Buffer.concat(all).toString()).toBe(expected)
  const each = [
    { name: 'one', open: () => Readable.from(['x\ud83d']) },
    { name: 'two', open: () => Readable.from(['\ude00y']) },
  ]
  const both = await engine.map(streamSources(each), (bytes) => bytes.slice(), { chunks })
  expect(Buffer.concat(both).toString()).toBe('x\ufffd\ufffdy')
})

test('a source that fails: ERR_SOURCE_FAILED with the place and the cause', async () => {
  const cause = new Error('the line is dead')
  const source = (async function* () {
    yield text
    throw cause
  })()
  await expect(engine.map(stream(source), lengthOf)).rejects.toMatchObject({
    code: 'ERR_SOURCE_FAILED',
    message: 'the stream failed behind byte 14: the line is dead',
    cause,
  })
})

test('a source that fails with an error of ours: that error', async () => {
  const damaged = new OnecopyError('ERR_DATA_DAMAGED', 'the gzip member at byte 7: wrong')
  const source = (async function* () {
    yield text
    throw damaged
  })()
  await expect(engine.map(stream(source), lengthOf)).rejects.toBe(damaged)
})

test('a response that ends before its content-length: ERR_SOURCE_FAILED', async () => {
  const response = new Response(text, { headers: { 'content-length': '100' } })
  await expect(engine.map(stream(response), lengthOf)).rejects.toMatchObject({
    code: 'ERR_SOURCE_FAILED',
    message: expect.stringContaining('ended after 14 bytes, and its server had promised 100'),
  })
})

test('a source that gives something other than bytes: ERR_SOURCE_FAILED, which shows it', async () => {
  const source = Readable.from([{ a: 1 }])
  await expect(engine.map(stream(source), lengthOf)).rejects.toMatchObject({
    code: 'ERR_SOURCE_FAILED',
    message: expect.stringContaining('gave an object (Object) behind byte 0'),
  })
  expect(source.destroyed).toBe(true)
})

test('a piece whose memory was transferred: ERR_SOURCE_FAILED, which says so, and the source is closed', async () => {
  const piece = new Uint8Array(3)
  structuredClone(piece, { transfer: [piece.buffer] })
  const source = Readable.from([Buffer.from('text'), piece])
  await expect(engine.map(stream(source), lengthOf)).rejects.toMatchObject({
    code: 'ERR_SOURCE_FAILED',
    message: expect.stringMatching(/^the stream gave an object \(Uint8Array\) \(.*detached.*\) behind byte 4; /),
    cause: expect.any(TypeError),
  })
  expect(source.destroyed).toBe(true)
})

test('chunks for which there is no memory: a RangeError with the cure, and the source is closed', async () => {
  for (const size of [2 ** 46, Number.MAX_SAFE_INTEGER]) {
    const source = Readable.from([Buffer.from('text')])
    await expect(engine.map(stream(source, { size }), lengthOf)).rejects.toThrow(
      /^chunks: .* \d+ bytes of shared memory cannot be allocated for them; choose smaller chunks/,
    )
    expect(source.destroyed).toBe(true)
  }
})

test('a stream serves one run', async () => {
  const data = stream(inPieces(text, [5]))
  expect(await engine.map(data, lengthOf)).toEqual([14])
  await expect(engine.map(data, lengthOf)).rejects.toMatchObject({ code: 'ERR_SOURCE_FAILED' })
})

test('a record that is longer than mostRecordBytes: ERR_SOURCE_FAILED, and the source is closed', async () => {
  const source = new Endless(new Uint8Array(1024 * 1024))
  const run = engine.map(stream(source, { mostRecordBytes: 1000 }), lengthOf, { chunks: lines() })
  await expect(run).rejects.toMatchObject({
    code: 'ERR_SOURCE_FAILED',
    message: expect.stringContaining('longer than 1000 bytes'),
  })
  await source.left
})

test('a run that is cancelled while its source gives nothing settles, and destroys it', async () => {
  const source = new Readable({ read() {} })
  const run = engine.map(stream(source), lengthOf).start()
  setImmediate(() => run.cancel('enough waited'))
  await expect(run).rejects.toBe('enough waited')
  expect(source.destroyed).toBe(true)
})

test('what is no stream is refused, and so are options that need the end', () => {
  for (const source of ['text', null, 5, new Uint8Array(3), Promise.resolve(), new Response('', { status: 404 })]) {
    expect(() => stream(source as never)).toThrow(TypeError)
  }
  for (const [name, value] of [
    ['size', 0],
    ['size', Number.NaN],
    ['size', 1.5],
    ['size', Number.POSITIVE_INFINITY],
    ['mostRecordBytes', 0],
    ['mostRecordBytes', -1],
  ] as const) {
    expect(() => stream(inPieces(text, [1]), { [name]: value })).toThrow(
      new RangeError(`options.${name}: expected an integer >= 1, got ${value}`),
    )
  }
  expect(() => stream(inPieces(text, [1]), { size: '5' } as never)).toThrow(/^options\.size: .*got "5"/)
  expect(() => stream(inPieces(text, [1]), { sise: 5 } as never)).toThrow(/^options\.sise: there is no such option/)
  expect(() => stream(inPieces(text, [1]), 5 as never)).toThrow(/^options: /)
  const data = stream(inPieces(text, [1]))
  for (const options of [{ only: [0] }, { sample: 0.5 }]) {
    expect(() => engine.map(data, lengthOf, { ...options, chunks: fixed({ size: 1 }) })).toThrow(/nobody knows/)
  }
})

test('a fold makes one accumulator per chunk, also of 512 chunks and more, where a file has fewer; a reduction is the same', async () => {
  // Floats, whose sum depends on the order.
  const values = Float64Array.from({ length: 700 }, (_, i) => 1 / (i + 1))
  const bytes = new Uint8Array(values.buffer)
  const chunks = fixed({ size: 8 })
  const read = (part: Readonly<Uint8Array>): number => new Float64Array(Uint8Array.from(part).buffer)[0]!
  const add = (acc: number, part: Readonly<Uint8Array>): number =>
    acc + new Float64Array(Uint8Array.from(part).buffer)[0]!
  const streamed = (length: number) => stream(inPieces(bytes.subarray(0, 8 * length), [400]))
  const held = (length: number) => share(bytes.slice(0, 8 * length))
  for (const length of [511, 700]) {
    const folds = [
      await engine.fold(streamed(length), add, sum(), { chunks }),
      await engine.fold(held(length), add, sum(), { chunks }),
    ]
    const reductions = [
      await engine.map(streamed(length), read, { chunks }).reduce(sum()),
      await engine.map(held(length), read, { chunks }).reduce(sum()),
    ]
    // A fold from zero over one chunk is that chunk: so a fold of the stream is the reduction, to the last bit.
    expect(reductions).toEqual([folds[0], folds[0]])
    if (length < 512) expect(folds[1]).toBe(folds[0])
    else expect(folds[1]).toBeCloseTo(folds[0]!, 10)
  }
})

describe('several sources', () => {
  const parts = ['one\ntwo', '', 'three\nfour\nfive\n', 'six']
  const many = (texts: readonly string[] = parts) =>
    streamSources(
      texts.map((part, i) => ({
        name: `${i}.log`,
        open: () => inPieces(new TextEncoder().encode(part), [2, 3]),
      })),
    )

  test('chunks are those of each source, and say in which one they are and where', async () => {
    for (const make of [() => sequential(), () => createEngine({ workers: 2 })]) {
      await using each = make()
      for (const chunks of [lines({ size: 4 }), fixed({ size: 4 }), csvRecords({ size: 4 })]) {
        const look = (bytes: Readonly<Uint8Array>, { index, start, source }: Chunk<undefined>) => ({
          text: String.fromCharCode(...bytes),
          index,
          start,
          source,
        })
        const expected: unknown[] = []
        let [begin, before] = [0, 0]
        for (const [number, part] of parts.entries()) {
          const alone = await each.map(share(part), look, { chunks })
          // Not all chunks own a record.
          const count = Math.ceil(part.length / 4)
          for (const { text, index, start } of alone) {
            const source = { path: `${number}.log`, number, index, offset: start }
            expected.push({ text, index: before + index, start: begin + start, source })
          }
          begin += part.length
          before += count
        }
        expect(await each.map(many(), look, { chunks })).toEqual(expected)
      }
    }
  })

  test('there may be thousands of them', async () => {
    await using threads = createEngine({ workers: 2 })
    const texts = Array.from({ length: 3000 }, (_, i) => `${i}\n`)
    const run = threads.map(many(texts), (bytes, { source }) => [source?.number, bytes.length], { chunks: lines() })
    expect(await run).toEqual(texts.map(({ length }, i) => [i, length]))
  })

  test('errors and skipped ranges name the source and the offset in it', async () => {
    await using threads = createEngine({ workers: 2 })
    const chunks = lines({ size: 4 })
    const source = { path: '2.log', number: 2, offset: 6 }
    const fails = (_: unknown, { source: place }: Chunk<undefined>): number => {
      if (place?.number === 2 && place.offset === 6) throw new Error('not this one')
      return 1
    }
    await expect(threads.map(many(), fails, { chunks })).rejects.toMatchObject({
      code: 'ERR_CHUNK_FAILED',
      message: expect.stringMatching(/^chunk 3 \[6, 11\) of 2\.log failed/),
      chunk: { index: 3, start: 13, end: 18, source: { ...source, index: 1 } },
    })
    const run = threads.map(many(), fails, { chunks, skip: { most: 1 } })
    await run
    expect(run.stats?.skipped.ranges).toEqual([{ start: 13, end: 18, why: expect.anything(), source }])
    const dies = (_: unknown, { source: place }: Chunk<undefined>): number => {
      if (place?.number === 2 && place.offset === 6) process.exit(1)
      return 1
    }
    await expect(threads.map(many(), dies, { chunks, retries: 0 })).rejects.toMatchObject({
      code: 'ERR_WORKER_LOST',
      chunk: { source: { ...source, index: 1 } },
    })
  })

  test('one that cannot be opened, or fails, is named', async () => {
    const open = (): never => {
      throw new Error('no such file')
    }
    const missing = streamSources([{ name: 'missing.log', open }])
    await expect(engine.map(missing, lengthOf)).rejects.toMatchObject({
      code: 'ERR_SOURCE_FAILED',
      message: 'missing.log: no such file',
    })
  })
})
