// Many files as one data: workers read them chunk by chunk, and a chunk never crosses from one file to the next.

import type { DataPieces, DataReader, SharedData, TypedArray } from '@onecopy/core'
import { nowMs, setImmediate } from '../clock.js'
import { createSha256 } from '../crypto.js'
import { assertSame, isInDoubt, modifiedUs, sizeOf } from './file-states.js'
import { type FilesDescription, FilesReader } from './files-reader.js'

/** Many files that workers read chunk by chunk, as one data. Made by {@link files}. */
export class FilesData<T extends TypedArray = Uint8Array> implements SharedData<T> {
  readonly elementType: string
  /** The absolute paths, in the order of the data. */
  readonly paths: readonly string[]
  /** Number of elements in all files. */
  readonly length: number
  readonly byteLength: number
  /** Where each file starts, in elements. */
  readonly pieces: DataPieces
  readonly #description: FilesDescription
  readonly #nested: ReadonlyMap<number, SharedData<TypedArray>>
  #identity: string | undefined

  /** @internal `files` makes it */
  constructor(description: FilesDescription, byteLength: number, nested: ReadonlyMap<number, SharedData<TypedArray>>) {
    this.#nested = nested
    const { elementType, paths, length, starts } = description
    this.elementType = elementType
    this.paths = paths
    this.length = length
    this.byteLength = byteLength
    this.pieces = { starts, names: paths }
    this.#description = description
  }

  /**
   * A digest of the sizes and modification times of all files, in their order: the same on every machine that has true copies. Parts of
   * a job are put together only if it is the same.
   */
  get identity(): string {
    this.#identity ??= identityOf(this.#description, this.byteLength)
    return this.#identity
  }

  /** @internal */
  describe(): FilesDescription {
    return this.#description
  }

  /** @internal */
  open(): DataReader<T> {
    // `as`: the reader makes elements of the kind that the description names.
    // `!`: it opens what is described.
    const open = (_: unknown, number: number): DataReader<TypedArray> => this.#nested.get(number)!.open()
    return new FilesReader(this.#description, open) as DataReader<TypedArray> as DataReader<T>
  }

  /** @internal */
  async assertUnchanged(): Promise<void> {
    const turn = new Turn()
    for (let number = 0; number < this.paths.length; number++) {
      const nested = this.#nested.get(number)
      if (nested !== undefined) await nested.assertUnchanged?.()
      else if (isInDoubt(this.#description, number)) assertSame(this.#description, number)
      if (turn.isOver) await turn.next()
    }
  }
}

function identityOf(description: FilesDescription, byteLength: number): string {
  const { paths, byteOffset } = description
  const hash = createSha256()
  paths.forEach((_, number) => {
    hash.update(`${byteOffset} ${sizeOf(description, number)} ${modifiedUs(description, number)}\n`)
  })
  for (const [number] of description.nested) hash.update(`${number} decompressed\n`)
  return `${byteLength} bytes in ${paths.length} files, whose sizes and times have the SHA-256 ${hash.digest('hex')}`
}

/** How long the caller's thread looks at files before it does other things, in ms. */
const turnMs = 5

/** Lets the thread do other things from time to time. */
export class Turn {
  #begun = nowMs()

  get isOver(): boolean {
    return nowMs() - this.#begun > turnMs
  }

  /** Let the thread do other things. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve))
    this.#begun = nowMs()
  }
}
