// Opens a compressed file as data.

import { type FileHandle, open } from 'node:fs/promises'
import type { SharedData, TypedArray } from '@onecopy/core'
import { type FileData, openFile } from '../files/file-data.js'
import { load } from '../files/load.js'
import { unreadable } from '../files/path.js'
import { type FileWish, locate, readWish } from '../files/range.js'
import { CompressedData } from './compressed-data.js'
import { decompressStream } from './decompress-stream.js'
import { type CompressedFormat, formatOf, magicBytes } from './formats.js'
import { indexGzip } from './index-gzip.js'
import { indexZstd } from './index-zstd.js'
import type { MemberTable } from './member-table.js'
import { ScanWindow } from './scan-window.js'
import { hasZstd } from './zstd-frames.js'

/**
 * Open the file at an absolute path. It need not be compressed if `decompress` is `'auto'`.
 *
 * @throws what `file` throws
 * @throws {OnecopyError} `ERR_DATA_DAMAGED`, `ERR_DATA_CHANGED`
 */
export async function openCompressed(
  path: string,
  decompress: 'auto' | CompressedFormat,
  wish: FileWish,
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
      ? await readAll(format, handle, compressed, wish)
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

async function readAll(
  format: CompressedFormat,
  handle: FileHandle,
  { path, length }: FileData,
  { Elements, offset, start, end }: FileWish,
): Promise<SharedData<TypedArray>> {
  const stream = decompressStream(format, piecesOf(handle, length), path)
  return await load<TypedArray>(stream, Elements, { offset, start, end })
}

async function* piecesOf(handle: FileHandle, byteLength: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < byteLength; ) {
    const piece = Buffer.allocUnsafe(Math.min(256 * 1024, byteLength - at))
    const { bytesRead } = await handle.read(piece, 0, piece.length, at)
    if (bytesRead === 0) return
    yield piece.subarray(0, bytesRead)
    at += bytesRead
  }
}
