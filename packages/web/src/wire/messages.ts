// What a page and its workers say to each other.

import type { GrantedSpan, JobDescription, LaneMessage, LaneTask, LaneWord } from '@onecopy/core/host'

/** To the worker, through the worker's own channel. The page's program may use that, too. */
export interface Letter {
  readonly onecopy: Hello | PageMessage
}

/** The first message to the worker. */
export interface Hello {
  readonly kind: 'hello'
  /** For all messages of the worker. */
  readonly port: MessagePort
  /** The page's number for the worker. */
  readonly id: number
  /** The name of the lock that the worker holds as long as it runs. */
  readonly lock: string
  /** How many messages the worker has posted; undefined where there is no shared memory. */
  readonly posted: Int32Array | undefined
}

/** To the worker, later. */
export type PageMessage =
  /** Run a lane that shares memory with the page. */
  | { readonly kind: 'run'; readonly lane: number; readonly task: LaneTask }
  /** Run a lane that shares no memory with the page. */
  | {
      readonly kind: 'deal'
      readonly lane: number
      readonly task: Omit<LaneTask, 'job' | 'control'>
      /** Undefined: the job of the worker's last lane. */
      readonly job: JobDescription | undefined
      /** The words of the lane in the page's control block. */
      readonly slot: Uint8Array
    }
  | { readonly kind: 'span'; readonly lane: number; readonly span: GrantedSpan | undefined }
  | { readonly kind: 'limit'; readonly lane: number; readonly limit: number }

/** To the page. `slot`: the lane's own words, if the page cannot read them. */
export type WorkerMessage =
  /** The worker takes lanes. `isLocked`: it holds its lock. */
  | { readonly kind: 'ready'; readonly isLocked: boolean }
  | {
      readonly kind: 'lane'
      readonly lane: number
      readonly message: LaneMessage
      readonly slot: Uint8Array | undefined
    }
  /** What the dealer of the lane's spans has to hear, and the limit as far as the lane knows it. */
  | {
      readonly kind: 'word'
      readonly lane: number
      readonly word: LaneWord
      readonly limit: number
      readonly slot: Uint8Array
    }
  | { readonly kind: 'note'; readonly lane: number; readonly slot: Uint8Array }
