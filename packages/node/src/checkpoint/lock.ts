// The lock of a folder: one run at a time. It only saves work and confusion. If two runs did get in, they would write equal parts.

import { constants, readFileSync } from 'node:fs'
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { OnecopyError } from '@onecopy/core'
import { nowMs, setTimeout } from '../clock.js'
import { randomName } from '../crypto.js'

/** The name of the lock in its folder. */
export const lockName = 'lock'

/** A lock that another machine has not written to for so long was left behind. In ms. */
const leftBehindMs = 60_000

/** So long may a holder take from making its lock to writing its name into it. In ms. */
const unwrittenMs = 1000

/** A link or a pipe with the name of the lock is not followed and not waited for: reading it fails, or gives nothing. Not on Windows. */
const asItLies = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** Who holds a lock. */
interface Holder {
  readonly pid: number
  readonly host: string
  /** When the process was started, in the system's words, because another process may get the same number; undefined: not known. */
  readonly started: string | undefined
}

/** A lock that this process holds. */
export interface FolderLock {
  /** Show other machines that the holder is alive. */
  touch(): Promise<void>
  release(): Promise<void>
}

/**
 * Lock a folder. A lock whose process has ended is taken over.
 *
 * @param throwIfStopped - called each time before it is tried again
 * @throws {OnecopyError} `ERR_CHECKPOINT_BUSY`: a live process holds it
 * @throws {Error} the system's error, or what `throwIfStopped` throws
 */
export async function lockFolder(folder: string, throwIfStopped: () => void): Promise<FolderLock> {
  const path = join(folder, lockName)
  const content = JSON.stringify({ pid: process.pid, host: hostname(), started: startOf(process.pid) })
  const begun = nowMs()
  while (!(await create(path, content))) {
    throwIfStopped()
    const held = await read(path)
    if (held === undefined) continue
    const { holder, ageMs } = held
    // Its age says nothing if the clock was set back.
    if (holder === undefined && ageMs < unwrittenMs && nowMs() - begun < unwrittenMs) {
      await new Promise<void>((resolve) => setTimeout(resolve, 10))
      continue
    }
    if (holder !== undefined && isAlive(holder, ageMs)) throw busy(folder, holder, ageMs)
    await takeAway(path, held.text)
  }
  return {
    touch: () => rewrite(path, content),
    release: () => rm(path, { force: true }),
  }
}

/**
 * Write the same content once more, without a moment in which the file is empty: whoever sees an empty lock takes it over after a while,
 * and this process may be busy for longer than that.
 */
async function rewrite(path: string, content: string): Promise<void> {
  try {
    const handle = await open(path, 'r+')
    try {
      await handle.write(content, 0)
    } finally {
      await handle.close()
    }
  } catch (error) {
    // Somebody took it away as one that was left behind. Two runs in a folder write equal parts.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** Make the file; false if it is there. */
async function create(path: string, content: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx')
    try {
      await handle.writeFile(content)
    } finally {
      await handle.close()
    }
    return true
  } catch (error) {
    // `as`: what the file system throws has a code.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

interface Held {
  readonly text: string
  /** Undefined: its holder has not written it yet, or died before that. */
  readonly holder: Holder | undefined
  readonly ageMs: number
}

/** Read a lock; undefined if it is gone. */
async function read(path: string): Promise<Held | undefined> {
  try {
    const text = await readFile(path, { encoding: 'utf8', flag: asItLies })
    const { mtimeMs } = await stat(path)
    return { text, holder: parse(text), ageMs: (await fileSystemNowMs(path)) - mtimeMs }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, host, started } = JSON.parse(text)
    return Number.isInteger(pid) && pid > 0 && typeof host === 'string' ? { pid, host, started } : undefined
  } catch {
    // It is not whole.
    return undefined
  }
}

/** The time by the clock of the file system, which may be that of another machine. */
async function fileSystemNowMs(beside: string): Promise<number> {
  const probe = `${beside}.${randomName()}`
  try {
    await writeFile(probe, '')
    return (await stat(probe)).mtimeMs
  } finally {
    await rm(probe, { force: true })
  }
}

function isAlive(holder: Holder, ageMs: number): boolean {
  // A time far in the future is that of a clock that was set back. It is no sign of life either.
  if (holder.host !== hostname()) return Math.abs(ageMs) < leftBehindMs
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    // `EPERM`: it is alive, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const started = startOf(holder.pid)
  return started === undefined || holder.started === undefined || started === holder.started
}

/** When a process was started, or `ended` if only its parent still knows it; undefined where the system does not tell. */
function startOf(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in brackets, and may have spaces and brackets of its own.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
    return 'ZX'.includes(fields[0]!) ? 'ended' : `${boot} ${fields[19]}`
  } catch {
    // Only Linux has these files.
    return undefined
  }
}

/** Remove a lock that was left behind, unless somebody else has been faster. */
async function takeAway(path: string, text: string): Promise<void> {
  const aside = `${path}.${randomName()}`
  try {
    await rename(path, aside)
    // Between reading and renaming, another process may have taken it over. Then the lock is that one's, and goes back.
    if ((await readFile(aside, 'utf8')) === text) await rm(aside)
    else await rename(aside, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

function busy(folder: string, { pid, host }: Holder, ageMs: number): OnecopyError {
  const isHere = host === hostname()
  const who =
    pid === process.pid && isHere ? 'another run of this process' : `process ${pid}${isHere ? '' : ` on ${host}`}`
  const cure = isHere
    ? 'wait for its end, or use another folder'
    : `it was last seen ${Math.max(0, Math.round(ageMs / 1000))} s ago; ${leftBehindMs / 1000} s after the last sign of it, the folder is free`
  return new OnecopyError('ERR_CHECKPOINT_BUSY', `${folder} is in use by ${who}: ${cure}`)
}
