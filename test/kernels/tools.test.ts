// The answers of the system's own tools over whole files, where they are installed.

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { countLines, countWords, findBytes } from '@onecopy/kernels'
import { createEngine, file } from '@onecopy/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomBytes } from '../support/bytes.js'
import { tempDir } from '../support/temp-dir.js'

const engine = createEngine({ workers: 2 })
afterAll(() => engine.close())
const dir = tempDir()
const node = readFileSync(process.execPath).subarray(0, 8 * 2 ** 20)

const files: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ['part of an executable', node],
  ['random bytes', randomBytes(2 ** 20 + 7, 1)],
  ['a text without a line feed at its end', Buffer.from('one two\n three\tfour\n'.repeat(50_000).trimEnd())],
  ['nothing', new Uint8Array(0)],
]
const pathOf = (name: string): string => join(dir, name)
beforeAll(() => {
  for (const [name, bytes] of files) writeFileSync(pathOf(name), bytes)
})

/** What a tool prints, byte for byte as latin1; undefined where it is not installed. */
function printed(command: string, ...args: string[]): string | undefined {
  const env = { ...process.env, LC_ALL: 'C' }
  const { stdout, error } = spawnSync(command, args, { env, encoding: 'latin1', maxBuffer: 2 ** 30 })
  return error === undefined ? stdout : undefined
}

/** Whether `wc -w` takes all bytes but white space for parts of words, as coreutils 9.5 and later do. */
function countsEveryByte(): boolean {
  const path = pathOf('probe')
  writeFileSync(path, Uint8Array.of(1, 32, 0xff))
  return printed('wc', '-w', path)?.trim().split(' ')[0] === '2'
}

const hasWc = printed('wc', '--version') !== undefined
const hasGrep = printed('grep', '--version')?.includes('GNU grep') === true

describe.each(files)('%s', (name) => {
  test('countLines gives what wc -l gives', async ({ skip }) => {
    skip(!hasWc, 'wc is not installed')
    const expected = Number(printed('wc', '-l', pathOf(name))!.trim().split(' ')[0])
    expect(await engine.run(file(pathOf(name)), countLines)).toBe(expected)
  })

  test('countWords gives what wc -w gives', async ({ skip }) => {
    const isText = name.includes('text') || name === 'nothing'
    skip(!hasWc, 'wc is not installed')
    skip(
      !isText && !countsEveryByte(),
      'this wc takes only printable bytes for parts of words, as coreutils before 9.5 do',
    )
    const expected = Number(printed('wc', '-w', pathOf(name))!.trim().split(' ')[0])
    expect(await engine.run(file(pathOf(name)), countWords)).toBe(expected)
  })

  // grep gives no overlapping matches: these patterns have none.
  test.for(['the', 'e', 'one two', '\t'])(
    'findBytes gives the offsets of grep -obF for %j',
    async (pattern, { skip }) => {
      skip(!hasGrep, 'GNU grep is not installed')
      const lines = printed('grep', '--binary-files=text', '-obF', '-e', pattern, pathOf(name))!.split('\n')
      // A line is "offset:match"; where the data holds NUL bytes, too.
      const expected = lines.filter((line) => line !== '').map((line) => Number.parseInt(line, 10))
      const { count, offsets } = await engine.run(file(pathOf(name)), findBytes, { params: { pattern } })
      expect(count).toBe(expected.length)
      expect([...offsets]).toEqual(expected)
    },
  )
})
