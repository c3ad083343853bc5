// Data that counts how many of its bytes are read. For the sequential engine: only that opens data in the caller's thread.

import type { DataDescription, DataReader, SharedData } from '@onecopy/core'

export class CountedData implements SharedData<Uint8Array>, DataReader<Uint8Array> {
  readonly elementType: string = 'Uint8Array'
  readonly length: number
  readonly byteLength: number
  bytesRead = 0
  readonly #bytes: Uint8Array

  /** @param length - how long it says to be; reads past `bytes` give what there is */
  constructor(bytes: Uint8Array, length: number = bytes.length) {
    this.#bytes = bytes
    this.length = length
    this.byteLength = length
  }

  describe(): DataDescription {
    return { kind: 'counted' }
  }

  open(): DataReader<Uint8Array> {
    return this
  }

  read(start: number, end: number): Uint8Array {
    this.bytesRead += end - start
    return this.#bytes.subarray(start, end)
  }

  view(start: number, end: number): Uint8Array {
    return this.read(start, end)
  }

  close(): void {}
}
