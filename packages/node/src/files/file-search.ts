// Goes through folders, and finds the files that match the parts of a pattern.

import type { Dirent, Stats } from 'node:fs'
import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { unreadable } from './path.js'

/** What is between two slashes of a pattern: a name, what names have to match, or a symbol for any folders. */
export type PatternPart = string | { test(name: string): boolean } | symbol

/** Any name but those that begin with a dot. */
const anyName: PatternPart = /^[^.]/s

/** Finds files. Each folder is read once. */
export class FileSearch {
  /** The absolute paths that were found. */
  readonly found: Set<string> = new Set()
  readonly #entries = new Map<string, Dirent[]>()

  /**
   * Find the files in `folder` that match `parts`, which are at least one.
   *
   * @throws {Error} a folder cannot be read, or the system does not say anything about a file
   */
  async find(folder: string, parts: readonly PatternPart[]): Promise<void> {
    const [part, ...rest] = parts as readonly [PatternPart, ...PatternPart[]]
    if (typeof part === 'symbol') {
      const others = rest.filter((each, at) => at > 0 || typeof each !== 'symbol')
      await this.#findBelow(folder, others.length === 0 ? [anyName] : others, [await realOf(folder)])
    } else if (typeof part === 'string') {
      const path = join(folder, part)
      if (rest.length > 0) await this.find(path, rest)
      // A slash at the end of a pattern asks for folders.
      else if (part !== '' && (await lookAt(path)) === 'file') this.found.add(path)
    } else {
      for (const entry of await this.#entriesOf(folder)) {
        if (!part.test(entry.name)) continue
        const path = join(folder, entry.name)
        const kind = await kindOf(entry, path)
        if (kind === 'folder' && rest.length > 0) await this.find(path, rest)
        else if (kind === 'file' && rest.length === 0) this.found.add(path)
      }
    }
  }

  /**
   * Find files in a folder, and in all folders below it.
   *
   * @param above - the real paths of this folder and of those on the way to it
   */
  async #findBelow(folder: string, parts: readonly PatternPart[], above: readonly string[]): Promise<void> {
    await this.find(folder, parts)
    for (const entry of await this.#entriesOf(folder)) {
      if (entry.name.startsWith('.')) continue
      const path = join(folder, entry.name)
      if ((await kindOf(entry, path)) !== 'folder') continue
      // `!`: this folder is among them.
      const real = entry.isSymbolicLink() ? await realOf(path) : join(above.at(-1)!, entry.name)
      // It would go round in circles.
      if (above.some((each) => each === real || each.startsWith(real.endsWith(sep) ? real : real + sep))) continue
      await this.#findBelow(path, parts, [...above, real])
    }
  }

  async #entriesOf(folder: string): Promise<Dirent[]> {
    let entries = this.#entries.get(folder)
    if (entries === undefined) {
      entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
        if (isGone(cause)) return []
        throw unreadable('read', folder, cause)
      })
      this.#entries.set(folder, entries)
    }
    return entries
  }
}

type Kind = 'file' | 'folder' | 'other'

async function kindOf(entry: Dirent, path: string): Promise<Kind> {
  return entry.isSymbolicLink() ? await lookAt(path) : kindBy(entry)
}

/** What a path leads to. A link that leads nowhere counts as a file, so that the file is missed. */
async function lookAt(path: string): Promise<Kind> {
  try {
    return kindBy(await stat(path))
  } catch (cause) {
    if (!isGone(cause)) throw unreadable('open', path, cause)
  }
  const isLink = await lstat(path).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  )
  return isLink ? 'file' : 'other'
}

function kindBy(entry: Dirent | Stats): Kind {
  if (entry.isDirectory()) return 'folder'
  return entry.isFile() ? 'file' : 'other'
}

async function realOf(path: string): Promise<string> {
  // If it cannot be read, reading it tells why.
  return await realpath(path).catch(() => path)
}

/** Whether there is nothing under a path, as the error of the system says. */
function isGone(cause: unknown): boolean {
  // `as`: what the file system throws has a code.
  const { code } = cause as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENAMETOOLONG'
}
