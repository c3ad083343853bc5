// Writes compressed files of many members, as programs write them.

import * as zlib from 'node:zlib'

/** Cut bytes into parts of `size` bytes. */
export function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}

/** The fields that a header of gzip may have. */
export interface GzipHeader {
  readonly extra?: Uint8Array
  readonly name?: string
  readonly comment?: string
  readonly hasChecksum?: boolean
  /** What the compressor says about itself; any byte. */
  readonly extraFlags?: number
  /** The operating system; any byte. */
  readonly system?: number
  /** So many empty blocks are before the data, as flushing writes them. */
  readonly emptyBlocks?: number
}

/** One member of gzip, with any header. */
export function gzipMember(data: Uint8Array, header: GzipHeader = {}, level: number = 6): Buffer {
  const { extra, name, comment, hasChecksum = false, extraFlags = 0, system = 3, emptyBlocks = 0 } = header
  const flags =
    (hasChecksum ? 2 : 0) +
    (extra === undefined ? 0 : 4) +
    (name === undefined ? 0 : 8) +
    (comment === undefined ? 0 : 16)
  const parts: Uint8Array[] = [Uint8Array.of(0x1f, 0x8b, 8, flags, 0, 0, 0, 0, extraFlags, system)]
  if (extra !== undefined) parts.push(Uint8Array.of(extra.length & 255, extra.length >> 8), extra)
  for (const text of [name, comment]) if (text !== undefined) parts.push(Buffer.from(`${text}\0`, 'latin1'))
  if (hasChecksum) {
    const sum = zlib.crc32(Buffer.concat(parts)) & 0xffff
    parts.push(Uint8Array.of(sum & 255, sum >> 8))
  }
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(zlib.crc32(data), 0)
  trailer.writeUInt32LE(data.length, 4)
  const blocks = Buffer.alloc(5 * emptyBlocks, Uint8Array.of(0, 0, 0, 0xff, 0xff))
  return Buffer.concat([...parts, blocks, zlib.deflateRawSync(data, { level }), trailer])
}

/** The empty block that ends a file of BGZF. */
export const bgzfEnd: Buffer = bgzfBlock(new Uint8Array(0))

/** A block of BGZF: a member that says how long it is. */
export function bgzfBlock(data: Uint8Array): Buffer {
  const block = gzipMember(data, { extra: Uint8Array.of(0x42, 0x43, 2, 0, 0, 0) })
  block.writeUInt16LE(block.length - 1, 16)
  return block
}

/** A file of BGZF, in blocks of at most `size` bytes. */
export function bgzf(data: Uint8Array, size: number = 0xff00): Buffer {
  return Buffer.concat([...cut(data, size).map(bgzfBlock), bgzfEnd])
}

// `as`: the types are those of the oldest version of Node that is supported.
const { zstdCompressSync } = zlib as unknown as {
  readonly zstdCompressSync?: (data: Uint8Array, options: object) => Buffer
}
/** `ZSTD_c_checksumFlag`: without it, frames have no checksum, and a wrong bit may go unnoticed. */
const checksumFlag = 201

/** Whether this version of Node has zstd: since 22.15 and 23.8. */
export const hasZstd: boolean = zstdCompressSync !== undefined

/** A frame of zstd that says how long its data is, and has a checksum. */
export function zstdFrame(data: Uint8Array): Buffer {
  return zstdCompressSync!(data, { params: { [checksumFlag]: 1 } })
}

/** A frame that is skipped. */
export function skippedFrame(data: Uint8Array, kind: number = 0): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt32LE(0x184d2a50 + kind, 0)
  header.writeUInt32LE(data.length, 4)
  return Buffer.concat([header, data])
}
