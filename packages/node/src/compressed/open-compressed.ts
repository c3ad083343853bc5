// Opens a compressed file as data.

import { open } from 'node:fs/promises'
import type { SharedData, TypedArray } from '@onecopy/core'
import { type FileData, openFile } from '../files/file-data.js'
import { load } from '../files/load.js'
import { unreadable } from '../files/path.js'
import { type FileWish, locate, readWish } from '../files/range.js'
import { CompressedData } from './compressed-data.js'
import { CompressedStream, readDecompressed } from './compressed-stream.js'
import { type CompressedFormat, formatOf, magicBytes } from './formats.js'
import { indexGzip } from './index-gzip.js'
import { indexZstd } from './index-zstd.js'
import type { MemberTable } from './member-table.js'
import { ScanWindow } from './scan-window.js'
import { hasZstd } from './zstd-frames.js'

/**
 * Open the file at an absolute path. It need not be compressed if `decompress` is `'auto'`.
 *
 * @param isHeld - the length must be known, so what is decompressed from its start to its end goes into memory
 * @throws what `file` throws
 * @throws {OnecopyError} `ERR_DATA_DAMAGED`, `ERR_DATA_CHANGED`
 */
export async function openCompressed(
  path: string,
  decompress: 'auto' | CompressedFormat,
  wish: FileWish,
  isHeld: boolean = false,
): Promise<SharedData<TypedArray>> {
  // `as`: without arguments, the elements are bytes.
  const compressed = openFile(path, readWish(undefined, undefined)) as FileData
  const handle = await open(path, 'r').catch((cause) => {
    throw unreadable('open', path, cause)
  })
  try {
    const window = new ScanWindow(path, handle, compressed.length)
    const format = decompress === 'auto' ? formatOf(await window.show(0, magicBytes), path) : decompress
    if (format === undefined) return openFile(path, wish)
    const table = await findMembers(format, path, window)
    await compressed.assertUnchanged()
    return table === undefined
      ? await decompressInOrder(format, compressed, wish, isHeld)
      : dataOf(format, compressed, table, wish)
  } finally {
    await handle.close()
  }
}

async function findMembers(
  format: CompressedFormat,
  path: string,
  window: ScanWindow,
): Promise<MemberTable | undefined> {
  if (format === 'gzip') return await indexGzip(path, window)
  return format === 'zstd' && hasZstd ? await indexZstd(path, window) : undefined
}

function dataOf(
  format: CompressedFormat,
  file: FileData,
  table: MemberTable,
  wish: FileWish,
): CompressedData<TypedArray> {
  const { byteOffset, length } = locate(file.path, table.at(-1)!, wish)
  return new CompressedData<TypedArray>(file, {
    kind: 'members',
    // `as`: only these formats have tables.
    format: format as 'gzip' | 'zstd',
    file: file.describe(),
    table,
    elementType: wish.Elements.name,
    byteOffset,
    length,
  })
}

/** Bytes arrive while they are run. Numbers need memory, because streams have none. */
async function decompressInOrder(
  format: CompressedFormat,
  file: FileData,
  { Elements, offset, start, end }: FileWish,
  isHeld: boolean,
): Promise<SharedData<TypedArray>> {
  if (Elements === Uint8Array && !isHeld) {
    const to = end === undefined ? Number.POSITIVE_INFINITY : offset + end
    return new CompressedStream(file, format, { from: offset + start, to })
  }
  const all = { from: 0, to: Number.POSITIVE_INFINITY }
  return await load<TypedArray>(readDecompressed(file, format, all), Elements, { offset, start, end })
}
