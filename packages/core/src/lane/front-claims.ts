// Claims of a run that ends as soon as it has enough. Lanes claim single positions, in order, and stay close together: none runs far
// ahead of what the others are at work on. So little is read that turns out not to be needed.
//
// Each lane notes the lowest position that it has claimed and not done as its rest in the control block. The front is the lowest of those.
// Everything below the front is done, and a lane claims a position only if it is less than `reach` ahead of the front.

import { runtime } from '../base/runtime.js'
import type { ClaimSpace, Claims } from './claims.js'

/** Positions per lane that may be claimed ahead of the front. */
const reachPerLane = 2

/** How long a lane that is too far ahead waits before it looks at the front again, in ms. */
const waitMs = 1

/** The claims of one lane. */
export class FrontClaims implements Claims {
  from = 0
  to = 0
  readonly stride: number = Number.POSITIVE_INFINITY
  readonly #space: ClaimSpace
  /** The positions that are claimed and not done, ascending. A lane that gets its positions by messages has one more than it runs. */
  readonly #atWork: number[] = []
  #isAhead = false

  constructor(space: ClaimSpace) {
    this.#space = space
  }

  claim(): boolean {
    const { control, lanes, total, chunkAt } = this.#space
    this.#isAhead = false
    for (;;) {
      const { cursor } = control
      if (cursor >= total || chunkAt(cursor) >= control.limit) break
      // Noted before the claim, so that the front is never above a position that was claimed and is not done.
      this.#note(this.#atWork[0] ?? cursor)
      this.#isAhead = cursor >= control.front + reachPerLane * lanes
      if (this.#isAhead) break
      if (!control.claimBlock(cursor, cursor + 1)) continue
      this.#atWork.push(cursor)
      this.from = cursor
      this.to = cursor + 1
      return true
    }
    this.#note(this.#atWork[0])
    return false
  }

  wait(): Promise<void> | undefined {
    return this.#isAhead ? new Promise((resolve) => runtime.setTimeout(resolve, waitMs)) : undefined
  }

  /** The lowest position is done. */
  done(): void {
    this.#atWork.shift()
    this.#note(this.#atWork[0])
  }

  giveBack(): boolean {
    return false
  }

  #note(position: number | undefined): void {
    const { control, lane } = this.#space
    if (position === undefined) control.setRest(lane, 0, 0)
    else control.setRest(lane, position, position + 1)
  }
}
