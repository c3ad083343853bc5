// ctrl-C and SIGTERM. The first signal asks the command to end cleanly. The second one ends the process at once.

// Taken here, because a plugin may replace them.
const { nextTick } = process
const { queueMicrotask } = globalThis

/** A request to end early. */
export interface Interrupt {
  /** Aborted by the first signal, or by the other reason to end early. */
  readonly signal: AbortSignal
  /** 130 or 143 after a signal. Shells use the same codes: 128 plus the signal's number. */
  readonly exitCode: number | undefined
  /**
   * Give signals their default effect until this callback of the event loop and its microtasks have ended: the first one ends the
   * process at once. Call it before code of the plugin runs in this thread. That code may never return, and Node calls no listener
   * before it does.
   */
  endAtOnceThisTurn(): void
}

const codes = { SIGINT: 130, SIGTERM: 143 } as const
const names = ['SIGINT', 'SIGTERM'] as const

/**
 * End the process without waiting for anything. `process.exit` would wait for each thread, but a thread in a system call
 * (`execSync`) cannot be ended. So the signal gets its default effect back. A shell then also sees the exit code 130 or 143.
 */
function endAtOnce(name: keyof typeof codes): void {
  // Windows has no default effects of signals, and system calls in threads do not block the exit there.
  if (process.platform === 'win32') process.exit(codes[name])
  // This also removes listeners of a plugin, because any listener prevents the default effect.
  process.removeAllListeners(name)
  process.kill(process.pid, name)
}

/**
 * Call `then` when no microtask is left. The first tick may come before the microtasks, but one that a microtask asks for comes after all
 * of them. `setImmediate` would be too late: it comes after other callbacks of the event loop.
 */
function afterMicrotasks(then: () => void): void {
  nextTick(() => queueMicrotask(() => nextTick(then)))
}

/**
 * Listen for signals until the process ends.
 *
 * @param other - another reason to end early
 */
export function listenForInterrupt(other: AbortSignal): Interrupt {
  // `AbortSignal.any` reads options that it was not given: a polluted `aborted` would abort its signal.
  const controller = new AbortController()
  const abort = (): void => controller.abort(other.reason)
  if (other.aborted) abort()
  else other.addEventListener('abort', abort)
  let exitCode: number | undefined
  for (const name of names) {
    process.on(name, () => {
      if (exitCode !== undefined) endAtOnce(name)
      exitCode = codes[name]
      controller.abort(new DOMException(`ended by ${name}`, 'AbortError'))
    })
  }
  let isDefault = false
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode
    },
    endAtOnceThisTurn() {
      if (isDefault) return
      isDefault = true
      const listeners = names.map((name) => ({ name, all: process.rawListeners(name) }))
      for (const name of names) process.removeAllListeners(name)
      afterMicrotasks(() => {
        isDefault = false
        // `as`: they are the listeners of this very event.
        for (const { name, all } of listeners) for (const each of all) process.on(name, each as () => void)
      })
    },
  }
}
