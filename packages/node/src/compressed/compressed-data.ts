// Compressed files as data: workers decompress what they need, and nobody holds the whole.

import type { DataReader, SharedData, TypedArray } from '@onecopy/core'
import { elementConstructor } from '@onecopy/core/lane'
import type { FileData } from '../files/file-data.js'
import type { MembersDescription } from './contract.js'
import { MembersReader } from './members-reader.js'

/** A compressed file whose members, frames or blocks are decompressed by the workers that need them. `file` makes it. */
export class CompressedData<T extends TypedArray = Uint8Array> implements SharedData<T> {
  readonly elementType: string
  /** Number of elements, decompressed. */
  readonly length: number
  readonly byteLength: number
  readonly #file: FileData
  readonly #description: MembersDescription

  /** @internal `file` makes it */
  constructor(file: FileData, description: MembersDescription) {
    this.elementType = description.elementType
    this.length = description.length
    this.byteLength = description.length * elementConstructor(description.elementType).BYTES_PER_ELEMENT
    this.#file = file
    this.#description = description
  }

  /** The identity of the compressed file, and which of the decompressed bytes belong to the data. */
  get identity(): string {
    const { byteOffset } = this.#description
    return `bytes ${byteOffset} to ${byteOffset + this.byteLength}, decompressed from ${this.#file.identity}`
  }

  /** @internal */
  describe(): MembersDescription {
    return this.#description
  }

  /** @internal */
  open(): DataReader<T> {
    // `as`: the reader makes elements of the kind that the description names.
    return new MembersReader(this.#description) as DataReader<TypedArray> as DataReader<T>
  }

  /** @internal */
  async assertUnchanged(): Promise<void> {
    await this.#file.assertUnchanged()
  }
}
