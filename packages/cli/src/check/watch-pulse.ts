// Tells when a thread is held by code that does not come back: then its pulse stands still.

import { clearInterval, setInterval } from 'node:timers'

/** Watches one thread. */
export interface PulseWatch {
  /** Whether the thread stood still for too long. */
  readonly isSilent: boolean
  /** How long it may stand still, in ms. */
  readonly mostMs: number
  /** It may stand still for so long from now on, and no longer. */
  allow(ms: number): void
  stop(): void
}

/** A busy machine may hold any thread for a moment. */
const marginMs = 1000
const lookMs = 50

/**
 * Watch a thread that counts in `pulse` as long as it gets on.
 *
 * @param onSilence - called once: it stood still for longer than was allowed, and a second more
 */
export function watchPulse(pulse: SharedArrayBuffer, onSilence: () => void): PulseWatch {
  const word = new Int32Array(pulse)
  let timer: NodeJS.Timeout | undefined
  let isSilent = false
  let mostMs = 0
  const stop = (): void => clearInterval(timer)
  return {
    get isSilent() {
      return isSilent
    },
    get mostMs() {
      return mostMs
    },
    allow(ms) {
      stop()
      mostMs = ms
      let last = Atomics.load(word, 0)
      // Counted in looks, and not in time: while this thread sleeps with the whole process, nobody stands still.
      let looks = 0
      timer = setInterval(() => {
        const now = Atomics.load(word, 0)
        looks = now === last ? looks + 1 : 0
        last = now
        if (looks * lookMs < ms + marginMs) return
        stop()
        isSilent = true
        onSilence()
      }, lookMs)
    },
    stop,
  }
}
