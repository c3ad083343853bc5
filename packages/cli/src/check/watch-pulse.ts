// Detects that code blocks a thread: then the thread's pulse stands still.

import { clearInterval, setInterval } from 'node:timers'

/** Watches one thread. */
export interface PulseWatch {
  /** Whether the pulse stood still for too long. */
  readonly isSilent: boolean
  /** How long the pulse may stand still, in ms. */
  readonly mostMs: number
  /** Set how long the pulse may stand still from now on. */
  allow(ms: number): void
  stop(): void
}

/** Extra time, in ms, because a busy machine may stop any thread for a moment. */
const marginMs = 1000
const lookMs = 50

/**
 * Watch a thread that increments `pulse` as long as it makes progress.
 *
 * @param onSilence - called once, when the pulse has stood still for longer than allowed plus one second
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
      // Checks are counted, and not time. If the whole process is suspended, no check runs, and so no time counts.
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
