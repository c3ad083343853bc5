// The control block: the shared memory through which the lanes of one pass claim chunks and are told to stop.
//
// Each word is named here, once. The words that all lanes write are 128 bytes apart from each other and from each lane's own
// words. That is two cache lines, because processors fetch lines in pairs. So no lane slows another down by writing its own
// words.

import { allocateShared } from '../base/built-in.js'
import type { ChunkRange } from '../base/errors.js'

const laneBytes = 128

/** The places of the header's words, in 32-bit words. */
const cursorWord = 0 // next position to claim; only ever grows
const limitWord = 32 // chunks with this index or a higher one are not wanted any more
const wantedWord = 64 // lanes with this number or a higher one shall leave at their next claim
const windowWord = 96 // chunks with this index or a higher one are not to be claimed yet
const headerBytes = 4 * laneBytes

/** The places of a lane's words, from the start of its slot. */
const inFlightWord = 0 // chunk index + 1; 0 between chunks, -1 in the teardown behind the last one
const heartbeatWord = 1 // counts starts of chunks and of the teardown, so that an observer sees whether one is still the same
const doneChunksWord = 2 // chunks that this lane slot has run since the pass began
const workerWord = 3 // the host's number for the worker that the lane runs on; 0 before it runs
const startFloat = 2 // first element that the chunk in flight owns, as a 64-bit float (bytes 16..23)
const endFloat = 3 // one past its last element (bytes 24..31)
const doneBytesFloat = 4 // bytes that this lane slot has run since the pass began (bytes 32..39)
const restBigInt = 5 // positions of its block that it has not begun, as two 32-bit numbers: from, to (bytes 40..47)

/** The bytes of a slot that only its lane writes: all words above but the last. */
const slotBytes = 40

/** No limit: every chunk is wanted. */
export const noLimit: number = 2 ** 31 - 1

/** The positions `[from, to)` of a lane's block that no lane has begun. */
export interface Rest {
  /** The first position. */
  readonly from: number
  /** One past the last position. */
  readonly to: number
}

/** What lanes have run. */
export interface LanesDone {
  /** Number of chunks. */
  readonly chunks: number
  /** Number of bytes of the data. */
  readonly bytes: number
}

/** One thread's access to a control block. */
export class ControlBlock {
  /** The memory itself. */
  readonly buffer: SharedArrayBuffer
  readonly #words: Int32Array
  readonly #floats: Float64Array
  readonly #bigInts: BigInt64Array

  /** Use a block that `create` has made, in this thread or another. */
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer
    this.#words = new Int32Array(buffer)
    this.#floats = new Float64Array(buffer)
    this.#bigInts = new BigInt64Array(buffer)
  }

  /** Create a block for `lanes` slots: nothing is claimed, there is no limit, and all lanes are wanted. */
  static create(lanes: number): ControlBlock {
    const block = new ControlBlock(allocateShared(headerBytes + lanes * laneBytes))
    block.clear()
    return block
  }

  /** Make the block as new. No lane may use it. */
  clear(): void {
    this.#words.fill(0)
    Atomics.store(this.#words, limitWord, noLimit)
    Atomics.store(this.#words, windowWord, noLimit)
    Atomics.store(this.#words, wantedWord, this.lanes)
  }

  /** The first position that no lane has claimed yet. It may be past the end. */
  get cursor(): number {
    return Atomics.load(this.#words, cursorWord)
  }

  /** Claim `count` positions. Returns the first of them. It is one atomic addition, so no two lanes get the same position. */
  claim(count: number): number {
    return Atomics.add(this.#words, cursorWord, count)
  }

  /** Claim the block `[from, to)`, which begins at the cursor. False if another lane has moved the cursor meanwhile. */
  claimBlock(from: number, to: number): boolean {
    return Atomics.compareExchange(this.#words, cursorWord, from, to) === from
  }

  /** What is left of a lane's block. It stays there when the lane ends, and any lane may take from it. */
  rest(lane: number): Rest {
    const packed = Atomics.load(this.#bigInts, this.#word(lane) / 2 + restBigInt)
    return { from: Number(packed >> 32n), to: Number(packed & 0xffff_ffffn) }
  }

  /** Set the rest of a lane's block, which must be empty: then no other lane writes it. */
  setRest(lane: number, from: number, to: number): void {
    Atomics.store(this.#bigInts, this.#word(lane) / 2 + restBigInt, packRest(from, to))
  }

  /**
   * Make `[from, to)` the rest of a lane's block if the rest is still `seen`; whether it was. Both ends are exchanged as one
   * 64-bit word. So the positions that one lane takes off are taken by no other lane.
   */
  replaceRest(lane: number, seen: Rest, from: number, to: number): boolean {
    const before = packRest(seen.from, seen.to)
    const at = this.#word(lane) / 2 + restBigInt
    return Atomics.compareExchange(this.#bigInts, at, before, packRest(from, to)) === before
  }

  /**
   * The lowest position that any lane has as its rest; `noLimit` if there is none. If lanes claim in order and note what they are at
   * work on as their rest, everything below is done.
   */
  get front(): number {
    let front = noLimit
    for (let lane = 0; lane < this.lanes; lane++) {
      const { from, to } = this.rest(lane)
      if (from < to && from < front) front = from
    }
    return front
  }

  /** How many slots for lanes there are. */
  get lanes(): number {
    return (this.#words.length * 4 - headerBytes) / laneBytes
  }

  /**
   * Chunks with this number or a higher one are not wanted. A lane may see a lowered limit late. The only cost is one extra
   * chunk.
   */
  get limit(): number {
    return Atomics.load(this.#words, limitWord)
  }

  /** Lower the limit to `index`. A limit that is lower already stays. */
  lowerLimit(index: number): void {
    let seen = Atomics.load(this.#words, limitWord)
    while (index < seen) {
      const found = Atomics.compareExchange(this.#words, limitWord, seen, index)
      if (found === seen) return
      seen = found
    }
  }

  /** Lanes with this number or a higher one must leave at their next claim. */
  get wanted(): number {
    return Atomics.load(this.#words, wantedWord)
  }

  /** Set by the engine. */
  set wanted(lanes: number) {
    Atomics.store(this.#words, wantedWord, lanes)
  }

  /** Chunks with this number or a higher one must not be claimed yet: the caller first has to read earlier results. */
  get window(): number {
    return Atomics.load(this.#words, windowWord)
  }

  /** Set by the engine; at most {@link noLimit}. */
  set window(end: number) {
    Atomics.store(this.#words, windowWord, Math.min(end, noLimit))
  }

  /** Called by the lane: note the worker that it runs on, so that this worker can be ended if necessary. */
  setWorker(lane: number, worker: number): void {
    Atomics.store(this.#words, this.#word(lane) + workerWord, worker)
  }

  /** The worker that the lane runs on; 0 before it runs. */
  worker(lane: number): number {
    return Atomics.load(this.#words, this.#word(lane) + workerWord)
  }

  /** Called by the lane: a chunk begins. Its range is written first, so whoever sees the chunk in flight also sees its range. */
  begin(lane: number, index: number, start: number, end: number): void {
    const word = this.#word(lane)
    this.#floats[word / 2 + startFloat] = start
    this.#floats[word / 2 + endFloat] = end
    // Only this lane writes these words, so a plain addition is enough. Whoever sees the store below sees everything before it.
    this.#words[word + heartbeatWord]! += 1
    Atomics.store(this.#words, word + inFlightWord, index + 1)
  }

  /** Called by the lane: the chunk has ended, and `bytes` more of the data are done. */
  finish(lane: number, bytes: number): void {
    const word = this.#word(lane)
    // Plain writes are enough: only this lane writes these words, progress may show them late, and a dead lane has written them.
    this.#floats[word / 2 + doneBytesFloat]! += bytes
    this.#words[word + doneChunksWord]! += 1
    this.#words[word + inFlightWord] = 0
  }

  /**
   * The chunk in flight in a lane. It is exact once the lane has ended. While the lane runs, the range may already be that of
   * the next chunk.
   */
  inFlight(lane: number): ChunkRange | undefined {
    const word = this.#word(lane)
    const index = Atomics.load(this.#words, word + inFlightWord) - 1
    if (index < 0) return undefined
    return { index, start: this.#floats[word / 2 + startFloat]!, end: this.#floats[word / 2 + endFloat]! }
  }

  /** How many chunks have run in the lane's slot since the block was made. */
  doneChunks(lane: number): number {
    return this.#words[this.#word(lane) + doneChunksWord]!
  }

  /** Called by the lane: there are no more chunks, and the plugin's teardown begins. */
  beginTeardown(lane: number): void {
    Atomics.store(this.#words, this.#word(lane) + inFlightWord, -1)
    Atomics.add(this.#words, this.#word(lane) + heartbeatWord, 1)
  }

  /** Whether the lane is in the teardown behind its last chunk. */
  isInTeardown(lane: number): boolean {
    return Atomics.load(this.#words, this.#word(lane) + inFlightWord) === -1
  }

  /** How many chunks and teardowns have begun in the lane's slot. */
  heartbeat(lane: number): number {
    return Atomics.load(this.#words, this.#word(lane) + heartbeatWord)
  }

  /** What all lanes have run since the block was made. A lost chunk that runs again is counted again. */
  done(): LanesDone {
    let chunks = 0
    let bytes = 0
    for (let word = headerBytes / 4; word < this.#words.length; word += laneBytes / 4) {
      chunks += this.#words[word + doneChunksWord]!
      bytes += this.#floats[word / 2 + doneBytesFloat]!
    }
    return { chunks, bytes }
  }

  /** Clear a slot, so that another lane can use it. */
  clearLane(lane: number): void {
    Atomics.store(this.#words, this.#word(lane) + inFlightWord, 0)
    Atomics.store(this.#words, this.#word(lane) + workerWord, 0)
  }

  /** The lane's own words, as bytes, without the rest of its block. */
  slot(lane: number): Uint8Array {
    return new Uint8Array(this.buffer, headerBytes + lane * laneBytes, slotBytes)
  }

  /**
   * Take over a lane's own words, as {@link slot} gave them in the lane's control block, where that is another one.
   *
   * @param beats - added to its heartbeat
   */
  copySlot(lane: number, slot: Uint8Array, beats: number): void {
    this.slot(lane).set(slot)
    Atomics.add(this.#words, this.#word(lane) + heartbeatWord, beats)
  }

  #word(lane: number): number {
    return (headerBytes + lane * laneBytes) / 4
  }
}

function packRest(from: number, to: number): bigint {
  return (BigInt(from) << 32n) | BigInt(to)
}
