// The contract of shared data: what a source says about itself, and how a lane reads it.

import type { TypedArray } from './typed-array.js'
/** Shared data as plain data: what a lane needs to open it again in its own thread. */
export interface DataDescription {
  /** Which way of opening it takes: `'memory'`, or a kind of the host's own. */
  readonly kind: string
}

/** An input that any number of lanes can look at, without a copy for each. */
export interface SharedData<T extends TypedArray = Uint8Array> {
  /** The kind of its elements, for instance `'Uint8Array'`. */
  readonly elementType: string
  /** Elements. */
  readonly length: number
  /** Bytes. */
  readonly byteLength: number
  /** What travels to a lane. */
  describe(): DataDescription
  /** Open it in this thread. */
  open(): DataReader<T>
  /**
   * Find out whether the data is still what it was when it was made; asked after each run. `open` asks the same in a lane.
   *
   * @throws {OnecopyError} `ERR_DATA_CHANGED`
   */
  assertUnchanged?(): Promise<void>
}

/** Shared data, opened in one thread. Offsets count elements; `0 <= start <= end <= length` is the caller's care. */
export interface DataReader<T extends TypedArray = Uint8Array> {
  /** The elements `[start, end)`, valid until the next `read`. */
  read(start: number, end: number): T
  /** The elements `[start, end)`, valid for good. */
  view(start: number, end: number): T
  /** Put the elements `[start, end)` into `target`, which has their number and kind; without it, `read` and a copy do. */
  readInto?(start: number, end: number, target: T): void
  /** The buffer that `read` reads into again and again, if it does. */
  readonly reusedBuffer?: ArrayBufferLike | undefined
  /** Give back what opening took. */
  close(): void
}
