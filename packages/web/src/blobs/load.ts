// Reads a Blob, a response or a stream into shared memory.

import {
  alloc,
  type ElementsOf,
  type SharedMemory,
  share,
  type TypedArray,
  type TypedArrayConstructor,
} from '@onecopy/core'
import { checkCount, checkElements, isBytes, isThenable, show } from '@onecopy/core/lane'
import { checkWhole, nameOf, readBlob } from './blob-data.js'
import { unreadable } from './description.js'

/** Bytes per read of a Blob, and reads at the same time: one alone waits for the browser's process most of the time. */
const readBytes = 16 * 1024 * 1024
const readsAtOnce = 4

/**
 * Read a file or another Blob, a response, or a stream of bytes into shared memory. The data is in memory once, for all workers.
 *
 * A stream of unknown length takes its memory twice for a moment.
 *
 * @param source - a `Blob`, what `await fetch(url)` gives, or a `ReadableStream` of bytes
 * @param Elements - the type of the elements, in the byte order of this machine; default `Uint8Array`
 * @throws {TypeError} `source` is none of these, or `Elements` is not the constructor of a typed array
 * @throws {RangeError} the bytes are not a whole number of elements, or there is not enough memory
 * @throws {OnecopyError} `ERR_DATA_CHANGED`: the file has changed since the user chose it
 * @throws {Error} the response says that the request has failed
 * @example const data = await load(await fetch('/numbers.f64'), Float64Array)
 */
export function load<T extends TypedArray>(
  source: Blob | Response | ReadableStream<Uint8Array>,
  Elements: TypedArrayConstructor<T>,
): Promise<SharedMemory<ElementsOf<T>>>
export function load(source: Blob | Response | ReadableStream<Uint8Array>): Promise<SharedMemory<Uint8Array>>
export async function load(
  source: unknown,
  Elements: TypedArrayConstructor = Uint8Array,
): Promise<SharedMemory<TypedArray>> {
  checkCount('load', 2, arguments.length)
  const Kind = checkElements(Elements)
  const bytes = await loadBytes(source, Kind.BYTES_PER_ELEMENT)
  if (Kind === Uint8Array) return bytes
  const length = checkWhole('source', bytes.length, Kind.BYTES_PER_ELEMENT)
  // A view of shared memory is shared as it is.
  return share(new Kind(bytes.buffer, 0, length)) as SharedMemory<TypedArray>
}

function loadBytes(source: unknown, elementBytes: number): Promise<SharedMemory<Uint8Array>> {
  if (source instanceof Blob) {
    checkWhole('source', source.size, elementBytes)
    return loadBlob(source)
  }
  if (source instanceof Response) return loadResponse(source)
  if (source instanceof ReadableStream) return gather(source, undefined)
  const cure = isThenable(source) ? '; await it' : typeof source === 'string' ? '; for a URL: await fetch(url)' : ''
  throw new TypeError(`source: expected a Blob, a Response or a ReadableStream, got ${show(source)}${cure}`)
}

async function loadBlob(blob: Blob): Promise<SharedMemory<Uint8Array>> {
  const name = nameOf(blob)
  const data = alloc(Uint8Array, blob.size)
  let next = 0
  const readSome = async (): Promise<void> => {
    while (next < data.length) {
      const start = next
      const end = Math.min(data.length, start + readBytes)
      next = end
      const bytes = new Uint8Array(await readBlob(blob.slice(start, end), name))
      if (bytes.length !== end - start) throw unreadable(name, new DOMException('it is shorter', 'NotReadableError'))
      data.view(start, end).set(bytes)
    }
  }
  await Promise.all(Array.from({ length: readsAtOnce }, readSome))
  return data
}

async function loadResponse(response: Response): Promise<SharedMemory<Uint8Array>> {
  const { body, bodyUsed, headers, ok, status, url } = response
  if (bodyUsed) throw new TypeError('source: this response has been read already')
  // The page of an error is hardly ever the data that was meant.
  if (!ok) throw new Error(`source: expected a response with data, got status ${status} of ${url}`)
  if (body === null) return alloc(Uint8Array, 0)
  // The length is that of the compressed bytes, if they are compressed.
  const length = headers.has('content-encoding') ? Number.NaN : Number(headers.get('content-length') ?? Number.NaN)
  return gather(body, Number.isSafeInteger(length) ? length : undefined)
}

/** Read a stream to its end, into memory of `length` bytes if it keeps to that. */
async function gather(stream: ReadableStream, length: number | undefined): Promise<SharedMemory<Uint8Array>> {
  const whole = length === undefined ? undefined : alloc(Uint8Array, length)
  let filled = 0
  const rest: Uint8Array[] = []
  let restBytes = 0
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    if (!isBytes(value)) {
      await reader.cancel()
      throw new TypeError(`source: expected a stream of Uint8Array, got ${show(value)}`)
    }
    const fits = whole === undefined ? 0 : Math.min(value.length, whole.length - filled)
    whole?.view(filled, filled + fits).set(value.subarray(0, fits))
    filled += fits
    if (fits === value.length) continue
    // Others may reuse the buffer for what comes next.
    rest.push(value.slice(fits))
    restBytes += value.length - fits
  }
  if (whole?.length === filled + restBytes) return whole
  const data = alloc(Uint8Array, filled + restBytes)
  const bytes = data.view()
  if (whole !== undefined) bytes.set(whole.view(0, filled))
  let at = filled
  for (const each of rest) {
    bytes.set(each, at)
    at += each.length
  }
  return data
}
