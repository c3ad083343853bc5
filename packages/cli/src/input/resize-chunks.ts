// Another chunk size for a plugin: its own chunker, which knows what must not be cut, with that size.

import type { Chunker, DefinedPlugin } from '@onecopy/core'

/** A chunker of another size. */
export interface Resized {
  readonly chunks: Chunker
  /** The size that the plugin itself asks for, in bytes; undefined if it leaves that open. */
  readonly ownSize: number | undefined
}

/**
 * The plugin's chunker with chunks of about `byteLength` bytes: whole records, the overlap and the delimiter stay its own.
 *
 * @param params - all parameters of the run, the plugin's defaults among them
 * @param elementBytes - bytes of an element of the data: chunkers count elements
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
  if (own.kind === 'records') {
    const ownLength = own.recordsPerChunk === undefined ? undefined : own.recordsPerChunk * own.size
    const recordsPerChunk = Math.max(1, Math.floor(size / own.size))
    return { chunks: { ...own, recordsPerChunk }, ownSize: bytesOf(ownLength, elementBytes) }
  }
  return { chunks: { ...own, size }, ownSize: bytesOf(own.size, elementBytes) }
}

function bytesOf(length: number | undefined, elementBytes: number): number | undefined {
  return length === undefined ? undefined : length * elementBytes
}
