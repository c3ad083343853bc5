// What coordinators and workers say to each other through the queue, as plain data.

import type { ChunkRange, ErrorCode, SkipOptions, Span } from '@onecopy/core'
import type { ChunkPlan } from '@onecopy/core/host'
import type { SentPart } from '../store/sent-part.js'

/** The version of jobs. A worker refuses jobs of another version. */
export const jobVersion = 1

/** How the coordinator's data and a worker's data are compared before a span is run. */
export type IdentityKind = 'mtime' | 'size' | 'digest'

/** The part of a file that is the data. */
export interface JobData {
  /** With `/` between its parts: absolute, or relative to the worker's root. */
  readonly path: string
  /** The kind of the elements, for example `'Uint8Array'`. */
  readonly elementType: string
  /** Where the data begins in the file, in bytes. */
  readonly byteOffset: number
  /** Number of elements. */
  readonly length: number
  /** What must be the same on all machines. */
  readonly identity: string
}

/** A job without its span: the same for all spans of a run. */
export interface JobDescription {
  readonly version: typeof jobVersion
  /** The plugin's name. */
  readonly plugin: string
  /** The digest of the plugin's code. */
  readonly digest: string
  /** The parameters as the caller gave them, encoded; undefined if none were given. */
  readonly params?: string | undefined
  readonly data: JobData
  readonly identity: IdentityKind
  /** The chunker that replaces the plugin's. */
  readonly chunks?: unknown
  readonly chunkTimeoutMs?: number | undefined
  /** The seed of the chunks' random numbers; undefined: 0. */
  readonly seed?: number | undefined
  /** What may be skipped, as the caller gave it. */
  readonly skip?: SkipOptions | undefined
  readonly retries: number
  readonly plan: ChunkPlan
}

/** A job as it lies in the queue. */
export interface SpanJob extends JobDescription, Span {
  readonly run: string
  /** The CRC-32 of the span's bytes, if digests are compared. */
  readonly crc?: number | undefined
}

/** An error, as plain data. */
export interface SentError {
  readonly name: string
  readonly message: string
  readonly code?: string | undefined
  readonly stack?: string | undefined
  readonly cause?: SentError | undefined
}

/** Why a span failed. */
export interface SentFailure {
  readonly code: ErrorCode
  readonly message: string
  readonly chunk?: ChunkRange | undefined
  readonly cause?: SentError | undefined
}

/** What a worker's child process says about a span. */
export type Outcome =
  | ({ readonly kind: 'part'; readonly part: Uint8Array } & SpanReport)
  | {
      readonly kind: 'failed'
      readonly failure: SentFailure
      /** Whether the span may succeed on another attempt. */
      readonly again: boolean
    }

/** Where and how fast a span was run. */
export interface SpanReport {
  /** Milliseconds that the span took. */
  readonly ms: number
  /** The version of Node. */
  readonly node: string
  /** The kind of processor. */
  readonly arch: string
}

/** What the queue keeps of a completed span. */
export interface SpanAnswer extends SpanReport {
  readonly part: SentPart
  readonly worker: string
}

/** What the queue keeps of a span that is at work or has failed. */
export interface SpanProgress {
  readonly doneChunks?: number | undefined
  readonly failure?: SentFailure | undefined
}

/** The reasons for which a worker gives a span up without a failure. */
export const notWanted = 'nobody waits for this run any more'
/** See {@link notWanted}. */
export const cancelled = 'the span was cancelled'

/** How often a span may be taken from a machine that died before it counts as lost. All workers must have the same. */
export const mostStalls = 2
