// The engine's lane slots, shared between its runs through p-queue: it sees lanes, never chunks.
//
// A free slot goes to the run with the highest priority, and among equals to the one with the fewest lanes at work. When a
// run waits while another has more than its fair share, lanes of that one are asked to leave at their next claim; they hand
// over what they have and wait for a slot again. With more runs than slots, the run that has been at work for longest
// makes room every `turnMs`.

import PQueue, { type QueueAddOptions } from 'p-queue'
import { runtime, type Timer } from './runtime.js'

/** How long a run keeps its last lane while another one waits without any. */
const turnMs = 50

/** One run, as the slots see it. */
export interface SlotUser {
  /** Higher goes first. */
  readonly priority: number
  /** Lanes with this number or a higher one are asked to leave. */
  setWanted(lanes: number): void
}

interface Share {
  readonly user: SlotUser
  waiting: number
  active: number
  /** When its first active lane got its slot, in ms. */
  since: number
}

type Work = () => Promise<unknown>
interface TicketOptions extends QueueAddOptions {
  readonly share?: Share
}

/** p-queue's waiting line, ordered by who should be next rather than by who came first. */
class TicketLine {
  readonly #tickets: { readonly work: Work; readonly share: Share }[] = []

  get size(): number {
    return this.#tickets.length
  }

  enqueue(work: Work, options?: TicketOptions): void {
    // `!`: `LaneSlots.add` is the only caller, and always gives a share.
    this.#tickets.push({ work, share: options!.share! })
  }

  dequeue(): Work | undefined {
    let next = 0
    for (let i = 1; i < this.#tickets.length; i++) {
      const { share } = this.#tickets[i]!
      const best = this.#tickets[next]!.share
      const { priority } = share.user
      if (priority > best.user.priority || (priority === best.user.priority && share.active < best.active)) next = i
    }
    return this.#tickets.splice(next, 1)[0]?.work
  }

  /** Part of p-queue's contract for waiting lines; nothing here asks for it. */
  filter(): Work[] {
    return this.#tickets.map(({ work }) => work)
  }

  /** Part of p-queue's contract for waiting lines; a run's priority never changes. */
  setPriority(): void {}
}

/** Hands out `slots` lane slots. */
export class LaneSlots {
  readonly #slots: number
  readonly #queue: PQueue<TicketLine, TicketOptions>
  readonly #shares = new Map<SlotUser, Share>()
  #timer: Timer | undefined

  constructor(slots: number) {
    this.#slots = slots
    this.#queue = new PQueue<TicketLine, TicketOptions>({ concurrency: slots, queueClass: TicketLine })
  }

  /** Run `lane` in a slot, when one is free; settles as `lane` does, which must not reject. */
  async add(user: SlotUser, lane: () => Promise<void>): Promise<void> {
    const share = this.#shares.get(user) ?? { user, waiting: 0, active: 0, since: 0 }
    this.#shares.set(user, share)
    share.waiting++
    const ended = this.#queue.add(
      async () => {
        share.waiting--
        if (share.active === 0) share.since = runtime.performance.now()
        share.active++
        this.#balance()
        try {
          await lane()
        } finally {
          share.active--
          if (share.active + share.waiting === 0) this.#shares.delete(user)
          this.#balance()
        }
      },
      { share },
    )
    this.#balance()
    await ended
  }

  /** Say to each run how many of its lanes may stay. */
  #balance(): void {
    runtime.clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#shares.size < 2) {
      for (const { user } of this.#shares.values()) user.setWanted(this.#slots)
      return
    }
    const shares = [...this.#shares.values()]
    const fair = Math.max(1, Math.floor(this.#slots / shares.length))
    for (const share of shares) share.user.setWanted(this.#allowed(share, shares, fair))
    this.#takeTurns(shares, fair)
  }

  #allowed(share: Share, shares: readonly Share[], fair: number): number {
    const { priority } = share.user
    let urgent = 0
    let equalWaits = false
    for (const rival of shares) {
      if (rival === share || rival.waiting === 0) continue
      if (rival.user.priority > priority) urgent += rival.active + rival.waiting
      else if (rival.user.priority === priority) equalWaits = true
    }
    if (urgent > 0) return Math.max(0, this.#slots - urgent)
    return equalWaits ? fair : this.#slots
  }

  /** If a run waits without a lane and nobody has more than a fair share: the one longest at work makes room. */
  #takeTurns(shares: readonly Share[], fair: number): void {
    const starving = shares.filter(({ active, waiting }) => active === 0 && waiting > 0)
    if (starving.length === 0) return
    const priority = Math.max(...starving.map(({ user }) => user.priority))
    const atWork = shares.filter((share) => share.active > 0 && share.user.priority === priority)
    if (atWork.length === 0 || atWork.some(({ active }) => active > fair)) return
    const longest = atWork.reduce((a, b) => (a.since <= b.since ? a : b))
    const turnLeft = longest.since + turnMs - runtime.performance.now()
    if (turnLeft <= 0) longest.user.setWanted(0)
    else this.#timer = runtime.setTimeout(() => this.#balance(), turnLeft)
  }
}
