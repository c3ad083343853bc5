// Standard output: the answers and nothing else, at the pace of who reads, who may leave at any time.

import { once } from 'node:events'

let isLeft = false
const leaveController = new AbortController()

/** Aborted when the reader of standard output has left (`onecopy run … | head -1`): what is still to come is not missed. */
export const readerLeft: AbortSignal = leaveController.signal

/** Take a reader that leaves early for no error. Called once, before anything is written. */
export function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && !isLeft) {
      process.stderr.write(`onecopy: cannot write to standard output: ${error.message}\n`)
      process.exitCode = 1
    }
    isLeft = true
    leaveController.abort(new DOMException('the reader of standard output has left', 'AbortError'))
  })
  // Without a reader of standard error there is nobody left to tell.
  process.stderr.on('error', () => {})
}

/** Write text, in pieces; waits while the reader is slower. */
export async function writeOut(text: string | Iterable<string>): Promise<void> {
  for (const piece of typeof text === 'string' ? [text] : text) {
    if (isLeft) return
    if (!process.stdout.write(piece) && !isLeft) {
      await once(process.stdout, 'drain', { signal: readerLeft }).catch(() => {})
    }
  }
}

/** Write a line for people to standard error. */
export function writeNote(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** End the process when everything that was written has been taken, whatever a plugin's module still has open. */
export function exitWith(code: number): void {
  process.exitCode = code
  const leave = (): never => process.exit(Math.max(code, Number(process.exitCode ?? 0)))
  if (isLeft) return leave()
  process.stdout.write('', () => process.stderr.write('', leave))
}
