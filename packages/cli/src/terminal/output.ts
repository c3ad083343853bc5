// Standard output: only the answers, at the speed of the reader, who may stop reading at any time.

import { once } from 'node:events'
import { fstatSync } from 'node:fs'
import { Writable } from 'node:stream'
import { exitFailed } from './exit-codes.js'

/** How standard output is named where a file is expected. */
export const standardOutput = '-'

let isLeft = false
/** Whether answers were lost although the reader is still there, for example on a full disk. */
let isLost = false
const leaveController = new AbortController()

/** Aborted when the reader of standard output has left (`onecopy run … | head -1`). Nobody misses the rest. */
export const readerLeft: AbortSignal = leaveController.signal

// Read before a plugin's module can replace it, as fake timers do.
const { nextTick, stdout, stderr } = process
const write = stdout.write.bind(stdout)
/** Whether the reader of standard error has left. */
let isUnheard = false

/**
 * Keep standard output for the answers. What plugins and their modules print goes to standard error. A reader that leaves early
 * is no error. Called once, before anything is written.
 */
export function keepOutput(): void {
  const writeError = stderr.write.bind(stderr)
  // `as`: they are called like the methods that they replace.
  stdout.write = stderr.write = ((...args: Parameters<typeof writeError>) => {
    if (!isUnheard) return writeError(...args)
    // A failed stream returns `false` for each write and never emits 'drain'. Whoever waits for that event, such as the output
    // of a thread, would wait forever.
    const callback = args.findLast((each) => typeof each === 'function')
    if (callback !== undefined) nextTick(callback)
    return true
  }) as typeof stdout.write
  stdout.on('error', endOutput)
  stderr.on('error', endNotes)
}

/** Without a reader of standard error, nobody is left to tell. */
function endNotes(error: NodeJS.ErrnoException): void {
  if (isUnheard) return
  isUnheard = true
  // Both outputs go to one reader (`onecopy run … 2>&1 | head -1`), which has left for good.
  if (isOnePipe()) endOutput(error)
  for (const stream of [stdout, stderr]) stream.emit('drain')
}

function isOnePipe(): boolean {
  try {
    const [out, err] = [fstatSync(stdout.fd), fstatSync(stderr.fd)]
    return out.dev === err.dev && out.ino === err.ino
  } catch {
    // One of them is closed, so they are not the same.
    return false
  }
}

/** The first error ends standard output. */
function endOutput(error: NodeJS.ErrnoException): void {
  if (isLeft) return
  isLeft = true
  if (error.code !== 'EPIPE') {
    isLost = true
    stderr.write(`onecopy: cannot write to standard output: ${error.message}\n`)
  }
  leaveController.abort(new DOMException('the reader of standard output has left', 'AbortError'))
}

/** Write text in pieces. Waits while the reader is slower. */
export async function writeOut(text: string | Iterable<string>): Promise<void> {
  for (const piece of typeof text === 'string' ? [text] : text) {
    if (isLeft) return
    if (!write(piece) && !isLeft) {
      await once(stdout, 'drain', { signal: readerLeft }).catch(() => {})
    }
  }
}

/** Standard output as a stream of bytes. When its reader has left, nothing else is written. */
export function outputStream(): Writable {
  return new Writable({
    write(bytes: Uint8Array, _encoding, done) {
      if (isLeft) return done()
      write(bytes, (error) => {
        if (error) endOutput(error)
        done()
      })
    },
  })
}

/** Write text at once, without waiting for the reader. */
export function writeText(text: string): void {
  write(text)
}

/** Write a line for people to standard error. */
export function writeNote(text: string): void {
  stderr.write(`${text}\n`)
}

/** End the process after everything that was written has been read, even if a plugin's module still has something open. */
export function exitWith(code: number): void {
  process.exitCode = code
  const leave = (): void => {
    stderr.write('', () => process.exit(isLost ? Math.max(code, exitFailed) : code))
  }
  if (isLeft) leave()
  else {
    // This callback learns of a failed write before the event does.
    write('', (error) => {
      if (error) endOutput(error)
      leave()
    })
  }
}
