// ctrl-C and SIGTERM. The first signal asks the command to end cleanly. The second one ends the process at once.

/** A request to end early. */
export interface Interrupt {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  /** 130 or 143 after a signal. Shells use the same codes: 128 plus the signal's number. */
  readonly exitCode: number | undefined
}

const codes = { SIGINT: 130, SIGTERM: 143 } as const

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

/** Listen for signals until the process ends. */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController()
  const { signal } = controller
  let exitCode: number | undefined
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (exitCode !== undefined) endAtOnce(name)
      exitCode = codes[name]
      controller.abort(new DOMException(`ended by ${name}`, 'AbortError'))
    })
  }
  return {
    signal,
    get exitCode() {
      return exitCode
    },
  }
}
