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

export function isBlobDescription(description: DataDescription): description is BlobDescription {
  return description.kind === 'blob'
}

/** The error for a Blob whose read failed with `cause`. */
export function unreadable(name: string, cause: unknown): Error {
  const error = cause instanceof Error ? cause.name : ''
  // A browser gives no other sign of a file that has changed, was moved or was removed.
  if (error !== 'NotReadableError' && error !== 'NotFoundError') {
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
