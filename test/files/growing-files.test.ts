// Files that somebody is writing to: what was there when the file was opened is the data, and what is appended is no change.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { createEngine, file, fixed, lines, load, share, sum } from '@onecopy/node'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { tempDir } from '../support/temp-dir.js'

const dir = tempDir()
let files = 0
const engine = createEngine({ workers: 2 })
afterAll(() => engine.close())

function fileOf(bytes: Uint8Array | string): string {
  const path = join(dir, `log ${files++}`)
  writeFileSync(path, bytes)
  return path
}

/** The line with the number `i`, all of one length. */
const line = (i: number): string => `${String(i).padStart(30, '.')}\n`

/** A process that appends lines to `path` until it is ended, a few at a time. It has begun. */
async function startWriter(path: string): Promise<ChildProcess> {
  const program = `
    const { appendFileSync } = require('node:fs')
    const line = ${line.toString()}
    let i = ${statSync(path).size / line(0).length}
    const write = () => {
      appendFileSync(${JSON.stringify(path)}, line(i++) + line(i++))
      setImmediate(write)
    }
    write()
    console.log('begun')
  `
  const writer = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(writer.stdout, 'data')
  return writer
}

describe('while another process appends to a log', () => {
  /** The sum of the lines' numbers. */
  const sumOfLines = (bytes: Readonly<Uint8Array>): number => {
    let total = 0
    for (let at = 0; at < bytes.length; at += 31) {
      total += Number(String.fromCharCode(...bytes.subarray(at, at + 30)).replace(/^\.+/, ''))
    }
    return total
  }

  test('loads and runs give the lines there were when the file was opened', { timeout: 60_000 }, async () => {
    const path = fileOf(Array.from({ length: 1000 }, (_, i) => line(i)).join(''))
    const writer = await startWriter(path)
    try {
      const lengths = new Set<number>()
      while (lengths.size < 20) {
        const loaded = await load(path)
        const data = file(path)
        for (const each of [loaded, data]) {
          lengths.add(each.length)
          expect(await engine.map(each, (bytes) => bytes.length).reduce(sum())).toBe(each.length)
          const count = Math.floor(each.length / 31)
          const range = { start: (count - 100) * 31, end: count * 31 }
          const parts =
            each === data ? [file(path, range)] : [await load(path, range), share(loaded.view(range.start, range.end))]
          for (const part of parts) {
            const sums = await engine.map(part, sumOfLines, { chunks: lines({ size: 1000 }) })
            expect(sums.reduce((a, b) => a + b)).toBe(100 * count - 5050)
          }
        }
      }
    } finally {
      writer.kill('SIGKILL')
      await once(writer, 'close')
    }
  })
})

describe('load of a file that changes while it is read', () => {
  /** Load `path`; `deed` is done when its size is known, and nothing is read yet. */
  async function loadWhile(path: string, deed: () => void, ...args: [] | [Parameters<typeof load>[1]]) {
    const handle = await open(path, 'r')
    await handle.close()
    const fileHandles: typeof handle = Object.getPrototypeOf(handle)
    const { read } = fileHandles
    const spy = vi.spyOn(fileHandles, 'read').mockImplementationOnce(function (this: typeof handle, ...wanted) {
      deed()
      return read.apply(this, wanted)
    })
    try {
      return await load(path, ...args)
    } finally {
      spy.mockRestore()
    }
  }
  const text = (data: { view(): Uint8Array }): string => Buffer.from(data.view()).toString()

  test('what is appended does not belong to it', async () => {
    const path = fileOf('abcdef')
    expect(text(await loadWhile(path, () => appendFileSync(path, 'ghi')))).toBe('abcdef')
    expect(text(await load(path))).toBe('abcdefghi')
  })

  test('what happens behind the end of a range is no change', async () => {
    const path = fileOf('abcdef')
    expect(text(await loadWhile(path, () => truncateSync(path, 4), { start: 1, end: 3 }))).toBe('bc')
  })

  test.each<readonly [how: string, change: (path: string) => void]>([
    ['is truncated', (path) => truncateSync(path, 5)],
    ['is written to in place', (path) => writeAt(path, 2)],
    ['is touched', (path) => utimesSync(path, 1, 1)],
  ])('a file that %s: ERR_DATA_CHANGED', async (_how, change) => {
    const path = fileOf('abcdef')
    await expect(loadWhile(path, () => change(path))).rejects.toMatchObject({
      name: 'OnecopyError',
      code: 'ERR_DATA_CHANGED',
      message: expect.stringContaining(path),
    })
  })
})

/** Overwrite a byte where it lies; at another time than all before. */
function writeAt(path: string, position: number): void {
  const fd = openSync(path, 'r+')
  writeSync(fd, '#', position)
  closeSync(fd)
  utimesSync(path, 1, position + 2)
}

function appendAndWriteAt(path: string, position: number): void {
  appendFileSync(path, 'ghi')
  writeAt(path, position)
}

describe('a range of a file', () => {
  const text = (bytes: Readonly<Uint8Array>): string => String.fromCharCode(...bytes)
  const chunks = fixed({ size: 2 })

  test.each<readonly [what: string, change: (path: string) => void]>([
    ['bytes are appended', (path) => appendFileSync(path, 'ghijkl')],
    ['the file is truncated behind it', (path) => truncateSync(path, 5)],
    ['the file is truncated at its end', (path) => truncateSync(path, 4)],
  ])('stays what it is when %s', async (_what, change) => {
    const path = fileOf('abcdef')
    const data = file(path, { start: 1, end: 4 })
    change(path)
    expect(await engine.map(data, text, { chunks })).toEqual(['bc', 'd'])
    expect(data.length).toBe(3)
  })

  test.each<readonly [what: string, change: (path: string) => void]>([
    ['is truncated below its end', (path) => truncateSync(path, 3)],
    ['is truncated and grows again', (path) => writeFileSync(path, 'xyzxyzxyz')],
    ['grows, and its first bytes are not what they were', (path) => appendAndWriteAt(path, 1)],
    ['grows, and its last bytes are not what they were', (path) => appendAndWriteAt(path, 3)],
    ['is written to in place', (path) => writeAt(path, 2)],
    [
      'is replaced by its copy',
      (path) => {
        writeFileSync(`${path} copy`, readFileSync(path))
        renameSync(`${path} copy`, path)
      },
    ],
  ])('ERR_DATA_CHANGED: the file %s', async (_what, change) => {
    const path = fileOf('abcdef')
    const data = file(path, { start: 1, end: 4 })
    change(path)
    await expect(engine.map(data, text, { chunks })).rejects.toMatchObject({ code: 'ERR_DATA_CHANGED' })
  })

  test('an empty file that grows is empty data', async () => {
    const path = fileOf('')
    const data = file(path)
    appendFileSync(path, 'abc')
    expect(await engine.map(data, (bytes) => bytes.length).reduce(sum())).toBe(0)
  })
})
