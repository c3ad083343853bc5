// `onecopy run` over many files: patterns, one result of all files, and a table of their results.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { call, pluginFolder, pluginText, writeFiles } from './command.js'

const cwd = pluginFolder({
  'feeds.js': pluginText(
    'feeds',
    'return bytes.filter((b) => b === 10).length',
    'chunks: lines({ size: 4 }), reduce: sum(),',
  ),
  'upper.js': pluginText('upper', 'return String.fromCharCode(...bytes).toUpperCase()', 'chunks: lines({ size: 4 }),'),
  'picky.js': pluginText(
    'picky',
    'if (bytes[0] === 88) throw new Error("an X"); if (bytes[0] === 89) chunk.skip(chunk.start, chunk.start + 1, "a Y"); return 1',
    'chunks: lines({ size: 2 }), reduce: sum(),',
  ),
})
mkdirSync(join(cwd, 'logs'))
const log = (name: string): string => join(cwd, 'logs', name)
writeFileSync(log('b.log'), 'three\nfour')
writeFileSync(log('a.log'), 'one\ntwo\n')
writeFileSync(log('[x].log'), 'x\n')
writeFileSync(log('bad.txt'), 'fine\nX\n')
writeFileSync(log('why.txt'), 'fine\nY\n')

const run = (...args: string[]): ReturnType<typeof call> => call(['run', ...args], { cwd })

test('patterns are expanded, in the order of their names; each file has its result', async () => {
  expect(await run('./feeds.js', 'logs/?.log', 'logs/[x].log')).toMatchObject({
    code: 0,
    stdout: 'logs/a.log: 2\nlogs/b.log: 1\nlogs/[x].log: 1\n',
  })
})

test('a pattern that matches nothing is an error that names it, before anything runs', async () => {
  const { code, stdout, stderr } = await run('./feeds.js', 'logs/a.log', 'logs/*.gone')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^onecopy: no file matches "logs\/\*\.gone" in "/)
})

test('--together gives one result of all files', async () => {
  expect(await run('./feeds.js', 'logs/*.log', '--together')).toMatchObject({ code: 0, stdout: '4\n' })
  const { stdout } = await run('./upper.js', 'logs/a.log', 'logs/b.log', '--together', '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    results: [{ files: ['logs/a.log', 'logs/b.log'], bytes: 18, result: ['ONE\n', 'TWO\n', 'THREE\n', 'FOUR'] }],
    ok: true,
  })
})

test('--together decompresses the files that are compressed', async () => {
  writeFileSync(log('old.gz'), gzipSync('one\ntwo\nthree'))
  expect(await run('./feeds.js', 'logs/a.log', 'logs/old.gz', '--together')).toMatchObject({ code: 0, stdout: '4\n' })
  const plain = await run('./upper.js', 'logs/old.gz', 'logs/a.log', '--together', '--no-decompress', '--json')
  expect(JSON.parse(plain.stdout).results[0].bytes).toBe(8 + gzipSync('one\ntwo\nthree').length)
})

test('--together with --out writes the results of all files into one', async () => {
  expect(await run('./upper.js', 'logs/a.log', 'logs/b.log', '--together', '--out', 'all.txt')).toMatchObject({
    code: 0,
  })
  expect(readFileSync(join(cwd, 'all.txt'), 'utf8')).toBe('ONE\nTWO\nTHREE\nFOUR')
})

test('--together with --resume goes on, and refuses other files', async () => {
  const resume = (...names: string[]): ReturnType<typeof call> =>
    run('./feeds.js', ...names, '--together', '--resume', 'parts')
  expect(await resume('logs/a.log', 'logs/b.log')).toMatchObject({ code: 0, stdout: '3\n' })
  expect(await resume('logs/a.log', 'logs/b.log')).toMatchObject({ code: 0, stdout: '3\n' })
  const other = await resume('logs/b.log', 'logs/a.log')
  expect(other).toMatchObject({ code: 1, stdout: '' })
  expect(other.stderr).toContain('ERR_CHECKPOINT_MISMATCH')
})

test('--together: an error names the file and the offset in it', async () => {
  const { code, stderr } = await run('./picky.js', 'logs/a.log', 'logs/bad.txt', '--together')
  expect(code).toBe(1)
  expect(stderr).toContain(`chunk 6 [5, 7) of ${log('bad.txt')} failed: Error: an X`)
  expect(stderr).toContain(`where: bytes 5 to 7 of ${log('bad.txt')}, the end not included (chunk 6)`)
})

test('--together with --max-skipped and --skipped: what is skipped has its file and the offset in it', async () => {
  const args = [
    'logs/a.log',
    'logs/bad.txt',
    'logs/why.txt',
    '--together',
    '--max-skipped',
    '5',
    '--skipped',
    's.ndjson',
  ]
  expect(await run('./picky.js', ...args)).toMatchObject({ code: 0, stdout: '5\n' })
  const lines = readFileSync(join(cwd, 's.ndjson'), 'utf8').trim().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { file: log('bad.txt'), start: 5, end: 7, why: 'Error: an X' },
    { file: log('why.txt'), start: 5, end: 6, why: 'a Y' },
  ])
})

test('--by-file prints a table of all files', async () => {
  const { code, stdout } = await run('./feeds.js', 'logs/b.log', 'logs/a.log', '--by-file')
  expect(code).toBe(0)
  expect(stdout).toMatch(/file .*\n[^\n]*\n[^\n]*logs\/b\.log .* 1 .*\n[^\n]*logs\/a\.log .* 2 /)
})

test.each([
  [['--together', '--by-file'], 'only one of --together and --by-file'],
  [['--together', '-'], 'not standard input'],
  [['--together', '--follow', 'parts2'], '--follow needs one file'],
  [['--together', '--cluster', 'redis://localhost'], 'not possible with --cluster'],
  [['--together', '--encoding', 'utf-16'], "let the plugin cut the text: lines({ encoding: '…' })"],
  [['--by-file', '--out', 'x'], 'not possible with --out'],
])('%j is refused', async (args, message) => {
  const { code, stderr } = await run('./feeds.js', 'logs/a.log', ...args)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})

test('--together: each file that has a known other format is noted with what to do', async () => {
  const wide = Buffer.from('\ufeffa\n', 'utf16le')
  writeFiles(cwd, { 'wide/a.txt': wide, 'wide/b.txt': 'b\n', 'wide/c.gz': gzipSync(gzipSync('c\n')), 'wide/empty': '' })
  const { code, stdout, stderr } = await run('./feeds.js', 'wide/*', '--together')
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\n$/) })
  const [ofWide, ofPacked, ...rest] = stderr.split('\n')
  expect(ofWide).toMatch(/^onecopy: wide\/a\.txt begins with the mark of UTF-16 .* lines\(\{ encoding: 'utf-16le' \}\)/)
  expect(ofWide).not.toContain('--encoding')
  expect(ofPacked).toMatch(/^onecopy: wide\/c\.gz begins as gzip does.*: gzip -dc wide\/c\.gz \| onecopy run PLUGIN -$/)
  expect(rest).toEqual([''])
  const many = await run('./feeds.js', ...Array(6).fill('wide/a.txt'), '--together')
  expect(many.stderr.match(/begins with the mark/g)).toHaveLength(3)
  expect(many.stderr).toContain('onecopy: 3 other files begin in such a way\n')
  expect((await run('./feeds.js', 'wide/*', '--together', '--quiet')).stderr).toBe('')
})

test('--together: a missing file and a directory are named', async () => {
  expect((await run('./feeds.js', 'logs/a.log', 'logs/no.log', '--together')).stderr).toContain('no.log')
  expect((await run('./feeds.js', 'logs/a.log', 'logs', '--together')).stderr).toContain('is a directory')
})
