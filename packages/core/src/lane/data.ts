// Reads a lane's data. An error of reading is noted as the lane's own, so that it is not taken for an error of user code.

import { memberOf } from '../base/own-members.js'
import type { StreamPlace } from '../chunks/chunk-plan.js'
import type { DataReader } from '../data/contract.js'
import type { TypedArray } from '../data/typed-array.js'
import { noteOwn } from './failure.js'

/** Reads `data`. */
export class LaneData implements DataReader<TypedArray> {
  readonly readInto?: (start: number, end: number, target: TypedArray) => void
  readonly expect?: (start: number, end: number) => Promise<void> | undefined
  readonly claimBytes: number
  readonly pieceNames: readonly string[] | undefined
  readonly #data: DataReader<TypedArray>
  readonly #isReusing: boolean
  readonly #base: number
  /** The memory in which the data lies, if it will be used again. */
  readonly #shared: ArrayBufferLike | undefined

  /** @param place - where `data` lies in a stream, if it does. Elements are then counted from the start of the stream */
  constructor(data: DataReader<TypedArray>, place: StreamPlace | undefined) {
    const base = place?.base ?? 0
    this.#data = data
    this.#base = base
    // Later bytes of the stream will be laid into the same memory.
    if (place !== undefined) this.#shared = data.view(0, 0).buffer
    this.#isReusing = memberOf(data, 'reusedBuffer') !== undefined
    this.claimBytes = memberOf(data, 'claimBytes') ?? 0
    this.pieceNames = memberOf(data, 'pieceNames')
    const expect = memberOf(data, 'expect')
    if (expect !== undefined) this.expect = (start, end) => expect.call(data, start - base, end - base)
    const readInto = memberOf(data, 'readInto')
    if (readInto === undefined) return
    this.readInto = (start, end, target) => {
      try {
        readInto.call(data, start - base, end - base, target)
      } catch (error) {
        throw noteOwn(error)
      }
    }
  }

  get reusedBuffer(): ArrayBufferLike | undefined {
    return this.#isReusing ? this.#data.reusedBuffer : this.#shared
  }

  read(start: number, end: number): TypedArray {
    try {
      return this.#data.read(start - this.#base, end - this.#base)
    } catch (error) {
      throw noteOwn(error)
    }
  }

  view(start: number, end: number): TypedArray {
    try {
      return this.#data.view(start - this.#base, end - this.#base)
    } catch (error) {
      throw noteOwn(error)
    }
  }

  close(): void {
    this.#data.close()
  }
}
