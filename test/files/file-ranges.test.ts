// Files of numbers, behind headers, and parts of files: a run over one gives what it gives over the same elements in memory.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Chunker,
  csvRecords,
  delimited,
  type Engine,
  fixed,
  lines,
  overlapping,
  records,
  type SharedData,
  sequential,
  share,
  type TypedArray,
} from '@onecopy/core'
import { minMax, sumBigInts, sumNumbers } from '@onecopy/kernels'
import { file, load } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { landed } from '../plugins/landing.js'
import { randomBytes } from '../support/bytes.js'
import { runModule } from '../support/child.js'
import { engineKinds } from '../support/engines.js'
import { tempDir } from '../support/temp-dir.js'
import { typedArrays } from '../support/typed-arrays.js'

const dir = tempDir()
let files = 0

function fileOf(bytes: Uint8Array | string): string {
  const path = join(dir, `range ${files++}`)
  writeFileSync(path, bytes)
  return path
}

/** The type of every kind in these tests, because they use all kinds in the same way. */
type Kind = Float64ArrayConstructor
const kindNamed = (name: string): Kind => typedArrays.find((kind) => kind.name === name) as unknown as Kind

/** The elements `[start, end)` of that kind behind `offset` bytes, found without any of the product. */
function elementsOf(bytes: Uint8Array, Elements: Kind, offset: number, start: number, end: number): Float64Array {
  const size = Elements.BYTES_PER_ELEMENT
  return new Elements(bytes.slice(offset + start * size, offset + end * size).buffer)
}

/** All that a chunk function can see of its chunk. */
const seen = (
  part: Readonly<TypedArray>,
  chunk: {
    readonly start: number
    readonly end: number
    readonly chunks: number
    readonly length: number
    view(start: number, end: number): TypedArray
  },
) => {
  const texts = (array: object): string[] => Array.from(array as ArrayLike<number | bigint>, String)
  const { start, end, chunks, length } = chunk
  const around = chunk.view(Math.max(0, start - 2), end + 2)
  return {
    start,
    end,
    chunks,
    length,
    part: texts(part),
    around: texts(around),
    isAligned: part.byteOffset % part.BYTES_PER_ELEMENT,
  }
}

describe.each(engineKinds.slice(0, 3))('on $name', ({ make }) => {
  let engine: Engine
  beforeAll(() => {
    engine = make()
  })
  afterAll(() => engine.close())

  const anyChunker = fc.oneof(
    fc.record({ size: fc.integer({ min: 1, max: 40 }) }).map(fixed),
    fc.record({ size: fc.integer({ min: 1, max: 40 }), overlap: fc.integer({ min: 0, max: 9 }) }).map(overlapping),
    fc
      .record({ length: fc.integer({ min: 1, max: 9 }), header: fc.integer({ min: 0, max: 9 }) })
      .map((options) => records({ ...options, size: 3 * options.length })),
    fc.record({ size: fc.integer({ min: 1, max: 40 }) }).map((options) => lines(options)),
    fc
      .record({ size: fc.integer({ min: 1, max: 40 }) })
      .map((options) => delimited({ ...options, delimiter: [10, 10] })),
    fc
      .record({ size: fc.integer({ min: 1, max: 40 }) })
      .map((options) => csvRecords({ ...options, quote: 63, delimiter: 64, malformed: 'keep' })),
  )
  const anyRange = fc.record({
    kind: fc.constantFrom(...typedArrays.map(({ name }) => name)),
    // Line feeds are frequent, so that lines are cut.
    bytes: fc.array(fc.constantFrom(0, 1, 10, 63, 64, 255), { maxLength: 400 }),
    offset: fc.integer({ min: 0, max: 9 }),
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    to: fc.double({ min: 0, max: 1, noNaN: true }),
    chunks: anyChunker,
    verify: fc.boolean(),
  })

  test('any part of a file of any kind, cut by any chunker, is the same elements in memory', async () => {
    await fc.assert(
      fc.asyncProperty(anyRange, async ({ kind, bytes: list, offset, from, to, chunks, verify }) => {
        const Elements = kindNamed(chunks.kind === 'delimited' || chunks.kind === 'csv' ? 'Uint8Array' : kind)
        const bytes = Uint8Array.from(list)
        const whole = Math.max(0, Math.floor((bytes.length - offset) / Elements.BYTES_PER_ELEMENT))
        const end = Math.floor(to * whole)
        const start = Math.floor(from * end)
        const path = fileOf(bytes.length < offset ? new Uint8Array(offset) : bytes)
        const expected = elementsOf(bytes, Elements, offset, start, end)
        const options: { readonly chunks: Chunker } = { chunks }
        const inMemory = await sequential().map(share(expected), seen, options)
        const data = file(path, Elements, { offset, start, end })
        expect([data.elementType, data.length, data.byteLength]).toEqual([
          Elements.name,
          end - start,
          expected.byteLength,
        ])
        expect(await engine.map(data, seen, { chunks, verify })).toEqual(inMemory)
        const loaded = await load(path, Elements, { offset, start, end })
        expect(loaded.elementType).toBe(Elements.name)
        expect([...loaded.view()].map(String)).toEqual([...expected].map(String))
      }),
      { numRuns: 60 },
    )
  })

  test.each(typedArrays.map(({ name }) => name))(
    '%s: chunks land in the buffer that a plugin has for them',
    async (kind) => {
      const Elements = kindNamed(kind)
      const bytes = randomBytes(8 * 1000 + 5, 3).map((byte) => byte & 0x3f)
      const path = fileOf(bytes)
      // `as`: the plugin's type says bytes; what lands is what the data is made of.
      const data = file(path, Elements, { offset: 5, start: 7 }) as unknown as SharedData
      const expected = elementsOf(bytes, Elements, 5, 7, Math.floor(8000 / Elements.BYTES_PER_ELEMENT))
      for (const size of [1, 3, 100, 5000]) {
        const landings = await engine.map(data, landed, { params: { size, overlap: 2 }, chunks: fixed({ size }) })
        expect(landings.flatMap(({ elements }) => elements).map(String)).toEqual(
          Array.from(expected, (each) => String(Number(each))),
        )
        expect(landings.every((each) => each.kind === kind && each.isInPlace)).toBe(true)
      }
    },
  )

  test('the kernels give the numbers’ answers, and not those of their bytes', async () => {
    const numbers = Float64Array.from({ length: 5000 }, (_, i) => i - 0.5)
    const path = fileOf(Buffer.concat([Buffer.from('odd'), new Uint8Array(numbers.buffer)]))
    const data = file(path, Float64Array, { offset: 3 })
    // The sum of an arithmetic series.
    expect(await engine.run(data, sumNumbers, { chunks: fixed({ size: 77 }) })).toBe((5000 * (-0.5 + 4998.5)) / 2)
    expect(await engine.run(data, minMax)).toEqual({ min: -0.5, max: 4998.5 })
    const bigs = file(fileOf(new Uint8Array(BigInt64Array.of(-5n, 2n ** 40n).buffer)), BigInt64Array)
    expect(await engine.run(bigs, sumBigInts)).toBe(2n ** 40n - 5n)
  })

  test('a chunk larger than the file’s reading buffer, and smaller ones behind it', async () => {
    const numbers = Float32Array.from({ length: 100_000 }, (_, i) => i)
    const data = file(fileOf(new Uint8Array(numbers.buffer)), Float32Array)
    for (const size of [100_000, 1000, 7]) {
      const parts = await engine.map(data, (part) => part, { chunks: fixed({ size }) })
      expect(
        Buffer.compare(
          Buffer.concat(parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength))),
          new Uint8Array(numbers.buffer),
        ),
      ).toBe(0)
    }
  })
})

describe('what is no range of the file is refused, by file and by load alike', () => {
  const path = fileOf('0123456789abc')
  const anything = (value: unknown): never => value as never

  test.each<readonly [what: string, args: readonly unknown[], error: typeof Error, message: RegExp]>([
    [
      'a file of no whole number of elements',
      [Float64Array],
      RangeError,
      /^Elements: .*13 bytes.* 8 bytes .*Float64Array/,
    ],
    [
      'the same behind a header',
      [Int32Array, { offset: 2 }],
      RangeError,
      /11 bytes.* header of 2.* 4 bytes .*Int32Array/,
    ],
    ['a header longer than the file', [{ offset: 14 }], RangeError, /^offset: .*13 bytes, got 14/],
    ['an end behind the file', [{ end: 14 }], RangeError, /^end: .*13 bytes, got 14/],
    [
      'an end behind the elements',
      [Int32Array, { offset: 1, end: 4 }],
      RangeError,
      /^end: .*3 elements of Int32Array, got 4/,
    ],
    ['a start behind the file', [{ start: 14 }], RangeError, /^start: .*13 bytes, got 14/],
    ['a start behind the end', [{ start: 5, end: 4 }], RangeError, /^end: .*>= 5, got 4/],
    ['a negative start', [{ start: -1 }], RangeError, /^start: .*got -1/],
    ['a fraction', [{ offset: 0.5 }], RangeError, /^offset: .*got 0.5/],
    ['text for a number', [{ offset: '4' }], RangeError, /^offset: .*got "4"/],
    ['an encoding', ['utf8'], TypeError, /^Elements: expected a typed array's constructor, got "utf8"/],
    ['an array for its constructor', [new Float64Array(1)], TypeError, /^options: expected a plain object/],
    ['another class', [Map], TypeError, /^Elements: .*got function Map/],
    ['an unknown option', [Float64Array, { byteOffset: 8 }], TypeError, /^options.byteOffset: there is no such option/],
    ['options before the kind', [{ start: 1 }, Float64Array], TypeError, /^Elements: expected .* before the options/],
  ])('%s', async (_what, args, error, message) => {
    expect(() => file(path, ...(args as never[]))).toThrow(error)
    expect(() => file(path, ...(args as never[]))).toThrow(message)
    await expect(load(path, ...(args as never[]))).rejects.toBeInstanceOf(error)
    await expect(load(path, ...(args as never[]))).rejects.toThrow(message)
  })

  test('what is left behind an end need be no whole element', async () => {
    expect(file(path, Float64Array, { end: 1 }).byteLength).toBe(8)
    expect((await load(path, Float64Array, { end: 1 })).byteLength).toBe(8)
  })

  test('delimiters cut bytes, and a file of numbers has none: also if it is empty', async () => {
    for (const data of [file(path, Int32Array, { end: 3 }), file(path, Int32Array, { end: 0 })]) {
      const job = () => sequential().map(anything(data), () => 1, { chunks: lines() })
      expect(job).toThrow(/^chunks: .*Int32Array/)
    }
  })
})

test('a polluted prototype is no option', async () => {
  const { stdout } = await runModule(`
    import { file, load } from '@onecopy/node'
    Object.prototype.offset = 1
    Object.prototype.end = 2
    const path = ${JSON.stringify(fileOf('abcdef'))}
    console.log(file(path).length, (await load(path)).length, file(path, Uint8Array, {}).length)
  `)
  expect(stdout).toBe('6 6 6\n')
})
