// ctrl-C and SIGTERM: the first asks the command to end cleanly, the second ends it at once.

/** A wish to end early. */
export interface Interrupt {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  /** 130 or 143 once there was a signal, by the habit of shells: 128 and the signal's number. */
  readonly exitCode: number | undefined
}

const codes = { SIGINT: 130, SIGTERM: 143 } as const

/** Listen for signals, from now on and until the process ends. */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController()
  const { signal } = controller
  let exitCode: number | undefined
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (exitCode !== undefined) process.exit(codes[name])
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
