// The engine's lane slots, shared between its runs through p-queue: it sees lanes, never chunks.
//
// Slots are dealt out: those with the highest priority first, equals one slot each in turn until there are no more. A run that
// has more lanes than it was dealt is told, and its lanes above that leave at their next claim: they hand over what they have
// and wait for a slot again. With more runs than slots, the run that has been at work for longest goes to the end of the line
// every `turnMs`. Each slot is always dealt to somebody who wants it: no lane is asked to leave for nobody.

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
  /** Slots that it was dealt: no more than it has lanes, waiting or active. */
  dealt: number
  /** Its place in line among runs of its priority: lower is earlier. */
  place: number
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
      if (isBefore(this.#tickets[i]!.share, this.#tickets[next]!.share)) next = i
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

/** Whether a free slot goes to `a` before `b`. */
function isBefore(a: Share, b: Share): boolean {
  const aIsDue = a.active < a.dealt
  if (aIsDue !== b.active < b.dealt) return aIsDue
  return a.user.priority > b.user.priority || (a.user.priority === b.user.priority && a.place < b.place)
}

/** Hands out `slots` lane slots. */
export class LaneSlots {
  readonly #slots: number
  readonly #queue: PQueue<TicketLine, TicketOptions>
  readonly #shares = new Map<SlotUser, Share>()
  #places = 0
  #timer: Timer | undefined

  constructor(slots: number) {
    this.#slots = slots
    this.#queue = new PQueue<TicketLine, TicketOptions>({ concurrency: slots, queueClass: TicketLine })
  }

  /** Run `lane` in a slot, when one is free; settles as `lane` does, which must not reject. */
  async add(user: SlotUser, lane: () => Promise<void>): Promise<void> {
    const share = this.#shareOf(user)
    share.waiting++
    this.#deal()
    await this.#queue.add(
      async () => {
        share.waiting--
        if (share.active === 0) share.since = runtime.performance.now()
        share.active++
        try {
          await lane()
        } finally {
          share.active--
          if (share.active + share.waiting === 0) this.#shares.delete(user)
          this.#deal()
        }
      },
      { share },
    )
  }

  #shareOf(user: SlotUser): Share {
    const known = this.#shares.get(user)
    if (known !== undefined) return known
    const share: Share = { user, waiting: 0, active: 0, dealt: 0, place: ++this.#places, since: 0 }
    this.#shares.set(user, share)
    return share
  }

  /** Deal the slots out anew, and say to each run how many lanes it may have. */
  #deal(): void {
    runtime.clearTimeout(this.#timer)
    this.#timer = undefined
    const shares = [...this.#shares.values()]
    // The usual case: nobody to share with.
    if (shares.length === 1) {
      shares[0]!.dealt = this.#slots
      shares[0]!.user.setWanted(this.#slots)
      return
    }
    this.#takeTurns(shares)
    shares.sort((a, b) => b.user.priority - a.user.priority || a.place - b.place)
    for (const share of shares) share.dealt = 0
    let left = this.#slots
    for (let i = 0; i < shares.length && left > 0; ) {
      const { priority } = shares[i]!.user
      const equals = shares.filter(({ user }) => user.priority === priority)
      left = dealEqually(equals, left)
      i += equals.length
    }
    for (const { user, dealt } of shares) user.setWanted(dealt)
  }

  /** If a run waits without any lane: of its equals, the one longest at work goes to the end of the line, or will in time. */
  #takeTurns(shares: readonly Share[]): void {
    const starving = shares.filter(({ active, waiting }) => active === 0 && waiting > 0)
    if (starving.length === 0) return
    const now = runtime.performance.now()
    const atWork = shares.filter(
      ({ active, user }) => active > 0 && starving.some((other) => other.user.priority === user.priority),
    )
    if (atWork.length === 0) return
    const longest = atWork.reduce((a, b) => (a.since <= b.since ? a : b))
    let turnLeft = longest.since + turnMs - now
    if (turnLeft <= 0) {
      longest.place = ++this.#places
      longest.since = now
      turnLeft = turnMs
    }
    this.#timer = runtime.setTimeout(() => this.#deal(), turnLeft)
  }
}

/** Deal up to `slots` slots to `shares`, one each in turn, none to those that have all they want; how many are left. */
function dealEqually(shares: readonly Share[], slots: number): number {
  let left = slots
  for (let dealt = true; dealt; ) {
    dealt = false
    for (const share of shares) {
      if (left === 0) return 0
      if (share.dealt >= share.active + share.waiting) continue
      share.dealt++
      left--
      dealt = true
    }
  }
  return left
}
