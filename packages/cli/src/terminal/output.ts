// Standard output: the answers and nothing else, at the pace of who reads, who may leave at any time.

import { once } from 'node:events'
import { fstatSync } from 'node:fs'
import { exitFailed } from './exit-codes.js'

let isLeft = false
/** Whether answers got lost on their way to a reader that is still there: a full disk. */
let isLost = false
const leaveController = new AbortController()

/** Aborted when the reader of standard output has left (`onecopy run … | head -1`): what is still to come is not missed. */
export const readerLeft: AbortSignal = leaveController.signal

// Taken before a plugin's module can replace it, as fake timers do.
const { nextTick, stdout, stderr } = process
const write = stdout.write.bind(stdout)
/** Whether the reader of standard error has left. */
let isUnheard = false

/**
 * Keep standard output for the answers: what plugins and their modules print goes to standard error. A reader that leaves
 * early is no error. Called once, before anything is written.
 */
export function keepOutput(): void {
  const writeError = stderr.write.bind(stderr)
  // `as`: they are called as the methods that they replace.
  stdout.write = stderr.write = ((...args: Parameters<typeof writeError>) => {
    if (!isUnheard) return writeError(...args)
    // A stream that has failed says `false` to each write, and never that it is ready for more: whoever waits for that, such as
    // the output of a thread, would wait for ever.
    const callback = args.findLast((each) => typeof each === 'function')
    if (callback !== undefined) nextTick(callback)
    return true
  }) as typeof stdout.write
  stdout.on('error', endOutput)
  stderr.on('error', endNotes)
}

/** Without a reader of standard error there is nobody left to tell. */
function endNotes(error: NodeJS.ErrnoException): void {
  if (isUnheard) return
  isUnheard = true
  // Both go to one reader (`onecopy run … 2>&1 | head -1`): this one has left for good.
  if (isOnePipe()) endOutput(error)
  for (const stream of [stdout, stderr]) stream.emit('drain')
}

function isOnePipe(): boolean {
  try {
    const [out, err] = [fstatSync(stdout.fd), fstatSync(stderr.fd)]
    return out.dev === err.dev && out.ino === err.ino
  } catch {
    // One of them is closed: then they are not the same.
    return false
  }
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
