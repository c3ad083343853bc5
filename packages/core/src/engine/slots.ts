// The engine's lane slots, shared between its runs through p-queue: it sees lanes, never chunks.
//
// Slots are dealt out: those with the highest priority first, equals one slot each in turn until there are no more. A run that
// has more lanes than it was dealt is told, and its lanes above that leave at their next claim: they hand over what they have
// and wait for a slot again. With more runs than slots, the run that has been at work for longest goes to the end of the line
// every `turnMs`. Each slot is always dealt to somebody who wants it: no lane is asked to leave for nobody.

import type PQueue from 'p-queue'
import type { QueueAddOptions } from 'p-queue'
import { isError } from '../base/built-in.js'
import { OnecopyError } from '../base/errors.js'
import { runtime, type Timer } from '../base/runtime.js'

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
  /** Lanes that wait for a slot. */
  readonly waiting: Set<Ticket>
  active: number
  /** Slots that it was dealt: no more than it has lanes, waiting or active. */
  dealt: number
  /** Its place in line among runs of its priority: lower is earlier. */
  place: number
  /** When its first active lane got its slot, in ms. */
  since: number
}

interface Ticket {
  readonly share: Share
  /** It has a slot, and how to give that back; or it was withdrawn. */
  readonly settle: (giveBack: (() => void) | undefined) => void
  /** What p-queue wants to be called when there is a slot. */
  work?: Work
}

type Work = () => Promise<unknown>
interface TicketOptions extends QueueAddOptions {
  readonly ticket?: Ticket
}

/** p-queue's waiting line, ordered by who should be next rather than by who came first. */
class TicketLine {
  /** Those with tickets in line, and perhaps some whose tickets are all gone. */
  readonly #shares = new Set<Share>()

  get size(): number {
    let size = 0
    for (const share of this.#shares) {
      if (share.waiting.size === 0) this.#shares.delete(share)
      size += share.waiting.size
    }
    return size
  }

  enqueue(work: Work, options?: TicketOptions): void {
    // `!`: `LaneSlots.add` is the only caller, and always gives a ticket.
    const ticket = options!.ticket!
    ticket.work = work
    this.#shares.add(ticket.share)
  }

  dequeue(): Work | undefined {
    let next: Share | undefined
    for (const share of this.#shares) {
      if (share.waiting.size > 0 && (next === undefined || isBefore(share, next))) next = share
    }
    const [ticket] = next?.waiting ?? []
    if (ticket !== undefined) next?.waiting.delete(ticket)
    return ticket?.work
  }

  /** Part of p-queue's contract for waiting lines; nothing here asks for it. */
  filter(): Work[] {
    return []
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
  /** Loaded for the first lane and not before: a worker that imports this package for a plugin needs no queue. */
  #loading: Promise<PQueue<TicketLine, TicketOptions>> | undefined
  #queue: PQueue<TicketLine, TicketOptions> | undefined
  readonly #shares = new Map<SlotUser, Share>()
  /** Lanes that have a slot. */
  #active = 0
  #places = 0
  #timer: Timer | undefined
  #isDealing = false

  constructor(slots: number) {
    this.#slots = slots
  }

  /** Loaded once. If that fails, for want of file descriptors for instance, the next lane tries again. */
  #load(): Promise<PQueue<TicketLine, TicketOptions>> {
    this.#loading ??= import('p-queue').then(
      ({ default: Queue }) => {
        // By name: p-queue would also take a time-out from a polluted Object.prototype.
        // `object`: its types let nobody say that there is no time-out.
        const options: object = { concurrency: this.#slots, queueClass: TicketLine, timeout: undefined }
        this.#queue = new Queue<TicketLine, TicketOptions>(options)
        return this.#queue
      },
      (cause) => {
        this.#loading = undefined
        const why = isError(cause) ? cause.message : String(cause)
        throw new OnecopyError('ERR_WORKER_LOST', `no worker can start: p-queue cannot be loaded: ${why}`, { cause })
      },
    )
    return this.#loading
  }

  /**
   * Run `lane` in a slot, when one is free. Settles when it has ended, or when `withdraw` made it needless. Rejects only if
   * p-queue cannot be loaded.
   */
  async add(user: SlotUser, lane: () => Promise<void>): Promise<void> {
    const giveBack = await this.#slot(user)
    // Begun from here, and not by p-queue: that calls in the async context of the run that gave the slot back.
    try {
      if (giveBack !== undefined) await lane()
    } finally {
      giveBack?.()
    }
  }

  /** A slot, when one is free: how to give it back; undefined when `withdraw` made it needless. */
  #slot(user: SlotUser): Promise<(() => void) | undefined> {
    return new Promise((settle, reject) => {
      const share = this.#shareOf(user)
      const ticket: Ticket = { share, settle }
      share.waiting.add(ticket)
      this.#dealSoon()
      // By name: p-queue would also take these from a polluted Object.prototype.
      const options: object = { ticket, signal: undefined, timeout: undefined, priority: 0, id: undefined }
      const enqueue = (queue: PQueue<TicketLine, TicketOptions>): void => {
        void queue
          .add(() => this.#work(ticket), options)
          .then(() => {
            runtime.queueMicrotask(() => this.#freeSlots(queue))
          })
      }
      const giveUp = (error: unknown): void => {
        share.waiting.delete(ticket)
        this.#tidy(share)
        reject(error)
      }
      if (this.#queue === undefined) this.#load().then(enqueue, giveUp)
      else enqueue(this.#queue)
    })
  }

  /** Lanes of `user` that still wait for a slot are not needed any more. */
  withdraw(user: SlotUser): void {
    const share = this.#shares.get(user)
    if (share === undefined || share.waiting.size === 0) return
    const tickets = [...share.waiting]
    share.waiting.clear()
    this.#tidy(share)
    for (const { settle } of tickets) settle(undefined)
  }

  async #work({ share, settle }: Ticket): Promise<void> {
    if (share.active === 0) share.since = runtime.performance.now()
    share.active++
    this.#dealSoon()
    this.#active++
    await new Promise<void>((giveBack) => settle(giveBack))
    this.#active--
    share.active--
    this.#tidy(share)
  }

  /**
   * p-queue frees a slot by the global `queueMicrotask`, and so never where fake timers replaced that: let it start as many lanes
   * more as it takes for busy.
   */
  #freeSlots(queue: PQueue<TicketLine, TicketOptions>): void {
    const concurrency = this.#slots + Math.max(0, queue.pending - this.#active)
    if (queue.concurrency !== concurrency) queue.concurrency = concurrency
  }

  #tidy(share: Share): void {
    if (share.active + share.waiting.size === 0) this.#shares.delete(share.user)
    this.#dealSoon()
  }

  #shareOf(user: SlotUser): Share {
    const known = this.#shares.get(user)
    if (known !== undefined) return known
    const share: Share = { user, waiting: new Set(), active: 0, dealt: 0, place: ++this.#places, since: 0 }
    this.#shares.set(user, share)
    return share
  }

  /** Once for all that happens in one turn: with many runs, dealing is not for nothing. */
  #dealSoon(): void {
    if (this.#isDealing) return
    this.#isDealing = true
    runtime.queueMicrotask(() => {
      this.#isDealing = false
      this.#deal()
    })
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

  /** While a run waits without any lane, its equals that have been at work for a turn go to the end of the line. */
  #takeTurns(shares: readonly Share[]): void {
    const starving = new Set<number>()
    for (const { active, user } of shares) if (active === 0) starving.add(user.priority)
    if (starving.size === 0) return
    const now = runtime.performance.now()
    let turnLeft = turnMs
    const atWork = shares.filter(({ active, user }) => active > 0 && starving.has(user.priority))
    for (const share of atWork.sort((a, b) => a.since - b.since)) {
      const left = share.since + turnMs - now
      if (left <= 0) {
        share.place = ++this.#places
        share.since = now
      } else {
        turnLeft = Math.min(turnLeft, left)
      }
    }
    if (atWork.length > 0) this.#timer = runtime.setTimeout(() => this.#deal(), turnLeft)
  }
}

/** Deal up to `slots` slots to `shares`, one each in turn, none to those that have all they want; how many are left. */
function dealEqually(shares: readonly Share[], slots: number): number {
  let left = slots
  for (let dealt = true; dealt; ) {
    dealt = false
    for (const share of shares) {
      if (left === 0) return 0
      if (share.dealt >= share.active + share.waiting.size) continue
      share.dealt++
      left--
      dealt = true
    }
  }
  return left
}
