// How often a byte is asked for: a chunker that looks beyond its chunk must not ask for the same ranges again and again.

import { type Chunk, type Chunker, csvRecords, delimited, fixed, http, lines, sequential } from '@onecopy/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RemoteServer, startRemoteServer } from '../support/remote-server.js'

let server: RemoteServer
beforeAll(async () => {
  server = await startRemoteServer()
})
afterAll(() => server.close())

/** More than a worker with one connection keeps. */
const length = 12_000_000
const table = (quoteAt?: number): Uint8Array => {
  const bytes = Buffer.alloc(length, 'abc,def,ghi\n')
  if (quoteAt !== undefined) bytes[quoteAt] = 34
  return bytes
}
const one = Buffer.alloc(length, 'x')
const feeds = Buffer.alloc(length, '\n')

const quoted = csvRecords({ malformed: 'skip' })

test.each<readonly [what: string, bytes: Uint8Array, chunks: Chunker, most: { requests: number; times: number }]>([
  ['lines', table(), lines(), { requests: 8, times: 1.1 }],
  ['one line', one, lines(), { requests: 32, times: 3.1 }],
  ['one line in many chunks', one, lines({ size: 4096 }), { requests: 32, times: 3.1 }],
  ['one record, which ends with a long delimiter', one, delimited({ delimiter: 'xyz' }), { requests: 32, times: 3.1 }],
  ['a pile of delimiters', feeds, delimited({ delimiter: '\n\n' }), { requests: 32, times: 3.1 }],
  ['CSV', table(), quoted, { requests: 16, times: 2.1 }],
  ['CSV that is one open field', table(4), quoted, { requests: 60, times: 4.1 }],
  [
    'CSV that is one open field, in many chunks',
    table(4),
    csvRecords({ malformed: 'keep', size: 4096 }),
    { requests: 60, times: 4.1 },
  ],
  ['CSV with an open field in the middle', table(6_000_012), quoted, { requests: 40, times: 3.1 }],
])('%s', async (_what, bytes, chunks, most) => {
  expect(await cost(bytes, { chunks })).toEqual({ requests: upTo(most.requests), times: upTo(most.times) })
})

test('a header that each chunk reads is asked for once', async () => {
  const chunks = fixed({ size: 4096 })
  const withHeader = (bytes: Uint8Array, chunk: Chunk): number => bytes.length + chunk.view(0, 100).length
  expect(await cost(table(), { chunks }, withHeader)).toEqual({ requests: upTo(12), times: upTo(1.1) })
})

test('a part in the middle of an open field reads what is before it, backwards', async () => {
  const chunks = csvRecords({ malformed: 'keep', size: 4096 })
  const { requests } = await cost(table(4), { chunks, only: [2900] })
  expect(requests).toEqual(upTo(60))
})

const upTo = (most: number): unknown => expect.toSatisfy((value: number) => value <= most, `at most ${most}`)

/** How many requests a run makes, and how often it asks for a byte, on the average. */
async function cost(
  bytes: Uint8Array,
  options: { readonly chunks: Chunker; readonly only?: readonly number[] },
  fn: (bytes: Uint8Array, chunk: Chunk) => number = (part) => part.length,
): Promise<{ readonly requests: number; readonly times: number }> {
  const data = await http(await server.set('/counted.bin', { bytes, etag: '"one"' }), { connections: 1 })
  await server.asked()
  await sequential().map(data, fn, options)
  const asked = await server.asked()
  let askedBytes = 0
  for (const { headers } of asked) {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range!)!
    askedBytes += Number(last) + 1 - Number(first)
  }
  return { requests: asked.length, times: askedBytes / bytes.length }
}
