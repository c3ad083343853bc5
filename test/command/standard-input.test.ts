// Standard input and pipes are run while they arrive: in constant memory, however long they are, and until nobody wants more of them.

import { type ChildProcess, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { call, ended, pluginFolder, pluginText, start } from './command.js'

const mebibyte = 1024 * 1024

const cwd = pluginFolder({
  'size.js': pluginText('size', 'return bytes.length', 'reduce: sum(),'),
  // The most memory that the process had, in bytes: the workers are threads of it.
  'memory.js': pluginText(
    'memory',
    'return bytes.length',
    `reduce: { init: () => 0, add: (a, b) => a + b, merge: (a, b) => a + b,
       finish: (bytes) => ({ bytes, memory: process.resourceUsage().maxRSS * 1024 }) },`,
  ),
  'digests.js': pluginText(
    'digests',
    "return process.getBuiltinModule('crypto').hash('sha1', bytes)",
    'chunks: fixed({ size: 100_000 }),',
  ),
  'starts.js': pluginText('starts', 'return chunk.start', 'chunks: fixed({ size: 4 }),'),
  'texts.js': pluginText('texts', "return [Buffer.from(bytes).toString('latin1')]", 'chunks: lines({ size: 4 }),'),
  'take.js': `import { definePlugin, lines, take } from '@onecopy/core'
export default definePlugin(import.meta.url, { name: 'take', chunks: lines({ size: 1000 }), reduce: take(3),
  map: (bytes) => [Buffer.from(bytes).toString('latin1').slice(0, 5)] })`,
  'fails.js': pluginText(
    'fails',
    "if (chunk.index === 5) throw new Error('not this one')",
    'chunks: fixed({ size: 4 }),',
  ),
  // Without a reducer: while one runs in the main thread, a signal ends the process at once.
  'says.js': pluginText('says', "console.error('at work'); return 1", 'chunks: fixed({ size: 4 }),'),
  'far.js': pluginText('far', 'return chunk.view(0, chunk.end + 1).length', 'chunks: fixed({ size: 100_000 }),'),
  'doubled.js': `import { definePlugin, fixed } from '@onecopy/core'
export default definePlugin(import.meta.url, { name: 'doubled', chunks: fixed({ size: 4 }), into: { elements: Uint8Array },
  map(bytes, chunk) { for (let i = 0; i < bytes.length; i++) chunk.out[i] = 2 * bytes[i] } })`,
  'lengths.js': `import { definePlugin, fixed, sum } from '@onecopy/core'
export default definePlugin(import.meta.url, { name: 'lengths', chunks: fixed({ size: 4 }),
  prefix: { map: (bytes) => bytes.length, reduce: sum() }, map: (bytes, chunk) => chunk.prefix })`,
})

/** Write `count` times `piece`, as fast as it is read. Ends when nobody reads any more. */
async function write(child: ChildProcess, piece: Uint8Array, count: number): Promise<void> {
  const { stdin } = child
  let isLeft = false
  const left = new Promise<void>((resolve) => {
    stdin!.on('error', () => {
      isLeft = true
      resolve()
    })
  })
  for (let i = 0; i < count && !isLeft; i++) {
    if (!stdin!.write(piece)) await Promise.race([once(stdin!, 'drain').catch(() => {}), left])
  }
  stdin!.end()
}

describe('memory', () => {
  // Windows opens no directories.
  test.skipIf(process.platform === 'win32')(
    'a directory as standard input is refused, and not taken for no data',
    async () => {
      const folder = openSync(cwd, 'r')
      try {
        for (const command of ['run', 'head', 'check']) {
          const child = start([command, './size.js', '-'], { cwd }, [folder, 'pipe', 'pipe'])
          const stderr = 'onecopy: standard input: it is a directory; name the files in it\n'
          expect(await ended(child)).toEqual({ code: 1, stdout: '', stderr })
        }
      } finally {
        closeSync(folder)
      }
    },
  )

  test('a gibibyte through a pipe takes that of some chunks', { timeout: 120_000 }, async () => {
    const child = start(['run', 'memory.js', '-', '--json', '--workers', '2'], { cwd })
    const outcome = ended(child)
    await write(child, new Uint8Array(mebibyte).fill(10), 1024)
    const { stdout, stderr } = await outcome
    expect(stderr).toBe('')
    const { bytes, result } = JSON.parse(stdout).results[0]
    expect([bytes, result.bytes]).toEqual([1024 * mebibyte, 1024 * mebibyte])
    // The same command with an empty input takes about 100 MiB.
    expect(result.memory).toBeLessThan(400 * mebibyte)
  })

  test('what is decompressed arrives in the same way', { timeout: 120_000 }, async () => {
    const input = gzipSync(Buffer.alloc(512 * mebibyte), { level: 1 })
    const { stdout, stderr } = await call(['run', 'memory.js', '-', '--json', '--workers', '2'], { cwd, input })
    expect(stderr).toBe('')
    const { bytes, result } = JSON.parse(stdout).results[0]
    expect([bytes, result.bytes]).toEqual([512 * mebibyte, 512 * mebibyte])
    expect(result.memory).toBeLessThan(400 * mebibyte)
  })
})

test('chunks are those of a file of the same bytes', async () => {
  const input = 'one\ntwo\nthree\nfour\n'
  expect(JSON.parse((await call(['run', 'starts.js', '-', '--json'], { cwd, input })).stdout)).toMatchObject({
    ok: true,
    results: [{ file: '-', bytes: 19, stats: { bytes: 19, chunks: 5 }, result: [0, 4, 8, 12, 16] }],
  })
  const lines = await call(['run', 'texts.js', '-', '--json'], { cwd, input })
  expect(JSON.parse(lines.stdout).results[0].result).toEqual([['one\n'], ['two\n'], ['three\n'], ['four\n']])
})

// The command reads a pipe into memory that it uses again and again.
describe('bytes that arrive in pieces of any size', () => {
  const bytes = randomBytes(20 * mebibyte)
  const digests = Array.from({ length: Math.ceil(bytes.length / 100_000) }, (_, i) =>
    createHash('sha1')
      .update(bytes.subarray(i * 100_000, (i + 1) * 100_000))
      .digest('hex'),
  )
  const xz = spawnSync('xz', ['--version']).status === 0

  test.each<[string, Uint8Array, string[]]>([
    ['as they are', bytes, []],
    ['compressed', gzipSync(bytes, { level: 1 }), []],
    ['read as numbers, all of them at once', bytes, ['--type', 'u8', '--offset', '0', '--sample', '100%']],
    ...(xz
      ? ([['compressed, by a program', spawnSync('xz', ['-0'], { input: bytes, maxBuffer: 2 ** 26 }).stdout, []]] as [
          string,
          Uint8Array,
          string[],
        ][])
      : []),
  ])('are those that were written: %s', { timeout: 120_000 }, async (_, written, options) => {
    const child = start(['run', 'digests.js', '-', '--json', ...options], { cwd })
    const outcome = ended(child)
    for (let at = 0, i = 0; at < written.length; i++) {
      const end = at + [1, 100, 5000, 65_536, 300_000, 2_000_000][i % 6]!
      if (!child.stdin!.write(written.subarray(at, end))) await once(child.stdin!, 'drain')
      at = end
    }
    child.stdin!.end()
    expect(JSON.parse((await outcome).stdout).results[0].result).toEqual(digests)
  })
})

test('the size of chunks is that of --chunk-size', async () => {
  const input = new Uint8Array(10)
  const { stdout } = await call(['run', 'starts.js', '-', '--json', '--chunk-size', '6', '-q'], { cwd, input })
  expect(JSON.parse(stdout).results[0].result).toEqual([0, 6])
})

test('an input that never ends: a reducer that has enough ends it, and the writer learns of it', async () => {
  const child = start(['run', 'take.js', '-', '--json'], { cwd })
  const outcome = ended(child)
  await write(child, Buffer.from('again and again\n'.repeat(1000)), Number.POSITIVE_INFINITY)
  const { code, stdout } = await outcome
  expect(code).toBe(0)
  expect(JSON.parse(stdout).results[0].result).toEqual(['again', 'again', 'again'])
})

test('a chunk that fails ends it, and is named by its place', async () => {
  const child = start(['run', 'fails.js', '-'], { cwd })
  const outcome = ended(child)
  await write(child, new Uint8Array(1000), Number.POSITIVE_INFINITY)
  const { code, stderr } = await outcome
  expect(code).toBe(1)
  expect(stderr).toMatch(/^onecopy: standard input: ERR_CHUNK_FAILED: chunk 5.*not this one/)
})

// Windows has no signals to send: there, `kill` ends the process at once.
describe.skipIf(process.platform === 'win32')('signals', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends a run that waits for more, and says how much was done', async (signal, exitCode) => {
    const child = start(['run', 'says.js', '-'], { cwd })
    const outcome = ended(child)
    const atWork = new Promise<void>((resolve) => {
      child.stderr!.on('data', (text) => {
        if (String(text).includes('at work')) resolve()
      })
    })
    // Standard input stays open, and gives nothing else.
    child.stdin!.write('abcdefghijkl')
    await atWork
    child.kill(signal)
    const { code, stdout, stderr } = await outcome
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' })
    expect(stderr).toMatch(/onecopy: cancelled after .*, at standard input: \d+ bytes? done\n/)
    expect(stderr).not.toMatch(/Error|^ +at /m)
  })
})

test('a reader of the results that leaves ends it', async () => {
  const child = start(['run', 'starts.js', '-', '--json'], { cwd })
  const outcome = ended(child)
  child.stdout!.destroy()
  await write(child, new Uint8Array(100_000), Number.POSITIVE_INFINITY)
  expect((await outcome).stderr).not.toMatch(/EPIPE|Error:/)
})

test('a compressed pipe that is cut off is damaged, in one line', async () => {
  const input = gzipSync('some text that is packed').subarray(0, -9)
  const { code, stderr } = await call(['run', 'size.js', '-'], { cwd, input })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^onecopy: standard input: ERR_DATA_DAMAGED: [^\n]*standard input[^\n]*\n/)
})

describe('what needs all of the input at once reads it into memory', () => {
  test.each<readonly [why: string, args: readonly string[], result: unknown]>([
    ['--only', ['starts.js', '-', '--only', '1'], [4]],
    ['--sample', ['starts.js', '-', '--sample', '100%'], [0, 4, 8]],
    ['--type', ['size.js', '-', '--type', 'u16'], 5],
    ['--offset', ['size.js', '-', '--offset', '3'], 7],
    ['a first pass', ['lengths.js', '-'], [0, 4, 8]],
  ])('%s', async (_why, args, result) => {
    const { stdout, stderr } = await call(['run', ...args, '--json'], { cwd, input: new Uint8Array(10) })
    expect(stderr).not.toMatch(/memory/)
    expect(JSON.parse(stdout).results[0].result).toEqual(result)
  })

  test('an output', async () => {
    const { stdout } = await call(['run', 'doubled.js', '-', '--json'], { cwd, input: Uint8Array.of(1, 2, 3, 4, 5) })
    expect(stdout).toContain('"bytes":5')
    expect(JSON.parse(stdout).ok).toBe(true)
  })

  test('a note says so if there is much of it', async () => {
    const input = new Uint8Array(70 * mebibyte)
    const { stdout, stderr } = await call(['run', 'size.js', '-', '--offset', '1'], { cwd, input })
    expect(stdout).toBe('73,400,319\n')
    expect(stderr).toBe(
      'onecopy: standard input: more than 67.1 MB are read into memory, because --offset needs all of it at once\n',
    )
    const quiet = await call(['run', 'size.js', '-', '--offset', '1', '--quiet'], { cwd, input })
    expect(quiet.stderr).toBe('')
  })
})

test('a chunk that looks far from its own bytes says what to do', async () => {
  const { code, stderr } = await call(['run', 'far.js', '-'], { cwd, input: new Uint8Array(300_000) })
  expect(code).toBe(1)
  expect(stderr).toMatch(/chunk\.view: a stream shows a chunk only its own bytes and 65536 before them/)
})
