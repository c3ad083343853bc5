// The command decompresses what it is given, by its first bytes.

import { execFileSync } from 'node:child_process'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { bgzf, gzipMember, hasZstd, zstdFrame } from '../support/packed.js'
import { call, pluginFolder, pluginText, writeFiles } from './command.js'

const text = 'one\ntwo\nthree\n'
const cwd = pluginFolder({
  'text.js': pluginText('text', 'return String.fromCharCode(...bytes)'),
  'total.js': pluginText('total', 'let s = 0; for (const n of bytes) s += n; return s', 'reduce: sum(),'),
  plain: text,
  'a.gz': gzipSync(text),
  bgzf: bgzf(Buffer.from(text), 4),
  members: Buffer.concat([gzipMember(Buffer.from('one\n')), gzipMember(Buffer.from('two\nthree\n'))]),
  'a.br': brotliCompressSync(text),
  'twice.gz': gzipSync(gzipSync(text)),
  'cut.gz': gzipSync(text).subarray(0, -3),
  'f64.gz': gzipSync(new Uint8Array(Float64Array.of(1, 2, 4).buffer)),
})

/** Whether this machine has a program that packs. */
function has(program: string): boolean {
  try {
    return execFileSync(program, ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] }).length >= 0
  } catch {
    return false
  }
}

test('files are decompressed, each by its own first bytes', async () => {
  const { code, stdout, stderr } = await call(
    ['run', 'text.js', 'plain', 'a.gz', 'bgzf', 'members', 'a.br', '--json'],
    { cwd },
  )
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const { results } = JSON.parse(stdout)
  expect(results.map((each: { result: string[] }) => each.result.join(''))).toEqual(Array(5).fill(text))
})

test('standard input is decompressed', async () => {
  for (const input of [gzipSync(text), bgzf(Buffer.from(text), 3), Buffer.from(text)]) {
    const { stdout, stderr } = await call(['run', 'text.js', '-', '--json'], { cwd, input })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout).results[0].result.join('')).toBe(text)
  }
})

test('a plugin is checked with what is decompressed', async () => {
  for (const name of ['a.gz', 'a.br']) {
    const { code, stdout } = await call(['check', 'total.js', name, '--runs', '2'], { cwd })
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('no law is broken') })
  }
})

test('--no-decompress reads files and standard input as they are', async () => {
  const input = gzipSync(text)
  for (const name of ['a.gz', '-']) {
    const { stdout } = await call(['run', 'text.js', name, '--json', '--no-decompress', '--quiet'], { cwd, input })
    expect(JSON.parse(stdout).results[0].bytes).toBe(input.length)
  }
})

test('what is compressed twice is decompressed once, and noted', async () => {
  const { stderr } = await call(['run', 'text.js', 'twice.gz', '--json'], { cwd })
  expect(stderr).toMatch(/^onecopy: twice\.gz begins as gzip does, and is read as it is/)
})

test('a damaged file fails with one clear line, and the others are read', async () => {
  const { code, stdout, stderr } = await call(['run', 'text.js', 'cut.gz', 'a.gz', '--json'], { cwd })
  expect(code).toBe(1)
  expect(stderr).toMatch(
    /^onecopy: cut\.gz: ERR_DATA_DAMAGED: .*the gzip member at byte 0: the file ends inside of it\n/,
  )
  expect(JSON.parse(stdout).results[1].result.join('')).toBe(text)
})

test('files of numbers are decompressed by their names', async () => {
  const { stdout } = await call(['run', 'total.js', 'f64.gz', '--type', 'f64'], { cwd })
  expect(stdout).toBe('7\n')
})

test.runIf(hasZstd || has('zstd'))('zstd is decompressed', async () => {
  const packed = hasZstd
    ? Buffer.concat([zstdFrame(Buffer.from('one\n')), zstdFrame(Buffer.from('two\nthree\n'))])
    : execFileSync('zstd', ['-c'], { input: text })
  writeFiles(cwd, { 'a.zst': packed })
  const { stdout, stderr } = await call(['run', 'text.js', 'a.zst', '--json'], { cwd })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout).results[0].result.join('')).toBe(text)
})

test.each(['xz', 'bzip2'])('%s is decompressed by the program of the system', async (program) => {
  if (!has(program)) return
  const packed = execFileSync(program, ['-c'], { input: text })
  writeFiles(cwd, { packed, cut: packed.subarray(0, -5) })
  const { stdout } = await call(['run', 'text.js', 'packed', '--json'], { cwd })
  expect(JSON.parse(stdout).results[0].result.join('')).toBe(text)
  const { stderr } = await call(['run', 'text.js', 'cut'], { cwd })
  expect(stderr).toMatch(/^onecopy: cut: ERR_DATA_DAMAGED: /)
})

test('without such a program, one line says what to install', async () => {
  writeFiles(cwd, { 'a.xz': Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0) })
  const { code, stderr } = await call(['run', 'text.js', 'a.xz'], { cwd, env: { PATH: cwd } })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^onecopy: a\.xz: .*xz is needed to decompress it, and is not installed; install it/)
})
