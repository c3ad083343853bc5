// Many files as one data: which files, in which order, and which of them are compressed.

import { closeSync, type Stats, statSync } from 'node:fs'
import type { ElementsOf, SharedData, TypedArray, TypedArrayConstructor } from '@onecopy/core'
import { checkCount, checkElements, checkInteger, readOptions, show } from '@onecopy/core/lane'
import { checkDecompress, formatOf, magicBytes } from './compressed/formats.js'
import { openCompressed } from './compressed/open-compressed.js'
import { isMadeUp, madeUp, notData } from './files/file-data.js'
import { openToRead } from './files/file-reader.js'
import { LookedAt } from './files/file-states.js'
import { FilesData, Turn } from './files/files-data.js'
import type { FilesDescription } from './files/files-reader.js'
import { findFiles, isPattern } from './files/find-files.js'
import { readUpTo } from './files/identity.js'
import { absolutePath, unreadable } from './files/path.js'
import { locate } from './files/range.js'

/** The options of {@link files}. */
export interface FilesOptions {
  /**
   * Bytes of a header at the start of each file, which do not belong to the data; integer >= 0.
   *
   * @default 0
   */
  readonly offset?: number | undefined
  /**
   * `'given'`: the files in the order in which they were given, and those that match a pattern by their paths. `'name'`: all of them by
   * their paths. Paths are compared by their UTF-16 code units, so `a.10` is before `a.2`.
   *
   * @default 'given'
   */
  readonly order?: 'given' | 'name' | undefined
  /**
   * `'auto'`: files that are compressed are read as what is packed in them, as `file` does it with this option. Each file is looked at,
   * so compressed and plain files may be mixed. A file that cannot be decompressed in parts is decompressed at once, into memory.
   *
   * @default false
   */
  readonly decompress?: 'auto' | false | undefined
}

/**
 * Use many files as one data, in one run with one answer. Workers read them chunk by chunk, so memory stays constant.
 *
 * - **A chunk never crosses from one file to the next.** `lines()`, `csvRecords()`, `records()` and the other chunkers cut each file by
 *   itself: the last line of a file ends with it, with or without a line feed, and `records({ header })` leaves out the header of
 *   each file. A file of n elements has as many chunks as it would have alone with the same size, and an empty file has none.
 * - `chunk.source` says in which file a chunk is: `{ path, number, index, offset }`. `chunk.start` and `chunk.end` count in the data as
 *   a whole. Errors and skipped ranges name the file and the offset in it.
 * - Without a `size`, the size of chunks follows from the length of all files together.
 *
 * `paths` are paths and patterns: `*`, `?`, `[abc]`, `{a,b}`, `{1..10}`, and `**` for any folders; see `findFiles`. A text that names a file
 * is that file, whatever characters it has. Files whose names begin with a dot match only patterns with that dot. A file that is given
 * twice is read twice, but patterns add only files that are not there yet. Each worker has at most 8 files open.
 *
 * The data is the bytes that the files had at the time of the call. As for `file`, a run rejects with `ERR_DATA_CHANGED`, and names the
 * file, if one of them was removed, replaced, truncated or written to. Bytes that are appended do not belong to the data, and do not
 * count as a change, in the 100 files that were written to last; another file must not grow.
 *
 * @param paths - a path, a `file:` URL or a pattern, or a list of them; relative ones are resolved now
 * @param Elements - the type of the elements; default `Uint8Array`. Each file must have a whole number of them
 * @param options.offset - bytes of a header at the start of each file; default 0
 * @param options.order - `'given'` or `'name'`; default `'given'`
 * @param options.decompress - `'auto'`: decompress the files that are compressed; default `false`
 * @throws {TypeError} an argument is wrong; or a path names a directory, something else that is no regular file, or a file that the
 *   system generates while it is read
 * @throws {RangeError} a file is shorter than its header, or has no whole number of elements; or a pattern stands for too many others
 * @throws {Error} a file is missing or cannot be looked at, or a pattern matches nothing; `code` is the system's (`'ENOENT'`, `'EACCES'`)
 * @example const errors = await engine.map(await files('logs/*.log'), countErrors).reduce(sum())
 * @example const all = await files(['access.log', 'access.log.{1,2,3}'], { order: 'given' })
 * @example const rotated = await files('access.log*', { decompress: 'auto' }) // half of them gzipped
 */
export async function files<T extends TypedArray>(
  paths: string | URL | readonly (string | URL)[],
  Elements: TypedArrayConstructor<T>,
  options?: FilesOptions,
): Promise<FilesData<ElementsOf<T>>>
export async function files(paths: string | URL | readonly (string | URL)[], options?: FilesOptions): Promise<FilesData>
export async function files(paths: unknown, second?: unknown, third?: unknown): Promise<FilesData<TypedArray>> {
  checkCount('files', 3, arguments.length)
  const { Elements, offset, order, decompress } = readWish(second, third)
  const given = await lookAt(Array.isArray(paths) ? paths : [paths], process.cwd())
  const found = order === 'name' ? given.sorted() : given
  const starts: number[] = []
  let length = 0
  const nested: [number: number, data: SharedData<TypedArray>][] = []
  const wish = { Elements, offset, start: 0, end: undefined }
  for (const [number, path] of found.paths.entries()) {
    starts.push(length)
    if (decompress === 'auto' && isCompressed(path)) {
      const data = await openCompressed(path, 'auto', wish, true)
      nested.push([number, data])
      length += data.length
    } else length += locate(path, found.size(number), wish).length
  }
  const description: FilesDescription = {
    kind: 'files',
    elementType: Elements.name,
    length,
    starts,
    nested: nested.map(([number, data]) => [number, data.describe()]),
    ...found.describe(offset),
  }
  return new FilesData(description, length * Elements.BYTES_PER_ELEMENT, new Map(nested))
}

/** Whether a file begins like a compressed one. */
function isCompressed(path: string): boolean {
  let fd: number
  try {
    fd = openToRead(path)
  } catch (cause) {
    throw unreadable('open', path, cause)
  }
  try {
    const start = new Uint8Array(magicBytes)
    return formatOf(start.subarray(0, readUpTo(fd, path, start, 0)), path) !== undefined
  } finally {
    closeSync(fd)
  }
}

interface Wish {
  readonly Elements: TypedArrayConstructor
  readonly offset: number
  readonly order: string
  readonly decompress: 'auto' | false
}

function readWish(second: unknown, third: unknown): Wish {
  const isOptions = typeof second === 'object' && second !== null
  if (isOptions && third !== undefined) {
    throw new TypeError(`Elements: expected a typed array's constructor before the options, got ${show(second)}`)
  }
  // `as`: what is in it is checked here.
  const given = (isOptions ? second : third) as FilesOptions | undefined
  const {
    offset = 0,
    order = 'given',
    decompress = false,
  } = readOptions('options', given, ['offset', 'order', 'decompress'])
  checkInteger('offset', offset, 0)
  if (order !== 'given' && order !== 'name')
    throw new TypeError(`order: expected 'given' or 'name', got ${show(order)}`)
  checkDecompress(decompress)
  if (decompress !== 'auto' && decompress !== false) {
    throw new TypeError(
      `decompress: expected 'auto' or false, because files may have different formats, got ${show(decompress)}`,
    )
  }
  return { Elements: isOptions || second === undefined ? Uint8Array : checkElements(second), offset, order, decompress }
}

/** How many files are looked at before the clock is read. */
const filesPerTurn = 16

/** Find all files, and look at each. */
async function lookAt(paths: readonly unknown[], folder: string): Promise<LookedAt> {
  if (paths.length === 0) throw new TypeError('paths: expected at least one path or pattern, got an empty list')
  const turn = new Turn()
  const absolute = paths.map((path) => absolutePath(path))
  const found = new LookedAt()
  const add = (path: string, stats: Stats): Promise<void> | undefined => {
    checkFile(path, stats)
    found.add(path, stats)
    return found.paths.length % filesPerTurn === 0 && turn.isOver ? turn.next() : undefined
  }
  let names: Set<string> | undefined
  for (const [at, path] of absolute.entries()) {
    const given = paths[at]
    const stats = statOf(path)
    if (stats !== undefined) {
      const pause = add(path, stats)
      if (pause !== undefined) await pause
      continue
    }
    if (typeof given !== 'string' || !isPattern(given)) throw missing(path)
    names ??= new Set(absolute)
    for (const match of await findFiles(given, folder)) {
      if (names.has(match)) continue
      names.add(match)
      const its = statOf(match)
      if (its === undefined) throw missing(match)
      const pause = add(match, its)
      if (pause !== undefined) await pause
    }
  }
  return found
}

/** @throws {Error} the system does not say anything about it, for another reason than that it is not there */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (cause) {
    // A pattern may be longer than names are.
    // `as`: what the file system throws has a code.
    if ((cause as NodeJS.ErrnoException).code === 'ENAMETOOLONG') return undefined
    throw unreadable('open', path, cause)
  }
}

function missing(path: string): Error {
  try {
    statSync(path)
  } catch (cause) {
    return unreadable('open', path, cause)
  }
  // It is there now. Whoever looks at a changing folder may call again.
  return unreadable('open', path, new Error('it was not there a moment ago'))
}

function checkFile(path: string, stats: Stats): void {
  if (stats.isFile()) {
    if (stats.size === 0 && isMadeUp(path)) throw madeUp(path)
    return
  }
  const error = notData(path, stats.isDirectory())
  if (stats.isDirectory()) error.message += '; to use the files in it, give a pattern such as its path with /*'
  throw error
}
