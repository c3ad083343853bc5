// What the system says about many files, and whether they still are what they were. As for one file (identity.ts), but in columns of
// numbers, because there may be thousands of files.

import { closeSync, fstatSync, type Stats, statSync } from 'node:fs'
import { nowMs } from '../clock.js'
import { openingError, openToRead } from './file-reader.js'
import { appendMs, changed, readEdges } from './identity.js'

/** Numbers per file: size, modification time in ms, device, inode, and the checksum of its edges. */
const columns = 5
const noEdges = -1

/**
 * Of so many files, those that were written to last, the edges are known: the first and the last bytes. Only these files may grow.
 * Reading the edges of a small file takes as long as reading the file.
 */
const mostEdges = 100

/**
 * A file of at most so many bytes is read as a whole, and compared with its former state after that. Then it does not matter whether it
 * changes later.
 */
export const smallBytes: number = 64 * 1024

/** What is known about files, as plain data. */
export interface FileStates {
  readonly paths: readonly string[]
  /** Bytes of a header at the start of each file, which do not belong to the data. */
  readonly byteOffset: number
  /** What the system said about each file. */
  readonly states: Float64Array
}

/** Files that were looked at. Columns of numbers, because keeping an object of the system's per file takes as long as looking at it. */
export class LookedAt {
  readonly paths: string[] = []
  readonly #states: number[] = []

  /** Add a file, and what the system says about it. */
  add(path: string, { size, mtimeMs, dev, ino }: Stats): void {
    this.paths.push(path)
    this.#states.push(size, mtimeMs, dev, ino, noEdges)
  }

  /** The number of bytes of a file. */
  size(number: number): number {
    return this.#states[columns * number]!
  }

  /** The same files, in the order of their paths by code units. */
  sorted(): LookedAt {
    const sorted = new LookedAt()
    const { paths } = this
    const numbers = paths.map((_, number) => number)
    numbers.sort((a, b) => (paths[a]! < paths[b]! ? -1 : paths[a]! > paths[b]! ? 1 : a - b))
    for (const number of numbers) {
      sorted.paths.push(paths[number]!)
      sorted.#states.push(...this.#states.slice(columns * number, columns * (number + 1)))
    }
    return sorted
  }

  /** Note the edges of those that were written to last. */
  describe(byteOffset: number): FileStates {
    const described = { paths: this.paths, byteOffset, states: Float64Array.from(this.#states) }
    for (const number of latest(described.states)) {
      described.states[columns * number + 4] = edgesOf(described, number) ?? noEdges
    }
    return described
  }
}

/** The files that were written to last, at most {@link mostEdges}. Of those with the same time, the first ones. */
function latest(states: Float64Array): number[] {
  const times = new Float64Array(states.length / columns).map((_, number) => states[columns * number + 1]!)
  const since = times.toSorted()[times.length - mostEdges] ?? Number.NEGATIVE_INFINITY
  const numbers: number[] = []
  for (const [number, time] of times.entries()) if (time > since) numbers.push(number)
  for (let number = times.indexOf(since); number >= 0 && numbers.length < mostEdges; ) {
    numbers.push(number)
    number = times.indexOf(since, number + 1)
  }
  return numbers
}

/** The number of bytes of a file, as it was. */
export function sizeOf({ states }: FileStates, number: number): number {
  return states[columns * number]!
}

/** The modification time of a file, in whole microseconds: the same on every machine that has a true copy. */
export function modifiedUs({ states }: FileStates, number: number): number {
  return Math.round(states[columns * number + 1]! * 1000)
}

/**
 * Compare a file with its former state. Bytes that were appended do not count as a change, if its edges are known.
 *
 * @param fd - the file, if it is open. That takes half as long, and is about the bytes that were read from it
 * @throws {OnecopyError} `ERR_DATA_CHANGED`
 * @throws {DataError} the system refuses to look at it
 */
export function assertSame(known: FileStates, number: number, fd?: number): void {
  const path = known.paths[number]!
  const at = columns * number
  const { states, byteOffset } = known
  const [size, mtimeMs, dev, ino, edges] = [
    states[at]!,
    states[at + 1]!,
    states[at + 2]!,
    states[at + 3]!,
    states[at + 4]!,
  ]
  const look = (): Stats => (fd === undefined ? statSync(path) : fstatSync(fd))
  let now: Stats
  try {
    now = look()
    // While a file is appended to, the system may report the new time together with the old size.
    for (const since = nowMs(); now.size === size && now.mtimeMs !== mtimeMs && nowMs() - since < appendMs; )
      now = look()
  } catch (cause) {
    throw unreachable(known, number, cause)
  }
  if (now.ino !== ino || now.dev !== dev) throw changed(path, 'another file has taken its place')
  if (now.size === size) {
    if (now.mtimeMs !== mtimeMs) throw changed(path, 'it was written to')
    return
  }
  if (now.size < size) throw changed(path, `it had ${size} bytes and now has ${now.size}`)
  if (edges === noEdges && size > byteOffset) {
    throw changed(path, `it has grown; only the ${mostEdges} files that were written to last may grow`)
  }
  if (size > byteOffset && edgesOf(known, number) !== edges) throw changed(path, 'it was written to')
}

/** Whether the file is to be looked at when the run is over: it is large, or it was written to a short time ago. */
export function isInDoubt(known: FileStates, number: number): boolean {
  return sizeOf(known, number) > smallBytes || known.states[columns * number + 4] !== noEdges
}

/** The error for a file that could be looked at before, and cannot be opened or looked at now. */
export function unreachable({ paths, states }: FileStates, number: number, cause: unknown): Error {
  const at = columns * number
  return openingError({ path: paths[number]!, identity: { dev: states[at + 2]!, ino: states[at + 3]! } }, cause)
}

/** The checksum of the first and last bytes of a file's data; undefined if the file ends too early or cannot be opened. */
function edgesOf({ paths, byteOffset, states }: FileStates, number: number): number | undefined {
  const path = paths[number]!
  let fd: number
  try {
    fd = openToRead(path)
  } catch {
    // Whoever reads the file will say why.
    return undefined
  }
  try {
    return readEdges(fd, path, byteOffset, Math.max(0, states[columns * number]! - byteOffset))
  } finally {
    closeSync(fd)
  }
}
