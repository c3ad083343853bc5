// A trace as a file that Chrome reads: JSON with complete events on tracks with names.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEngine, fixed, range, sum, writeTrace } from '@onecopy/node'
import { afterAll, describe, expect, test } from 'vitest'
import { tempDir } from '../support/temp-dir.js'

const dir = tempDir()
const engines = [createEngine({ workers: 2 }), createEngine({ workers: 2, isolation: 'process' })]
afterAll(() => Promise.all(engines.map((engine) => engine.close())))

interface Entry {
  readonly name: string
  readonly ph: string
  readonly cat?: string
  readonly tid: number
  readonly ts?: number
  readonly dur?: number
}

const read = (path: string): Entry[] => JSON.parse(readFileSync(path, 'utf8'))

describe.each([
  ['threads', engines[0]!],
  ['processes', engines[1]!],
])('%s', (name, engine) => {
  test('has all chunks, on the tracks of their lanes', async () => {
    const path = join(dir, `${name} trace.json`)
    const run = engine.map(range(100), (_, { index }) => index, { chunks: fixed({ size: 1 }) }).reduce(sum())
    expect(await writeTrace(run, path)).toBe(4950)
    const entries = read(path)
    const chunks = entries.filter(({ cat }) => cat === 'chunk')
    expect(new Set(chunks.map((each) => each.name)).size).toBe(100)
    const named = new Set(entries.filter((each) => each.name === 'thread_name').map(({ tid }) => tid))
    for (const { ph, tid, ts, dur } of chunks) {
      expect(ph).toBe('X')
      expect(named.has(tid)).toBe(true)
      expect(Number.isInteger(ts) && Number.isInteger(dur)).toBe(true)
    }
    expect(entries.some(({ cat }) => cat === 'lane')).toBe(true)
    // Chrome's viewers leave out what lies before 0.
    for (const { ts = 0, dur = 0 } of entries) expect(Math.min(ts, dur)).toBeGreaterThanOrEqual(0)
  })

  test('is whole after a failed run and after one over nothing', async () => {
    const path = join(dir, `${name} failed.json`)
    const failing = engine.map(range(10), () => {
      throw new Error('all')
    })
    await expect(writeTrace(failing, path)).rejects.toThrow()
    expect(read(path).length).toBeGreaterThan(0)
    await writeTrace(
      engine.map(range(0), () => 1),
      path,
    )
    expect(read(path)).toEqual([expect.objectContaining({ name: 'process_name' })])
  })
})

test('a file that cannot be made is told at once', () => {
  expect(() =>
    writeTrace(
      engines[0]!.map(range(1), () => 1),
      join(dir, 'no', 'such', 'folder'),
    ),
  ).toThrow(/ENOENT/)
})
