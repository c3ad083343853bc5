// Streams as data: bytes that arrive piece by piece, and whose number nobody knows before their end.

import { checkCount, checkInteger, readOptions } from '../base/check.js'
import { OnecopyError } from '../base/errors.js'
import { memberOf } from '../base/own-members.js'
import { checkSource, leave, readSource, type StreamSource } from './arrivals.js'
import type { Arrivals, DataDescription, DataReader, SharedData, SourceStart, StreamedData } from './contract.js'

/** Options of {@link stream}. */
export interface StreamOptions {
  /**
   * Bytes per chunk, where the chunker says none; integer >= 1. A chunk runs when all of its bytes have arrived. So a small size suits
   * a source that gives little at a time.
   *
   * @default 1 MiB
   */
  readonly size?: number | undefined
  /**
   * A record may be so long that more bytes have to be held than usual: at most so many; integer >= 1. A longer record fails the run
   * (`ERR_SOURCE_FAILED`).
   *
   * @default 64 MiB
   */
  readonly mostRecordBytes?: number | undefined
}

const defaultChunkBytes = 1024 * 1024
const defaultMostRecordBytes = 64 * 1024 * 1024

/**
 * A stream as data: it is cut into chunks and run while it arrives, in bounded memory, however long it is. It is read once, so it serves one
 * run.
 *
 * The answer of a run is that of `file()` or `share()` over the same bytes with chunks of the same size, bit for bit. A fold makes one
 * accumulator per chunk here, as it does in other data of fewer than 512 chunks.
 *
 * The engine holds some chunks in shared memory: one part runs while the next part arrives. If workers are slower than the source, or
 * nobody reads the results, the source is not read. If the run ends early, fails or is cancelled, the source is closed: a stream of Node is
 * destroyed, one of the web cancelled, and an iterator returned.
 *
 * Until its end, nobody knows how long a stream is. So `length` and `chunk.length` are `Infinity`, and so is `chunk.chunks`. `chunk.view` gives
 * only bytes of the chunk itself and 64 KiB before them. `stats` and progress count what has arrived so far. These options are refused: `into`, `prefix`, `only`,
 * `sample`, `checkpoint`, `incremental`, and so are parts and machines.
 *
 * @param source - a stream of Node, a `ReadableStream`, a `Response`, or an async iterable. It gives typed arrays or buffers, of which the
 *   bytes are taken. Text becomes UTF-8
 * @throws {TypeError} `source` is no stream, or a response of failure; there is no such option
 * @throws {RangeError} an option is out of its range
 * @example const count = await run(stream(process.stdin), countLines)
 * @example
 * const response = await fetch('https://example.org/access.log')
 * for await (const line of map(stream(response), firstError, { chunks: lines() })) console.log(line)
 */
export function stream(source: StreamSource, options?: StreamOptions): SharedData<Uint8Array> {
  checkCount('stream', 2, arguments.length)
  const checked = checkSource(source)
  return new Streamed(() => readSource(checked), readStreamOptions(options))
}

/** One of several sources that are read one after the other. */
export interface NamedSource {
  /** What names it in `chunk.source` and in messages, such as a path. */
  readonly name: string
  /** Begin to read it. Called when all sources before it have been read. */
  open(): StreamSource | Promise<StreamSource>
}

/**
 * Several sources as one stream, in this order. No chunk and no record goes across two of them: a source starts a new chunk, and its last
 * record ends with it. Offsets count from the start of the first source.
 *
 * @throws {TypeError | RangeError} an option is wrong
 */
export function streamSources(
  sources: Iterable<NamedSource> | AsyncIterable<NamedSource>,
  options?: StreamOptions,
): SharedData<Uint8Array> {
  return new Streamed(() => new ManyArrivals(sources), readStreamOptions(options))
}

function readStreamOptions(options: StreamOptions | undefined): Required<StreamOptions> {
  const given = readOptions('options', options, ['size', 'mostRecordBytes'])
  const { size = defaultChunkBytes, mostRecordBytes = defaultMostRecordBytes } = given
  checkInteger('options.size', size, 1)
  checkInteger('options.mostRecordBytes', mostRecordBytes, 1)
  return { size, mostRecordBytes }
}

/** Whether `data` arrives piece by piece. */
export function isStreamed(data: object): data is StreamedData {
  return typeof memberOf(data, 'startReading') === 'function'
}

class Streamed implements StreamedData {
  readonly elementType: string = 'Uint8Array'
  readonly length: number = Number.POSITIVE_INFINITY
  readonly byteLength: number = Number.POSITIVE_INFINITY
  readonly chunkBytes: number
  readonly mostRecordBytes: number
  /** Undefined when it has been called. */
  #start: (() => Arrivals) | undefined

  constructor(start: () => Arrivals, { size, mostRecordBytes }: Required<StreamOptions>) {
    this.#start = start
    // `!`: the options have their defaults.
    this.chunkBytes = size!
    this.mostRecordBytes = mostRecordBytes!
  }

  startReading(): Arrivals {
    const start = this.#start
    this.#start = undefined
    if (start !== undefined) return start()
    throw new OnecopyError(
      'ERR_SOURCE_FAILED',
      'the stream has been read by another run; a stream can be read only once: to run twice, write it to a file, or load it',
    )
  }

  describe(): DataDescription {
    return { kind: 'stream' }
  }

  open(): DataReader<Uint8Array> {
    throw new TypeError('data: a stream can only be run as a whole: with map, run or fold')
  }
}

/** Sources that are read one after the other. */
class ManyArrivals implements Arrivals {
  readonly #sources: AsyncIterator<NamedSource> | Iterator<NamedSource>
  #current: { readonly name: string; readonly arrivals: Arrivals } | undefined
  #arrived = 0
  #reason: { readonly why: unknown } | undefined

  constructor(sources: Iterable<NamedSource> | AsyncIterable<NamedSource>) {
    this.#sources =
      Symbol.asyncIterator in sources
        ? sources[Symbol.asyncIterator]()
        : (sources as Iterable<NamedSource>)[Symbol.iterator]()
  }

  async next(): Promise<Uint8Array | SourceStart | undefined> {
    if (this.#current !== undefined) {
      const { name, arrivals } = this.#current
      const item = await arrivals.next().catch((cause) => {
        throw inSource(name, cause)
      })
      if (item instanceof Uint8Array) this.#arrived += item.length
      if (item !== undefined) return item
      this.#current = undefined
    }
    const { done, value } = await this.#sources.next()
    if (done) return undefined
    const { name } = value
    try {
      this.#current = { name, arrivals: readSource(checkSource(await value.open()), this.#arrived) }
    } catch (cause) {
      throw inSource(name, cause)
    }
    // It was cancelled while the source was opened.
    if (this.#reason !== undefined) this.#current.arrivals.cancel(this.#reason.why)
    return { source: name }
  }

  cancel(why: unknown): void {
    this.#reason ??= { why }
    this.#current?.arrivals.cancel(why)
    this.#current = undefined
    void leave(this.#sources)
  }
}

function inSource(name: string, cause: unknown): OnecopyError {
  const message = cause instanceof Error ? cause.message : String(cause)
  return new OnecopyError('ERR_SOURCE_FAILED', `${name}: ${message}`, { cause })
}
