// How many slots each run may have, and which run is next.

import { runtime } from '../base/runtime.js'
import type { Share } from './lane-queue.js'

/** How long a run keeps its last lane while another run waits and has no lane. */
const timeSliceMs = 50

/** Share `slots` slots: decides the quota of each of `shares`. Sorts `shares`. */
export function shareSlots(shares: Share[], slots: number): void {
  shares.sort((a, b) => b.user.priority - a.user.priority || a.place - b.place)
  for (const share of shares) share.quota = 0
  let left = slots
  for (let i = 0; i < shares.length && left > 0; ) {
    const { priority } = shares[i]!.user
    const equals = shares.filter(({ user }) => user.priority === priority)
    left = shareEqually(equals, left)
    i += equals.length
  }
}

/**
 * Give up to `slots` slots to `shares`: one each, and again one each, but no run gets more slots than it has lanes.
 *
 * @returns how many slots are left
 */
function shareEqually(shares: readonly Share[], slots: number): number {
  let left = slots
  for (let isGiven = true; isGiven; ) {
    isGiven = false
    for (const share of shares) {
      if (left === 0) return 0
      if (share.quota >= share.active + share.waiting.size) continue
      share.quota++
      left--
      isGiven = true
    }
  }
  return left
}

/**
 * If a run has no lane, runs of the same priority that have used their time slice move to the end of the queue.
 *
 * @param lastPlace - gives the place at the end of the queue
 * @returns in how many ms to look again; undefined if no run waits for the end of a time slice
 */
export function endTimeSlices(shares: readonly Share[], lastPlace: () => number): number | undefined {
  const starving = new Set<number>()
  for (const { active, user } of shares) if (active === 0) starving.add(user.priority)
  if (starving.size === 0) return undefined
  const now = runtime.performance.now()
  let timeLeft = timeSliceMs
  const atWork = shares.filter(({ active, user }) => active > 0 && starving.has(user.priority))
  for (const share of atWork.sort((a, b) => a.since - b.since)) {
    const left = share.since + timeSliceMs - now
    if (left <= 0) {
      share.place = lastPlace()
      share.since = now
    } else {
      timeLeft = Math.min(timeLeft, left)
    }
  }
  return atWork.length > 0 ? timeLeft : undefined
}
