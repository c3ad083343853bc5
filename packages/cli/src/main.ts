// The command `onecopy`. It reads the arguments, calls one of its subcommands, and exits with that one's exit code.

import { CommanderError } from 'commander'
import { createProgram } from './program.js'
import { colorsOf } from './terminal/colors.js'
import { exitFailed, exitUsage } from './terminal/exit-codes.js'
import { exitWith, keepOutput, writeNote } from './terminal/output.js'
import { printable } from './terminal/printable.js'
import { UsageError } from './terminal/usage-error.js'

keepOutput()
// Not awaited: if a plugin's module awaits something that never comes, Node would report this line as the one that waits.
void main(process.argv).then(exitWith)

async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0
  let called = 'onecopy'
  const program = createProgram({
    onCall: (name) => {
      called = name
    },
    onEnd: (code) => {
      exitCode = code
    },
  })
  try {
    await program.parseAsync([...argv])
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitUsage
    if (error instanceof UsageError) {
      writeNote(`onecopy: ${printable(error.message)} (see ${called} --help)`)
      return exitUsage
    }
    const { failureText } = await import('./terminal/failure-text.js')
    writeNote(failureText(error, {}, colorsOf(process.stderr)))
    return exitFailed
  }
}
