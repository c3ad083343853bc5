// Guards against plugin code that ends the process. Without this, it would end silently and with the exit code for success.

import { writeSync } from 'node:fs'
import { exitFailed } from './exit-codes.js'
import { writeNote } from './output.js'
import { printable } from './printable.js'

/**
 * Run something that runs plugin code in this thread. If that code ends the process, a message is printed and the exit code is
 * that of a failure.
 *
 * @param doing - what is being done, for example `./plugin.js was loaded`
 * @param document - what is then written to standard output, for programs
 */
export async function guardExit<T>(
  doing: string,
  work: () => Promise<T>,
  document?: (message: string) => string,
): Promise<T> {
  const onExit = (): void => {
    const message = `the process ended while ${printable(doing)}: it calls process.exit, or awaits what never comes`
    writeNote(`onecopy: ${message}`)
    if (document !== undefined) writeSync(process.stdout.fd, document(message))
    process.exitCode = exitFailed
  }
  process.once('exit', onExit)
  try {
    return await work()
  } finally {
    process.off('exit', onExit)
  }
}
