// Writes the results of a run into a file or stream, in the order of the chunks, while the run goes on.

import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { checkCount, DataError, memberOf, show } from '@onecopy/core/lane'
import { replaceDurably } from './durable-file.js'
import { absolutePath, systemText } from './path.js'
import { replacedFile } from './replaced-file.js'

/** What {@link writeResults} has written. */
export interface WrittenResults {
  /** Number of results. */
  readonly results: number
  /** Number of bytes. */
  readonly bytes: number
}

/**
 * Write the results of a run one after the other, in the order of the chunks: into a file, or into a stream, which is then ended. The
 * bytes are the same on any number of workers. Memory stays constant: the run is ahead of the disk by at most about 32 MiB of results.
 *
 * A file is there as a whole or not at all. It is written under a temporary name in the same folder (`.name.….tmp`), brought to the
 * disk, and renamed. If the run fails, or the disk is full, a file that had this name stays as it was, and the run is cancelled.
 * A file that is replaced keeps its permissions, and a link stays a link.
 *
 * @param run - a run whose results are text (written as UTF-8) or bytes. Typed arrays are written in the byte order of this machine
 * @param to - a path or `file:` URL, or a `Writable` stream
 * @throws {TypeError} an argument is wrong; a result is neither text nor bytes; the path names something that is no regular file; or
 *   the stream has ended
 * @throws {OnecopyError} what the run rejects with
 * @throws {Error} the system cannot write; `code` is the system's (`'ENOSPC'`), and `path` names the file
 * @example
 * const { bytes } = await writeResults(engine.map(file('access.log'), keepLines), 'errors.log')
 */
export async function writeResults(
  run: AsyncIterable<string | ArrayBufferView>,
  to: string | URL | NodeJS.WritableStream,
): Promise<WrittenResults> {
  checkCount('writeResults', 2, arguments.length)
  if (typeof run !== 'object' || run === null || typeof run[Symbol.asyncIterator] !== 'function') {
    throw new TypeError(
      `run: expected a run whose results come one by one, such as engine.map(data, fn), got ${show(run)}; a run with a reducer has one answer`,
    )
  }
  const source = new Source(run)
  if (isStream(to)) await source.writeInto(checkOpen(to))
  else await writeFile(source, absolutePath(to))
  return { results: source.results, bytes: source.bytes }
}

function isStream(to: unknown): to is NodeJS.WritableStream {
  // `as`: any member of any object can be read.
  return typeof to === 'object' && to !== null && typeof (to as { readonly write?: unknown }).write === 'function'
}

/** A pipeline into a stream that has ended would wait forever. */
function checkOpen(to: NodeJS.WritableStream): NodeJS.WritableStream {
  // Of streams of other kinds than Node's own, `writable` may be absent.
  if (memberOf(to, 'writable') !== false) return to
  throw new TypeError('to: expected a stream that can be written, got one that has ended, or was destroyed')
}

/** The results of a run, as bytes. */
class Source {
  results = 0
  bytes = 0
  /** What ended the run, or refused one of its results. */
  failure: { readonly error: unknown } | undefined
  readonly #run: AsyncIterable<unknown> & { cancel?(reason: unknown): void }

  constructor(run: AsyncIterable<unknown>) {
    this.#run = run
  }

  /** Write everything. If that fails, the run is cancelled, and its data is free again. */
  async writeInto(target: NodeJS.WritableStream): Promise<void> {
    const pieces = this.#pieces()
    try {
      await pipeline(pieces, target)
    } catch (error) {
      const { failure } = this
      // Its next result may be long in coming. The run then rejects with the error of the writer.
      memberOf(this.#run, 'cancel')?.call(this.#run, error)
      // Nobody reads results any more. A pipeline whose stream was ended by somebody else does not say so.
      await pieces.return().catch(() => {})
      this.failure = failure
      throw error
    }
  }

  async *#pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    // What is thrown into a generator while it waits in `yield` is the writer's own failure.
    let isWaiting = false
    try {
      for await (const result of this.#run) {
        const piece = bytesOf(result, this.results)
        this.results++
        this.bytes += piece.byteLength
        isWaiting = true
        if (piece.byteLength > 0) yield piece
        isWaiting = false
      }
    } catch (error) {
      if (!isWaiting) this.failure ??= { error }
      throw error
    }
  }
}

function bytesOf(result: unknown, index: number): Uint8Array {
  if (typeof result === 'string') return Buffer.from(result)
  if (ArrayBuffer.isView(result)) return new Uint8Array(result.buffer, result.byteOffset, result.byteLength)
  throw new TypeError(`result ${index}: expected text or bytes, got ${show(result)}`)
}

async function writeFile(source: Source, given: string): Promise<void> {
  const place = replacedFile(given)
  try {
    await replaceDurably(place, async (temporary, mode) => {
      const options = { flags: 'wx', highWaterMark: 2 ** 20, flush: true, ...(mode === undefined ? {} : { mode }) }
      await source.writeInto(createWriteStream(temporary, options))
    })
  } catch (cause) {
    if (source.failure !== undefined) throw source.failure.error
    throw new DataError(`cannot write ${place.path}: ${systemText(cause)}`, place.path, cause)
  }
}
