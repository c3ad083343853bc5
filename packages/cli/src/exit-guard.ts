// Code of others that ends the process: it would do so without a word, and with an exit code that says all went well.

import { exitFailed } from './exit-codes.js'
import { writeNote } from './output.js'
import { printable } from './result/printable.js'

/**
 * Do what runs code of others in this thread; if that ends the process, it is told, and the exit code is that of a failure.
 *
 * @param doing - what is done, as in `./plugin.js was loaded`
 */
export async function guardExit<T>(doing: string, work: () => Promise<T>): Promise<T> {
  const onExit = (): void => {
    writeNote(`onecopy: the process ended while ${printable(doing)}: it calls process.exit, or awaits what never comes`)
    process.exitCode = exitFailed
  }
  process.once('exit', onExit)
  try {
    return await work()
  } finally {
    process.off('exit', onExit)
  }
}
