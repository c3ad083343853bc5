// Finds where a zstd frame ends, in pieces of any length.

import { isFrameMagic, isSkippableMagic } from './zstd-frames.js'

/** Walks through one frame. The states are named after what is read next. */
export class FrameWalker {
  /** Whether the frame is over. */
  isOver = false
  isSkipped = false
  #state: 'magic' | 'length' | 'descriptor' | 'block' = 'magic'
  /** The bytes that the state needs, and those of them that have come. */
  #needed = 4
  #field = 0
  #got = 0
  /** Bytes to pass over before the next state. */
  #toSkip = 0
  #isLast = false
  #hasChecksum = false

  /**
   * Walk into the next piece. Returns how many of its bytes belong to the frame.
   *
   * @throws {Error} it is no frame
   */
  walk(piece: Uint8Array): number {
    let at = 0
    while (!this.isOver && at < piece.length) {
      const skipped = Math.min(this.#toSkip, piece.length - at)
      this.#toSkip -= skipped
      at += skipped
      if (this.#toSkip === 0 && this.#needed > 0 && at < piece.length) {
        this.#field += piece[at++]! * 2 ** (8 * this.#got++)
        if (this.#got === this.#needed) this.#step(this.#field)
      }
      this.isOver = this.#needed === 0 && this.#toSkip === 0
    }
    return at
  }

  #step(field: number): void {
    this.#got = 0
    this.#field = 0
    if (this.#state === 'magic') {
      if (isSkippableMagic(field)) {
        this.isSkipped = true
        this.#next('length', 4, 0)
      } else if (isFrameMagic(field)) this.#next('descriptor', 1, 0)
      else throw new Error('no zstd frame begins there')
    } else if (this.#state === 'length') this.#next('block', 0, field)
    else if (this.#state === 'descriptor') {
      const isSingle = (field & 0x20) !== 0
      this.#hasChecksum = (field & 4) !== 0
      const lengthBytes = [isSingle ? 1 : 0, 2, 4, 8][field >> 6]!
      this.#next('block', 3, (isSingle ? 0 : 1) + [0, 1, 2, 4][field & 3]! + lengthBytes)
    } else {
      const kind = (field >> 1) & 3
      if (kind === 3) throw new Error('a block of it is of no known kind')
      this.#isLast = (field & 1) !== 0
      const blockBytes = kind === 1 ? 1 : field >> 3
      if (this.#isLast) this.#next('block', 0, blockBytes + (this.#hasChecksum ? 4 : 0))
      else this.#next('block', 3, blockBytes)
    }
  }

  #next(state: 'length' | 'descriptor' | 'block', needed: number, toSkip: number): void {
    this.#state = state
    this.#needed = needed
    this.#toSkip = toSkip
  }
}
