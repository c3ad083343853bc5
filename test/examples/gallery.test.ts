// The gallery as a user calls it: a process, its output and its exit code.

import { isUtf8 } from 'node:buffer'
import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadBetween, type Moment } from '../../packages/examples/dist/gallery/machine-load.js'

/** The examples that run over the file: the others take their time, whatever the file is. */
const overFile = ['byte-count', 'search', 'hash', 'word-count', 'entropy-map']
const only = (...names: string[]): string[] => names.flatMap((name) => ['--only', name])

const gallery = fileURLToPath(new URL('../../packages/examples/dist/gallery.js', import.meta.url))
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onecopy-gallery-'))
  await mkdir(join(folder, 'folder'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('what other programs used meanwhile', () => {
  const moment = (at: number, idle: number, own: number): Moment => ({ cores: 4, at, idle, own })

  test.each([
    ['nothing else ran', 0, 4000, 4, { coresOfOthers: 0, isBusy: false }],
    ['others took a core that the workers wanted', 1000, 2000, 4, { coresOfOthers: 1, isBusy: true }],
    ['others took a core that no worker wanted', 1000, 2000, 3, { coresOfOthers: 1, isBusy: false }],
    ['a hypervisor took two', 0, 2000, 4, { coresOfOthers: 2, isBusy: true }],
    ['clocks that differ a little', 100, 4000, 4, { coresOfOthers: 0, isBusy: false }],
  ])('%s', (_, idle, own, workers, load) => {
    expect(loadBetween(moment(5, 10, 20), moment(1005, 10 + idle, 20 + own), workers)).toEqual({ cores: 4, ...load })
  })

  test('a system that does not say, and a moment that is too short, tell nothing', () => {
    expect(loadBetween(moment(0, 0, 0), moment(50, 0, 0), 4)).toBeUndefined()
    expect(loadBetween({ ...moment(0, 0, 0), cores: 0 }, moment(1000, 0, 0), 4)).toBeUndefined()
  })
})

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

interface Call {
  /** The folder that the user is in. */
  readonly cwd?: string
  readonly nodeArgs?: readonly string[]
}

function call(args: readonly string[], { cwd = folder, nodeArgs = [] }: Call = {}): Promise<Outcome> {
  // npm sets INIT_CWD to the folder that the user is in, and runs the gallery elsewhere.
  const options = { cwd: tmpdir(), env: { ...process.env, INIT_CWD: cwd }, maxBuffer: 2 ** 26 }
  return new Promise((resolve) => {
    execFile(process.execPath, [...nodeArgs, gallery, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const ofLength = (length: number): Buffer => {
  // A linear congruential generator: the same bytes each time, of every value.
  let state = 1
  const bytes = Buffer.alloc(length)
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}

/** What `--json` has to say about `bytes`, found without onecopy. */
function expectedAnswers(bytes: Buffer, pattern: string): object[] {
  const text = bytes.toString('latin1')
  const needle = Buffer.from(pattern).toString('latin1')
  const offsets: number[] = []
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) offsets.push(at)
  const counts = new Array<number>(256).fill(0)
  for (const byte of bytes) counts[byte]!++
  const words = text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== '').length
  const first = offsets.slice(0, 5).map((offset) => {
    const lines = text.slice(0, offset).split('\n')
    return { offset, line: lines.length, column: lines.at(-1)!.length + 1 }
  })
  // The inputs below are no larger than one leaf, or exactly two.
  const sha = (part: Uint8Array): Buffer => createHash('sha256').update(part).digest()
  const leaf = 2 ** 20
  const root =
    bytes.length <= leaf ? sha(bytes) : sha(Buffer.concat([sha(bytes.subarray(0, leaf)), sha(bytes.subarray(leaf))]))
  return [
    { lines: counts[10], words, counts },
    { pattern, count: offsets.length, first },
    { crc32: crc32(bytes).toString(16).padStart(8, '0'), treeHash: root.toString('hex') },
    expectedWords(text),
    expectedEntropy(bytes),
  ]
}

function expectedWords(text: string): object {
  const runs = (text.match(/[A-Za-z\x80-\xff]+/g) ?? []).map((run) => Buffer.from(run, 'latin1'))
  const words = runs
    .filter((run) => run.length <= 4096 && isUtf8(run))
    .flatMap((run) => run.toString().match(/\p{L}[\p{L}\p{M}]*/gu) ?? [])
    .map((word) => word.toLowerCase())
    .sort()
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  // Sorted by name already, and sorting is stable.
  const top = [...counts].sort(([, a], [, b]) => b - a).slice(0, 10)
  return { words: words.length, different: counts.size, top }
}

/** All inputs are so small that a block is the least one, or the next that makes at most 64 × 24 blocks. */
function expectedEntropy(bytes: Buffer): object {
  const blockBytes = Math.max(256, 2 ** Math.ceil(Math.log2(bytes.length / (64 * 24))))
  const bits: unknown[] = []
  for (let start = 0; start < bytes.length; start += blockBytes) {
    const block = bytes.subarray(start, start + blockBytes)
    const counts = new Map<number, number>()
    for (const byte of block) counts.set(byte, (counts.get(byte) ?? 0) + 1)
    const parts = [...counts.values()].map((count) => (count / block.length) * Math.log2(block.length / count))
    bits.push(
      expect.closeTo(
        parts.reduce((sum, part) => sum + part, 0),
        9,
      ),
    )
  }
  return { blockBytes, bits }
}

// Each test waits for a process of its own, so they wait together.
describe.concurrent('npm start -- --json', () => {
  const inputs: [string, Buffer][] = [
    ['empty', Buffer.alloc(0)],
    ['one byte', Buffer.from('x')],
    ['text.txt', Buffer.from('the first line\n\tand the other\n'.repeat(3000))],
    ['no line feed at the end', Buffer.from('the end')],
    ['random bytes', ofLength(2 ** 20 + 77)],
    ['-', Buffer.from('a file named - on the disk\n')],
    ['däta – 数据.txt', Buffer.from('naïve: the 数据\n')],
  ]
  test.each(inputs)('%s', async (name, bytes) => {
    await write(name, bytes)
    const { code, stdout, stderr } = await call(['--json', ...only(...overFile), '--', name])
    const report = JSON.parse(stdout)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(report.examples.map((each: { answer: object }) => each.answer)).toEqual(expectedAnswers(bytes, 'the'))
    expect(report.agrees).toBe(true)
    expect(report.input).toMatchObject({ path: join(folder, name), bytes: bytes.length })
  })

  test('documents what the README says', async () => {
    const path = await write('some.txt', 'the\n')
    const report = JSON.parse((await call(['--json', '--workers', '2', ...only(...overFile), path])).stdout)
    expect(report).toMatchObject({
      input: { held: 'memory', loadMs: expect.any(Number), residentBytesAdded: expect.any(Number) },
      node: process.versions.node,
      workers: 2,
    })
    const timing = {
      oneWorkerMs: expect.any(Number),
      allWorkersMs: expect.any(Number),
      speedUp: expect.any(Number),
      gigabytesPerSecond: expect.any(Number),
      residentBytesAdded: expect.any(Number),
    }
    expect(report.examples.map(({ name }: { name: string }) => name)).toEqual(overFile)
    for (const example of report.examples) {
      expect(example).toEqual({
        name: expect.any(String),
        input: 'file',
        answer: expect.any(Object),
        bytes: 4,
        ...timing,
        ...(['byte-count', 'search', 'entropy-map'].includes(example.name) ? { kernels: timing } : {}),
        check: { against: expect.any(String), agrees: true },
      })
    }
  })

  test('--pattern is what is searched for, also one that overlaps itself', async () => {
    const path = await write('overlapping', 'aaa\n–aaa')
    const args = ['--json', '--pattern', 'aa', ...only('search'), path]
    const [search] = JSON.parse((await call(args)).stdout).examples
    expect(search.answer).toEqual(expectedAnswers(Buffer.from('aaa\n–aaa'), 'aa')[1])
  })

  test('the examples that bring their data agree with their checks', async () => {
    const names = ['log-stats', 'csv-aggregate', 'k-means']
    const path = await write('not looked at', '')
    const { code, stdout, stderr } = await call(['--json', ...only(...names), path])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { agrees, examples } = JSON.parse(stdout)
    expect(agrees).toBe(true)
    for (const [i, example] of examples.entries()) {
      expect(example).toMatchObject({ name: names[i], input: 'generated', check: { agrees: true } })
      expect(example.bytes).toBeGreaterThan(1e6)
    }
    expect(examples[0].answer).toMatchObject({ lines: 200_000, bytes: { p50: expect.any(Number) } })
    expect(examples[1].answer.keys[0]).toMatchObject({ key: 'Abéché', min: expect.any(Number) })
    expect(examples[2].answer).toMatchObject({ isStable: true })
  })

  test('--only runs the examples that it names, in the order of the gallery', async () => {
    const path = await write('only.txt', 'the\n')
    const report = JSON.parse((await call(['--json', ...only('word-count', 'byte-count'), path])).stdout)
    expect(report.examples.map(({ name }: { name: string }) => name)).toEqual(['byte-count', 'word-count'])
  })
})

describe.concurrent('npm start', () => {
  test('shows table, answers and checks, without colours or a progress bar when piped', async () => {
    const { code, stdout, stderr } = await call([...only(...overFile), await write('piped.txt', 'the cat\n')])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const text of [
      'byte-count',
      '2 words',
      'with kernels',
      '256 bytes',
      '"the"',
      'line 1, column 1',
      crc32('the cat\n').toString(16),
    ]) {
      expect(stdout).toContain(text)
    }
    expect(stdout.match(/✓ .+ agrees with /g)).toHaveLength(5)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what must not be there
    expect(stdout).not.toMatch(/\u001b/)
  })

  test('one byte is called so', async () => {
    const { stdout } = await call([...only('byte-count'), await write('x.txt', 'x')])
    expect(stdout).toContain('\n1 byte, held once')
  })

  test('a check that fails is shown, and the exit code is 1', async () => {
    const path = await write('checked.txt', 'the cat\n')
    // On the main thread, where the check is, zlib has another opinion.
    const liar = `data:text/javascript,${encodeURIComponent(`
      import zlib from 'node:zlib'
      import { syncBuiltinESMExports } from 'node:module'
      import { isMainThread } from 'node:worker_threads'
      if (isMainThread) { zlib.crc32 = () => 1; syncBuiltinESMExports() }
    `)}`
    const text = await call([...only('search', 'hash'), path], { nodeArgs: ['--import', liar] })
    expect(text.code).toBe(1)
    expect(text.stdout).toContain('✗ hash does not agree')
    expect(text.stdout).toContain('"crc32":"00000001"')

    const { code, stdout } = await call(['--json', ...only('search', 'hash'), path], { nodeArgs: ['--import', liar] })
    expect(code).toBe(1)
    const report = JSON.parse(stdout)
    expect(report.agrees).toBe(false)
    expect(report.examples.map((each: { check: { agrees: boolean } }) => each.check.agrees)).toEqual([true, false])
    expect(report.examples[1].check.expected.crc32).toBe('00000001')
  })

  test('a reader that leaves early is no error', async () => {
    const path = await write('long.txt', 'the cat\n')
    const child = spawn(process.execPath, [gallery, ...only('byte-count'), path], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test('--help', async () => {
    const { code, stdout, stderr } = await call(['--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: npm start/)
    for (const name of [...overFile, 'log-stats', 'csv-aggregate', 'k-means', '--only']) expect(stdout).toContain(name)
  })

  test.each([
    ['an unknown option', ['--nope'], /--nope/],
    ['two paths', ['one', 'two'], /one path, got 2/],
    ['a missing file', ['missing'], /ENOENT/],
    ['a directory', ['folder'], /is a directory/],
    ['an empty path', [''], /path/],
    ['an empty pattern', ['--pattern='], /--pattern/],
    ['a pattern that is missing', ['--pattern'], /--pattern/],
    ['what looks like an option in place of a pattern', ['--pattern', '--json'], /--pattern/],
    ['an example that is not there', ['--only', 'nope'], /--only: expected one of byte-count, .*, got "nope"/],
    ['no workers', ['--workers', '0'], /--workers/],
    ['workers that are no number', ['--workers', 'many'], /--workers/],
  ])('%s is one line on standard error and exit code 2', async (_, args, message) => {
    const { code, stdout, stderr } = await call(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^onecopy: [^\n]+\n$/)
    expect(stderr).toMatch(message)
  })
})
