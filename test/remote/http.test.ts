// Data on a server: what opens, what is refused, and the same answers as from memory.

import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { inspect } from 'node:util'
import {
  type Chunker,
  createEngine,
  csvRecords,
  delimited,
  type Engine,
  fixed,
  type HttpOptions,
  http,
  lines,
  overlapping,
  records,
  type SharedData,
  sequential,
  share,
} from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomBytes } from '../support/bytes.js'
import { fingerprint } from '../support/fingerprint.js'
import { type Deed, type RemoteServer, startRemoteServer } from '../support/remote-server.js'

let server: RemoteServer
beforeAll(async () => {
  server = await startRemoteServer()
})
afterAll(() => server.close())

let count = 0
const serve = (bytes: Uint8Array, more: { deeds?: readonly Deed[]; always?: Deed } = {}): Promise<string> =>
  server.set(`/${count++}.bin`, { bytes, etag: '"one"', ...more })
const text = Buffer.from('one\ntwo\nthree\n')
const oneTry: HttpOptions = { retries: 0 }

const chunkers = (size: number): readonly Chunker[] => [
  fixed({ size }),
  overlapping({ size, overlap: 3 }),
  records({ length: 3, header: 1, size }),
  lines({ size }),
  delimited({ size, delimiter: 'ab' }),
  csvRecords({ size, quote: 'b', malformed: 'keep' }),
]

describe.each([
  { name: 'sequential', make: () => sequential() },
  ...[1, 4].map((workers) => ({ name: `threads, ${workers} workers`, make: () => createEngine({ workers }) })),
  {
    name: 'processes, 2 workers',
    make: () => createEngine({ workers: 2, isolation: 'process' }),
  },
])('the answers of the same bytes in memory: $name', ({ make }) => {
  let engine: Engine
  beforeAll(() => {
    engine = make()
  })
  afterAll(() => engine.close())
  const seen = (data: SharedData, chunks: Chunker): PromiseLike<unknown> =>
    engine.map(data, (bytes, { index, start, end }) => ({ index, start, end, bytes: bytes.slice() }), { chunks })

  test('any bytes, any chunker, any size, any part', { timeout: 60_000 }, async () => {
    const anyJob = fc.record({
      bytes: fc.array(fc.constantFrom(10, 97, 98, 44), { maxLength: 200 }).map((each) => Uint8Array.from(each)),
      size: fc.integer({ min: 1, max: 40 }),
      which: fc.nat({ max: 5 }),
      start: fc.nat({ max: 20 }),
    })
    await fc.assert(
      fc.asyncProperty(anyJob, async ({ bytes, size, which, start: wanted }) => {
        const start = Math.min(wanted, bytes.length)
        const data = await http(await serve(bytes), { start })
        const chunks = chunkers(size)[which]!
        const expected = sequential().map(
          share(bytes.slice(start)),
          (part, { index, start, end }) => ({ index, start, end, bytes: part.slice() }),
          { chunks },
        )
        expect(fingerprint(await seen(data, chunks))).toBe(fingerprint(await expected))
      }),
      { numRuns: 15 },
    )
  })

  test.each([fixed({ size: 50_001 }), lines({ size: 50_001 })])('many ranges: %o', async (chunks) => {
    const bytes = randomBytes(5_000_000, 5).map((byte) => (byte < 2 ? 10 : byte))
    const data = await http(await serve(bytes), { connections: 2 })
    const summed = (of: Engine, from: SharedData): PromiseLike<unknown> =>
      of.map(from, (part, { start, end }) => [start, end, part[0], part.at(-1), part[end >> 7]], { chunks })
    expect(await summed(engine, data)).toEqual(await summed(sequential(), share(bytes)))
  })

  test('numbers behind a header of odd length, and any window of them', async () => {
    const numbers = Float64Array.from({ length: 1000 }, (_, i) => i / 3)
    const bytes = Buffer.concat([Buffer.alloc(5), Buffer.from(numbers.buffer)])
    const data = await http(await serve(bytes), Float64Array, { offset: 5, start: 10, end: 900 })
    expect(data.length).toBe(890)
    const got = await engine.map(data, (part, chunk) => [part[0], chunk.view(889, 890)[0]], {
      chunks: fixed({ size: 300 }),
    })
    expect(got).toEqual([10, 310, 610].map((at) => [at / 3, 899 / 3]))
  })

  test('nothing is empty data', async () => {
    expect(await engine.map(await http(await serve(new Uint8Array(0))), (bytes) => bytes.length)).toEqual([])
  })
})

describe('what it says of itself', () => {
  test('length, elements, and which version it is', async () => {
    const url = await server.set('/said.bin?signature=secret', { bytes: text, etag: '"v1"', modified: 'yesterday' })
    const data = await http(url, { start: 4 })
    expect(data).toMatchObject({ elementType: 'Uint8Array', length: 10, byteLength: 10 })
    expect(data.url).toBe(`${server.origin}/said.bin?…`)
    expect(data.identity).toBe('bytes 4 to 14 of 14, ETag "v1"')
    const byDate = await server.set('/dated.bin', { bytes: text, modified: 'Mon, 01 Jan 2024 00:00:00 GMT' })
    expect((await http(byDate)).identity).toBe('bytes 0 to 14 of 14, modified Mon, 01 Jan 2024 00:00:00 GMT')
  })

  test('a signed URL is asked as it is, with GET alone, and nothing shows its query', async () => {
    const url = await server.set('/signed.bin?X-Sig=secret&b=2', { bytes: text, etag: '"s"' })
    await server.asked()
    const data = await http(url)
    expect((await sequential().map(data, (bytes) => bytes.length))[0]).toBe(14)
    const asked = await server.asked()
    expect(asked.map(({ path, method }) => [path, method])).toEqual(
      asked.map(() => ['/signed.bin?X-Sig=secret&b=2', 'GET']),
    )
    expect(inspect(data, { depth: 9 })).not.toContain('secret')
    await server.set('/signed.bin?X-Sig=secret&b=2', { always: { status: 403 } })
    const failed = await sequential()
      .map(data, (bytes) => bytes.length)
      .then(
        () => expect.unreachable(),
        (error) => error,
      )
    expect(inspect(failed, { depth: 9 })).not.toContain('secret')
    expect(failed.message).toMatch(/403.*a signed URL may have expired/)
  })

  test('name and password become a header, and are not shown', async () => {
    const url = new URL(await serve(text))
    url.username = 'me'
    url.password = 'p@ss'
    await server.asked()
    const data = await http(url)
    expect(inspect(data, { depth: 9 })).not.toContain('p@ss')
    const [first] = await server.asked()
    expect(first?.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
  })

  test('headers go to the origin of the URL, and not to where it redirects', async () => {
    const target = await serve(text)
    const away = target.replace(server.origin, server.otherOrigin)
    const url = await serve(text, { always: { status: 302, headers: { location: away } } })
    await server.asked()
    const data = await http(url, { headers: { authorization: 'secret' } })
    expect(await sequential().map(data, (bytes) => bytes.length)).toEqual([14])
    for (const { host, headers } of await server.asked()) {
      expect(headers.authorization).toBe(server.origin.endsWith(host) ? 'secret' : undefined)
    }
  })
})

describe('what cannot be opened is refused, with one line', () => {
  test.each<readonly [what: string, deed: Deed, code: string | undefined, message: RegExp]>([
    ['missing', { status: 404 }, 'ERR_HTTP_STATUS', /: the server answered 404 Not Found$/],
    ['forbidden', { status: 403 }, 'ERR_HTTP_STATUS', /: the server answered 403 Forbidden; a signed URL may/],
    ['failing', { status: 500 }, 'ERR_HTTP_STATUS', /500 Internal Server Error$/],
    [
      'busy for too long',
      { status: 503, headers: { 'retry-after': '3600' } },
      'ERR_HTTP_STATUS',
      /wait 3600 s, which is too/,
    ],
    [
      'without ranges',
      { whole: true },
      'ERR_HTTP_NO_RANGES',
      /does not serve ranges, only the whole; read it into memory/,
    ],
    ['of unknown length', { unknown: true }, 'ERR_HTTP_NO_RANGES', /does not know how long it is; read it into memory/],
    ['without a version', { etag: undefined }, 'ERR_HTTP_NO_VERSION', /neither a strong ETag nor a Last-Modified/],
    ['with a weak version', { etag: 'W/"1"' }, 'ERR_HTTP_NO_VERSION', /neither a strong ETag nor a Last-Modified/],
    [
      'compressed',
      { headers: { 'content-encoding': 'gzip' } },
      undefined,
      /encoded as gzip, although it was asked not to$/,
    ],
    ['another range', { range: 'bytes 4-4/14' }, undefined, /asked for byte 0, and gave bytes 4 to 5$/],
    [
      'of no length',
      { range: 'bytes 0-0/0' },
      undefined,
      /gave byte 0, and says that there are 0 bytes, which cannot be$/,
    ],
    ['of any length', { range: 'bytes 0-0/9007199254740993' }, undefined, /bytes, which cannot be$/],
    ['several parts', { range: 'multipart' }, undefined, /answers with the range multipart$/],
    ['reset', { reset: true }, 'UND_ERR_SOCKET', /the connection failed \(UND_ERR_SOCKET\)$/],
    ['silent', { silent: true }, undefined, /sent nothing for 100 ms$/],
    [
      'redirected to a file',
      { status: 302, headers: { location: 'file:///etc/passwd' } },
      undefined,
      /to a URL with "file:"/,
    ],
    ['redirected to data', { status: 302, headers: { location: 'data:,x' } }, undefined, /to a URL with "data:"/],
    ['redirected nowhere', { status: 302 }, undefined, /it redirects without saying where to$/],
  ])('%s', async (_what, always, code, message) => {
    const url = await serve(text, { always })
    const error = await http(url, { ...oneTry, timeoutMs: always.silent ? 100 : 30_000 }).then(
      () => expect.unreachable(),
      (thrown) => thrown,
    )
    expect(error.message).toMatch(message)
    expect(error.message).toMatch(/^url: cannot open "http:/)
    expect(error.code).toBe(code)
  })

  test('a circle of redirects', async () => {
    const url = await serve(text)
    await server.set(new URL(url).pathname, { always: { status: 307, headers: { location: url } } })
    await expect(http(url, oneTry)).rejects.toThrow(/it redirects more than 5 times$/)
  })

  test('nobody listens', async () => {
    const listener = createServer().listen(0, '127.0.0.1')
    await once(listener, 'listening')
    // `as`: it listens on a port.
    const { port } = listener.address() as AddressInfo
    await once(listener.close(), 'close')
    await expect(http(`http://127.0.0.1:${port}/a`, oneTry)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      message: expect.stringMatching(/^url: cannot open .*: the connection failed \(ECONNREFUSED\)$/),
    })
  })

  test('a port that fetch refuses', async () => {
    const url = 'http://127.0.0.1:1/a'
    await expect(http(url, oneTry)).rejects.toMatchObject({
      code: 'ERR_BAD_PORT',
      message: `url: cannot open "${url}": fetch refuses its port, which is known as that of another protocol`,
    })
  })

  test.each<readonly [given: unknown, message: RegExp]>([
    [
      'file:///etc/passwd',
      /^url: expected a URL with http: or https:, got one with "file:"; for a file, use file\(path\)$/,
    ],
    ['data:,text', /got one with "data:"/],
    ['no url', /^url: expected a URL with http: or https:, got "no url"$/],
    ['//me:secret@host/x?secret', /got "\/\/host\/x"$/],
    ['http://me:100%@host/', /^url: its name or its password has a % that begins no escape; write %25 for %$/],
    ['http://%E0%A4:secret@host/', /^url: its name or its password has a %/],
    [7, /got 7$/],
    [undefined, /got undefined$/],
  ])('%s is no URL for it', async (given, message) => {
    await expect(http(given as string)).rejects.toThrow(TypeError)
    await expect(http(given as string)).rejects.toThrow(message)
  })

  test('more bytes than wanted, and options that are none', async () => {
    const url = await serve(text)
    await expect(http(url, { most: 13 })).rejects.toThrow(/^most: .* has 14 bytes, which is more than 13$/)
    await expect(http(url, Float64Array)).rejects.toThrow(/^Elements: .*14 bytes/)
    await expect(http(url, { start: 15 })).rejects.toThrow(/^start: /)
    await expect(http(url, { retries: -1 })).rejects.toThrow(/^retries: /)
    await expect(http(url, { connections: 0 })).rejects.toThrow(/^connections: /)
    await expect(http(url, { timeoutMs: 0.5 })).rejects.toThrow(/^timeoutMs: /)
    for (const signal of [null, {}, 5, new AbortController()]) {
      await expect(http(url, { signal: signal as never })).rejects.toThrow(/^signal: expected an AbortSignal, got /)
    }
    await expect(http(url, { headers: { range: 'bytes=0-1' } })).rejects.toThrow(
      /^headers: range is set by http\(\) itself$/,
    )
    await expect(http(url, { headers: { 'bad name': 'secret' } })).rejects.toThrow(
      /^headers: expected names and values/,
    )
    await expect(http(url, { retry: 1 } as object)).rejects.toThrow(/^options.retry: there is no such option/)
    await expect((http as unknown as (...args: unknown[]) => Promise<unknown>)(url, Uint8Array, {}, 1)).rejects.toThrow(
      /^http: takes at most 3 arguments/,
    )
  })

  test('its signal ends the opening', async () => {
    const url = await serve(text, { always: { silent: true } })
    const controller = new AbortController()
    const opening = http(url, { signal: controller.signal })
    await server.nextRequest()
    const why = new Error('no longer wanted')
    controller.abort(why)
    await expect(opening).rejects.toBe(why)
    await expect(http(url, { signal: controller.signal })).rejects.toBe(why)
  })
})
