// Shared data: every kind of typed array, one copy at most, offsets past what one view can hold.

import { runInNewContext } from 'node:vm'
import {
  alloc,
  type Engine,
  fixed,
  overlapping,
  SharedMemory,
  sequential,
  share,
  sum,
  type TypedArray,
} from '@onecopy/core'
import { openMemory } from '@onecopy/core/host'
import { createEngine } from '@onecopy/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { typedArrays } from '../support/typed-arrays.js'

/** Three elements that differ, of any kind. */
function sampleOf(Kind: (typeof typedArrays)[number]): Int8Array {
  // `as`: the kinds are used alike here, as if all were one.
  const Any = Kind as unknown as { from(values: readonly unknown[]): Int8Array }
  return Any.from(Kind.name.startsWith('Big') ? [1n, 2n, 3n] : [1, 2, 3])
}

let engine: Engine
beforeAll(() => {
  engine = createEngine({ workers: 2 })
})
afterAll(() => engine.close())

describe.each(typedArrays.map((Kind) => ({ name: Kind.name, Kind })))('$name', ({ name, Kind }) => {
  const sample = sampleOf(Kind)

  test('share keeps its kind and elements', () => {
    const shared = share(sample)
    expect(shared.elementType).toBe(name)
    expect(shared.length).toBe(3)
    expect(shared.byteLength).toBe(3 * Kind.BYTES_PER_ELEMENT)
    expect(shared.view()).toEqual(sample)
  })

  test('alloc makes it, all zero', () => {
    const shared = alloc<TypedArray>(Kind, 3)
    expect(shared.elementType).toBe(name)
    expect(shared.view()).toEqual(new Kind(3))
  })

  test('a chunk function sees it, whole elements only', async () => {
    for (const each of [engine, sequential()]) {
      const seen = await each.map(share(sample), (part) => part.slice(), { chunks: fixed({ size: 2 }) })
      expect(seen).toEqual([sample.slice(0, 2), sample.slice(2)])
      expect(seen[0]!.constructor.name).toBe(name)
    }
  })

  test('a part of shared memory is shared at its offset', () => {
    const { buffer } = alloc<TypedArray>(Kind, 5)
    const part = new Kind(buffer as ArrayBufferLike as ArrayBuffer, Kind.BYTES_PER_ELEMENT, 3)
    const shared = share<TypedArray>(part)
    expect(shared.buffer).toBe(buffer)
    expect(shared.byteOffset).toBe(Kind.BYTES_PER_ELEMENT)
    expect(shared.length).toBe(3)
  })
})

describe('share', () => {
  test('copies what is not shared, once', () => {
    const bytes = Uint8Array.of(1, 2, 3)
    const shared = share(bytes)
    bytes[0] = 99
    expect(shared.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect([...shared.view()]).toEqual([1, 2, 3])
  })

  test('copies only the part that the view shows', () => {
    const shared = share(Uint8Array.of(1, 2, 3, 4).subarray(1, 3))
    expect(shared.buffer.byteLength).toBe(2)
    expect([...shared.view()]).toEqual([2, 3])
  })

  test('copies nothing that is shared already', () => {
    const buffer = new SharedArrayBuffer(8)
    expect(share(buffer).buffer).toBe(buffer)
    expect(share(new Float32Array(buffer, 4)).buffer).toBe(buffer)
    expect(share(new Float32Array(buffer, 4)).byteOffset).toBe(4)
  })

  test('text becomes its UTF-8 bytes', () => {
    expect([...share('aä€').view()]).toEqual([97, 0xc3, 0xa4, 0xe2, 0x82, 0xac])
  })

  test('a Buffer, an ArrayBuffer and a DataView become bytes', () => {
    const { buffer } = Uint8Array.of(1, 2, 3, 4)
    for (const given of [Buffer.from('\x02\x03'), buffer.slice(1, 3), new DataView(buffer, 1, 2)]) {
      const shared = share(given as DataView)
      expect(shared.elementType).toBe('Uint8Array')
      expect([...shared.view()]).toEqual([2, 3])
    }
  })

  test('buffers and views of another realm are taken: what is shared stays shared', () => {
    const view = runInNewContext('new Int16Array(new SharedArrayBuffer(8), 2, 2)') as Int16Array
    const shared = share(view)
    expect([shared.elementType, shared.length, shared.byteOffset]).toEqual(['Int16Array', 2, 2])
    view[0] = 7
    expect(shared.view()[0]).toBe(7)
    // `as`: what the program makes.
    expect(share(runInNewContext('new ArrayBuffer(8)') as ArrayBuffer).length).toBe(8)
    const buffer = runInNewContext('new SharedArrayBuffer(8)') as SharedArrayBuffer
    expect(share(buffer).buffer).toBe(buffer)
  })

  test('what only says that it is a buffer is refused', () => {
    const pretender = { [Symbol.toStringTag]: 'SharedArrayBuffer', byteLength: 8 }
    expect(() => share(pretender as never)).toThrow(/^data: expected/)
    expect(() => share(Object.create(SharedArrayBuffer.prototype))).toThrow(/^data: expected/)
  })

  test('memory that was transferred is refused, and not taken for empty data', () => {
    const bytes = new Uint8Array(8)
    const { buffer } = bytes
    structuredClone(buffer, { transfer: [buffer] })
    expect(() => share(bytes)).toThrow(/^data: its memory is gone, because it was transferred/)
    expect(() => share(buffer)).toThrow(/^data: its memory is gone/)
  })

  test('nothing at all can be shared', () => {
    expect(share('').length).toBe(0)
    expect(share(new Float64Array(0)).byteLength).toBe(0)
  })
})

describe('alloc', () => {
  test('more memory than there can be is refused', () => {
    expect(() => alloc(Float64Array, 2 ** 50)).toThrow(
      /^length: cannot allocate 9007199254740992 bytes of shared memory$/,
    )
    expect(() => alloc(Uint8Array, Number.POSITIVE_INFINITY)).toThrow(
      /^length: expected an integer >= 0, got Infinity$/,
    )
  })

  test('takes Buffer for Uint8Array, and the kinds of another realm for its own', () => {
    // `as`: its types leave out what it has from `Uint8Array`.
    const data = alloc(Buffer as unknown as typeof Uint8Array, 3)
    expect([data.elementType, data.length, data.view().constructor]).toEqual(['Uint8Array', 3, Uint8Array])
    const numbers = alloc(runInNewContext('Float64Array') as typeof Float64Array, 2)
    expect(numbers.view().constructor).toBe(Float64Array)
  })

  test.each([
    DataView,
    Array,
    Object,
    ArrayBuffer,
    class extends Array {},
    'Uint8Array',
    undefined,
    Object.getPrototypeOf(Uint8Array),
  ])('refuses %s', (Elements) => {
    expect(() => alloc(Elements as never, 3)).toThrow(/^Elements: expected a typed array's constructor/)
  })
})

describe('a view of shared memory', () => {
  const shared = share(Int16Array.of(1, 2, 3, 4))

  test('is no copy: writing to it writes to the data', () => {
    const own = alloc(Int16Array, 2)
    own.view().fill(7)
    expect([...own.view(1, 2)]).toEqual([7])
  })

  test('is all of it, or a range in elements', () => {
    expect([...shared.view()]).toEqual([1, 2, 3, 4])
    expect([...shared.view(1, 3)]).toEqual([2, 3])
    expect([...shared.view(3)]).toEqual([4])
    expect([...shared.view(4, 4)]).toEqual([])
  })

  test.each([
    [-1, 2, 'start', '-1'],
    [0, 5, 'end', '5'],
    [3, 2, 'end', '2'],
    [0.5, 2, 'start', '0.5'],
    [0, Number.NaN, 'end', 'NaN'],
  ])('of [%d, %d) throws a RangeError that names %s and shows the value', (start, end, argument, value) => {
    expect(() => shared.view(start, end)).toThrow(RangeError)
    expect(() => shared.view(start, end)).toThrow(new RegExp(`^${argument}: .*${value}`))
  })

  test('opens again from its description, on the same memory', () => {
    const again = openMemory(shared.describe())
    expect(again).toBeInstanceOf(SharedMemory)
    expect(again.buffer).toBe(shared.buffer)
    expect(again.view()).toEqual(shared.view())
  })
})

test('all workers see the one copy: what they write through params is in it', async () => {
  const out = alloc(Uint32Array, 8)
  await engine.map(
    share(new Uint8Array(8)),
    (_bytes, { index, params }) => {
      params.view()[index] = index + 1
    },
    { chunks: fixed({ size: 1 }), params: out },
  )
  expect([...out.view()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
})

describe('data that is larger than 4 GiB, and than one view can be', () => {
  const length = 5 * 2 ** 30
  // The system gives memory to the pages that are touched, so this takes a few pages only.
  let large: SharedMemory<Uint8Array>
  const marks = [0, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 12_345, length - 1]
  beforeAll(() => {
    large = alloc(Uint8Array, length)
    marks.forEach((at, i) => {
      large.view(at, at + 1)[0] = i + 1
    })
  })

  /** What is at the start of each chunk, and at its end. */
  const ends = (bytes: Readonly<Uint8Array>, { start, end }: { readonly start: number; readonly end: number }) => [
    start,
    bytes[0]!,
    end,
    bytes[bytes.length - 1]!,
  ]

  test('chunks beyond 2^32 see the right bytes', async () => {
    for (const each of [engine, sequential()]) {
      const seen = await each.map(large, ends, { chunks: fixed({ size: 2 ** 30 }) })
      expect(seen).toEqual([
        [0, 1, 2 ** 30, 0],
        [2 ** 30, 0, 2 ** 31, 0],
        [2 ** 31, 0, 3 * 2 ** 30, 0],
        [3 * 2 ** 30, 0, 2 ** 32, 2],
        [2 ** 32, 3, length, 5],
      ])
    }
  })

  test('an overlapping view crosses 2^32', async () => {
    const seen = await engine.map(
      large,
      (bytes, { start }) => (start === 3 * 2 ** 30 ? [bytes.length, bytes[2 ** 30 - 1], bytes[2 ** 30]] : undefined),
      { chunks: overlapping({ size: 2 ** 30, overlap: 1 }) },
    )
    expect(seen[3]).toEqual([2 ** 30 + 1, 2, 3])
  })

  test('chunk.view reaches any of it from any chunk', async () => {
    const sums = engine.map(
      large,
      (_bytes, chunk) => chunk.params.reduce((total, at) => total + chunk.view(at, at + 1)[0]!, 0),
      { chunks: fixed({ size: 2 ** 31 }), params: marks },
    )
    expect(await sums.reduce(sum())).toBe(3 * 15)
  })

  test('wide elements are counted as elements there', async () => {
    const wide = new SharedMemory(Float64Array, large.buffer, 0, length / 8)
    wide.view(2 ** 29 + 5, 2 ** 29 + 6)[0] = 1.5
    const seen = await engine.map(wide, (part, { start }) => (start === 2 ** 29 ? part[5] : undefined), {
      chunks: fixed({ size: 2 ** 29 }),
    })
    expect(seen).toEqual([undefined, 1.5])
  })
})
