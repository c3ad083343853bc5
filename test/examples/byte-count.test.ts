// byte-count: bytes, lines and words, on any chunks.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { barPlot, byteCount } from '@onecopy/examples'
import { createEngine, file, fixed, sequential, share } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'

const engine = createEngine({ workers: 3 })
afterAll(() => engine.close())

function naive(bytes: Uint8Array): { counts: number[]; lines: number; words: number } {
  const counts = new Array<number>(256).fill(0)
  for (const byte of bytes) counts[byte]!++
  // latin1: one character per byte. Not \s, which takes 0xa0 for a space as well.
  const words = Buffer.from(bytes)
    .toString('latin1')
    .split(/[ \t\n\v\f\r]+/)
  return { counts, lines: counts[10]!, words: words.filter((word) => word !== '').length }
}

/** Bytes in which white space is as common as in text, the rest is anything. */
const textLike = fc
  .array(fc.oneof(fc.constantFrom(9, 10, 11, 12, 13, 32), fc.integer({ min: 0, max: 255 })), { maxLength: 200 })
  .map((bytes) => Uint8Array.from(bytes))

describe('byte-count', () => {
  test.each([
    ['nothing', '', 0, 0],
    ['one letter', 'x', 0, 1],
    ['one line feed', '\n', 1, 0],
    ['a last line without a line feed', 'one two\nthree', 1, 3],
    ['all white space', ' \t\n\v\f\r ', 1, 0],
    ['white space of every kind between words', 'a b\tc\vd\fe\rf\ng', 1, 7],
    ['control characters and NUL are parts of words', '\0 \u0001\u0002 \u007f', 0, 3],
  ])('%s', async (_, text, lines, words) => {
    const answer = await engine.run(share(text), byteCount)
    expect({ lines: answer.lines, words: answer.words }).toEqual({ lines, words })
  })

  test('a no-break space of UTF-8 or latin1 is no white space', async () => {
    const answer = await engine.run(share(Uint8Array.of(0x61, 0xa0, 0x62, 0x20, 0xc2, 0xa0, 0x63)), byteCount)
    expect(answer.words).toBe(2)
  })

  test('a word across every border counts once, in memory and in a file', async () => {
    const text = 'a word thatgoesonforlongerthanachunk\n\n end'
    const folder = await mkdtemp(join(tmpdir(), 'onecopy-'))
    try {
      const path = join(folder, 'words.txt')
      await writeFile(path, text)
      for (const data of [share(text), file(path)]) {
        for (let size = 1; size <= text.length; size++) {
          const { words, lines } = await engine.run(data, byteCount, { chunks: fixed({ size }) })
          expect({ size, words, lines }).toEqual({ size, words: 4, lines: 2 })
        }
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('any data in chunks of any size gives what a plain loop gives', async () => {
    const alone = sequential()
    await fc.assert(
      fc.asyncProperty(textLike, fc.integer({ min: 1, max: 50 }), async (bytes, size) => {
        const { counts, lines, words } = await alone.run(share(bytes), byteCount, { chunks: fixed({ size }) })
        expect({ counts: [...counts], lines, words }).toEqual(naive(bytes))
      }),
    )
  })
})

describe('the bar plot', () => {
  test('shows each of the 256 values, in at most 80 columns', () => {
    const lines = barPlot(Array.from({ length: 256 }, (_, value) => value + 1)).split('\n')
    expect(lines.filter((line) => /^ {2}[0-9a-f]{2} .{64}$/u.test(line))).toHaveLength(4)
    // Every value occurs, so every strip's lowest row has 64 bars.
    expect(lines.filter((line) => /^ {5}[▁-█]{64}$/u.test(line)).length).toBeGreaterThanOrEqual(4)
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(80)
  })

  test('a value that occurs once beside a billion others is seen', () => {
    const counts = new Float64Array(256)
    counts[0x41] = 1
    counts[0x42] = 1e9
    expect(barPlot(counts)).toContain(`${' '.repeat(6)}▁█`)
  })

  test('says that there is nothing', () => {
    expect(barPlot(new Float64Array(256))).toContain('nothing to count')
  })

  test('refuses anything but 256 counts', () => {
    expect(() => barPlot([1, 2, 3])).toThrow(RangeError)
  })
})
