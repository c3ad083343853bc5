// ctrl-C and SIGTERM: the first asks the command to end cleanly, the second ends the process at once.

/** A wish to end early. */
export interface Interrupt {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  /** 130 or 143 once there was a signal, by the habit of shells: 128 and the signal's number. */
  readonly exitCode: number | undefined
}

const codes = { SIGINT: 130, SIGTERM: 143 } as const

/**
 * End the process without waiting for anything. `process.exit` would wait for each thread, and a thread in a call of the system
 * (`execSync`) cannot be ended. So the signal does what it does by default. To a shell the exit code is 130 or 143 as well.
 */
function endAtOnce(name: keyof typeof codes): void {
  // Windows knows no defaults of signals; its threads' calls of the system do not hold a process.
  if (process.platform === 'win32') process.exit(codes[name])
  // Also what a plugin listens with: any listener keeps the default from happening.
  process.removeAllListeners(name)
  process.kill(process.pid, name)
}

/** Listen for signals, from now on and until the process ends. */
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
