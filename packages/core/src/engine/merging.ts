// Merges results into the answer of a run, on the caller's thread, and tells what the reducer throws.

import { memberOf } from '../base/own-members.js'
import { runtime } from '../base/runtime.js'
import type { Commit, Payload } from '../protocol/report.js'
import type { Assembler } from './assembler.js'
import type { Prefix } from './prefix.js'
import { Slices } from './slices.js'

/** The run that results are merged for. */
export interface MergingOwner {
  /** Whether an answer is still wanted. */
  isWanted(): boolean
  /** Calls a function in the async context of the run's caller. */
  inContext(call: () => void): void
  /** Merges were done; `begun` as `performance.now()` gives it. */
  onMerged(begun: number, ms: number): void
  /** The reducer threw `cause` while merging. */
  onMergeFailed(cause: unknown): void
}

/** Gives commits to an assembler, and lets it merge. If the run may end early, a prefix looks for its end. */
export class Merging {
  readonly #assembler: Assembler
  readonly #owner: MergingOwner
  readonly #prefix: Prefix | undefined
  readonly #slices: Slices
  #merges = 0

  constructor(assembler: Assembler, owner: MergingOwner, prefix: Prefix | undefined) {
    this.#assembler = assembler
    this.#owner = owner
    this.#prefix = prefix
    this.#slices = new Slices(
      () => this.#mergeOne(),
      (slice) => {
        const [before, begun] = [this.#merges, runtime.performance.now()]
        owner.inContext(slice)
        if (this.#merges > before) owner.onMerged(begun, runtime.performance.now() - begun)
      },
    )
  }

  /** Whether results are taken one by one and in order, while the run goes on. */
  get isStream(): boolean {
    return memberOf(this.#assembler, 'window') !== undefined
  }

  /** The chunk from which on `lanes` lanes must wait for the reader; undefined if nobody reads one by one. */
  window(lanes: number): number | undefined {
    return memberOf(this.#assembler, 'window')?.call(this.#assembler, lanes)
  }

  /** Take a commit in. Throws what the assembler throws, which is no error of the reducer. */
  add(commit: Commit): void {
    if (!this.#owner.isWanted()) return
    // It comes first, because it copies what the assembler uses up.
    this.#prefix?.add(commit)
    this.#assembler.add(commit)
    this.#slices.begin()
  }

  /** Settles when everything that was added is merged. */
  ended(): Promise<void> | undefined {
    return this.#slices.ended()
  }

  /** The answer, when everything is merged; undefined if there was nothing to reduce, and there is no identity. */
  answer(): { readonly value: unknown } | undefined {
    return this.#assembler.result()
  }

  /** What is merged so far, for a part of a job. There must be no merge left to do. */
  payload(): Payload {
    // `!`: only a run whose results are read one by one has an assembler without it, and that is no part.
    return memberOf(this.#assembler, 'payload')!.call(this.#assembler)
  }

  #mergeOne(): boolean {
    if (!this.#owner.isWanted()) return false
    try {
      // The prefix comes first: lanes stop the sooner.
      const isMerged =
        this.#prefix?.mergeOne() || (memberOf(this.#assembler, 'mergeOne')?.call(this.#assembler) ?? false)
      if (isMerged) this.#merges++
      return isMerged
    } catch (cause) {
      this.#owner.onMergeFailed(cause)
      return false
    }
  }
}
