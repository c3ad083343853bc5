// Files: loaded into shared memory, or read chunk by chunk; and what becomes of a run when its file changes.

import { execFile } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { type Engine, fixed, lines, overlapping, records, sequential, share, sum } from '@onecopy/core'
import { file, load } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { landed, landedLines } from '../plugins/landing.js'
import { randomBytes } from '../support/bytes.js'
import { runModule } from '../support/child.js'
import { engineKinds } from '../support/engines.js'
import { fingerprint } from '../support/fingerprint.js'
import { createSharedGate, opened } from '../support/gate.js'
import { tempDir } from '../support/temp-dir.js'

// Elsewhere there is no /proc to look into.
const onLinux = test.skipIf(process.platform !== 'linux')
// Elsewhere there is no mkfifo.
const withPipes = test.skipIf(process.platform === 'win32')

const dir = tempDir()
let files = 0

/** The path of a new file with these bytes. */
function fileOf(bytes: Uint8Array | string): string {
  const path = join(dir, `file ${files++}`)
  writeFileSync(path, bytes)
  return path
}

/** The path of a file of `byteLength` bytes that takes no room on the disk: all zeros but the bytes of `marks`. */
function sparseFile(byteLength: number, marks: readonly number[]): string {
  const path = join(dir, `sparse ${files++}`)
  const fd = openSync(path, 'w')
  ftruncateSync(fd, byteLength)
  marks.forEach((at, i) => {
    writeSync(fd, Uint8Array.of(i + 1), 0, 1, at)
  })
  closeSync(fd)
  return path
}

describe('load', () => {
  test('reads a file into shared memory', async () => {
    const bytes = randomBytes(100_000, 1)
    const loaded = await load(fileOf(bytes))
    expect(loaded.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(loaded.buffer.byteLength).toBe(100_000)
    expect(Buffer.compare(loaded.view(), bytes)).toBe(0)
  })

  test('reads an empty file', async () => {
    expect((await load(fileOf(''))).length).toBe(0)
  })

  test('reads a file of several reads in parts, each to its place', async () => {
    const byteLength = 100 * 2 ** 20 + 5
    const marks = [0, 16 * 2 ** 20 - 1, 16 * 2 ** 20, 99 * 2 ** 20, byteLength - 1]
    const loaded = await load(sparseFile(byteLength, marks))
    expect(marks.map((at) => loaded.view(at, at + 1)[0])).toEqual([1, 2, 3, 4, 5])
  })

  test('takes a file: URL, and follows a link', async () => {
    const path = fileOf('linked')
    const link = join(dir, 'a link')
    symlinkSync(path, link)
    expect(Buffer.from((await load(pathToFileURL(link))).view()).toString()).toBe('linked')
    expect(file(pathToFileURL(link)).length).toBe(6)
  })

  onLinux('reads a file that the system makes up as it is read', async () => {
    const status = Buffer.from((await load('/proc/self/status')).view()).toString()
    expect(status).toContain(`Pid:\t${process.pid}`)
  })

  test('rejects with ERR_DATA_CHANGED when the file shrinks while it is read', async () => {
    const path = sparseFile(100 * 2 ** 20, [])
    const handle = await open(path, 'r')
    await handle.close()
    const fileHandles: typeof handle = Object.getPrototypeOf(handle)
    const { read } = fileHandles
    // Its size has been asked for, and nothing is read yet: no wait for that moment would be sure to meet it.
    const shrinking = vi.spyOn(fileHandles, 'read').mockImplementationOnce(function (this: typeof handle, ...wanted) {
      truncateSync(path, 1000)
      return read.apply(this, wanted)
    })
    try {
      await expect(load(path)).rejects.toMatchObject({ name: 'OnecopyError', code: 'ERR_DATA_CHANGED' })
    } finally {
      shrinking.mockRestore()
    }
  })

  withPipes('reads a pipe up to its end', async () => {
    const pipe = join(dir, 'a pipe')
    await promisify(execFile)('mkfifo', [pipe])
    const loading = load(pipe)
    await promisify(execFile)('sh', ['-c', 'printf "through the pipe" > "$0"', pipe])
    expect(Buffer.from((await loading).view()).toString()).toBe('through the pipe')
  })
})

describe('file', () => {
  test('says how long it is, and reads nothing', () => {
    expect(file(sparseFile(8 * 2 ** 30, [])).byteLength).toBe(8 * 2 ** 30)
  })

  onLinux('a file that the system makes up as it is read has no chunks: an error, and not an empty file', () => {
    expect(() => file('/proc/self/status')).toThrow(TypeError)
    expect(() => file('/proc/self/status')).toThrow(/^path: "\/proc\/self\/status" .* use load\(\)$/)
  })

  // In a process of its own: what opens a pipe may wait for a writer, for ever, and with it its whole thread.
  withPipes('a pipe is no file that can be read in chunks, and nobody waits for its writer', async () => {
    const pipe = join(dir, 'another pipe')
    await promisify(execFile)('mkfifo', [pipe])
    const { stdout } = await runModule(`
      import { file } from '@onecopy/node'
      try { file(${JSON.stringify(pipe)}) } catch (error) { console.log(error.name, error.message) }
    `)
    expect(stdout).toMatch(
      /^TypeError path: ".*another pipe" is not a regular file; to read it from its start to its end, use load\(\) or stream\(\)\n$/,
    )
  })

  withPipes('a pipe in the place of the file is no file that was described', async () => {
    const pipe = join(dir, 'a pipe instead')
    const path = fileOf('abcd')
    await promisify(execFile)('mkfifo', [pipe])
    const { stdout } = await runModule(`
      import { renameSync } from 'node:fs'
      import { file, map } from '@onecopy/node'
      const data = file(${JSON.stringify(path)})
      renameSync(${JSON.stringify(pipe)}, ${JSON.stringify(path)})
      await map(data, (bytes) => bytes.length).catch((error) => console.log(error.code))
    `)
    expect(stdout).toBe('ERR_DATA_CHANGED\n')
  })
})

describe.each(engineKinds)('runs over a file: $name', ({ make }) => {
  let engine: Engine
  beforeAll(() => {
    engine = make()
  })
  afterAll(() => engine.close())
  const chunks = fixed({ size: 4 })

  test.each([
    ['fixed', fixed({ size: 700 })],
    ['lines', lines({ size: 50 })],
    ['records', records({ length: 33, header: 10, size: 4 * 33 })],
    ['overlapping', overlapping({ size: 900, overlap: 100 })],
  ])('give the answers of the same bytes in memory: %s', async (_name, chunks) => {
    const bytes = randomBytes(10_000, 2).map((byte) => Math.max(10, byte))
    const seen = (part: Readonly<Uint8Array>, { start, end }: { readonly start: number; readonly end: number }) => ({
      start,
      end,
      text: part.join(),
    })
    const inMemory = await sequential().map(share(bytes), seen, { chunks })
    expect(await engine.map(file(fileOf(bytes)), seen, { chunks })).toEqual(inMemory)
  })

  test('give the answers of the same bytes in memory, for any bytes and chunk size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 100 }), async (bytes, size) => {
        const path = fileOf(bytes)
        const seen = await engine.map(file(path), (part) => part, { chunks: fixed({ size }) })
        expect(fingerprint(Buffer.concat(seen).toString('hex'))).toBe(fingerprint(Buffer.from(bytes).toString('hex')))
        unlinkSync(path)
      }),
      { numRuns: 30 },
    )
  })

  test.each([1, 3, 4096, 70_000])('land in the buffer that a plugin has for them: chunks of %i bytes', async (size) => {
    const bytes = randomBytes(100_000, 3)
    const seen = await engine.map(file(fileOf(bytes)), landed, { params: { size } })
    expect(Buffer.compare(Buffer.from(seen.flatMap(({ elements }) => elements)), bytes)).toBe(0)
    expect(seen.every(({ isInPlace }) => isInPlace)).toBe(true)
  })

  test('land as whole lines in the buffer that a plugin has for them', async () => {
    const text = ['a\n', `${'b'.repeat(100_000)}\n`, `${'c'.repeat(300_000)}\n`, 'd']
    const seen = await engine.run(file(fileOf(text.join(''))), landedLines)
    // Two lines start in the first four bytes.
    expect(seen.map((each) => each.length)).toEqual([100_003, 300_001, 1])
    expect(seen.join('') === text.join('')).toBe(true)
  })

  test('a view of the bytes in a result is copied in time, however deep it is', async () => {
    const seen = await engine.map(
      file(fileOf('abcdefghijkl')),
      (bytes) => ({ whole: bytes, part: [new Map([['part', bytes.subarray(1, 3)]])] }),
      { chunks },
    )
    expect(seen.map(({ whole, part }) => [whole, part[0]!.get('part')!].map(String))).toEqual([
      ['97,98,99,100', '98,99'],
      ['101,102,103,104', '102,103'],
      ['105,106,107,108', '106,107'],
    ])
  })

  test('bytes stay valid until the promise of an async chunk function has settled', async () => {
    const seen = await engine.map(
      file(fileOf('abcdefgh')),
      async (bytes) => {
        await new Promise((resolve) => setImmediate(resolve))
        return String.fromCharCode(...bytes)
      },
      { chunks },
    )
    expect(seen).toEqual(['abcd', 'efgh'])
  })

  test('chunk.view reads any window, and does not disturb the chunk’s own bytes', async () => {
    const seen = await engine.map(
      file(fileOf('abcdefgh')),
      (bytes, chunk) => {
        const other = chunk.view(chunk.length - chunk.end, chunk.length - chunk.start)
        return String.fromCharCode(...other, 47, ...bytes)
      },
      { chunks },
    )
    expect(seen).toEqual(['efgh/abcd', 'abcd/efgh'])
  })

  test('an empty file is empty data', async () => {
    expect(await engine.map(file(fileOf('')), () => 1)).toEqual([])
    expect(await engine.map(file(fileOf('')), () => 1).reduce(sum())).toBe(0)
  })

  test('a file of more than 4 GiB is read at the right places', async () => {
    const byteLength = 2 ** 32 + 2 ** 20
    const data = file(sparseFile(byteLength, [2 ** 32 - 1, 2 ** 32, byteLength - 1]))
    // Of all that the file holds, only what is looked at is read: a header up to the place of interest.
    const seen = await engine.map(data, (bytes, { start }) => [start, bytes[0], bytes[bytes.length - 1]], {
      chunks: records({ length: 2 ** 19, header: 2 ** 32 - 2 ** 19, size: 2 ** 19 }),
    })
    expect(seen).toEqual([
      [2 ** 32 - 2 ** 19, 0, 1],
      [2 ** 32, 2, 0],
      [2 ** 32 + 2 ** 19, 0, 3],
    ])
  })

  test.each<readonly [how: string, change: (path: string) => void]>([
    ['shrank', (path) => truncateSync(path, 6)],
    ['was written anew, and is longer', (path) => writeFileSync(path, 'ABCDEFGHIJKLMNOP')],
    [
      'was replaced',
      (path) => {
        writeFileSync(`${path} new`, 'ABCDEFGHIJKL')
        renameSync(`${path} new`, path)
      },
    ],
    ['was touched', (path) => utimesSync(path, 1, 1)],
    ['was removed', (path) => unlinkSync(path)],
  ])('a file that %s before the run rejects with ERR_DATA_CHANGED', async (_how, change) => {
    const path = fileOf('abcdefghijkl')
    const data = file(path)
    change(path)
    await expect(engine.map(data, (bytes) => bytes.length, { chunks })).rejects.toMatchObject({
      code: 'ERR_DATA_CHANGED',
    })
  })

  test.each<readonly [how: string, change: (path: string) => void]>([
    ['shrinks', (path) => truncateSync(path, 6)],
    ['shrinks to nothing', (path) => truncateSync(path, 0)],
    ['is written anew, and is longer', (path) => writeFileSync(path, 'ABCDEFGHIJKLMNOP')],
    ['is touched', (path) => utimesSync(path, 1, 1)],
    ['is removed', (path) => unlinkSync(path)],
  ])('a file that %s while it is read rejects with ERR_DATA_CHANGED', async (_how, change) => {
    const path = fileOf('abcdefghijkl')
    const [begun, changed] = [createSharedGate(), createSharedGate()]
    const run = engine
      .map(
        file(path),
        async (bytes, { params }) => {
          Atomics.store(params.begun.view(), 0, 1)
          Atomics.notify(params.begun.view(), 0)
          while (Atomics.load(params.changed.view(), 0) === 0) await new Promise((resolve) => setImmediate(resolve))
          return bytes.length
        },
        { chunks, params: { begun, changed } },
      )
      .start()
    await opened(begun)
    change(path)
    Atomics.store(changed.view(), 0, 1)
    await expect(run).rejects.toMatchObject({ code: 'ERR_DATA_CHANGED' })
  })

  test('to take a new state of a file, file is called again', async () => {
    const path = fileOf('abcd')
    expect(await engine.map(file(path), (bytes) => bytes.length)).toEqual([4])
    appendFileSync(path, 'efgh')
    expect(await engine.map(file(path), (bytes) => bytes.length)).toEqual([8])
  })
})

describe('bad paths', () => {
  mkdirSync(join(dir, 'folder'))

  test.each([
    ['missing', join(dir, 'nowhere'), { code: 'ENOENT' }],
    ['a directory', join(dir, 'folder'), { code: 'EISDIR' }],
  ])(
    'a path that is %s: load rejects and file throws, naming the argument and the path',
    async (_name, path, error) => {
      await expect(load(path)).rejects.toMatchObject(error)
      await expect(load(path)).rejects.toThrow(/^path: .*(nowhere|folder)/)
      expect(() => file(path)).toThrow(expect.objectContaining(error))
      expect(() => file(path)).toThrow(/^path: .*(nowhere|folder)/)
    },
  )

  test.each([
    ['a number', 7],
    ['nothing', undefined],
    ['empty text', ''],
    ['bytes', Buffer.from('x')],
    ['a URL that is none of a file', new URL('https://example.org/x')],
  ])('%s is no path: a TypeError', async (_name, path) => {
    await expect(load(path as string)).rejects.toBeInstanceOf(TypeError)
    expect(() => file(path as string)).toThrow(TypeError)
  })

  test('a file without permission: load rejects and file throws with EACCES', async () => {
    const path = fileOf('secret')
    const { stdout } = await runModule(`
      import { chmodSync } from 'node:fs'
      import { file, load } from '@onecopy/node'
      const path = ${JSON.stringify(path)}
      chmodSync(path, 0)
      // The superuser may read anything: go on as somebody else.
      if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534) }
      const report = (error) => console.log(error.code, /^path: /.test(error.message), error.message.includes(path))
      await load(path).catch(report)
      try { file(path) } catch (error) { report(error) }
    `)
    expect(stdout).toBe('EACCES true true\nEACCES true true\n')
  })
})
