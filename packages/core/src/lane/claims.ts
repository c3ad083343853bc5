// How a lane claims what it runs next. A claim is a range of positions. A position is a unit, or in a later pass a place in the list
// of lost units.
//
// Blocks: a lane claims an aligned block, which is a node of the merge tree, so that siblings meet inside the lane. Blocks are
// large first and become smaller (guided self-scheduling). The lane begins its block bit by bit. What it has not begun stays in the
// control block, where a lane that has nothing left to do takes one half of it (work stealing). So the last lane is never alone with
// a slow block.
//
// In order: lanes claim little at a time and go forward together. A reader who takes results in order needs that, and so does a run
// that has failed and looks for the lowest chunk that fails. A run that ends as soon as it has enough claims in an order that is
// stricter still, see front-claims.ts.

import type { ChunkPlan } from '../chunks/chunk-plan.js'
import { elementConstructor } from '../data/typed-array.js'
import type { ControlBlock, Rest } from '../protocol/control-block.js'

/** A claim takes about this long: long enough that claiming costs nothing, short enough that lanes end together. In ms. */
const defaultClaimMs = 5
/** If a claim takes so many times as long as it should, then not because of what is read at a time. */
const longClaim = 20
/** Most positions of one claim. */
const widestClaim = 2 ** 16

/** The claims of one lane. */
export interface Claims {
  /** The current claim is `[from, to)`. */
  readonly from: number
  readonly to: number
  /** Make the next claim. Returns false if nothing is left. */
  claim(): boolean
  /** If `claim` returned false because other lanes are too far behind: settles when it is time to claim again. */
  wait(): Promise<void> | undefined
  /** The claim was run, and took `ms`: make the next one larger or smaller. */
  done(ms: number): void
  /** How many positions to run before the clock is read again. */
  readonly stride: number
  /**
   * Give the positions from `at` on back, for any lane to claim, if the claim has taken much too long. Returns whether they were given
   * back.
   */
  giveBack(at: number, ms: number): boolean
}

/** Where a lane claims. */
export interface ClaimSpace {
  readonly control: ControlBlock
  /** The lane that claims. */
  readonly lane: number
  /** The number of lanes in the pass. */
  readonly lanes: number
  /** The number of positions. */
  readonly total: number
  /** The first chunk at a position below `total`. Chunks ascend with positions. */
  chunkAt(position: number): number
}

/** How much a lane claims at a time. */
export interface ClaimSize {
  /** A claim takes about this long, in ms. */
  readonly claimMs?: number
  /** It has at least so many positions, unless they take very long: fewer would not take less time to read. */
  readonly least?: number
}

/** How many units a claim has at least, if a read takes as long as one of `claimBytes`. */
export function leastUnits(plan: ChunkPlan, unit: number, claimBytes: number): number {
  const unitBytes = plan.size * elementConstructor(plan.elementType).BYTES_PER_ELEMENT * unit
  return Math.max(1, Math.floor(claimBytes / unitBytes))
}

/** Create the claims of a lane. */
export function createClaims(space: ClaimSpace, inOrder: boolean, size: ClaimSize = {}): Claims {
  return inOrder ? new OrderedClaims(space, size) : new BlockClaims(space, size)
}

/** The width of claims. It grows and shrinks with the time that claims take. */
class Width {
  value: number
  readonly #claimMs: number
  readonly #least: number

  constructor({ claimMs = defaultClaimMs, least = 1 }: ClaimSize) {
    this.#claimMs = claimMs
    this.#least = Math.min(least, widestClaim)
    this.value = this.#least
  }

  adapt(ms: number): void {
    const claimMs = this.#claimMs
    if (ms < claimMs / 2) this.value = Math.min(widestClaim, this.value * 2)
    else if (ms > claimMs * 2) this.value = Math.max(ms < longClaim * claimMs ? this.#least : 1, this.value >> 1)
  }

  /** Whether so few positions are fewer than a claim should have. */
  isTooFew(positions: number, ms: number): boolean {
    return positions < this.#least && ms < longClaim * this.#claimMs
  }
}

class OrderedClaims implements Claims {
  from = 0
  to = 0
  readonly stride = Number.POSITIVE_INFINITY
  readonly #space: ClaimSpace
  readonly #width: Width

  constructor(space: ClaimSpace, size: ClaimSize) {
    this.#space = space
    this.#width = new Width(size)
  }

  claim(): boolean {
    const { control, lanes, total, chunkAt } = this.#space
    const { cursor } = control
    if (cursor >= total) return false
    // The chunks of a later pass are not contiguous. There a claim may run past the window, by its own width at most.
    const left = Math.min(total - cursor, control.window - chunkAt(cursor))
    if (left <= 0) return false
    // Claims shrink near the end, so that no lane has a long claim while the others are idle.
    const width = Math.max(1, Math.min(this.#width.value, Math.floor(left / (2 * lanes))))
    this.from = control.claim(width)
    this.to = Math.min(total, this.from + width)
    return true
  }

  wait(): undefined {}

  done(ms: number): void {
    this.#width.adapt(ms)
  }

  giveBack(): boolean {
    return false
  }
}

class BlockClaims implements Claims {
  from = 0
  to = 0
  readonly #space: ClaimSpace
  readonly #width: Width

  constructor(space: ClaimSpace, size: ClaimSize) {
    this.#space = space
    this.#width = new Width(size)
  }

  /** If claims are narrow, each position takes long, and reading the clock costs nothing beside it. */
  get stride(): number {
    return this.#width.value < 64 ? 1 : 64
  }

  claim(): boolean {
    for (;;) {
      if (this.#begin()) return true
      if (!this.#claimBlock() && !this.#steal()) return false
    }
  }

  wait(): undefined {}

  done(ms: number): void {
    this.#width.adapt(ms)
  }

  giveBack(at: number, ms: number): boolean {
    if (at >= this.to || ms < 2 * defaultClaimMs || this.#width.isTooFew(at - this.from, ms)) return false
    const { control, lane } = this.#space
    // Only this lane moves the beginning of its rest. Other lanes may take from its end meanwhile.
    for (;;) {
      const rest = control.rest(lane)
      if (control.replaceRest(lane, rest, at, rest.to)) break
    }
    this.to = at
    this.#width.value = Math.max(1, at - this.from)
    return true
  }

  /** Claim the next positions of this lane's own block. */
  #begin(): boolean {
    const { control, lane } = this.#space
    for (;;) {
      const rest = control.rest(lane)
      if (rest.from >= rest.to) return false
      if (!this.#isWanted(rest.from)) {
        if (control.replaceRest(lane, rest, rest.to, rest.to)) return false
        continue
      }
      // At most half of the rest, so that an idle lane finds something to take.
      const to = rest.from + Math.min(this.#width.value, Math.max(1, (rest.to - rest.from) >> 1))
      if (!control.replaceRest(lane, rest, to, rest.to)) continue
      this.from = rest.from
      this.to = to
      return true
    }
  }

  /** Claim a new block. Returns false if there is none. */
  #claimBlock(): boolean {
    const { control, lane, lanes, total } = this.#space
    for (;;) {
      const { cursor } = control
      if (cursor >= total || !this.#isWanted(cursor)) return false
      const to = Math.min(total, cursor + blockLength(cursor, Math.floor((total - cursor) / lanes)))
      if (!control.claimBlock(cursor, to)) continue
      control.setRest(lane, cursor, to)
      return true
    }
  }

  /** Take half of the largest rest that any lane has. Returns false if there is none. */
  #steal(): boolean {
    const { control, lane } = this.#space
    for (;;) {
      let victim = -1
      let largest: Rest = { from: 0, to: 0 }
      for (let other = 0; other < control.lanes; other++) {
        const rest = control.rest(other)
        const isLarger = rest.to - rest.from > largest.to - largest.from
        if (!isLarger || !this.#isWanted(rest.from)) continue
        victim = other
        largest = rest
      }
      if (victim < 0) return false
      const { from, to } = largest
      let middle = middleOf(from, to)
      while (middle > from && !this.#isWanted(middle)) middle = from + ((middle - from) >> 1)
      if (!control.replaceRest(victim, largest, from, middle)) continue
      control.setRest(lane, middle, to)
      return true
    }
  }

  #isWanted(position: number): boolean {
    return this.#space.chunkAt(position) < this.#space.control.limit
  }
}

/** The length of the largest aligned block that begins at `from`, and has at most `most` positions; at least 1. */
function blockLength(from: number, most: number): number {
  const alignment = from === 0 ? 2 ** 30 : from & -from
  let length = 1
  while (length * 2 <= most && length * 2 <= alignment) length *= 2
  return length
}

/** Where to cut `[from, to)` in two, so that the second part is an aligned block or begins like one; `from` for a single position. */
function middleOf(from: number, to: number): number {
  if (to - from < 2) return from
  const length = 2 ** Math.floor(Math.log2((to - from) / 2))
  return Math.floor((to - 1) / length) * length
}
