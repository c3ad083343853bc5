// Streams that `load` cannot read, or not again.

import { Readable } from 'node:stream'
import { decompressed, load } from '@onecopy/node'
import { afterEach, expect, test, vi } from 'vitest'

const again = /^path: the stream is read by others, or has been read or closed before; a stream can be read only once$/

test('a stream that was read is refused, and not taken for empty data', async () => {
  const read = Readable.from(['text'])
  for await (const _ of read);
  const body = new Response('text').body!
  body.getReader()
  for (const stream of [read, Readable.from(['text']).destroy(), body]) {
    await expect(load(stream as Readable)).rejects.toThrow(again)
  }
  expect((await load(Readable.from([]))).length).toBe(0)
})

test('a stream that fails: its own error; one that gives no bytes, and what is none: a TypeError that shows it', async () => {
  const why = new Error('the disk is on fire')
  const failing = new Readable({
    read() {
      this.destroy(why)
    },
  })
  await expect(load(failing)).rejects.toBe(why)
  // It has failed before.
  await expect(load(failing)).rejects.toThrow()
  await expect(load(Readable.from([{ a: 1 }]))).rejects.toThrow(
    /^path: expected a stream of bytes, got a stream that gives an object/,
  )
  await expect(load(new Response('text') as never)).rejects.toThrow(/for a response: load\(response\.body\)$/)
})

test('text that is cut within a character is the text as a whole, also if it is to be decompressed', async () => {
  const texts = async function* () {
    yield* ['a\ud83d', '\ude00b\ud83d', Buffer.from('c'), '\ud83d', '\ude00d\ud83d']
  }
  const expected = 'a\u{1f600}b\ufffdc\u{1f600}d\ufffd'
  for (const source of [Readable.from(texts()), decompressed(texts())])
    expect(Buffer.from((await load(source)).view()).toString()).toBe(expected)
})

test('a stream that is no whole number of elements: a RangeError with the cure', async () => {
  await expect(load(Readable.from([new Uint8Array(9)]), Float64Array)).rejects.toThrow(
    /^Elements: "the stream" has 9 bytes, which is not a multiple of .* leave out the rest with end$/,
  )
})

test('a stream without an end is read up to `end`, and closed', async () => {
  let isClosed = false
  const endless = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield new Uint8Array(1000).fill(1)
    } finally {
      isClosed = true
    }
  }
  expect((await load(Readable.from(endless()), { end: 2500 })).length).toBe(2500)
  await expect.poll(() => isClosed).toBe(true)
})

const onUnix = test.skipIf(process.platform === 'win32') // Windows has no such device.

afterEach(() => void vi.restoreAllMocks())

onUnix('a device without an end: a RangeError before memory runs out; with an end, the bytes up to it', async () => {
  vi.spyOn(process, 'availableMemory').mockReturnValue(0)
  await expect(load('/dev/zero')).rejects.toThrow(
    /^path: "\/dev\/zero" has not ended after \d+ bytes, and hardly any memory is left; give an end$/,
  )
  vi.restoreAllMocks()
  expect((await load('/dev/zero', { end: 10 })).view()).toEqual(new Uint8Array(10))
})
