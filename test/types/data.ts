// What a chunk function sees of the data. Compiled, never run.

import { createHash } from 'node:crypto'
import {
  alloc,
  type Chunk,
  type ChunkFn,
  eachJson,
  eachText,
  type SharedMemory,
  sequential,
  share,
} from '@onecopy/core'
import { buffer, type FileData, file, load } from '@onecopy/node'
import { type Equal, expectType } from './equal.js'

const engine = sequential()

// Bytes are read-only, and yet pass wherever a Uint8Array is expected.
engine.map(share('text'), (bytes) => {
  expectType<Equal<typeof bytes, Readonly<Uint8Array>>>(true)
  // @ts-expect-error: the input is read-only
  bytes[0] = 1
  const takesBytes = (given: Uint8Array): number => given.length
  return [takesBytes(bytes), createHash('sha256').update(bytes).digest('hex'), new TextDecoder().decode(bytes)]
})

// Any window of the data is read-only as well.
engine.map(share('text'), (_bytes, chunk) => {
  const window = chunk.view(0, 1)
  expectType<Equal<typeof window, Readonly<Uint8Array>>>(true)
  // @ts-expect-error: the input is read-only
  window[0] = 1
  // @ts-expect-error: so is what a chunk says of itself
  chunk.index = 1
  return new TextDecoder().decode(window)
})

// As a Buffer they are read-only as well, and pass wherever a Buffer is expected.
engine.map(share('text'), (bytes) => {
  const made = buffer(bytes)
  expectType<Equal<typeof made, Readonly<Buffer>>>(true)
  // @ts-expect-error: the input is read-only
  made[0] = 1
  const takesBuffer = (given: Buffer): number => given.length
  return [takesBuffer(made), made.toString('hex'), createHash('sha256').update(made).digest('hex')]
})
buffer(new DataView(new ArrayBuffer(1)))
buffer(Float64Array.of(1))
// @ts-expect-error: a whole buffer is no view
buffer(new SharedArrayBuffer(1))
// @ts-expect-error: text is no view
buffer('text')

// Each kind of typed array arrives as itself.
const floats = share(Float64Array.of(1))
expectType<Equal<typeof floats, SharedMemory<Float64Array>>>(true)
engine.map(floats, (part, chunk) => {
  expectType<Equal<typeof part, Readonly<Float64Array>>>(true)
  const window = chunk.view(0, 1)
  expectType<Equal<typeof window, Readonly<Float64Array>>>(true)
  return part.reduce((a, b) => a + b, 0)
})
// @ts-expect-error: these are floats, and no bytes
engine.map(floats, (part: Readonly<Uint8Array>) => part.length)
const bigs = alloc(BigInt64Array, 1)
expectType<Equal<typeof bigs, SharedMemory<BigInt64Array>>>(true)
const bigSums = engine.map(bigs, (part) => part.reduce((a, b) => a + b, 0n))
expectType<Equal<Awaited<typeof bigSums>, bigint[]>>(true)

// What is made of bytes is bytes: text, buffers, Buffers, DataViews.
const made = [share('text'), share(new ArrayBuffer(1)), share(new DataView(new ArrayBuffer(1))), share(Buffer.of(1))]
expectType<Equal<typeof made, SharedMemory<Uint8Array>[]>>(true)
// @ts-expect-error: a list of numbers is no typed array
share([1, 2])
// @ts-expect-error: a DataView is no kind of typed array
alloc(DataView, 1)
// @ts-expect-error: a length is a number
alloc(Uint8Array, '1')

// Files are bytes, as a whole or a range of them.
const bytesOfFile = [file('path'), file(new URL('file:///path')), file('path', { start: 1, end: 2, offset: 3 })]
expectType<Equal<typeof bytesOfFile, FileData<Uint8Array>[]>>(true)
expectType<Equal<Awaited<ReturnType<typeof load>>, SharedMemory<Uint8Array>>>(true)
engine.map(file('path'), (bytes) => expectType<Equal<typeof bytes, Readonly<Uint8Array>>>(true))

// Or numbers, of the kind that is named.
const numbersOfFile = file('path', Float64Array, { offset: 4 })
expectType<Equal<typeof numbersOfFile, FileData<Float64Array>>>(true)
engine.map(numbersOfFile, (part) => expectType<Equal<typeof part, Readonly<Float64Array>>>(true))
const loadedNumbers = load(process.stdin, BigInt64Array)
expectType<Equal<Awaited<typeof loadedNumbers>, SharedMemory<BigInt64Array>>>(true)
// @ts-expect-error: options stand behind the kind
file('path', { start: 1 }, Float64Array)
// @ts-expect-error: there is no such option
load('path', Float64Array, { byteOffset: 1 })
// @ts-expect-error: numbers are no bytes
engine.map(numbersOfFile, (part: Readonly<Uint8Array>) => part.length)

// A chunk function may be written apart from its run.
export const measure: ChunkFn<number> = (bytes) => bytes.length
engine.map(share('text'), measure)
export const total: ChunkFn<number, { factor: number }, Float64Array> = (part, { params }) =>
  part.reduce((a, b) => a + b, 0) * params.factor
engine.map(floats, total, { params: { factor: 2 } })
// @ts-expect-error: it takes floats
engine.map(share('text'), total, { params: { factor: 2 } })
export const stateless = (_bytes: Readonly<Uint8Array>, chunk: Chunk): undefined => chunk.params
engine.map(share('text'), stateless)

// Lines as text and as JSON values, of which nothing is known.
const someBytes = new Uint8Array(1)
eachText(someBytes, (line, index) => {
  expectType<Equal<[typeof line, typeof index], [string, number]>>(true)
})
eachJson(someBytes, (value, index) => {
  expectType<Equal<[typeof value, typeof index], [unknown, number]>>(true)
})
eachJson(
  someBytes,
  () => {},
  (line, index, error) => {
    expectType<Equal<[typeof line, typeof index, typeof error], [string, number, SyntaxError]>>(true)
  },
)
// @ts-expect-error: text is no bytes
eachText('a', () => {})
// The caller may say what the values are.
eachJson<{ user: string }>(someBytes, ({ user }) => expectType<Equal<typeof user, string>>(true))
eachJson(someBytes, ({ user }: { user: string }) => user)
// @ts-expect-error: without that, nothing is known of them
eachJson(someBytes, ({ user }) => user)
