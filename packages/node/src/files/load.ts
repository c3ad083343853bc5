// Reads files, pipes and streams into shared memory. The data is in memory once, and nothing else is.

import { type FileHandle, open } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { alloc, type ElementsOf, type SharedMemory, type TypedArray, type TypedArrayConstructor } from '@onecopy/core'
import { checkCount, encodedPieces, memberOf, show } from '@onecopy/core/lane'
import { nowMs } from '../clock.js'
import { ByteBlocks } from './byte-blocks.js'
import { assertSameFile, changed, edgeBytes, isUnsettled } from './identity.js'
import { absolutePath, notAFile, showPath, unreadable } from './path.js'
import { type FileRangeOptions, type FileWish, locate, readWish } from './range.js'

/** A source of bytes, piece by piece: a stream of Node or of the web, for instance `process.stdin`. */
export type ByteStream = AsyncIterable<Uint8Array | string>

/**
 * Read a file, a pipe or a stream into shared memory.
 *
 * A file is read straight into shared memory, without a second buffer. The data is the bytes that the file had when it was opened.
 * Bytes that are appended meanwhile do not belong to the data, and do not count as a change. A pipe, a device or a stream is read to
 * its end, or to `end`. That takes the memory of the data once, plus 16 MiB.
 *
 * Without `Elements` the data is bytes. `Float64Array` and the like make it numbers, in the byte order of this machine.
 *
 * @param path - the path of a file that can be read, resolved now if it is relative; or a stream of bytes (text becomes UTF-8)
 * @param Elements - the type of the elements; default `Uint8Array`
 * @param options.offset - bytes of a header, which do not belong to the data; integer >= 0, default 0
 * @param options.start - the first element, counted from the end of the header; integer >= 0, default 0
 * @param options.end - one past the last element, counted from the end of the header; default: the end of the input
 * @throws {TypeError} `path` is not a path, `file:` URL or stream, or it names a directory; or `Elements` is not the constructor of
 *   a typed array
 * @throws {RangeError} the range is not inside the file; or there is no `end`, and the bytes behind the header are not a whole
 *   number of elements; or a device does not end and memory runs out
 * @throws {OnecopyError} `ERR_DATA_CHANGED`: meanwhile the file was truncated to less than the end of the range, or was written to
 *   in a way that can be noticed (see {@link file})
 * @throws {Error} the input cannot be read; `code` is the system's (`'ENOENT'`, `'EACCES'`)
 * @example const log = await load('access.log')
 * @example const prices = await load('prices.f64', Float64Array, { offset: 128 })
 * @example const unzipped = await load(createReadStream('access.log.gz').pipe(createGunzip()))
 */
export function load<T extends TypedArray>(
  path: string | URL | ByteStream,
  Elements: TypedArrayConstructor<T>,
  options?: FileRangeOptions,
): Promise<SharedMemory<ElementsOf<T>>>
export function load(path: string | URL | ByteStream, options?: FileRangeOptions): Promise<SharedMemory<Uint8Array>>
export async function load(path: unknown, second?: unknown, third?: unknown): Promise<SharedMemory<TypedArray>> {
  checkCount('load', 3, arguments.length)
  const wish = readWish(second, third)
  if (isStream(path)) {
    checkUnread(path)
    return await gather('the stream', wish, (blocks) => readStream(path, blocks))
  }
  const name = absolutePath(path)
  const handle = await open(name, 'r').catch((cause) => {
    throw unreadable('open', name, cause)
  })
  try {
    const stats = await handle.stat({ bigint: true })
    if (stats.isDirectory()) throw notAFile(name, true)
    const data = stats.isFile() && stats.size > 0n ? await readFile(handle, name, wish) : undefined
    if (data !== undefined) return data
    // A pipe has no size. A file that the system generates while it is read (/proc, /sys) has none or a wrong one.
    return await gather(name, wish, (blocks) => readToEnd(handle, name, blocks, stats.isCharacterDevice()))
  } finally {
    await handle.close()
  }
}

function isStream(value: unknown): value is ByteStream {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/** A stream that was read to its end would be empty data, in silence. */
function checkUnread(stream: object): void {
  const isOver = memberOf(stream, 'readableEnded') === true || memberOf(stream, 'locked') === true
  // A stream that has failed tells why by itself.
  const isClosed = memberOf(stream, 'destroyed') === true && memberOf(stream, 'errored') === null
  if (!isOver && !isClosed) return
  throw new TypeError(
    'path: the stream is read by others, or has been read or closed before; a stream can be read only once',
  )
}

/** Bytes per read, and reads at the same time: enough to keep the threads of Node that read files at work. */
const readBytes = 16 * 1024 * 1024
const readsAtOnce = 4

/** Read the range of a file. Undefined if the size that the system reported was never right. */
async function readFile(
  handle: FileHandle,
  name: string,
  wish: FileWish,
): Promise<SharedMemory<TypedArray> | undefined> {
  const before = await handle.stat({ bigint: true })
  const { byteOffset, length } = locate(name, Number(before.size), wish)
  const data: SharedMemory<TypedArray> = alloc(wish.Elements, length)
  const { buffer, byteLength } = data
  let next = 0
  let endedAt = byteLength
  const readParts = async (): Promise<void> => {
    while (next < endedAt) {
      const start = next
      const end = Math.min(byteLength, start + readBytes)
      next = end
      const read = await readUpTo(handle, name, new Uint8Array(buffer, start, end - start), byteOffset + start)
      if (start + read < end) endedAt = Math.min(endedAt, start + read)
    }
  }
  await Promise.all(Array.from({ length: readsAtOnce }, readParts))
  const since = nowMs()
  let now = await handle.stat({ bigint: true })
  while (isUnsettled(before, now, since)) now = await handle.stat({ bigint: true })
  if (endedAt < byteLength) {
    if (now.size === before.size) return undefined
    throw changed(name, `it ended at byte ${byteOffset + endedAt}, before ${byteOffset + byteLength}`)
  }
  const edgeLength = Math.min(edgeBytes, byteLength)
  const edges = [0, byteLength - edgeLength]
  const read =
    now.size === before.size
      ? []
      : await Promise.all(edges.map((at) => readEdge(handle, name, byteOffset + at, edgeLength)))
  const isSame = read.every((edge, i) => edge.equals(new Uint8Array(buffer, edges[i], edgeLength)))
  const state = { path: name, identity: before, byteOffset, byteLength, edges: 0 }
  assertSameFile(state, now, () => (isSame ? 0 : undefined))
  return data
}

async function readEdge(handle: FileHandle, name: string, position: number, byteLength: number): Promise<Buffer> {
  const edge = Buffer.alloc(byteLength)
  return edge.subarray(0, await readUpTo(handle, name, edge, position))
}

/** Fill `into` from byte `position` on, or from the end of the last read if it is null. Returns how many bytes there were. */
async function readUpTo(handle: FileHandle, name: string, into: Uint8Array, position: number | null): Promise<number> {
  let done = 0
  while (done < into.length) {
    const at = position === null ? null : position + done
    const { bytesRead } = await handle.read(into, done, into.length - done, at).catch((cause) => {
      throw unreadable('read', name, cause)
    })
    if (bytesRead === 0) break
    done += bytesRead
    if (position === null) break
  }
  return done
}

/** Read a source of unknown size, and make data of its bytes. */
async function gather(
  name: string,
  wish: FileWish,
  read: (blocks: ByteBlocks) => Promise<void>,
): Promise<SharedMemory<TypedArray>> {
  const { Elements, offset, start, end = Number.POSITIVE_INFINITY } = wish
  const { BYTES_PER_ELEMENT } = Elements
  const blocks = new ByteBlocks(offset + start * BYTES_PER_ELEMENT, (end - start) * BYTES_PER_ELEMENT)
  await read(blocks)
  const { length } = locate(name, blocks.seenBytes, wish)
  const data: SharedMemory<TypedArray> = alloc(Elements, length)
  await blocks.moveTo(data.buffer)
  return data
}

async function readStream(stream: ByteStream, blocks: ByteBlocks): Promise<void> {
  for await (const piece of encodedPieces(stream)) {
    if (!ArrayBuffer.isView(piece)) {
      throw new TypeError(`path: expected a stream of bytes, got a stream that gives ${show(piece)}`)
    }
    blocks.append(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength))
    if (blocks.isFull) return
  }
}

/** A device counts as endless when less than this part of the memory is left. */
const reservedMemory = 1 / 8

async function readToEnd(handle: FileHandle, name: string, blocks: ByteBlocks, isDevice: boolean): Promise<void> {
  while (!blocks.isFull) {
    const read = await readUpTo(handle, name, blocks.room, null)
    if (read === 0) return
    blocks.take(read)
    if (isDevice && process.availableMemory() < totalmem() * reservedMemory) {
      throw new RangeError(
        `path: ${showPath(name)} has not ended after ${blocks.seenBytes} bytes, and hardly any memory is left; give an end`,
      )
    }
  }
}
