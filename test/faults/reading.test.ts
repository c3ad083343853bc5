// Files that change while a run reads them, and chunk functions that write into their input.

import { appendFile, mkdtemp, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Chunk, file, fixed, type SharedMemory, sum } from '@onecopy/node'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { data, onEachEngine, sharedCounter, sumOfBytes, tenBytes } from './harness.js'

let folder = ''
let path = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onecopy reading '))
  path = join(folder, 'data.bin')
})
beforeEach(() => writeFile(path, data.view()))
afterAll(() => rm(folder, { recursive: true }))

const changed = { code: 'ERR_DATA_CHANGED' }

/** Signals that it runs, and waits until the test has changed the file. */
const whileTheFileChanges = async (
  bytes: Readonly<Uint8Array>,
  chunk: Chunk<{ counter: SharedMemory<Int32Array> }>,
): Promise<number> => {
  const view = chunk.params.counter.view()
  Atomics.store(view, 0, 1)
  Atomics.notify(view, 0)
  await Atomics.waitAsync(view, 1, 0).value
  return bytes.length
}

const deeds: Record<string, () => Promise<void>> = {
  'is truncated': () => truncate(path, 500),
  'is emptied': () => truncate(path, 0),
  'is written anew, and is longer': () => writeFile(path, new Uint8Array(2000)),
  'is replaced by one of the same size': async () => {
    const { atime, mtime } = await stat(path)
    await writeFile(`${path}.new`, new Uint8Array(1000))
    await utimes(`${path}.new`, atime, mtime)
    await rename(`${path}.new`, path)
  },
  'is written to': async () => {
    await writeFile(path, new Uint8Array(1000))
    await utimes(path, new Date(0), new Date(0))
  },
  'is removed': () => rm(path),
}

for (const [what, deed] of Object.entries(deeds)) {
  onEachEngine(`a file that ${what} while the run reads it: ERR_DATA_CHANGED`, async (engine) => {
    const counter = sharedCounter()
    const run = engine.map(file(path), whileTheFileChanges, { ...tenBytes, params: { counter } }).start()
    await Atomics.waitAsync(counter.view(), 0, 0).value
    await deed()
    Atomics.store(counter.view(), 1, 1)
    Atomics.notify(counter.view(), 1)
    await expect(run).rejects.toMatchObject(changed)
  })

  onEachEngine(`a file that ${what} before the run: ERR_DATA_CHANGED`, async (engine) => {
    const before = file(path)
    await deed()
    await expect(engine.map(before, sumOfBytes)).rejects.toMatchObject(changed)
  })
}

onEachEngine(
  'a file that grows before a run and while it reads: the run is over the bytes there were',
  async (engine) => {
    const counter = sharedCounter()
    const before = file(path)
    await appendFile(path, 'more')
    const run = engine.map(before, whileTheFileChanges, { ...tenBytes, params: { counter } }).start()
    await Atomics.waitAsync(counter.view(), 0, 0).value
    await appendFile(path, 'and more')
    Atomics.store(counter.view(), 1, 1)
    Atomics.notify(counter.view(), 1)
    expect(await run).toEqual(Array.from({ length: 100 }, () => 10))
  },
)

onEachEngine('verify: a chunk function that writes into shared memory is found out, with the chunk', async (engine) => {
  const copy = (await import('@onecopy/node')).share(data.view().slice())
  const writing = (bytes: Readonly<Uint8Array>, chunk: Chunk): number => {
    // `as`: the type forbids it; that is what has to be found out.
    if (chunk.index === 42) (bytes as Uint8Array)[3]! ^= 255
    return bytes.length
  }
  await expect(engine.map(copy, writing, { ...tenBytes, verify: true })).rejects.toMatchObject({
    ...changed,
    chunk: { index: 42, start: 420, end: 430 },
    message: expect.stringContaining('wrote into its input'),
  })
})

onEachEngine('verify: one that keeps its hands off is left alone', async (engine) => {
  const run = engine.map(data, sumOfBytes, { ...tenBytes, verify: true })
  await expect(run.reduce(sum())).resolves.toBeGreaterThan(0)
  await expect(engine.map(file(path), sumOfBytes, { chunks: fixed({ size: 7 }), verify: true })).resolves.toHaveLength(
    143,
  )
})

onEachEngine('verify: a write through chunk.view into another chunk is found out, too', async (engine) => {
  const copy = (await import('@onecopy/node')).share(data.view().slice())
  const reaching = (bytes: Readonly<Uint8Array>, chunk: Chunk): number => {
    // `as`: see above.
    if (chunk.index === 42) (chunk.view(0, 1) as Uint8Array)[0]! ^= 255
    return bytes.length
  }
  await expect(engine.map(copy, reaching, { ...tenBytes, verify: true })).rejects.toMatchObject(changed)
})

onEachEngine('whatever a result holds of the bytes of a file, it is of its own chunk', async (engine) => {
  const first = (bytes: Readonly<Uint8Array>): number => bytes[0]!
  const expected = await engine.map(data, first, tenBytes)
  const run = <R>(fn: (bytes: Readonly<Uint8Array>) => R): PromiseLike<R[]> => engine.map(file(path), fn, tenBytes)
  expect((await run((bytes) => bytes)).map(first)).toEqual(expected)
  const buffers = await run(({ buffer, byteOffset }) => ({ buffer, byteOffset }))
  expect(buffers.map(({ buffer, byteOffset }) => new Uint8Array(buffer)[byteOffset])).toEqual(expected)
  expect((await run((bytes) => ({ deep: [bytes.subarray(0, 1)] }))).map(({ deep }) => deep[0]?.[0])).toEqual(expected)
  expect((await run((bytes) => new Map([[1, bytes]]))).map((map) => map.get(1)?.[0])).toEqual(expected)
  expect((await run((bytes) => Object.assign([1], { bytes }))).map(({ bytes }) => bytes[0])).toEqual(expected)
  expect((await run((bytes) => ({ [Symbol.toStringTag]: 'Odd', bytes }))).map(({ bytes }) => bytes[0])).toEqual(
    expected,
  )
  const cyclic = await run((bytes) => {
    const result: { bytes: Uint8Array; self?: unknown } = { bytes: bytes as Uint8Array }
    result.self = result
    return result
  })
  expect(cyclic.map(({ bytes }) => bytes[0])).toEqual(expected)
  expect(cyclic[0]?.self).toBe(cyclic[0])
})
