// A module that ends the process while it is loaded: without a word, and with an exit code that says all went well.

import { exitFailed } from './exit-codes.js'
import { writeNote } from './output.js'

/**
 * Load modules of others; if that ends the process, it is told, and the exit code is that of a failure.
 *
 * @param reference - what is loaded, as the command line has it
 */
export async function guardLoading<T>(reference: string, load: () => Promise<T>): Promise<T> {
  const onExit = (): void => {
    writeNote(
      `onecopy: the process ended while ${reference} was loaded: it calls process.exit, or awaits what never comes`,
    )
    process.exitCode = exitFailed
  }
  process.once('exit', onExit)
  try {
    return await load()
  } finally {
    process.off('exit', onExit)
  }
}
