// Code of others that ends the process: it would do so without a word, and with an exit code that says all went well.

import { writeSync } from 'node:fs'
import { exitFailed } from './exit-codes.js'
import { writeNote } from './output.js'
import { printable } from './printable.js'

/**
 * Do what runs code of others in this thread; if that ends the process, it is told, and the exit code is that of a failure.
 *
 * @param doing - what is done, as in `./plugin.js was loaded`
 * @param document - what standard output gets then, for programs
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
