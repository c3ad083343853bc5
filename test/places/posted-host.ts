// A host whose lanes share no memory with the engine, on this thread. They get spans from a dealer, and everything that passes between
// them and the engine is a message. Tests decide when a message arrives, which lanes die, and which messages come twice.

import type { SharedData, TypedArray } from '@onecopy/core'
import {
  type GrantedSpan,
  type Host,
  type LaneHandle,
  type LaneMessage,
  type LaneTask,
  runLane,
  SpanDealer,
} from '@onecopy/core/host'
import { NotedControl } from '@onecopy/core/lane'

export interface Faults {
  /** Settles when a message may arrive, or a lane may go on. */
  turn(): Promise<void>
  /** Whether a lane dies now. It is asked when its chunk in flight changes. */
  dies(chunk: number | undefined): boolean
  /** Whether a message arrives twice. */
  isDoubled(): boolean
}

const never = new Promise<never>(() => {})

export class PostedHost implements Host {
  readonly workers = 3
  /** Spans that were dealt. */
  spans = 0
  /** Lanes that have not settled. */
  lanes = 0
  readonly #faults: Faults

  constructor(faults: Faults) {
    this.#faults = faults
  }

  startLane(task: LaneTask, data: SharedData<TypedArray>, onMessage: (message: LaneMessage) => void): LaneHandle {
    const { turn, dies, isDoubled } = this.#faults
    const dealer = new SpanDealer(task)
    let isDead = false
    let die: (reason: Error) => void = () => {}
    const death = new Promise<never>((_, reject) => {
      die = (reason) => {
        isDead = true
        reject(reason)
      }
    })
    const control: NotedControl = new NotedControl(dealer.slot, (slot) => {
      if (isDead) return
      dealer.note(slot)
      if (dies(control.inFlight(0)?.index)) die(new Error('the place was lost'))
    })
    const ask = async (): Promise<GrantedSpan | undefined> => {
      await turn()
      if (isDead) return await never
      const span = dealer.next()
      if (span !== undefined) this.spans++
      return span
    }
    let ahead: Promise<GrantedSpan | undefined> | undefined
    const environment = {
      worker: 1,
      now: () => performance.now(),
      open: () => data.open(),
      control,
      nextSpan: async () => {
        const span = await (ahead ?? ask())
        if (span !== undefined) ahead = ask()
        return span
      },
      post: (message: LaneMessage) => {
        const copies = isDoubled() ? [message, { ...message, isLast: false }] : [message]
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
