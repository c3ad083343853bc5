// Runs that are written in place: each chunk writes its own window of the output, and the run gives the output.

import {
  alloc,
  type Chunk,
  type Chunker,
  decodeText,
  delimited,
  type Engine,
  fixed,
  lines,
  overlapping,
  records,
  type SharedMemory,
  sequential,
  share,
  sum,
} from '@onecopy/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { greyscale, scaledSum } from '../plugins/in-place.js'

type Windowed = Chunk<number, Uint8Array, undefined, Float64Array>

/** Writes for each element of its window what the whole data says about it; sums where several elements make one. */
const describeElements = (bytes: Readonly<Uint8Array>, { out, start, end, params: ratio }: Windowed): void => {
  for (let i = 0; i < end - start; i++) {
    const at = Math.floor(i * ratio)
    for (let k = 0; k < Math.max(1, ratio); k++) out[at + k]! += (start + i) * 1000 + bytes[i]! * 10 + k
  }
}

const chunkers: readonly (readonly [chunker: Chunker, header: number])[] = [
  [fixed({ size: 8 }), 0],
  [fixed({ size: 1000 }), 0],
  [overlapping({ size: 16, overlap: 3 }), 0],
  [records({ length: 4, header: 3, size: 8 }), 3],
  [records({ length: 8, size: 8 }), 0],
  [lines({ size: 5 }), 0],
  [delimited({ size: 3, delimiter: 'ab' }), 0],
]

export function promiseInto(engine: () => Engine): void {
  test('each chunk writes its window, and the run gives the output', async () => {
    const data = share(Float64Array.of(1, 4, 9, 16, 25))
    const into = alloc(Float64Array, 5)
    const roots = await engine().map(
      data,
      (part, { out }) => {
        for (let i = 0; i < part.length; i++) out[i] = Math.sqrt(part[i]!)
      },
      { into, chunks: fixed({ size: 2 }) },
    )
    expect(roots).toBe(into)
    expect(roots.view()).toEqual(Float64Array.of(1, 2, 3, 4, 5))
  })

  test('a fold may write in place as well, and gives the reduced value', async () => {
    const data = share(Uint8Array.from({ length: 1000 }, (_, i) => i))
    const into = alloc(Uint8Array, 1000)
    const double = (
      n: number,
      bytes: Readonly<Uint8Array>,
      { out }: Chunk<undefined, Uint8Array, undefined, Uint8Array>,
    ): number => {
      for (let i = 0; i < bytes.length; i++) out[i] = 2 * bytes[i]!
      return n + bytes.length
    }
    expect(await engine().fold(data, double, sum(), { into, chunks: fixed({ size: 7 }), verify: true })).toBe(1000)
    expect(into.view()).toEqual(Uint8Array.from({ length: 1000 }, (_, i) => 2 * i))
  })

  test('several elements of the data make one, and one makes several, without a chunker', async () => {
    const pixels = share(Uint8Array.from({ length: 4000 }, (_, i) => i))
    const grey = await engine().map(
      pixels,
      (rgba, { out }) => {
        for (let i = 0; i < out.length; i++) out[i] = (rgba[4 * i]! + rgba[4 * i + 1]! + rgba[4 * i + 2]!) / 3
      },
      { into: alloc(Uint8Array, 1000) },
    )
    expect(grey.view()).toEqual(
      Uint8Array.from({ length: 1000 }, (_, i) => {
        const [r, g, b] = [4 * i, 4 * i + 1, 4 * i + 2].map((at) => at % 256)
        return (r! + g! + b!) / 3
      }),
    )
    const doubled = await engine().map(
      share('abc'),
      (bytes, { out }) => {
        for (let i = 0; i < bytes.length; i++) out.fill(bytes[i]!, 2 * i, 2 * i + 2)
      },
      { into: alloc(Uint8Array, 6), chunks: fixed({ size: 1 }) },
    )
    expect(decodeText(doubled.view())).toBe('aabbcc')
  })

  test('the output is the same, byte for byte, as on the sequential engine and in a plain loop', async () => {
    const reference = sequential()
    const property = fc.asyncProperty(
      fc.array(fc.constantFrom(10, 97, 98, 99), { maxLength: 200 }),
      fc.constantFrom(...chunkers),
      fc.constantFrom(1 / 4, 1 / 2, 1, 2, 3),
      async (bytes, [chunks, header], wished) => {
        const isCutAnywhere = chunks.kind === 'delimited'
        const ratio = isCutAnywhere ? Math.max(1, wished) : wished
        const usable = Math.max(0, bytes.length - header)
        const owned = usable - (usable % 8)
        const data = share(Uint8Array.from(bytes.slice(0, header + owned)))
        // A header is there as a whole, or there are no records.
        const length = Math.max(0, data.length - header) * ratio
        const write = async (on: Engine): Promise<Uint8Array> => {
          const into = alloc(Float64Array, length)
          into.view().fill(-1)
          expect(await on.map(data, describeElements, { into, chunks, params: ratio, verify: true })).toBe(into)
          return bytesOf(into)
        }
        const plain = new Float64Array(length)
        for (let at = header; at < data.length; at++) {
          const place = Math.floor((at - header) * ratio)
          for (let k = 0; k < Math.max(1, ratio); k++) plain[place + k]! += at * 1000 + data.view()[at]! * 10 + k
        }
        const written = await write(engine())
        expect(written).toEqual(await write(reference))
        expect(written).toEqual(new Uint8Array(plain.buffer))
      },
    )
    await fc.assert(property, { numRuns: 60 })
  })

  test('plugins: with an output of their own, and with one that is given', async () => {
    const pixels = share(Uint8Array.from({ length: 400 }, (_, i) => i))
    const expected = Uint8Array.from({ length: 100 }, (_, i) => ((4 * i) % 256) / 2)
    const own = await engine().run(pixels, greyscale)
    expect(own.view()).toEqual(expected)
    const into = alloc(Uint8Array, 100)
    expect(await engine().run(pixels, greyscale, { into, chunks: fixed({ size: 40 }) })).toBe(into)
    expect(into.view()).toEqual(expected)
    expect(await engine().run(share(''), greyscale)).toHaveLength(0)
  })

  test('a plugin with a reducer gives the reduced value, beside what was written', async () => {
    const into = alloc(Float32Array, 6)
    const total = await engine().run(share('abcdef'), scaledSum, {
      into,
      params: { by: 2 },
      chunks: fixed({ size: 2 }),
    })
    expect(total).toBe(2 * (97 + 98 + 99 + 100 + 101 + 102))
    expect(into.view()).toEqual(Float32Array.of(194, 196, 198, 200, 202, 204))
  })

  test('a fold writes in place as well', async () => {
    const into = alloc(Uint8Array, 1000)
    const options = { chunks: fixed({ size: 7 }), into, params: undefined }
    const count = await engine().fold(
      share(Uint8Array.from({ length: 1000 }, (_, i) => i)),
      // `as`: the types of folds do not know about outputs.
      (n: number, bytes, chunk) => {
        const out = (chunk as unknown as Windowed).out
        for (let i = 0; i < bytes.length; i++) out[i] = bytes[i]! + 1
        return n + bytes.length
      },
      sum(),
      options,
    )
    expect(count).toBe(1000)
    expect(into.view()).toEqual(Uint8Array.from({ length: 1000 }, (_, i) => i + 1))
  })

  test('a promise is waited for, and what it gives is not used', async () => {
    const into = alloc(Uint8Array, 3)
    const run = engine().map(
      share('abc'),
      async (bytes, { out }) => {
        await new Promise((resolve) => setImmediate(resolve))
        out.set(bytes)
        return () => 'cannot be cloned'
      },
      { into, chunks: fixed({ size: 1 }) },
    )
    expect(decodeText((await run).view())).toBe('abc')
    expect(run.stats).toMatchObject({ chunks: 3, doneChunks: 3, bytes: 3 })
  })

  test('a failure is that of the lowest chunk', async () => {
    const run = engine().map(
      share('abcdefgh'),
      (_, { index, out }) => {
        out[0] = 1
        if (index >= 3) throw new Error('bad')
      },
      { into: alloc(Uint8Array, 8), chunks: fixed({ size: 1 }) },
    )
    await expect(run).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', chunk: { index: 3, start: 3, end: 4 } })
  })

  test('verify finds a chunk that writes into the window of another one', async () => {
    const run = engine().map(
      share(new Uint8Array(640)),
      (_, { out, start, end, length }) => {
        out.fill(1)
        const all = new Uint8Array(out.buffer)
        if (start > 0) all[start - 1] = 2
        if (end < length) all[end] = 3
      },
      { into: alloc(Uint8Array, 640), chunks: fixed({ size: 10 }), verify: true },
    )
    await expect(run).rejects.toMatchObject({
      code: 'ERR_DATA_CHANGED',
      message: expect.stringMatching(/^another chunk wrote into the window of chunk \d+ \[\d+, \d+\);.*chunk\.out/),
    })
  })

  test('an output that does not fit is refused at once, with the reason', () => {
    const data = share(Float64Array.from({ length: 12 }, (_, i) => i))
    const into =
      (output: unknown, options: object = {}) =>
      () =>
        engine().map(data, () => {}, { into: output as SharedMemory, ...options })
    expect(into(data)).toThrow(/^options\.into: it is in the same memory as the data\. .*worker died/)
    const half = share(data.view(0, 6))
    expect(() => engine().map(half, () => {}, { into: share(data.view(5, 11)) })).toThrow('same memory')
    expect(() => engine().map(half, () => {}, { into: share(data.view(6, 12)) })).not.toThrow()
    expect(into(alloc(Float64Array, 7))).toThrow(
      'options.into: expected a whole multiple or a whole fraction of the 12 elements that chunks own, got 7 elements',
    )
    expect(into(alloc(Float64Array, 0))).toThrow('got 0 elements')
    expect(into(alloc(Float64Array, 4), { chunks: fixed({ size: 4 }) })).toThrow(
      'chunks: expected a multiple of 3 elements per chunk, because they make one element of the output, got 4; use records({ length: 3 })',
    )
    expect(into(new Float64Array(12))).toThrow(
      'options.into: expected shared memory from alloc(), or a file from createFile(), got an object (Float64Array); workers cannot write into ordinary memory',
    )
    expect(() => engine().map(share('a\nb\n'), () => {}, { into: alloc(Uint8Array, 2), chunks: lines() })).toThrow(
      'chunks: 2 elements of the data make one element of the output, and lines() and delimited() cut anywhere; use records({ length: 2 })',
    )
    expect(() => engine().run(share('abcd'), greyscale, { into: alloc(Uint8Array, 4) })).toThrow(
      'options.into: expected a Uint8Array of 1 elements, as the plugin says, got a Uint8Array of 4',
    )
    expect(() => engine().run(share('abcde'), greyscale, { chunks: fixed({ size: 4 }) })).toThrow(
      'data: expected a multiple of 4 elements',
    )
    // `as`: parts are refused for it.
    expect(() => engine().part(share('abcd'), greyscale as never, { from: 0, to: 1 })).toThrow(
      'plugin: "greyscale" writes in place, so it has no parts',
    )
  })
}

function bytesOf({ buffer }: SharedMemory<Float64Array>): Uint8Array {
  return new Uint8Array(buffer).slice()
}
