// A run as the source of a stream: results go into a file in chunk order, and either end's failure ends the other.

import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { type Engine, fixed, isOnecopyError } from '@onecopy/core'
import { createEngine, file } from '@onecopy/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { evenLines, halves } from '../plugins/filter.js'
import { tempDir } from '../support/temp-dir.js'

const folder = tempDir()
const from = join(folder, 'from.log')
const to = join(folder, 'to.log')
const text = Array.from({ length: 5000 }, (_, i) => `${i} ${'x'.repeat(i % 50)}\n`).join('')
const kept = text.replace(/^\d*[13579] .*\n/gm, '')

let engine: Engine
beforeAll(async () => {
  engine = createEngine({ workers: 2 })
  await writeFile(from, text)
})
afterAll(() => engine.close())

test.each([100, 1000, 2 ** 20])('a file is filtered into a file, with lines in chunks of %i', async (size) => {
  await pipeline(engine.map(file(from), evenLines, { params: { size } }), createWriteStream(to))
  expect(await readFile(to, 'utf8')).toBe(kept)
})

test('through other streams', async () => {
  await pipeline(engine.map(file(from), evenLines, { params: { size: 1000 } }), createGzip(), createWriteStream(to))
  let unpacked = ''
  await pipeline(createReadStream(to), createGunzip(), async (parts) => {
    for await (const part of parts) unpacked += part
  })
  expect(unpacked).toBe(kept)
})

test('a stream that fails ends the run', async () => {
  const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
  const disk = new Writable({ write: (_part, _encoding, written) => written(full) })
  const run = engine.map(file(from), halves, { chunks: fixed({ size: 10 }) })
  await expect(pipeline(run, disk)).rejects.toBe(full)
  // Every lane of the run is free again.
  await expect(engine.map(file(from), (bytes) => bytes.length)).resolves.not.toEqual([])
})

test('a chunk that fails ends the stream', async () => {
  const run = engine.map(file(from), halves, { chunks: fixed({ size: 10 }), params: { failAt: 30 } })
  const disk = createWriteStream(to)
  const error = await pipeline(run, disk).catch((reason: unknown) => reason)
  expect(isOnecopyError(error, 'ERR_CHUNK_FAILED') && error.chunk?.index).toBe(30)
  expect(disk.destroyed).toBe(true)
})

test('a slow stream holds the run back', async () => {
  // Each result weighs 1 MiB: the run may be about 32 MiB ahead of the stream, out of 200.
  let onWrite: ((written: () => void) => void) | undefined
  const firstWrite = new Promise<() => void>((resolve) => {
    onWrite = resolve
  })
  const slow = new Writable({
    write(_part, _encoding, written) {
      if (onWrite === undefined) return written()
      onWrite(written)
      onWrite = undefined
    },
  })
  let doneChunks = 0
  const run = engine.map(file(from), halves, { chunks: fixed({ size: 1000 }), params: { weight: 2 ** 20 } })
  run.on('progress', (progress) => {
    doneChunks = progress.doneChunks
  })
  const ended = pipeline(run, slow)
  const written = await firstWrite
  // Other runs have their turns, from start to end, while this one waits for the stream.
  for (let i = 0; i < 5; i++) await engine.map(file(from), (bytes) => bytes.length)
  expect(doneChunks).toBeLessThan(100)
  written()
  await ended
})
