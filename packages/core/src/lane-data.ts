// A lane's data as the lane reads it: what reading throws is noted as the lane's own failure, and not one of user code.

import { noteOwn } from './lane-failure.js'
import type { DataReader, TypedArray } from './shared-data.js'

/** Reads `data`. */
export class LaneData implements DataReader<TypedArray> {
  readonly readInto?: (start: number, end: number, target: TypedArray) => void
  readonly #data: DataReader<TypedArray>

  constructor(data: DataReader<TypedArray>) {
    this.#data = data
    if (data.readInto === undefined) return
    this.readInto = (start, end, target) => {
      try {
        data.readInto?.(start, end, target)
      } catch (error) {
        throw noteOwn(error)
      }
    }
  }

  get reusedBuffer(): ArrayBufferLike | undefined {
    return this.#data.reusedBuffer
  }

  read(start: number, end: number): TypedArray {
    try {
      return this.#data.read(start, end)
    } catch (error) {
      throw noteOwn(error)
    }
  }

  view(start: number, end: number): TypedArray {
    try {
      return this.#data.view(start, end)
    } catch (error) {
      throw noteOwn(error)
    }
  }

  close(): void {
    this.#data.close()
  }
}
