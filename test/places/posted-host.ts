// A host whose lanes share no memory with the engine, on this thread. They get spans from a dealer, and everything that passes between
// them and the engine is a message. Tests decide when a message arrives, which lanes die, and which messages come twice.

import type { SharedData, TypedArray } from '@onecopy/core'
import { type Host, type LaneHandle, type LaneMessage, type LaneTask, runLane, SpanDealer } from '@onecopy/core/host'
import { NotedControl, SpanSupply } from '@onecopy/core/lane'

export interface Faults {
  /** Settles when a message may arrive, or a lane may go on. */
  turn(): Promise<void>
  /** Whether a lane dies now. It is asked when its chunk in flight changes. */
  dies(chunk: number | undefined): boolean
  /** Whether a message arrives twice. */
  isDoubled(): boolean
  /** The clock of lanes, in ms. */
  now?(): number
}

const never = new Promise<never>(() => {})

export class PostedHost implements Host {
  readonly workers = 3
  /** Spans that were dealt. */
  spans = 0
  /** Lanes that have not settled. */
  lanes = 0
  /** The chunks that each lane has begun. */
  readonly ran: number[][] = []
  readonly #faults: Faults

  constructor(faults: Faults) {
    this.#faults = faults
  }

  startLane(task: LaneTask, data: SharedData<TypedArray>, onMessage: (message: LaneMessage) => void): LaneHandle {
    const { turn, dies, isDoubled, now = () => performance.now() } = this.#faults
    const ran: number[] = []
    this.ran.push(ran)
    const dealer = new SpanDealer(task)
    let isDead = false
    let die: (reason: Error) => void = () => {}
    const death = new Promise<never>((_, reject) => {
      die = (reason) => {
        isDead = true
        dealer.end()
        reject(reason)
      }
    })
    const control: NotedControl = new NotedControl(dealer.slot, (slot) => {
      if (isDead) return
      dealer.note(slot)
      const chunk = control.inFlight(0)?.index
      if (chunk !== undefined) ran.push(chunk)
      if (dies(chunk)) die(new Error('the place was lost'))
    })
    // Messages of one lane arrive in their order.
    let mail: Promise<unknown> = Promise.resolve()
    const spans = new SpanSupply((word) => {
      const { limit } = control
      mail = mail.then(turn).then(() => {
        if (isDead) return
        dealer.hear(word, limit, (span) => {
          if (span !== undefined) this.spans++
          void turn().then(() => spans.add(span))
        })
      })
    })
    const environment = {
      worker: 1,
      now,
      open: () => data.open(),
      control,
      nextSpan: () => spans.next(),
      post: (message: LaneMessage) => {
        const copies = isDoubled() ? [message, { ...message, isLast: false }] : [message]
        if (message.isLast) dealer.end()
        for (const copy of copies.reverse()) if (!isDead) onMessage(structuredClone(copy))
      },
      pause: async () => {
        await turn()
        control.lowerLimit(dealer.limit)
        if (isDead) await never
      },
    }
    this.lanes++
    const ended = Promise.race([runLane({ ...task, lane: 0, lanes: 1, control: control.buffer }, environment), death])
    return { ended: ended.finally(() => this.lanes--), kill: () => die(new Error('the place was ended')) }
  }

  async close(): Promise<void> {}
}
