// Parts as bytes: whatever a run gives back comes out as it was, and bytes that are no part are refused.

import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { runInNewContext } from 'node:vm'
import { assemble, decodePart, encodePart, type Part, sequential, share } from '@onecopy/core'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { naiveCrc32 } from '../naive/crc32.js'
import * as plugins from '../plugins/parts.js'
import { randomBytes, randomFloats } from '../support/bytes.js'
import { fingerprint } from '../support/fingerprint.js'

const data = share(Uint8Array.of(1, 2, 3))
const { numbersOnly } = plugins
let base: Part
beforeAll(async () => {
  base = await sequential().part(data, numbersOnly, { from: 0, to: 1 })
})

/** A part with `value` as its only result. */
function partWith(value: unknown): Part {
  return { ...base, payload: { kind: 'list', chunkIndices: Int32Array.of(0), values: [value] } }
}

/** What becomes of a result as it is written and read. */
function travel(value: unknown): unknown {
  const { payload } = decodePart(encodePart(partWith(value)))
  return payload.kind === 'list' ? payload.values[0] : undefined
}

class Point {
  x = 1
  get y(): number {
    return this.x + 1
  }
}
const circle: { self?: unknown; list: unknown[] } = { list: [] }
circle.self = circle
circle.list.push(circle, circle.list)
const sparse = [1, undefined, 3]
sparse[70] = 4
delete sparse[0]
const withExtras = Object.assign([1, 2], { extra: 'x', '01': 2 })
const withCause = new TypeError('outer', { cause: new RangeError('inner', { cause: [1] }) })
const bare = new Error()
delete bare.stack

const values: readonly (readonly [name: string, value: unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['booleans', [true, false]],
  ['numbers', [0, -0, 1, -1.5, 2 ** 53, 5e-324, Number.MAX_VALUE, Infinity, -Infinity, NaN]],
  ['bigints', [0n, 1n, -1n, 2n ** 64n, -(2n ** 200n) - 1n]],
  ['text', ['', 'text', 'ä€𝄞', '\ufeffbom', '\0', 'x'.repeat(10_000)]],
  ['lone surrogates', ['\ud800', 'a\udc00b', '\udc00\ud800', 'ok 𝄞 \ud834'.repeat(5000)]],
  ['dates', [new Date(0), new Date(-1.5e12)]],
  ['regular expressions', [/a[/]b/giu, /(?:)/, /\ud834/]],
  [
    'maps',
    new Map<unknown, unknown>([
      [1, 'one'],
      ['1', 'text'],
      [NaN, -0],
      [{ a: 1 }, new Map()],
    ]),
  ],
  ['sets', new Set<unknown>([1, '1', [1], new Set([2])])],
  ['lists', [[], [[]], [undefined, null], Array.from({ length: 300 }, (_, i) => i)]],
  ['lists with holes', [sparse, new Array(3)]],
  ['lists with more members', withExtras],
  ['objects', { a: 1, b: { c: [] }, '': 2, 1: 'one', ä: 3, '\ud800': 4 }],
  ['own __proto__', JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}')],
  ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
  ['instances of classes, as clones have them', new Point()],
  [
    'typed arrays',
    [
      Int8Array,
      Uint8Array,
      Uint8ClampedArray,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
      Float32Array,
      Float64Array,
    ].map((Elements) => Elements.of(1, 2, 255)),
  ],
  ['typed arrays of bigints', [BigInt64Array.of(-1n), BigUint64Array.of(2n ** 64n - 1n)]],
  ['empty typed arrays', [new Float64Array(0), new ArrayBuffer(0), new DataView(new ArrayBuffer(0))]],
  ['a part of a buffer', new Uint8Array([1, 2, 3, 4]).subarray(1, 3)],
  ['views of data', [new DataView(Uint8Array.of(1, 2, 3).buffer, 1), Uint8Array.of(5).buffer]],
  [
    'errors',
    [
      withCause,
      new Error('x'),
      bare,
      Object.assign(new Error('y'), { name: 'EvalError' }),
      Object.assign(new Error('z'), { name: 'Mine' }),
    ],
  ],
  ['boxed values', [Object(1), Object('x'), Object(false), Object(2n)]],
  ['circles', circle],
  [
    'values of another realm',
    runInNewContext('[new Map([[1, [2]]]), new Date(3), /x/g, new Uint8Array([1]), { a: 1 }]'),
  ],
]

describe('a result comes out as a clone of it', () => {
  test.each(values)('%s', (_name, value) => {
    const [ours, theirs] = [travel(value), structuredClone(value)]
    expect(isDeepStrictEqual(ours, theirs)).toBe(true)
    expect(fingerprint(shallow(ours))).toBe(fingerprint(shallow(theirs)))
  })

  test('the same object twice is one object again', () => {
    const shared = { a: 1 }
    const bytes = new Uint8Array(3)
    const { list, map } = travel({ list: [shared, shared, bytes, bytes], map: new Map([[shared, bytes]]) }) as {
      list: object[]
      map: Map<object, object>
    }
    expect(list[0]).toBe(list[1])
    expect(list[2]).toBe(list[3])
    expect(map.get(list[0]!)).toBe(list[2])
    const round = travel(circle) as typeof circle
    expect([round.self === round, round.list[0] === round, round.list[1] === round.list]).toEqual([true, true, true])
  })

  test('an error keeps its class, message, stack and cause, and no class of its own', () => {
    const [outer, , withoutStack, named, mine] = travel([
      withCause,
      0,
      bare,
      Object.assign(new Error('y'), { name: 'EvalError' }),
      Object.assign(new Error('z'), { name: 'Mine' }),
    ]) as Error[]
    expect(outer).toBeInstanceOf(TypeError)
    expect(outer?.stack).toBe(withCause.stack)
    expect((outer!.cause as Error).cause).toEqual([1])
    expect(Object.keys(outer!)).toEqual([])
    expect(withoutStack?.message).toBe('')
    expect(named).toBeInstanceOf(EvalError)
    expect(mine?.name).toBe('Error')
  })

  test('a date that is none stays one', () => {
    expect((travel(new Date(Number.NaN)) as Date).getTime()).toBeNaN()
  })

  test('a view of shared memory has its bytes, and a shared buffer is shared again', () => {
    const buffer = new SharedArrayBuffer(8)
    new Uint8Array(buffer).set([1, 2, 3, 4])
    const [view, whole] = travel([new Uint8Array(buffer, 1, 2), buffer]) as [Uint8Array, SharedArrayBuffer]
    expect([...view]).toEqual([2, 3])
    expect(whole).toBeInstanceOf(SharedArrayBuffer)
    expect([...new Uint8Array(whole)]).toEqual([1, 2, 3, 4, 0, 0, 0, 0])
  })

  test('anything that can be cloned', () => {
    const anything = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
      withNullPrototype: true,
      withObjectString: true,
    })
    fc.assert(
      fc.property(fc.oneof(anything, fc.string({ unit: 'binary' })), (value) => {
        expect(isDeepStrictEqual(travel(value), structuredClone(value))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['an object of the runtime', new Blob(['x'])],
    ['a promise', Promise.resolve(1)],
  ])('%s is refused', (_name, value) => {
    expect(() => encodePart(partWith(value))).toThrow(TypeError)
  })

  test('what is nested too deeply is refused, in both directions', () => {
    let deep: unknown = 1
    for (let i = 0; i < 1e6; i++) deep = [deep]
    expect(() => encodePart(partWith(deep))).toThrow(/nested too deeply/)
    const [start, end] = split(encodePart(partWith(123456789)), [
      4,
      ...new Uint8Array(Float64Array.of(123456789).buffer),
    ])
    const nested = Buffer.concat([start, Buffer.alloc(2e6, Uint8Array.of(12, 1)), Buffer.of(1), end])
    expect(() => decodePart(withChecksum(nested))).toThrow(expect.objectContaining({ code: 'ERR_PART_DAMAGED' }))
  })
})

/** A value without its circles, for `fingerprint`, which does not expect any. */
function shallow(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'self' in value ? Object.keys(value) : value
}

/** What is before `bytes` in `whole`, and behind them. */
function split(whole: Uint8Array, bytes: readonly number[]): [Buffer, Buffer] {
  const at = Buffer.from(whole).indexOf(Buffer.from(bytes))
  return [Buffer.from(whole.subarray(0, at)), Buffer.from(whole.subarray(at + bytes.length))]
}

function withChecksum(bytes: Uint8Array): Uint8Array {
  const fixed = Buffer.from(bytes)
  if (fixed.length >= 16) fixed.writeUInt32LE(naiveCrc32(fixed.subarray(16)), 12)
  return fixed
}

const samples = [
  [plugins.floatSum, share(randomFloats(100, 1))],
  [plugins.lineList, share(Buffer.from('one\ntwo\nthree\nfour five six seven\n\neight'))],
  [plugins.eachChunk, share(Buffer.from('one\ntwo\nthree\nfour five six seven\n\neight'))],
  [plugins.numbersOnly, share(randomBytes(40, 2))],
  [plugins.anyOrder, share(Buffer.from('one\ntwo\n\nthree'))],
  [plugins.foldedValues, share(randomBytes(900, 3))],
] as const

async function sampleParts(): Promise<{ part: Part; add: (part: Part) => void }[]> {
  return await Promise.all(
    samples.map(async ([plugin, sample]) => {
      // `as`: each plugin goes with the data beside it.
      const [any, source] = [plugin as typeof plugins.numbersOnly, sample as typeof data]
      const { plan, unit } = assemble(source, any)
      const part = await sequential().part(source, any, { from: unit, to: plan.count })
      return { part, add: (given: Part) => void assemble(source, any).add(given) }
    }),
  )
}

describe('the bytes of a part', () => {
  test('give the same part again, and are the same each time', async () => {
    for (const { part, add } of await sampleParts()) {
      const bytes = encodePart(part)
      const again = decodePart(bytes)
      expect(fingerprint(again)).toBe(fingerprint({ ...part, ranges: again.ranges, payload: again.payload }))
      expect(isDeepStrictEqual(again, part)).toBe(true)
      expect(Buffer.from(encodePart(again)).equals(bytes)).toBe(true)
      add(again)
    }
  })

  test('are those that docs/parts.md describes', () => {
    const part: Part = {
      ...base,
      plan: { ...base.plan, delimiter: [] },
      payload: { kind: 'any', first: -1 },
      ranges: [],
    }
    const bytes = Buffer.from(
      encodePart({ ...part, plan: { kind: 'fixed' } as never, plugin: 'p', data: 'd', params: undefined }),
    )
    const text = (value: string) => [6, value.length, ...Buffer.from(value)]
    const number = (value: number) => [4, ...new Uint8Array(Float64Array.of(value).buffer)]
    const content = [12, 6, 14, 1, ...text('kind'), ...text('fixed'), ...text('p'), ...text('d'), 0, 12, 0]
    content.push(14, 2, ...text('kind'), ...text('any'), ...text('first'), ...number(-1))
    expect([...bytes.subarray(16)]).toEqual(content)
    expect(bytes.subarray(0, 8).toString('latin1')).toBe('onecopy\0')
    expect(bytes.readUInt32LE(8)).toBe(1)
    expect(bytes.readUInt32LE(12)).toBe(naiveCrc32(Uint8Array.from(content)))
  })

  test('hold the SHA-256 of the parameters, as docs/parts.md describes it', async () => {
    const { params } = await sequential().part(share(randomFloats(10, 1)), plugins.floatSum, { from: 0, to: 1 })
    const content = [
      12,
      3,
      14,
      1,
      6,
      4,
      ...Buffer.from('size'),
      4,
      ...new Uint8Array(Float64Array.of(7).buffer),
      12,
      0,
      12,
      0,
    ]
    expect(params).toBe(createHash('sha256').update(Uint8Array.from(content)).digest('hex'))
    const long = { size: 7, text: 'x'.repeat(123) }
    for (const length of [0, 1, 30, 54, 55, 56, 57, 63, 64, 65, 120, 1000]) {
      long.text = 'é'.repeat(length)
      const withText = { ...plugins.floatSum, params: long }
      const { params: digest } = await sequential().part(share(randomFloats(10, 1)), withText, { from: 0, to: 1 })
      const bytes = Buffer.from(long.text)
      const head = [12, 3, 14, 2, 6, 4, ...Buffer.from('size'), 4, ...new Uint8Array(Float64Array.of(7).buffer), 6, 4]
      const size = bytes.length < 128 ? [bytes.length] : [(bytes.length % 128) | 128, Math.floor(bytes.length / 128)]
      const all = Buffer.concat([
        Buffer.from([...head, ...Buffer.from('text'), 6, ...size]),
        bytes,
        Buffer.of(12, 0, 12, 0),
      ])
      expect(digest).toBe(createHash('sha256').update(all).digest('hex'))
    }
  })

  test.each([
    ['nothing', new Uint8Array(0)],
    ['other bytes', Buffer.from('{"version":1,"plan":{}}          ')],
    ['the magic alone', Buffer.from('onecopy\0')],
  ])('%s is no part', (_what, bytes) => {
    expect(() => decodePart(bytes)).toThrow(expect.objectContaining({ code: 'ERR_PART_DAMAGED' }))
  })

  test('of another version are refused, and the message names it', () => {
    const bytes = encodePart(base)
    bytes[8] = 9
    expect(() => decodePart(bytes)).toThrow(
      expect.objectContaining({ code: 'ERR_PART_MISMATCH', message: expect.stringContaining('version 9') }),
    )
  })

  test.each([['a string'], [[1, 2]], [new ArrayBuffer(8)], [new Uint16Array(8)], [undefined]])(
    '%o are no bytes',
    (value) => {
      expect(() => decodePart(value as never)).toThrow(TypeError)
    },
  )
})

describe('bytes that were changed', () => {
  const refused = { name: 'OnecopyError', code: expect.stringMatching(/^ERR_PART_(DAMAGED|MISMATCH)$/) }

  test('one bit, anywhere: refused', async () => {
    const bytes = encodePart((await sampleParts())[1]!.part)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => decodePart(bytes)).toThrow(expect.objectContaining(refused))
      bytes[bit >> 3]! ^= 1 << (bit & 7)
    }
  })

  test('cut off or too long: refused', async () => {
    for (const { part } of await sampleParts()) {
      const bytes = encodePart(part)
      for (let length = 0; length < bytes.length; length++) {
        expect(() => decodePart(bytes.subarray(0, length))).toThrow(expect.objectContaining(refused))
        expect(() => decodePart(withChecksum(bytes.subarray(0, length)))).toThrow(expect.objectContaining(refused))
      }
      const longer = Buffer.concat([bytes, Buffer.of(0)])
      expect(() => decodePart(longer)).toThrow(expect.objectContaining(refused))
      expect(() => decodePart(withChecksum(longer))).toThrow(expect.objectContaining(refused))
    }
  })

  test('with a checksum that fits: refused, or a part that an assembly takes or refuses', async () => {
    const parts = await sampleParts()
    fc.assert(
      fc.property(
        fc.nat(parts.length - 1),
        fc.array(
          fc.record({
            at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
            byte: fc.nat(255),
            way: fc.nat(3),
          }),
          {
            minLength: 1,
            maxLength: 4,
          },
        ),
        (which, changes) => {
          const { part, add } = parts[which]!
          let bytes = Buffer.from(encodePart(part))
          for (const { at, byte, way } of changes) {
            const place = 16 + Math.floor(at * (bytes.length - 16))
            if (way === 0) bytes[place] = byte
            else if (way === 1) bytes[place]! ^= 1 << (byte & 7)
            else if (way === 2)
              bytes = Buffer.concat([bytes.subarray(0, place), Buffer.of(byte), bytes.subarray(place)])
            else bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1)])
          }
          expectAnswerOrRefusal(withChecksum(bytes), add)
        },
      ),
      { numRuns: 4000 },
    )
  })

  test('random content: refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (content, small) => {
        // Small numbers are the tags of values.
        const body = small ? content.map((byte) => byte % 22) : content
        const bytes = withChecksum(Buffer.concat([encodePart(base).subarray(0, 16), body]))
        expect(() => decodePart(bytes)).toThrow(expect.objectContaining(refused))
      }),
      { numRuns: 3000 },
    )
  })

  function expectAnswerOrRefusal(bytes: Uint8Array, add: (part: Part) => void): void {
    try {
      add(decodePart(bytes))
    } catch (error) {
      expect(error).toMatchObject({ name: 'OnecopyError', code: expect.stringMatching(/^ERR_(PART_|CHUNK_FAILED)/) })
    }
  }
})

describe('a few bytes cannot stand for much memory', () => {
  const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]
  test.each([
    ['text', [6, ...huge]],
    ['code units', [7, ...huge]],
    ['a list', [12, ...huge]],
    ['a list with holes', [13, ...huge, 0]],
    ['an object', [14, ...huge]],
    ['a map', [10, ...huge]],
    ['a set', [11, ...huge]],
    ['a typed array', [15, 1, ...huge]],
    ['a buffer', [17, ...huge]],
    ['a shared buffer', [18, ...huge]],
    ['a number that is none', [12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['nodes that are holes', [13, 0x80, 0x80, 0x80, 32, 0]],
  ])('%s', (_what, value) => {
    const [start, end] = split(encodePart(partWith(123456789)), [
      4,
      ...new Uint8Array(Float64Array.of(123456789).buffer),
    ])
    const bytes = withChecksum(Buffer.concat([start, Buffer.from(value), end]))
    const before = process.memoryUsage().rss
    try {
      decodePart(bytes)
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_PART_DAMAGED' })
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024)
  })
})
