// The output of a lane: gives each chunk its window, and notes what the engine has to know about what was written.

import { memberOf } from '../base/own-members.js'
import type { ChunkPlan } from '../chunks/chunk-plan.js'
import { OwnedElements } from '../chunks/pieces.js'
import { checksum } from '../data/checksum.js'
import type { OutputWriter } from '../data/contract.js'
import { elementConstructor, type TypedArray } from '../data/typed-array.js'
import type { WrittenWindow } from '../protocol/report.js'
import type { OutputDescription } from '../protocol/task.js'
import { noteOwn } from './failure.js'

/** Gives chunks their windows, one after the other. */
export class LaneOutput {
  readonly #into: OutputDescription
  readonly #owned: OwnedElements
  /** Undefined: the lane cannot reach the output, and sends what was written. */
  readonly #writer: OutputWriter | undefined
  readonly #isVerified: boolean
  #start = 0
  #end = 0
  #window: TypedArray | undefined
  #written: WrittenWindow[] = []
  #sentBytes = 0

  constructor(into: OutputDescription, plan: ChunkPlan, writer: OutputWriter | undefined, isVerified: boolean) {
    this.#into = into
    this.#owned = new OwnedElements(plan)
    this.#writer = writer
    this.#isVerified = isVerified
  }

  /** About how many bytes of windows wait to be sent. */
  get approxBytes(): number {
    return this.#sentBytes
  }

  /** The window of the chunk that owns the elements `[start, end)` of the data. All of its elements are zero. */
  begin(start: number, end: number): TypedArray {
    const { times, per } = this.#into
    this.#start = (this.#owned.before(start) * times) / per
    this.#end = this.#start + ((end - start) * times) / per
    let window: TypedArray
    if (this.#writer === undefined) {
      const Elements = elementConstructor(this.#into.elementType)
      const length = this.#end - this.#start
      window = new Elements(new ArrayBuffer(length * Elements.BYTES_PER_ELEMENT), 0, length)
    } else {
      window = this.#opened(this.#writer, (writer) => writer.window(this.#start, this.#end))
      // A chunk that runs again must not find what it has written before.
      clear(window)
    }
    this.#window = window
    return window
  }

  /** The chunk function has written the window. */
  finish(chunk: number): void {
    // `!`: there is a window since `begin`.
    const window = this.#window!
    if (this.#writer === undefined) {
      this.#note(chunk, window, undefined)
      this.#sentBytes += window.byteLength
      return
    }
    this.#opened(this.#writer, (writer) => memberOf(writer, 'flush')?.call(writer))
    if (this.#isVerified) this.#note(chunk, undefined, checksum(window))
  }

  /** The chunk is skipped. What its function has written is cleared. */
  skip(chunk: number): void {
    // `!`: there is a window since `begin`.
    clear(this.#window!)
    this.finish(chunk)
  }

  /** What was written since the last call, if the engine has to know it. */
  take(): WrittenWindow[] | undefined {
    const written = this.#written
    this.#written = []
    this.#sentBytes = 0
    return written.length === 0 ? undefined : written
  }

  #note(chunk: number, elements: TypedArray | undefined, sum: number | undefined): void {
    this.#written.push({ chunk, start: this.#start, end: this.#end, elements, checksum: sum })
  }

  /** Errors of the writer are not errors of the chunk function. */
  #opened<V>(writer: OutputWriter, use: (writer: OutputWriter) => V): V {
    try {
      return use(writer)
    } catch (error) {
      throw noteOwn(error)
    }
  }
}

/** Set all elements to zero. Shared memory is filled element by element, so wide elements are several times as fast as bytes. */
function clear({ buffer, byteOffset, byteLength }: TypedArray): void {
  const head = Math.min(byteLength, (8 - (byteOffset % 8)) % 8)
  const wide = Math.floor((byteLength - head) / 8)
  const tail = head + 8 * wide
  new Uint8Array(buffer, byteOffset, head).fill(0)
  if (wide > 0) new Float64Array(buffer, byteOffset + head, wide).fill(0)
  new Uint8Array(buffer, byteOffset + tail, byteLength - tail).fill(0)
}
