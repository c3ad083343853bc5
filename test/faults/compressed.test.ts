// Runs over compressed files whose workers die, that are cancelled, or whose engine is closed meanwhile; and memory that stays bounded.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import {
  type Chunk,
  createEngine,
  type Engine,
  file,
  fixed,
  type OnecopyError,
  type SharedData,
  type SharedMemory,
  sum,
} from '@onecopy/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bgzf } from '../support/packed.js'
import { data, onEachEngine, rejection, sharedCounter, sumOfBytes, tenBytes, total } from './harness.js'

let folder = ''
let path = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onecopy compressed '))
  path = join(folder, 'data.gz')
  await writeFile(path, bgzf(data.view().slice(), 70))
})
afterAll(() => rm(folder, { recursive: true }))

const open = (): Promise<SharedData> => file(path, { decompress: 'auto' })

interface Params {
  readonly counter: SharedMemory<Int32Array>
}

/** Ends its worker in the chunks 30 to 32, once. */
const deadly = (bytes: Readonly<Uint8Array>, chunk: Chunk<Params>): number => {
  if (chunk.index >= 30 && chunk.index < 33 && Atomics.add(chunk.params.counter.view(), 0, 1) === 0) process.exit(1)
  let n = 0
  for (const byte of bytes) n += byte
  return n
}

/** Says that it has begun, then loops until it is told to stop. */
const polling = (_: Readonly<Uint8Array>, chunk: Chunk<Params>): boolean => {
  const view = chunk.params.counter.view()
  Atomics.store(view, 0, 1)
  Atomics.notify(view, 0)
  while (!chunk.cancelled);
  return true
}

onEachEngine('a worker that dies while it reads a compressed file: the answer is the same', async (engine) => {
  const run = engine.map(await open(), deadly, { ...tenBytes, params: { counter: sharedCounter() } }).reduce(sum())
  await expect(run).resolves.toBe(total)
  expect(run.stats?.workersLost).toBe(1)
})

onEachEngine(
  'a run over a compressed file that is cancelled: the reason, and the file can be read again',
  async (engine) => {
    const counter = sharedCounter()
    const compressed = await open()
    const run = engine.map(compressed, polling, { ...tenBytes, params: { counter } }).start()
    await Atomics.waitAsync(counter.view(), 0, 0).value
    run.cancel('never mind')
    await expect(run).rejects.toBe('never mind')
    await expect(engine.map(compressed, sumOfBytes, tenBytes).reduce(sum())).resolves.toBe(total)
  },
)

test.each<readonly [string, () => Engine]>([
  ['threads', () => createEngine({ workers: 2, graceMs: 100 })],
  ['processes', () => createEngine({ workers: 2, graceMs: 100, isolation: 'process' })],
])('an engine of %s that is closed in the middle of a compressed file: ERR_ENGINE_CLOSED', async (_name, make) => {
  const engine = make()
  const run = engine.map(await open(), sumOfBytes, tenBytes)
  const results = run[Symbol.asyncIterator]()
  await results.next()
  await engine.close()
  const rest = async (): Promise<void> => {
    for (;;) if ((await results.next()).done) return
  }
  await expect(rest()).rejects.toMatchObject({ code: 'ERR_ENGINE_CLOSED' })
})

test('a damaged block rejects with the lowest chunk that needs it, on any number of workers', async () => {
  const packed = bgzf(data.view().slice(), 70)
  const broken = join(folder, 'broken.gz')
  // The last byte of a checksum somewhere in the middle.
  const at = packed.indexOf(Buffer.of(0x1f, 0x8b, 8, 4), packed.length >> 1) - 5
  packed[at]! ^= 1
  await writeFile(broken, packed)
  const seen = new Set<string>()
  for (const workers of [1, 2, 4]) {
    await using engine = createEngine({ workers })
    const compressed = await file(broken, { decompress: 'auto' })
    const error = await rejection(engine.map(compressed, sumOfBytes, tenBytes).reduce(sum()))
    expect(error).toMatchObject({
      code: 'ERR_DATA_DAMAGED',
      message: expect.stringMatching(/the gzip member at byte \d+: /),
    })
    // `as`: it was looked at.
    const { message, chunk } = error as OnecopyError
    seen.add(JSON.stringify([message, chunk]))
  }
  expect([...seen]).toHaveLength(1)
})

test('one member of zeros in few bytes is decompressed while it is run, again and again', async () => {
  const byteLength = 300 * 1024 * 1024
  const bomb = join(folder, 'one bomb.gz')
  await writeFile(bomb, gzipSync(Buffer.alloc(byteLength), { level: 1 }))
  await using engine = createEngine({ workers: 2 })
  const compressed = await file(bomb, { decompress: 'auto' })
  const count = (): PromiseLike<number> => engine.map(compressed, (bytes) => bytes.length).reduce(sum())
  expect(await count()).toBe(byteLength)
  const before = process.memoryUsage().rss
  expect(await count()).toBe(byteLength)
  expect(process.memoryUsage().rss - before).toBeLessThan(byteLength / 2)
})

test('a file of zeros in few bytes is read block by block', async () => {
  const zeros = gzipSync(Buffer.alloc(1024 * 1024))
  const bomb = join(folder, 'bomb.gz')
  const members = 500
  await writeFile(bomb, Buffer.concat(Array.from({ length: members }, () => zeros)))
  await using engine = createEngine({ workers: 2 })
  const compressed = await file(bomb, { decompress: 'auto' })
  expect(compressed.length).toBe(members * 1024 * 1024)
  const chunks = fixed({ size: 4 * 1024 * 1024 })
  await engine.map(compressed, (bytes) => bytes.length, { chunks, sample: 0.01 }).reduce(sum())
  const before = process.memoryUsage().rss
  expect(await engine.map(compressed, (bytes) => bytes.length, { chunks }).reduce(sum())).toBe(compressed.length)
  expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024)
})
