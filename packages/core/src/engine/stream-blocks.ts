// The shared memory that takes what arrives of a stream: one block fills while the chunks of another one run.

import { alloc } from '../data/share.js'
import { SharedMemory } from '../data/shared-memory.js'

/** A block of memory with the bytes `[base, end)` of a stream. */
export class StreamBlock {
  readonly #memory: SharedMemory<Uint8Array>
  readonly #view: Uint8Array
  /** Where its first byte lies in the stream. */
  readonly base: number
  /** One past its last byte. */
  end: number

  constructor(memory: SharedMemory<Uint8Array>, base: number) {
    this.#memory = memory
    this.#view = memory.view()
    this.base = base
    this.end = base
  }

  get byteLength(): number {
    return this.#memory.byteLength
  }

  get memory(): SharedMemory<Uint8Array> {
    return this.#memory
  }

  /** How many bytes it can still take. */
  get room(): number {
    return this.byteLength - (this.end - this.base)
  }

  /** Take as many of `bytes` as there is room for; how many. */
  append(bytes: Uint8Array): number {
    const taken = bytes.length <= this.room ? bytes : bytes.subarray(0, this.room)
    this.#view.set(taken, this.end - this.base)
    this.end += taken.length
    return taken.length
  }

  /** The bytes `[from, to)` of the stream. */
  read(from: number, to: number): Uint8Array {
    return this.#view.subarray(from - this.base, to - this.base)
  }

  /** What it holds, as data. */
  data(): SharedMemory<Uint8Array> {
    const { buffer } = this.#memory
    return new SharedMemory<Uint8Array>(Uint8Array, buffer, 0, this.end - this.base)
  }
}

/** The blocks of one stream. Their memory is used again and again. */
export class StreamBlocks {
  readonly #leastBytes: number
  readonly #spare: SharedMemory<Uint8Array>[] = []

  /** @param leastBytes - how many bytes a block holds at least */
  constructor(leastBytes: number) {
    this.#leastBytes = leastBytes
  }

  /** A block that begins with some bytes of another one. */
  next(before: StreamBlock | undefined, from: number, byteLength: number = this.#leastBytes): StreamBlock {
    const held = before === undefined ? 0 : before.end - from
    const enough = Math.max(byteLength, held + this.#leastBytes / 2)
    const spare = this.#spare.findIndex((memory) => memory.byteLength >= enough)
    const wanted = Math.max(byteLength, held + this.#leastBytes)
    // `!`: it was found.
    const memory = spare < 0 ? allocBlock(wanted) : this.#spare.splice(spare, 1)[0]!
    const block = new StreamBlock(memory, from)
    if (before !== undefined) block.append(before.read(from, before.end))
    return block
  }

  /** Nobody needs what is in a block any more. */
  giveBack({ memory }: StreamBlock): void {
    // One that had to be larger than others is dropped.
    if (memory.byteLength <= 2 * this.#leastBytes && this.#spare.length < 2) this.#spare.push(memory)
  }
}

/** @throws {RangeError} there is not so much memory */
function allocBlock(byteLength: number): SharedMemory<Uint8Array> {
  try {
    return alloc(Uint8Array, byteLength)
  } catch (cause) {
    throw new RangeError(
      `chunks: a stream holds two chunks per worker, or a long record; ${byteLength} bytes of shared memory cannot be allocated ` +
        'for them; choose smaller chunks (size) or fewer workers',
      { cause },
    )
  }
}
