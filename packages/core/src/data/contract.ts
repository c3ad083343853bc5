// The contract of shared data: what data says about itself, and how a lane reads it.

import type { TypedArray } from './typed-array.js'
/** Shared data, described as plain data. A lane opens the data again in its own thread from this description. */
export interface DataDescription {
  /** How to open it: `'memory'`, or a kind that the host defines. */
  readonly kind: string
}

/** The pieces that data consists of, such as files. A chunk never crosses from one to the next. */
export interface DataPieces {
  /** Where each piece starts, in elements: ascending, and the first is 0. An empty piece starts where the next one does. */
  readonly starts: readonly number[]
  /** The name of each piece: the path of a file, for example. */
  readonly names: readonly string[]
}

/** An input that any number of workers can read without a copy for each. */
export interface SharedData<T extends TypedArray = Uint8Array> {
  /** The kind of its elements, for example `'Uint8Array'`. */
  readonly elementType: string
  /** Number of elements. */
  readonly length: number
  /** Number of bytes. */
  readonly byteLength: number
  /** What is sent to each worker. */
  describe(): DataDescription
  /** Open it in this thread. */
  open(): DataReader<T>
  /**
   * Check that the data has not changed since it was made. The engine calls this after each run. `open` makes the same check in
   * a worker.
   *
   * @param stopped - settles when nobody waits for the answer any more, because the run was cancelled or the engine is closed
   * @throws {OnecopyError} `ERR_DATA_CHANGED`
   */
  assertUnchanged?(stopped?: Promise<void>): Promise<void>
  /**
   * What tells this data apart from other data, on any machine: a file's size and modification time, for instance. Parts of a job
   * are put together only if their data has the same. Without it, the number of bytes is compared.
   */
  readonly identity?: string | undefined
  /** The pieces that it consists of; undefined if it is one. */
  readonly pieces?: DataPieces | undefined
}

/** Shared data, opened in one thread. Offsets count elements. The caller ensures that `0 <= start <= end <= length`. */
export interface DataReader<T extends TypedArray = Uint8Array> {
  /** The elements `[start, end)`. They are valid until the next `read`. */
  read(start: number, end: number): T
  /** The elements `[start, end)`. They stay valid. */
  view(start: number, end: number): T
  /**
   * Copy the elements `[start, end)` into `target`, which has the same length and element type. Optional: without it, the lane
   * calls `read` and copies.
   */
  readInto?(start: number, end: number, target: T): void
  /** The buffer that `read` uses again for each call; undefined if it uses none. */
  readonly reusedBuffer?: ArrayBufferLike | undefined
  /**
   * A read takes about as long as a read of so many bytes, however short it is. Lanes then claim chunks of about so many bytes
   * at a time, and say what they have claimed to `expect`.
   */
  readonly claimBytes?: number | undefined
  /** The names of the pieces that the data consists of, as {@link DataPieces} has them; undefined if it is one. */
  readonly pieceNames?: readonly string[] | undefined
  /**
   * The elements `[start, end)` are read next, in this order, piece by piece. So they can be read at once. The lane waits for the
   * promise, which must not reject: `read` throws what is wrong.
   */
  expect?(start: number, end: number): Promise<void> | undefined
  /** Release what `open` acquired. */
  close(): void
}

/** What a run can write its answer into: shared memory from `alloc`, or a file that was made for it. */
export interface Output<T extends TypedArray = TypedArray> {
  /** The kind of its elements, for example `'Float64Array'`. */
  readonly elementType: string
  /** Number of elements. */
  readonly length: number
  /** Number of bytes. */
  readonly byteLength: number
  /** What is sent to each worker. */
  describeOutput(): DataDescription
  /** Open it in this thread. */
  openOutput(): OutputWriter<T>
}

/** The elements of an {@link Output}; undefined if it is none. */
export type OutputElements<O> = O extends Output<infer T> ? T : undefined

/** An output, opened in one thread. Offsets count elements. The caller ensures that `0 <= start <= end <= length`. */
export interface OutputWriter<T extends TypedArray = TypedArray> {
  /** Where to write the elements `[start, end)`. Valid until the next call. */
  window(start: number, end: number): T
  /**
   * Bring what was written into the last window to its place. Optional: without it, the window is the place itself.
   */
  flush?(): void
  /** Release what `openOutput` acquired. */
  close(): void
}

/**
 * Data that arrives piece by piece. It is read once, from its beginning to its end, and nobody knows its length before. The engine holds a
 * part of it in shared memory while chunks of that part run.
 */
export interface StreamedData extends SharedData<Uint8Array> {
  /** Bytes per chunk, for chunkers that do not say it. */
  readonly chunkBytes: number
  /** At most so many bytes are held for one record. */
  readonly mostRecordBytes: number
  /**
   * Begin to read.
   *
   * @throws {OnecopyError} `ERR_SOURCE_FAILED`: it has been read before
   */
  startReading(): Arrivals
}

/** The bytes of a stream, as they arrive. */
export interface Arrivals {
  /**
   * The next bytes, which are valid until the next call; or the beginning of a next source; or undefined at the end.
   *
   * Rejects with an {@link OnecopyError}, `ERR_SOURCE_FAILED`.
   */
  next(): Promise<Uint8Array | SourceStart | undefined>
  /** Nothing else is wanted. A pending `next` may settle in any way, or never. */
  cancel(reason: unknown): void
}

/** What comes next belongs to another source: no chunk and no record goes across. */
export interface SourceStart {
  /** The name of the source. */
  readonly source: string
}
