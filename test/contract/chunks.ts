// What a chunk function sees of its chunk.

import {
  csvRecords,
  delimited,
  type Engine,
  fixed,
  lines,
  overlapping,
  records,
  type SharedData,
  share,
} from '@onecopy/core'
import { expect, test } from 'vitest'
import type { Lay } from './same-answers.js'

/**
 * Collect the tests.
 *
 * @param lay - makes data of a source
 */
export function promiseChunks(engine: () => Engine, lay: Lay = share): void {
  const layText = async (text: string): Promise<SharedData> => lay(new TextEncoder().encode(text))

  test.each([
    ['fixed', fixed({ size: 5 }), ['one\nt', 'wo\n\nl', 'ast']],
    ['lines', lines({ size: 4 }), ['one\n', 'two\n', '\nlast']],
    ['delimited', delimited({ size: 1, delimiter: '\n\n' }), ['one\ntwo\n\n', 'last']],
    ['csvRecords', csvRecords({ size: 3, delimiter: 'n' }), ['one\n', 'two\n', '\n', 'last']],
    ['records', records({ length: 3, header: 1, size: 6 }), ['ne\ntwo', '\n\nlast']],
    ['overlapping', overlapping({ size: 5, overlap: 2 }), ['one\ntwo', 'wo\n\nlas', 'ast']],
  ])('%s hands each chunk function its bytes', async (_name, chunks, expected) => {
    expect(
      await engine().map(await layText('one\ntwo\n\nlast'), (bytes) => String.fromCharCode(...bytes), { chunks }),
    ).toEqual(expected)
  })

  test('a chunk says which it is, how many there are and what it owns', async () => {
    const seen = await engine().map(
      await layText('0123456789'),
      ({ length }, { index, chunks, start, end, length: whole }) => ({ index, chunks, start, end, whole, length }),
      { chunks: fixed({ size: 4 }) },
    )
    expect(seen).toEqual([
      { index: 0, chunks: 3, start: 0, end: 4, whole: 10, length: 4 },
      { index: 1, chunks: 3, start: 4, end: 8, whole: 10, length: 4 },
      { index: 2, chunks: 3, start: 8, end: 10, whole: 10, length: 2 },
    ])
  })

  test('an overlapping view runs past the end of what its chunk owns', async () => {
    const chunks = overlapping({ size: 4, overlap: 3 })
    const seen = await engine().map(
      await layText('0123456789'),
      (bytes, { start, end }) => [start, end, bytes.length],
      {
        chunks,
      },
    )
    expect(seen).toEqual([
      [0, 4, 7],
      [4, 8, 6],
      [8, 10, 2],
    ])
  })

  test('offsets count elements, and a typed array arrives as its own kind', async () => {
    const data = await lay(Float64Array.of(1.5, 2.5, 3.5))
    const seen = await engine().map(data, (part, { start, end }) => [part.constructor.name, start, end, part[0]], {
      chunks: fixed({ size: 2 }),
    })
    expect(seen).toEqual([
      ['Float64Array', 0, 2, 1.5],
      ['Float64Array', 2, 3, 3.5],
    ])
  })

  test('a chunk that owns nothing is counted, but its function is not called', async () => {
    const seen = await engine().map(
      await layText('aaaaaaaaaa\nb\n'),
      (_bytes, { index, chunks }) => `${index} of ${chunks}`,
      {
        chunks: lines({ size: 4 }),
      },
    )
    expect(seen).toEqual(['0 of 4', '2 of 4'])
  })

  test('a line feed in quotes ends no record, wherever chunks begin', async () => {
    const text = '"a\nb",c\n"d""\n",e\nf\n'
    const csv = await layText(text)
    for (let size = 1; size <= csv.length; size++) {
      const texts = await engine().map(csv, (bytes) => String.fromCharCode(...bytes), { chunks: csvRecords({ size }) })
      expect(texts.join('')).toBe(text)
      for (const each of texts) expect(each).toMatch(/^("a\nb",c\n)?("d""\n",e\n)?(f\n)?$/)
    }
  })

  test('chunk.view gives any window of the whole data', async () => {
    const seen = await engine().map(
      await layText('0123456789'),
      (_bytes, chunk) => String.fromCharCode(...chunk.view(chunk.length - chunk.end, chunk.length - chunk.start)),
      { chunks: fixed({ size: 4 }) },
    )
    expect(seen).toEqual(['6789', '2345', '01'])
  })

  test('chunk.view clamps offsets past the data', async () => {
    const [seen] = await engine().map(await layText('0123'), (_bytes, chunk) => [
      String.fromCharCode(...chunk.view(2, 2 ** 53 - 1)),
      chunk.view(99, 100).length,
    ])
    expect(seen).toEqual(['23', 0])
  })

  test.each([
    [-1, 2],
    [0.5, 2],
    [3, 2],
    [0, Number.NaN],
  ])('chunk.view(%d, %d) throws a RangeError in the chunk function', async (start, end) => {
    const [name] = await engine().map(
      await layText('0123'),
      (_bytes, chunk) => {
        try {
          chunk.view(chunk.params.start, chunk.params.end)
          return 'no error'
        } catch (error) {
          return error instanceof RangeError ? 'RangeError' : 'another error'
        }
      },
      { params: { start, end } },
    )
    expect(name).toBe('RangeError')
  })

  test('a chunk can be kept: it does not become another one', async () => {
    const seen = await engine().map(
      await layText('0123'),
      (_bytes, chunk) => {
        // biome-ignore lint/suspicious/noExplicitAny: chunk functions share a list through their thread's global object
        const world = globalThis as any
        world.keptChunks = chunk.index === 0 ? [chunk] : [...(world.keptChunks ?? []), chunk]
        return world.keptChunks.every((kept: typeof chunk) => kept.end === kept.start + 1)
      },
      { chunks: fixed({ size: 1 }) },
    )
    expect(seen).toEqual([true, true, true, true])
  })

  test('a chunk that goes on is not cancelled', async () => {
    expect(await engine().map(await layText('0123'), (_bytes, chunk) => chunk.cancelled)).toEqual([false])
  })

  test('verify rejects with ERR_DATA_CHANGED when a chunk function writes into its input', async () => {
    const data = await layText('0123456789')
    const write = (bytes: Readonly<Uint8Array>, chunk: { readonly index: number }): void => {
      if (chunk.index === 1) (bytes as Uint8Array).fill(0)
    }
    await expect(engine().map(data, write, { chunks: fixed({ size: 4 }), verify: true })).rejects.toMatchObject({
      code: 'ERR_DATA_CHANGED',
      chunk: { index: 1, start: 4, end: 8 },
    })
  })

  // A view of other data than memory is a copy.
  if (lay === share)
    test('verify also sees a write into the bytes of another chunk', async () => {
      const write = (
        _bytes: Readonly<Uint8Array>,
        chunk: { readonly index: number; view(start: number, end: number): unknown },
      ): void => {
        if (chunk.index === 1) (chunk.view(0, 1) as Uint8Array).fill(0)
      }
      // One lane, so that the chunk written to is over by then.
      const run = engine().map(await layText('0123'), write, { chunks: fixed({ size: 2 }), verify: true, workers: 1 })
      await expect(run).rejects.toMatchObject({ code: 'ERR_DATA_CHANGED' })
    })

  test('verify lets a run pass that only reads', async () => {
    expect(await engine().map(await layText('0123'), (bytes) => bytes.length, { verify: true })).toEqual([4])
  })
}
