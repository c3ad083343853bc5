// Runs with a folder, and a reducer that has enough before all chunks have run.

import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEngine, type Engine, file, fixed } from '@onecopy/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keptFirst, keptFirstFold, keptTakeFold } from '../plugins/kept.js'
import { createLog, freshFolder } from './folders.js'

let engine: Engine
beforeAll(() => {
  engine = createEngine({ workers: 2 })
})
afterAll(() => engine.close())

/** A file of 1,000 chunks, a folder for parts, and a log of chunks. */
function fixture() {
  const folder = freshFolder()
  const path = join(folder, 'data.bin')
  writeFileSync(path, new Uint8Array(10_000))
  const log = createLog(folder)
  return { path, log, checkpoint: join(folder, 'parts'), given: { chunker: fixed({ size: 10 }), log: log.path } }
}

test('the run ends when what is kept is enough, and not when all chunks have run', async () => {
  const { path, log, checkpoint, given } = fixture()
  const params = { ...given, at: [7, 9], ms: 2 }
  const run = engine.run(file(path), keptFirst, { params, checkpoint })
  expect(await run).toBe(7)
  expect(run.stats!.doneChunks).toBeGreaterThanOrEqual(8)
  // Spans begin with one chunk, and the next ones are at most twice as long.
  expect(Math.max(...log.read())).toBeLessThan(100)
  // The answer is in the folder, and nothing is run for it.
  expect(await engine.run(file(path), keptFirst, { params, checkpoint })).toBe(7)
  expect(log.read()).toEqual([])
})

test('a run that stops early stops there too if it goes on after a failure of its own', async () => {
  const { path, checkpoint, given } = fixture()
  const params = { ...given, at: [70], bad: [60] }
  for (let round = 0; round < 2; round++) {
    await expect(engine.run(file(path), keptFirst, { params, checkpoint })).rejects.toMatchObject({
      code: 'ERR_CHUNK_FAILED',
      chunk: { index: 60 },
    })
  }
})

test('a chunk behind what is needed may fail, also in the same span', async () => {
  for (const bad of [[54], [55, 56, 90], [200]]) {
    const { path, checkpoint, given } = fixture()
    const params = { ...given, at: [53, 60], bad }
    expect(await engine.run(file(path), keptFirst, { params, checkpoint })).toBe(53)
    expect(await engine.run(file(path), keptFirst, { params, checkpoint })).toBe(53)
  }
})

test('of a fold as well: it does not matter which chunks lie in one block', async () => {
  // 1,000 chunks would be folded in blocks of two.
  for (const [at, bad] of [
    [0, 1],
    [52, 53],
    [54, 55],
    [54, 57],
  ] as const) {
    const { path, checkpoint, given } = fixture()
    const params = { ...given, at: [at], bad: [bad] }
    expect(await engine.run(file(path), keptFirstFold, { params, checkpoint })).toBe(at)
    const second = { ...given, at: [5, at], bad: [bad] }
    if (at > 5) expect(await engine.run(file(path), keptTakeFold, { params: second })).toEqual([5, at])
  }
  const { path, checkpoint, given } = fixture()
  const failing = engine.run(file(path), keptFirstFold, { params: { ...given, at: [55], bad: [54] }, checkpoint })
  await expect(failing).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', chunk: { index: 54 } })
})

test('of several chunks that fail before there is enough, the lowest is reported', async () => {
  const { path, checkpoint, given } = fixture()
  const params = { ...given, at: [53], bad: [20, 21, 30, 54] }
  await expect(engine.run(file(path), keptFirst, { params, checkpoint })).rejects.toMatchObject({
    chunk: { index: 20 },
  })
})

test('a file that grows behind what was enough is not read again', async () => {
  const { path, log, checkpoint: incremental, given } = fixture()
  const params = { ...given, at: [7] }
  expect(await engine.run(file(path), keptFirst, { params, incremental })).toBe(7)
  log.read()
  appendFileSync(path, new Uint8Array(5000))
  expect(await engine.run(file(path), keptFirst, { params, incremental })).toBe(7)
  expect(log.read()).toEqual([])
})
