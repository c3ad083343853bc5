// filter: the lines that contain a pattern, whole, in any chunks and with any line ends.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filter } from '@onecopy/examples'
import { createEngine, lines, share, writeResults } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { tempDir } from '../support/temp-dir.js'

const folder = tempDir()
const engine = createEngine({ workers: 2 })
afterAll(() => engine.close())

test('the file has the lines that a plain loop keeps', async () => {
  const to = join(folder, 'kept')
  const text = fc.array(fc.constantFrom('a', 'b', 'ab', 'é', '\n', '\n\n', '\r\n'), { maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.constantFrom('a', 'ab', 'ba', 'é', '\r'),
      fc.integer({ min: 1, max: 20 }),
      async (parts, pattern, size) => {
        const given = parts.join('')
        const run = engine.map(share(given), filter, { params: { pattern }, chunks: lines({ size }) })
        await writeResults(run, to)
        const expected = given.split(/(?<=\n)/).filter((line) => line.includes(pattern))
        expect(readFileSync(to, 'utf8')).toBe(expected.join(''))
      },
    ),
    { numRuns: 40 },
  )
})

test('a pattern that no line can contain is refused', () => {
  for (const pattern of ['', 'a\nb']) {
    expect(() => engine.map(share('a'), filter, { params: { pattern } })).toThrow(
      'pattern: expected text without line feeds',
    )
  }
})
