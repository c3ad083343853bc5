// Gives a plugin another chunk size. The plugin's own chunker, which knows what must not be cut, stays in use.

import type { Chunker, DefinedPlugin } from '@onecopy/core'
import { formatBytes } from '../terminal/numbers.js'
import { writeNote } from '../terminal/output.js'
import { printable } from '../terminal/printable.js'

/** A chunker with another size. */
export interface Resized {
  readonly chunks: Chunker
  /** The size that the plugin itself asks for, in bytes; undefined if it asks for none. */
  readonly ownSize: number | undefined
}

/**
 * The plugin's chunker with chunks of about `byteLength` bytes. Records stay whole; overlap and delimiter stay the same.
 *
 * @param params - all parameters of the run, including the plugin's defaults
 * @param elementBytes - bytes per element of the data, because chunkers count elements
 */
export function resizeChunks(
  plugin: DefinedPlugin,
  params: unknown,
  byteLength: number,
  elementBytes: number,
): Resized {
  const own = typeof plugin.chunks === 'function' ? plugin.chunks(params) : plugin.chunks
  const size = Math.max(1, Math.floor(byteLength / elementBytes))
  if (own === undefined) return { chunks: { kind: 'fixed', size }, ownSize: undefined }
  return { chunks: { ...own, size }, ownSize: own.size === undefined ? undefined : own.size * elementBytes }
}

/** Print a note if a plugin asks for chunks of another size itself. */
export function noteOwnSize(name: string, ownSize: number | undefined, chunkBytes: number): void {
  if (ownSize === undefined || ownSize === chunkBytes) return
  writeNote(
    `onecopy: ${printable(name)} asks for chunks of ${formatBytes(ownSize)} itself; with --chunk-size its answer may be another`,
  )
}
