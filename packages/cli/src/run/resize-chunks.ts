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
 */
export function resizeChunks(plugin: DefinedPlugin, params: unknown, byteLength: number): Resized {
  const own = typeof plugin.chunks === 'function' ? plugin.chunks(params) : plugin.chunks
  if (own === undefined) return { chunks: { kind: 'fixed', size: byteLength }, ownSize: undefined }
  if (own.kind === 'records') {
    const ownSize = own.recordsPerChunk === undefined ? undefined : own.recordsPerChunk * own.size
    const recordsPerChunk = Math.max(1, Math.floor(byteLength / own.size))
    return { chunks: { ...own, recordsPerChunk }, ownSize }
  }
  return { chunks: { ...own, size: byteLength }, ownSize: own.size }
}
