// The error for compressed data that cannot be decompressed.

import { OnecopyError } from '@onecopy/core/lane'
import { systemText } from '../files/path.js'

/** @param offset - where the member, frame or damage begins, in bytes of the compressed file */
export function damaged(path: string, what: string, offset: number, cause: unknown): OnecopyError {
  return new OnecopyError('ERR_DATA_DAMAGED', `${path} is damaged: ${what} at byte ${offset}: ${systemText(cause)}`, {
    cause,
  })
}

/** A part of compressed data that cannot be decompressed. */
export class MemberError extends Error {
  /** Where it begins, in the bytes that were given. */
  readonly offset: number

  constructor(offset: number, cause: unknown) {
    super(systemText(cause), { cause })
    this.offset = offset
  }
}
