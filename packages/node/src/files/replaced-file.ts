// Where a new file goes that takes the place of another one: what of that one stays.

import { chmodSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { memberOf } from '@onecopy/core/lane'
import { randomName } from '../crypto.js'
import { notAFile } from './path.js'

/** A file that is to be replaced, or made. */
export interface ReplacedFile {
  /** Where it lies. Links were followed, as the system does if a file is opened to write. */
  readonly path: string
  /** The permissions of the file that is there; undefined if there is none. */
  readonly mode: number | undefined
}

/**
 * Look at what a path names.
 *
 * @throws {TypeError} it names something else than a regular file, such as a folder or a pipe
 * @throws the system's error: links that lead to each other
 */
export function replacedFile(given: string): ReplacedFile {
  let found: Stats
  try {
    found = statSync(given)
  } catch (error) {
    if (memberOf(error as object, 'code') === 'ELOOP') throw error
    // Whatever else is wrong with the path, writing will say it.
    return { path: linkEnd(given), mode: undefined }
  }
  if (!found.isFile()) throw notAFile(given, found.isDirectory())
  return { path: realpathSync(given), mode: found.mode & 0o777 }
}

/** Where the links at a path lead to, if nothing is there yet. They are no circle. */
function linkEnd(path: string): string {
  let target: string
  try {
    target = readlinkSync(path)
  } catch {
    return path
  }
  return linkEnd(resolve(dirname(path), target))
}

/** Give a new file the permissions of the one that it replaces. When it was made, the process's mask has taken some of them away. */
export function allow(path: string, mode: number): void {
  try {
    chmodSync(path, mode)
  } catch {
    // Some file systems have no permissions.
  }
}

/** File systems take names of so many bytes. */
const mostNameBytes = 255
/** The random name is 12 characters long. */
const addedLength = '.'.length + '.'.length + 12 + '.tmp'.length

/**
 * A name for a file while it is written, in the same folder. It begins with a dot, so that a shell's `*` does not find it, and then has
 * the name of the file, or as much of it as there is room for.
 */
export function temporaryPath(path: string): string {
  let name = basename(path)
  while (Buffer.byteLength(name) + addedLength > mostNameBytes) name = Array.from(name).slice(0, -1).join('')
  return join(dirname(path), `.${name}.${randomName()}.tmp`)
}
