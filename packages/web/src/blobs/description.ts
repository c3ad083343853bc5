// A Blob, described for workers, and the error for one that cannot be read any more.

import type { DataDescription } from '@onecopy/core'
import { DataError, OnecopyError } from '@onecopy/core/lane'

/** A Blob, described for workers. Posting it copies a handle and no bytes. */
export interface BlobDescription extends DataDescription {
  readonly kind: 'blob'
  readonly blob: Blob
  readonly elementType: string
  /** Number of elements. */
  readonly length: number
  /** What messages call it. */
  readonly name: string
}

/** A read takes as long as one of so many bytes, so lanes claim chunks of about so many bytes at a time. */
export const claimBytes: number = 4 * 1024 * 1024

export function isBlobDescription(description: DataDescription): description is BlobDescription {
  return description.kind === 'blob'
}

/** The error for a Blob whose read failed with `cause`. */
export function unreadable(name: string, cause: unknown): Error {
  const error = cause instanceof Error ? cause.name : ''
  // A browser gives no other sign of a file that has changed, was moved or was removed.
  // Firefox throws exceptions of its own.
  const isGone =
    /^(NotReadableError|NotFoundError|NS_ERROR_FILE_\w+)$/.test(error) || /NS_ERROR_FILE_/.test(String(cause))
  if (!isGone) {
    return new DataError(
      `${name} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      name,
      cause,
    )
  }
  return new OnecopyError('ERR_DATA_CHANGED', `${name} cannot be read any more: it was changed, moved or removed`, {
    cause,
  })
}
