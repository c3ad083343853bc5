// How often a byte of a Blob is read: a chunker that looks beyond its chunk must not read the same ranges again and again.

import { type Chunk, type Chunker, csvRecords, delimited, file, fixed, lines, sequential } from '@onecopy/web'
import { afterAll, beforeAll, expect, test } from 'vitest'

const read = { times: 0, bytes: 0 }

/** A Blob that counts its reads. Node has none that can be read synchronously. */
class CountedBlob extends Blob {
  readonly #bytes: Uint8Array<ArrayBuffer>

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    super([])
    this.#bytes = bytes
    Object.defineProperty(this, 'size', { value: bytes.length })
  }

  override slice(start?: number, end?: number): CountedBlob {
    return new CountedBlob(this.#bytes.subarray(start, end))
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    return this.now()
  }

  now(): ArrayBuffer {
    read.times++
    read.bytes += this.#bytes.length
    return this.#bytes.slice().buffer
  }
}

const world = globalThis as { FileReaderSync?: unknown }
beforeAll(() => {
  world.FileReaderSync = class {
    readAsArrayBuffer(blob: CountedBlob): ArrayBuffer {
      return blob.now()
    }
  }
})
afterAll(() => {
  delete world.FileReaderSync
})

const length = 12_000_000
const table = (quoteAt?: number): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(length).map((_, i) => 'abc,def,ghi\n'.charCodeAt(i % 12))
  if (quoteAt !== undefined) bytes[quoteAt] = 34
  return bytes
}
const one = new Uint8Array(length).fill(120)
const quoted = csvRecords({ malformed: 'skip' })

test.each<
  readonly [what: string, bytes: Uint8Array<ArrayBuffer>, chunks: Chunker, most: { reads: number; times: number }]
>([
  ['lines', table(), lines(), { reads: 12, times: 1.2 }],
  ['one line', one, lines(), { reads: 24, times: 3.1 }],
  ['one line in many chunks', one, lines({ size: 4096 }), { reads: 24, times: 3.1 }],
  ['one record, which ends with a long delimiter', one, delimited({ delimiter: 'xyz' }), { reads: 24, times: 3.1 }],
  ['CSV', table(), quoted, { reads: 24, times: 2.3 }],
  ['CSV that is one open field', table(4), quoted, { reads: 36, times: 4.1 }],
  ['CSV with an open field in the middle', table(6_000_012), quoted, { reads: 40, times: 3.6 }],
])('%s', async (_what, bytes, chunks, most) => {
  const { reads, times } = await cost(bytes, { chunks })
  expect(reads).toBeLessThanOrEqual(most.reads)
  expect(times).toBeLessThanOrEqual(most.times)
})

test('a header that each chunk reads is read once', async () => {
  const withHeader = (bytes: Readonly<Uint8Array>, chunk: Chunk): number => bytes.length + chunk.view(0, 100).length
  const { reads, times } = await cost(table(), { chunks: fixed({ size: 4096 }) }, withHeader)
  expect(reads).toBeLessThanOrEqual(14)
  expect(times).toBeLessThanOrEqual(1.2)
})

test('a part in the middle of an open field reads what is before it, backwards', async () => {
  const { reads, times } = await cost(table(4), { chunks: csvRecords({ malformed: 'keep', size: 4096 }), only: [2900] })
  expect(reads).toBeLessThanOrEqual(30)
  expect(times).toBeLessThanOrEqual(2.1)
})

/** How many reads a run makes, and how often it reads a byte, on the average. */
async function cost(
  bytes: Uint8Array<ArrayBuffer>,
  options: { readonly chunks: Chunker; readonly only?: readonly number[] },
  fn: (bytes: Readonly<Uint8Array>, chunk: Chunk) => number = (part) => part.length,
): Promise<{ readonly reads: number; readonly times: number }> {
  Object.assign(read, { times: 0, bytes: 0 })
  await sequential().map(file(new CountedBlob(bytes)), fn, options)
  return { reads: read.times, times: read.bytes / bytes.length }
}
