// Results of a run go into a file, in the order of the chunks: as a whole or not at all.

import { execFile, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { type Engine, fixed, lines, share, sum } from '@onecopy/core'
import { createEngine, file, writeResults } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { evenLines, halves } from '../plugins/filter.js'
import { tempDir } from '../support/temp-dir.js'

const folder = tempDir()
const from = join(folder, 'from.log')
const text = Array.from({ length: 5000 }, (_, i) => `${i} ${'x'.repeat(i % 50)}\n`).join('')
const kept = text.replace(/^\d*[13579] .*\n/gm, '')
writeFileSync(from, text)

/** A path in a folder of its own. */
let folders = 0
function fresh(): string {
  const own = join(folder, `${++folders}`)
  mkdirSync(own)
  return join(own, 'to.log')
}

const engines = [1, 2, 4].map((workers) => createEngine({ workers }))
const [one, two] = engines as [Engine, Engine, Engine]
afterAll(() => Promise.all(engines.map((engine) => engine.close())))

describe.each(engines.map((engine) => [engine.workers, engine] as const))('%i workers', (_, engine) => {
  test.each([100, 1000, 2 ** 20])('a file is filtered into a file, with lines in chunks of %i', async (size) => {
    const to = fresh()
    const written = await writeResults(engine.map(file(from), evenLines, { params: { size } }), to)
    expect(readFileSync(to, 'latin1')).toBe(kept)
    expect(written.bytes).toBe(kept.length)
    expect(written.results).toBeGreaterThan(0)
    expect(readdirSync(join(to, '..'))).toEqual(['to.log'])
  })
})

test('text, bytes, numbers and nothing, as in a plain loop', async () => {
  const to = fresh()
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      async (given, size) => {
        const run = two.map(
          share(given),
          (bytes, { index }) => {
            if (index % 4 === 0) return `é${bytes.length}`
            if (index % 4 === 1) return bytes.subarray(1)
            return index % 4 === 2 ? Uint16Array.of(bytes.length, 1) : ''
          },
          { chunks: fixed({ size }) },
        )
        const { results, bytes } = await writeResults(run, pathToFileURL(to))
        const data = Buffer.from(given)
        const pieces = Array.from({ length: Math.ceil(data.length / size) }, (_, i) => {
          const part = data.subarray(i * size, (i + 1) * size)
          if (i % 4 === 0) return Buffer.from(`é${part.length}`)
          if (i % 4 === 1) return part.subarray(1)
          return i % 4 === 2 ? Buffer.from(Uint16Array.of(part.length, 1).buffer) : Buffer.alloc(0)
        })
        const expected = Buffer.concat(pieces)
        expect(readFileSync(to)).toEqual(expected)
        expect({ results, bytes }).toEqual({ results: pieces.length, bytes: expected.length })
      },
    ),
    { numRuns: 20 },
  )
})

test('a stream gets the same, and is ended', async () => {
  const parts: Buffer[] = []
  const stream = new Writable({
    write(part: Buffer, _encoding, done) {
      parts.push(part)
      done()
    },
  })
  const { bytes } = await writeResults(two.map(file(from), evenLines, { params: { size: 500 } }), stream)
  expect(Buffer.concat(parts).toString()).toBe(kept)
  expect(bytes).toBe(kept.length)
  expect(stream.writableFinished).toBe(true)
})

test('a stream that fails cancels the run', async () => {
  const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
  const disk = new Writable({ write: (_part, _encoding, done) => done(full) })
  const run = two.map(file(from), halves, { chunks: fixed({ size: 10 }) })
  await expect(writeResults(run, disk)).rejects.toBe(full)
  // It has settled: its data is free again.
  expect(run.stats?.doneChunks).toBeLessThan(run.stats?.chunks ?? 0)
})

test('a stream that has ended, or was destroyed, is refused before the run begins', async () => {
  const discard = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() })
  for (const stream of [discard(), new PassThrough()]) {
    stream.end()
    const run = one.map(share('a'), () => 'a')
    await expect(writeResults(run, stream)).rejects.toThrow(
      'to: expected a stream that can be written, got one that has',
    )
    expect(await run).toEqual(['a'])
  }
  await expect(
    writeResults(
      one.map(share('a'), () => 'a'),
      discard().destroy(),
    ),
  ).rejects.toThrow(TypeError)
})

test('a stream that somebody else ends or destroys in the middle is no reason to wait', async () => {
  for (const end of ['end', 'destroy'] as const) {
    for (const highWaterMark of [1, 2 ** 16]) {
      let left = 5
      const write = (_chunk: unknown, _encoding: string, done: () => void): void => {
        if (--left === 0) stream[end]()
        done()
      }
      const stream = new Writable({ highWaterMark, write })
      const run = two.map(file(from), halves, { chunks: fixed({ size: 10 }) })
      await expect(writeResults(run, stream)).rejects.toThrow()
      // It has settled.
      expect(run.stats).toBeDefined()
    }
  }
})

describe('if it fails', () => {
  test.each([
    [
      'a chunk fails',
      () => two.map(file(from), halves, { chunks: fixed({ size: 10 }), params: { failAt: 300 } }),
      'ERR_CHUNK_FAILED',
    ],
    [
      'it is cancelled',
      () => two.map(file(from), halves, { signal: AbortSignal.abort(Object.assign(new Error('no'), { code: 'NO' })) }),
      'NO',
    ],
  ] as const)('%s: the file that was there stays, and no other is left', async (_, start, code) => {
    const to = fresh()
    writeFileSync(to, 'before')
    await expect(writeResults(start(), to)).rejects.toMatchObject({ code })
    expect(readFileSync(to, 'utf8')).toBe('before')
    expect(readdirSync(join(to, '..'))).toEqual(['to.log'])
  })

  test('a result that is neither text nor bytes is named', async () => {
    const to = fresh()
    const run = two.map(share('abcd'), (_, { index }) => (index === 2 ? 7 : 'a'), { chunks: fixed({ size: 1 }) })
    await expect(writeResults(run as never, to)).rejects.toThrow('result 2: expected text or bytes, got 7')
    expect(readdirSync(join(to, '..'))).toEqual([])
  })

  test('a folder that is not there, and a path of something else', async () => {
    const run = () => two.map(share('a'), () => 'a')
    const path = join(folder, 'no such', 'file')
    await expect(writeResults(run(), path)).rejects.toMatchObject({
      code: 'ENOENT',
      path,
      message: expect.stringMatching(/^cannot write .*ENOENT/),
    })
    await expect(writeResults(run(), folder)).rejects.toMatchObject({ code: 'EISDIR' })
    // `as`: wrong types are the cases.
    await expect(writeResults(run(), 7 as never)).rejects.toThrow('path: ')
    await expect(writeResults(two.map(share('a'), () => 1).reduce(sum()) as never, fresh())).rejects.toThrow(
      'run: expected a run whose results come one by one',
    )
  })

  test.skipIf(process.platform === 'win32')('a disk that takes no more is a clear error', async () => {
    const to = fresh()
    const program = `
      import { map, share, writeResults } from '@onecopy/node'
      const run = map(share(new Uint8Array(2 ** 20)), (bytes) => bytes)
      await writeResults(run, process.argv[1]).catch(({ code, path, message }) => console.log(JSON.stringify({ code, path, message })))
    `
    // The system lets the process write files of at most 100 KiB.
    const shell = 'ulimit -f 100; exec "$0" --input-type=module -e "$1" "$2"'
    const { stdout } = await promisify(execFile)('bash', ['-c', shell, process.execPath, program, to])
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'EFBIG',
      path: to,
      message: expect.stringMatching(/^cannot write .*: EFBIG: file too large/),
    })
    expect(readdirSync(join(to, '..'))).toEqual([])
  })

  test('a program that is killed leaves nothing under the name', async () => {
    const to = fresh()
    const program = `
      import { fixed, map, share, writeResults } from '@onecopy/node'
      const slow = (bytes, { index }) => (index < 40 ? new Uint8Array(2 ** 20) : new Promise(() => {}))
      await writeResults(map(share(new Uint8Array(50)), slow, { chunks: fixed({ size: 1 }) }), process.argv[1])
    `
    const written = new Promise<void>((resolve) => {
      const watcher = watch(join(to, '..'), (_, name) => {
        if (name === null || !name.endsWith('.tmp')) return
        watcher.close()
        resolve()
      })
    })
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, to], { stdio: 'inherit' })
    await written
    const ended = new Promise((resolve) => child.on('exit', resolve))
    child.kill('SIGKILL')
    await ended
    expect(readdirSync(join(to, '..')).filter((name) => !name.startsWith('.'))).toEqual([])
    await writeResults(
      one.map(share('again'), () => 'again'),
      to,
    )
    expect(readFileSync(to, 'utf8')).toBe('again')
  })
})

test.skipIf(process.platform === 'win32')(
  'a file that is replaced keeps its permissions, and a link stays a link',
  async () => {
    const to = fresh()
    const link = join(to, '..', 'link')
    writeFileSync(to, 'before')
    chmodSync(to, 0o640)
    symlinkSync(to, link)
    await writeResults(
      one.map(share('a\nb\n'), () => 'after', { chunks: lines() }),
      link,
    )
    expect(readFileSync(to, 'utf8')).toBe('after')
    expect(statSync(to).mode & 0o777).toBe(0o640)
    expect(readFileSync(link, 'utf8')).toBe('after')
  },
)
