// Data that comes only once: standard input, pipes, devices, text that is decoded. It is run while it arrives. If all of it must be there,
// it is read into shared memory.

import { type ByteStream, decompressed, load, type SharedData, stream } from '@onecopy/node'
import { formatBytes } from '../terminal/numbers.js'
import { writeNote } from '../terminal/output.js'
import { decodedPieces } from './decode-stream.js'
import { elementsOf, type InputWishes } from './element-types.js'
import { longestMagic } from './known-format.js'
import type { LeavableStream } from './open-stream.js'

/** What the command needs of data that comes only once. */
export interface OnceNeeds {
  /** What needs all of the data at once, such as an option; undefined: nothing does. */
  readonly all?: string | undefined
  /** Called with the first bytes of what is run while it arrives, before it is run. */
  readonly onStart?: ((start: Uint8Array) => void) | undefined
  /** No notes. */
  readonly isQuiet?: boolean | undefined
}

/** From so many bytes on, a note says why they are kept in memory. */
const notedBytes = 64 * 1024 * 1024

/**
 * Make data of a stream.
 *
 * @param name - the name for people
 * @param isDecompressed - whether it is decompressed, if it is compressed
 * @throws the signal's reason
 */
export async function openOnce(
  source: LeavableStream,
  name: string,
  wishes: InputWishes,
  isDecompressed: boolean,
  { all, onStart, isQuiet = false }: OnceNeeds,
  signal: AbortSignal,
): Promise<SharedData> {
  const stop = (): void => {
    source.destroy(signal.reason)
  }
  signal.addEventListener('abort', stop)
  try {
    signal.throwIfAborted()
    // `as`: the streams of inputs give bytes.
    const bytes = source as ByteStream
    const unpacked = isDecompressed ? decompressed(bytes, { name }) : bytes
    const { encoding, type = 'u8', offset = 0 } = wishes
    const pieces: ByteStream = encoding === undefined ? unpacked : decodedPieces(unpacked, encoding)
    const holder = all ?? (type === 'u8' ? (offset === 0 ? undefined : '--offset') : '--type')
    if (holder === undefined) return await runWhileItArrives(source, pieces, onStart)
    const held = isQuiet ? pieces : noted(pieces, name, holder)
    const data = await load(held, elementsOf(wishes), { offset })
    signal.throwIfAborted()
    return data
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Wait for the first bytes, so that an input that cannot be read at all fails before anything runs. */
async function runWhileItArrives(
  source: LeavableStream,
  pieces: ByteStream,
  onStart: OnceNeeds['onStart'],
): Promise<SharedData> {
  const iterator = pieces[Symbol.asyncIterator]()
  const begun: IteratorResult<Uint8Array | string>[] = []
  const start: Buffer[] = []
  for (let seen = 0; seen < longestMagic; ) {
    const step = await iterator.next()
    begun.push(step)
    if (step.done) break
    const bytes = Buffer.from(step.value)
    start.push(bytes.subarray(0, longestMagic))
    seen += bytes.length
  }
  onStart?.(Buffer.concat(start))
  const rest: AsyncIterable<unknown> & { destroy(): void } = {
    [Symbol.asyncIterator]: () => ({ next: async () => begun.shift() ?? (await iterator.next()) }),
    // `return` of the iterator would wait for bytes that may never come.
    destroy: () => {
      source.destroy()
      iterator.return?.().catch(() => {})
    },
  }
  return stream(rest)
}

/** The same pieces. Prints a note if there are many. */
async function* noted(pieces: ByteStream, name: string, holder: string): AsyncGenerator<Uint8Array | string> {
  let seen = 0
  for await (const piece of pieces) {
    const isSmall = seen < notedBytes
    seen += piece.length
    if (isSmall && seen >= notedBytes) {
      const size = formatBytes(notedBytes)
      writeNote(`onecopy: ${name}: more than ${size} are read into memory, because ${holder} needs all of it at once`)
    }
    yield piece
  }
}
