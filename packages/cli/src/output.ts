// Standard output: the answers and nothing else, at the pace of who reads, who may leave at any time.

import { once } from 'node:events'
import { exitFailed } from './exit-codes.js'

let isLeft = false
/** Whether answers got lost on their way to a reader that is still there: a full disk. */
let isLost = false
const leaveController = new AbortController()

/** Aborted when the reader of standard output has left (`onecopy run … | head -1`): what is still to come is not missed. */
export const readerLeft: AbortSignal = leaveController.signal

const { stdout, stderr } = process
const write = stdout.write.bind(stdout)

/**
 * Keep standard output for the answers: what plugins and their modules print goes to standard error. A reader that leaves
 * early is no error. Called once, before anything is written.
 */
export function keepOutput(): void {
  // `as`: it is called as the method that it replaces.
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write
  stdout.on('error', endOutput)
  // Without a reader of standard error there is nobody left to tell.
  stderr.on('error', () => {})
}

/** The first error on standard output is its end. */
function endOutput(error: NodeJS.ErrnoException): void {
  if (isLeft) return
  isLeft = true
  if (error.code !== 'EPIPE') {
    isLost = true
    stderr.write(`onecopy: cannot write to standard output: ${error.message}\n`)
  }
  leaveController.abort(new DOMException('the reader of standard output has left', 'AbortError'))
}

/** Write text, in pieces; waits while the reader is slower. */
export async function writeOut(text: string | Iterable<string>): Promise<void> {
  for (const piece of typeof text === 'string' ? [text] : text) {
    if (isLeft) return
    if (!write(piece) && !isLeft) {
      await once(stdout, 'drain', { signal: readerLeft }).catch(() => {})
    }
  }
}

/** Write text at once, at whatever pace it is read. */
export function writeText(text: string): void {
  write(text)
}

/** Write a line for people to standard error. */
export function writeNote(text: string): void {
  stderr.write(`${text}\n`)
}

/** End the process when everything that was written has been taken, whatever a plugin's module still has open. */
export function exitWith(code: number): void {
  process.exitCode = code
  const leave = (): void => {
    stderr.write('', () => process.exit(isLost ? Math.max(code, exitFailed) : code))
  }
  if (isLeft) leave()
  else {
    // Here it is known that something could not be written before the event says so.
    write('', (error) => {
      if (error) endOutput(error)
      leave()
    })
  }
}
