// Finds out when a run has enough: when the chunks from 0 to some chunk are in, without a gap, and the reducer says that nothing to
// their right matters any more.
//
// The answer is merged in the fixed tree. There, the chunks of such a prefix are not in one accumulator, and putting them into one
// would use them up. So this works with copies, which are merged from left to right.

import { noLimit } from '../protocol/control-block.js'
import type { Commit } from '../protocol/report.js'
import type { Reduction } from '../reduce/reduction.js'
import { cloneValue } from '../serialize/clone.js'

/** What came of the chunks up to `end`. The value is absent if none of them owns anything. */
interface Piece {
  readonly end: number
  readonly value?: unknown
}

/** The prefix of a run whose reducer has `enough`. */
export class Prefix {
  readonly #reduction: Reduction
  readonly #onEnough: (end: number) => void
  /** The pieces that are not merged yet, by their first chunk. In any order, they are as if behind each other. */
  readonly #waiting = new Map<number, Piece>()
  #merged: { readonly value: unknown } | undefined
  /** The prefix ends before this chunk. */
  #next = 0
  /** In any order: the place of the next piece. */
  #places = 0
  /** The chunks from here on are not needed. */
  #end = noLimit

  /** @param onEnough - called with the chunk from which on nothing is needed. A later call has a lower chunk */
  constructor(reduction: Reduction, onEnough: (end: number) => void) {
    this.#reduction = reduction
    this.#onEnough = onEnough
  }

  /** Take a commit in. It is merged by `mergeOne`. */
  add({ payload }: Commit): void {
    if (payload.kind === 'list' || this.#end === 0) return
    const pieces = payload.kind === 'tree' ? payload.nodes : [payload]
    for (const piece of cloneValue(pieces)) {
      const isNode = 'level' in piece
      const start = isNode ? piece.index * 2 ** piece.level : this.#places++
      const end = isNode ? start + 2 ** piece.level : start + 1
      const value = Object.hasOwn(piece, 'value') ? { value: piece.value } : undefined
      // If it is enough by itself, then so is every prefix that ends with it.
      if (value !== undefined) this.#look(value.value, end)
      this.#waiting.set(start, { end, ...value })
    }
  }

  /** Merge one piece with the prefix. Returns false if the next piece is not there, or not needed. */
  mergeOne(): boolean {
    if (this.#next >= this.#end) return false
    const piece = this.#waiting.get(this.#next)
    if (piece === undefined) return false
    this.#waiting.delete(this.#next)
    this.#next = piece.end
    if (!Object.hasOwn(piece, 'value')) return true
    const { merge } = this.#reduction
    this.#merged = { value: this.#merged === undefined ? piece.value : merge(this.#merged.value, piece.value) }
    this.#look(this.#merged.value, piece.end)
    return true
  }

  #look(acc: unknown, end: number): void {
    const limit = this.#reduction.order === 'any' ? 0 : end
    if (limit >= this.#end || !this.#reduction.enough?.(acc)) return
    this.#end = limit
    this.#onEnough(limit)
  }
}
