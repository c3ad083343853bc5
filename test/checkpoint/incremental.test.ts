// Runs with `incremental`: a file grows, only what is new is run, and the answer is that of a run from scratch, bit for bit.

import {
  appendFileSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import {
  type AnyPlugin,
  type Chunker,
  createEngine,
  csvRecords,
  delimited,
  type Engine,
  file,
  fixed,
  lines,
  overlapping,
  records,
  sequential,
  share,
} from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as plugins from '../plugins/kept.js'
import { fingerprint } from '../support/fingerprint.js'
import { createLog, freshFolder, numbers } from './folders.js'

let engines: readonly Engine[]
beforeAll(() => {
  engines = [createEngine({ workers: 1 }), createEngine({ workers: 3 })]
})
afterAll(() => Promise.all(engines.map((engine) => engine.close())))

/** A file that begins as `text`, a folder for parts, and a log. */
function growing(text: string | Uint8Array) {
  const folder = freshFolder()
  const path = join(folder, 'data.txt')
  writeFileSync(path, text)
  return { folder, path, incremental: join(folder, 'parts'), log: createLog(folder) }
}

const chunkers: Readonly<Record<string, Chunker>> = {
  fixed: fixed({ size: 4 }),
  'fixed, chunks of one byte': fixed({ size: 1 }),
  records: records({ length: 3, header: 2, size: 7 }),
  overlapping: overlapping({ size: 5, overlap: 3 }),
  'overlapping by more than a chunk': overlapping({ size: 3, overlap: 8 }),
  lines: lines({ size: 4 }),
  'delimited by two bytes': delimited({ delimiter: 'ab', size: 4 }),
  'delimited, and delimiters overlap': delimited({ delimiter: '\n\n', size: 5 }),
  'delimited, and longer delimiters overlap': delimited({ delimiter: 'aba', size: 4 }),
  'quoted CSV': csvRecords({ delimiter: 'a', quote: 'b', size: 4, malformed: 'keep' }),
  'quoted CSV without what is open': csvRecords({ delimiter: 'a', quote: 'b', size: 3, malformed: 'skip' }),
  'quoted CSV in chunks of one byte': csvRecords({
    delimiter: 'a',
    quote: 'b',
    escape: 'c',
    size: 1,
    malformed: 'keep',
  }),
  'delimited and aligned': delimited({ delimiter: 'ab', align: 2, size: 4 }),
}
const kinds: Readonly<Record<string, AnyPlugin>> = plugins

/** Pieces of text with many delimiters of all kinds. */
const piece = fc.array(fc.constantFrom('\n', 'a', 'b', 'c'), { maxLength: 40 }).map((letters) => letters.join(''))

describe.each(Object.entries(chunkers))('%s', (_, chunker) => {
  test('any growth gives the answer of a run from scratch, and no chunk is run that stays as it was', {
    timeout: 120_000,
  }, async () => {
    const names = fc.constantFrom(...Object.keys(kinds))
    await fc.assert(
      fc.asyncProperty(names, fc.array(piece, { minLength: 2, maxLength: 5 }), async (name, pieces) => {
        const plugin = kinds[name]!
        const { path, incremental, log } = growing('')
        const cut = plugins.keptList
        let before: readonly { start: number; bytes: Uint8Array; end: number }[] = []
        for (const [step, text] of pieces.entries()) {
          appendFileSync(path, text)
          const params = { chunker, log: log.path }
          const answer = await engines[step % 2]!.run(file(path), plugin, { params, incremental })
          const ran = log.read()
          const bytes = share(readFileSync(path))
          const scratch = await sequential().run(bytes, plugin, { params: { chunker } })
          expect(fingerprint(answer)).toBe(fingerprint(scratch))
          // A chunk that has another beginning, end or content than before had to run. Of the others, only a few near the edge may.
          const now = await sequential().run(bytes, cut, { params: { chunker } })
          const same = before.filter((chunk, at) => fingerprint(chunk) === fingerprint(now[at])).length
          const firstOther = now[Math.max(0, same - 2)]?.start ?? 0
          const size = chunker.size!
          expect(ran.filter((index) => (index + 1) * size + 8 < firstOther)).toEqual([])
          before = now
        }
      }),
      { numRuns: 6 },
    )
  })
})

const sum = plugins.keptSum

describe('what is run again', () => {
  const cases: readonly (readonly [string, Chunker, string, string, readonly number[]])[] = [
    ['nothing, if the file has not grown and its chunks are full', fixed({ size: 4 }), 'x'.repeat(40), '', []],
    ['only new chunks, if the last one was full', fixed({ size: 4 }), 'x'.repeat(40), 'y'.repeat(8), [10, 11]],
    ['the last chunk, if it was short', fixed({ size: 4 }), 'x'.repeat(38), 'y'.repeat(8), [9, 10, 11]],
    [
      'chunks whose overlap was cut off',
      overlapping({ size: 4, overlap: 5 }),
      'x'.repeat(40),
      'y'.repeat(4),
      [8, 9, 10],
    ],
    [
      'records that were not whole',
      records({ length: 4, size: 8, header: 2 }),
      'x'.repeat(2 + 8 * 5 + 6),
      'y'.repeat(4),
      [5],
    ],
    ['the line that went on', lines({ size: 4 }), 'aaa\n'.repeat(10), 'bbb\nb', [9, 10, 11]],
    [
      'a line of many chunks that went on',
      lines({ size: 4 }),
      `${'aaa\n'.repeat(5)}${'c'.repeat(20)}`,
      'c\nd',
      [5, 10],
    ],
  ]
  test.each(cases)('%s', async (_, chunker, text, more, expected) => {
    const { path, incremental, log } = growing(text)
    const params = { chunker, log: log.path }
    await engines[1]!.run(file(path), plugins.keptText, { params, incremental })
    log.read()
    appendFileSync(path, more)
    const answer = await engines[0]!.run(file(path), plugins.keptText, { params, incremental })
    expect(log.read()).toEqual(expected)
    expect(answer).toEqual(await sequential().run(file(path), plugins.keptText, { params: { chunker } }))
  })
})

test('what was kept before a failure is not run again after the file has grown', async () => {
  const chunker = fixed({ size: 4 })
  const { path, incremental, log } = growing('x'.repeat(400))
  const params = { chunker, log: log.path, bad: [70] }
  await expect(engines[1]!.run(file(path), sum, { params, incremental })).rejects.toThrow('chunk 70 is bad')
  log.read()
  appendFileSync(path, 'more')
  await expect(engines[1]!.run(file(path), sum, { params, incremental })).rejects.toThrow('chunk 70 is bad')
  expect(log.read().filter((chunk) => chunk < 64)).toEqual([])
})

test('a fold goes on, and is computed anew when its blocks become larger', async () => {
  const chunker = fixed({ size: 2 })
  const { path, incremental, log } = growing('abcdefg\n'.repeat(160))
  const params = { chunker, log: log.path }
  const ran = async (): Promise<number> => {
    const answer = await engines[1]!.run(file(path), plugins.keptFold, { params, incremental })
    const scratch = await sequential().run(file(path), plugins.keptFold, { params: { chunker } })
    expect(fingerprint(answer)).toBe(fingerprint(scratch))
    return log.read().length
  }
  expect(await ran()).toBe(640)
  appendFileSync(path, 'abcdefg\n'.repeat(10))
  // 40 new chunks.
  expect(await ran()).toBe(40)
  appendFileSync(path, 'abcdefg\n'.repeat(90))
  // 1,040 chunks have blocks of 4 instead of 2.
  expect(await ran()).toBe(1040)
  appendFileSync(path, 'x')
  expect(await ran()).toBe(1)
})

test('the chunk size of the first run stays, whatever the default for the longer file would be', async () => {
  const { path, incremental, log } = growing('0123456789abcdef'.repeat(4096))
  const params = { log: log.path, chunker: fixed() }
  await engines[1]!.run(file(path), plugins.keptText, { params, incremental })
  log.read()
  // With 17 MiB, chunks would have 128 KiB by default.
  appendFileSync(path, '0123456789abcdef'.repeat(1024 * 1024 + 65536))
  const answer = await engines[1]!.run(file(path), plugins.keptText, { params, incremental })
  expect(answer).toHaveLength(1 + 256 + 16)
  expect(log.read()).toEqual(numbers(1, 273))
})

test('chunks that a call asks for itself keep the size of the folder as well', async () => {
  const { path, incremental } = growing('a\nb\n'.repeat(20_000))
  await engines[0]!.run(file(path), plugins.keptText, { incremental, chunks: lines() })
  appendFileSync(path, 'c\n')
  await expect(engines[0]!.run(file(path), plugins.keptText, { incremental, chunks: lines() })).resolves.toHaveLength(2)
  await expect(
    engines[0]!.run(file(path), plugins.keptText, { incremental, chunks: lines({ size: 10 }) }),
  ).rejects.toThrow('the number of elements per chunk was 65536, and now is 10')
})

test('elements of more than one byte, behind a header', async () => {
  const values = Float64Array.from({ length: 100 }, (_, i) => 1 / (i + 1))
  const { path, incremental } = growing('12345')
  const bytes = Buffer.from(values.buffer)
  const chunks = fixed({ size: 7 })
  for (const [from, to] of [
    [0, 10],
    [10, 14],
    [14, 90],
    [90, 100],
  ] as const) {
    appendFileSync(path, bytes.subarray(from * 8, to * 8))
    const data = () => file(path, Float64Array, { offset: 5 })
    const answer = await engines[1]!.run(data() as never, sum, { incremental, chunks })
    expect(answer).toBe(await sequential().run(data() as never, sum, { chunks }))
  }
})

test('many small steps leave few files', async () => {
  const chunker = fixed({ size: 1 })
  const { path, incremental } = growing('')
  for (let step = 0; step < 80; step++) {
    appendFileSync(path, 'x')
    await engines[0]!.run(file(path), plugins.keptAny, { params: { chunker }, incremental })
  }
  await expect(engines[0]!.run(file(path), plugins.keptAny, { params: { chunker }, incremental })).resolves.toBe(80)
  expect(readdirSync(incremental).length).toBeLessThan(70)
})

describe('a file that has not only grown is refused', () => {
  const text = 'line of text\n'.repeat(20_000)
  const chunker = lines({ size: 4096 })
  const cases: readonly (readonly [string, RegExp, (path: string) => void])[] = [
    ['truncated', /was truncated: the data had 260000 bytes, and now has 1000/, (path) => truncateSync(path, 1000)],
    [
      'replaced',
      /another file has taken the place of/,
      (path) => {
        copyFileSync(path, `${path}.2`)
        renameSync(`${path}.2`, path)
      },
    ],
    [
      'overwritten at the end of its old bytes',
      /the bytes of .* before byte 260000 have changed/,
      (path) => writeFileSync(path, `${text.slice(0, -2)}!\nmore\n`),
    ],
    [
      'overwritten at its beginning',
      /the first bytes of .* have changed/,
      (path) => writeFileSync(path, `L${text.slice(1)}more\n`),
    ],
    ['written to without growing', /was written to, and has not grown/, (path) => utimesSync(path, 1, 1)],
  ]
  test.each(cases)('%s', async (_, message, change) => {
    const { path, incremental } = growing(text)
    await engines[1]!.run(file(path), sum, { params: { chunker }, incremental })
    const before = readdirSync(incremental).length
    change(path)
    const refused = engines[1]!.run(file(path), sum, { params: { chunker }, incremental })
    await expect(refused).rejects.toMatchObject({ code: 'ERR_CHECKPOINT_MISMATCH' })
    await expect(refused).rejects.toThrow(message)
    expect(readdirSync(incremental)).toHaveLength(before)
  })

  test('overwritten in the middle: only verifyPrefix sees it', async () => {
    const { path, incremental, folder } = growing(text)
    const verified = join(folder, 'verified')
    const params = { chunker }
    const run = (options: object) => engines[1]!.run(file(path), sum, { params, ...options })
    await run({ incremental })
    await run({ incremental: verified, verifyPrefix: true })
    appendFileSync(path, 'more\n')
    await run({ incremental: verified })
    appendFileSync(path, 'and more\n')
    await expect(run({ incremental: verified, verifyPrefix: true })).resolves.toBe(await run({ incremental }))
    const bytes = readFileSync(path)
    bytes[130_000]! ^= 1
    writeFileSync(path, Buffer.concat([bytes, Buffer.from('most\n')]))
    await expect(run({ incremental })).resolves.toBeTypeOf('number')
    await expect(run({ incremental: verified, verifyPrefix: true })).rejects.toThrow(
      /bytes 0 to 260000 of .* have changed/,
    )
    await expect(run({ incremental, verifyPrefix: true })).rejects.toThrow('begun without verifyPrefix')
  })

  test('with verifyPrefix, a new modification time is no reason', async () => {
    const { path, incremental } = growing(text)
    const options = { params: { chunker }, incremental, verifyPrefix: true }
    const before = await engines[1]!.run(file(path), sum, options)
    utimesSync(path, 1, 1)
    await expect(engines[1]!.run(file(path), sum, options)).resolves.toBe(before)
  })

  test('another beginning', async () => {
    const { path, incremental } = growing(text)
    await engines[1]!.run(file(path), sum, { params: { chunker }, incremental })
    await expect(engines[1]!.run(file(path, { start: 13 }), sum, { params: { chunker }, incremental })).rejects.toThrow(
      'the data began at byte 0 of the file, and now begins at byte 13',
    )
  })

  test('a folder of another file', async () => {
    const { path, incremental, folder } = growing(text)
    await engines[1]!.run(file(path), sum, { params: { chunker }, incremental })
    const other = join(folder, 'other.txt')
    writeFileSync(other, `${text}more`)
    await expect(engines[1]!.run(file(other), sum, { params: { chunker }, incremental })).rejects.toThrow(
      'another file has taken the place',
    )
  })

  test.each([
    ['another plugin', 'the plugin was kept-sum, and now is kept-any', plugins.keptAny, {}],
    ['other parameters', 'the parameters were others', sum, { bad: [100_000] }],
    ['other chunks', 'the kind of the chunks was delimited, and now is fixed', sum, { chunker: fixed({ size: 4096 }) }],
    [
      'another delimiter',
      'the delimiter was 10, and now is 13',
      sum,
      { chunker: delimited({ delimiter: '\r', size: 4096 }) },
    ],
  ] as const)('%s', async (_, message, plugin, others) => {
    const { path, incremental } = growing(text)
    await engines[1]!.run(file(path), sum, { params: { chunker }, incremental })
    const error = await engines[1]!
      .run(file(path), plugin as AnyPlugin, { params: { chunker, ...others }, incremental })
      .catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'ERR_CHECKPOINT_MISMATCH' })
    expect(String(error)).toContain(message)
  })

  test('a part of another folder', async () => {
    const { path, incremental, folder } = growing(text)
    await engines[1]!.run(file(path), sum, { params: { chunker }, incremental })
    const other = join(folder, 'other')
    await engines[1]!.run(file(path), sum, { params: { chunker }, incremental: other })
    rmSync(join(incremental, '0-1.part'))
    copyFileSync(join(other, '0-1.part'), join(incremental, '0-1.part'))
    appendFileSync(path, 'more')
    await expect(engines[1]!.run(file(path), sum, { params: { chunker }, incremental })).rejects.toThrow(
      /0-1\.part.*it was made of other data/,
    )
  })
})
