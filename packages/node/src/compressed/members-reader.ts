// Reads a compressed file for a lane: decompresses the members that a chunk needs, and keeps the last ones.

import { type DataReader, elementConstructor, grownBytes, type TypedArray } from '@onecopy/core/lane'
import { FileReader } from '../files/file-reader.js'
import type { MembersDescription } from './contract.js'
import { damaged, MemberError } from './damaged.js'
import { readMembers } from './gzip-members.js'
import { groupWith } from './member-table.js'
import { readFrames } from './zstd-frames.js'

/** Lanes claim so many bytes at a time or more, because the members at both ends of a claim are decompressed by two lanes. */
const leastClaimBytes = 4 * 1024 * 1024
/** Most bytes of data that are kept, if it is more than one group. */
const mostKeptBytes = 4 * 1024 * 1024

/** A compressed file that is open in one thread. Offsets count elements. */
export class MembersReader implements DataReader<TypedArray> {
  readonly claimBytes: number
  readonly #description: MembersDescription
  readonly #file: FileReader
  readonly #Elements: ReturnType<typeof elementConstructor>
  readonly #bytesPerElement: number
  /** The data of groups that were read last, the last one at the end. */
  readonly #kept = new Map<number, Uint8Array>()
  #keptBytes = 0
  #buffer = new ArrayBuffer(0)

  /**
   * @throws {OnecopyError} `ERR_DATA_CHANGED`: the file is gone, or is not the one that was described
   * @throws {DataError} the file cannot be opened
   */
  constructor(description: MembersDescription) {
    const { file, table, elementType } = description
    this.#description = description
    this.#file = new FileReader(file)
    this.#Elements = elementConstructor(elementType)
    this.#bytesPerElement = this.#Elements.BYTES_PER_ELEMENT
    let largest = 0
    for (let at = 1; at + 2 < table.length; at += 2) largest = Math.max(largest, table[at + 2]! - table[at]!)
    this.claimBytes = Math.max(leastClaimBytes, largest)
  }

  /** Every `read` writes into this buffer. */
  get reusedBuffer(): ArrayBuffer {
    return this.#buffer
  }

  read(start: number, end: number): TypedArray {
    const byteLength = (end - start) * this.#bytesPerElement
    if (byteLength > this.#buffer.byteLength) this.#buffer = new ArrayBuffer(grownBytes(byteLength))
    const elements = new this.#Elements(this.#buffer, 0, end - start)
    this.readInto(start, end, elements)
    return elements
  }

  view(start: number, end: number): TypedArray {
    const elements = new this.#Elements(new ArrayBuffer((end - start) * this.#bytesPerElement), 0, end - start)
    this.readInto(start, end, elements)
    return elements
  }

  readInto(start: number, _end: number, target: TypedArray): void {
    const { table, byteOffset } = this.#description
    const into = new Uint8Array(target.buffer, target.byteOffset, target.byteLength)
    if (into.length === 0) return
    const from = byteOffset + start * this.#bytesPerElement
    let group = groupWith(table, from)
    for (let done = 0; done < into.length; group++) {
      const data = this.#dataOf(group)
      const skipped = from + done - table[2 * group + 1]!
      const part = data.subarray(skipped, skipped + into.length - done)
      into.set(part, done)
      done += part.length
    }
  }

  #dataOf(group: number): Uint8Array {
    const kept = this.#kept.get(group)
    if (kept !== undefined) {
      this.#kept.delete(group)
      this.#kept.set(group, kept)
      return kept
    }
    const { table } = this.#description
    const length = table[2 * group + 3]! - table[2 * group + 1]!
    for (const [other, { length: otherLength }] of this.#kept) {
      if (this.#keptBytes + length <= mostKeptBytes) break
      this.#kept.delete(other)
      this.#keptBytes -= otherLength
    }
    const data = this.#decompress(table[2 * group]!, table[2 * group + 2]!, length)
    this.#kept.set(group, data)
    this.#keptBytes += length
    return data
  }

  #decompress(from: number, to: number, length: number): Uint8Array {
    const { format, file } = this.#description
    const bytes = this.#file.read(from, to)
    const compressed = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength)
    try {
      return format === 'gzip' ? readMembers(compressed, length) : readFrames(compressed, length)
    } catch (cause) {
      if (!(cause instanceof MemberError)) throw cause
      // Bytes that were overwritten after the file was opened look like damage. This throws in that case.
      new FileReader(file).close()
      throw damaged(
        file.path,
        format === 'gzip' ? 'the gzip member' : 'the zstd frame',
        from + cause.offset,
        cause.cause,
      )
    }
  }

  close(): void {
    this.#kept.clear()
    this.#keptBytes = 0
    this.#file.close()
  }
}
