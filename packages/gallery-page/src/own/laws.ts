// What the page and the worker of the law checker say to each other.

import type { OwnCode } from './compile.js'

/** To the worker. */
export interface LawQuestion extends OwnCode {
  /** The beginning of the user's data. */
  readonly sample: Uint8Array
}

/** What was found about one law. */
export interface LawAnswer {
  readonly law: string
  readonly statement: string
  readonly status: 'holds' | 'broken' | 'not checked'
  readonly cases: number
  /** The smallest case that breaks the law. */
  readonly counterexample: string | undefined
  readonly usualCause: string | undefined
  readonly reason: string | undefined
}

/** From the worker. */
export type LawReply =
  | { readonly laws: readonly LawAnswer[]; readonly ok: boolean; readonly cases: number }
  | { readonly error: string }
