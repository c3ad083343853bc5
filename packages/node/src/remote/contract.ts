// Data on an HTTP server, as plain data: what lanes need to read it, and what they say if they cannot.

import type { DataDescription } from '@onecopy/core'
import { DataError, OnecopyError } from '@onecopy/core/lane'

/** Which version of the data a run reads. */
export interface RemoteVersion {
  /** Number of bytes of the whole. */
  readonly byteLength: number
  /** A strong entity tag, in its quotes. */
  readonly etag: string | undefined
  readonly lastModified: string | undefined
}

/** How to ask a server. */
export interface RemoteAddress {
  /** What the user gave, without name and password. */
  readonly url: string
  /** Where the redirects of `url` have led. */
  readonly location: string
  /** Sent to the origin of `url` alone. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** How often a request is made again, at most. */
  readonly retries: number
  /** How long a server may send nothing, in ms. */
  readonly timeoutMs: number
}

/** Data on a server, described for other threads and processes. */
export interface HttpDescription extends DataDescription {
  readonly kind: 'http'
  readonly address: RemoteAddress
  readonly version: RemoteVersion
  /** The URL without query, as messages name it. */
  readonly name: string
  readonly elementType: string
  /** The first byte of the data. */
  readonly byteOffset: number
  readonly byteLength: number
  /** Number of elements. */
  readonly length: number
  /** Ranges that one worker asks for at the same time, at most. */
  readonly connections: number
}

/** Whether a description is of data on a server. */
export function isHttpDescription(description: DataDescription): description is HttpDescription {
  return description.kind === 'http'
}

/** Why a request has failed, as plain data. */
export interface RemoteFailure {
  /** The data on the server is another one now. */
  readonly isChange: boolean
  /** What happened, without the URL. */
  readonly why: string
  /** A code of the system such as `ECONNREFUSED`, or `ERR_HTTP_STATUS`. */
  readonly code: string | undefined
  /** The status of the answer, if there was one. */
  readonly status: number | undefined
}

/** The error that a run rejects with. */
export function errorOf({ isChange, why, code }: RemoteFailure, name: string): OnecopyError | DataError {
  if (isChange) return new OnecopyError('ERR_DATA_CHANGED', `${name}: ${why}`)
  return new DataError(`cannot read ${name}: ${why}`, name, Object.assign(new Error(why), { code }))
}
