// Parts as files.

import { readFile } from 'node:fs/promises'
import { decodePart, encodePart, isOnecopyError, OnecopyError, type Part } from '@onecopy/core'
import { checkCount } from '@onecopy/core/lane'
import { writeDurably } from '../files/durable-file.js'
import { absolutePath } from '../files/path.js'

/**
 * Write a part into a file. The file is there as a whole or not at all, also if the process or the machine ends meanwhile: it is
 * written under a temporary name (which begins with a dot), brought to the disk, and renamed. A file of that name is replaced.
 *
 * @param path - a path or `file:` URL; its folder must be there
 * @throws {TypeError} `path` is neither; or a result of the part cannot be written as bytes
 * @throws {Error} the system's error, such as `ENOENT` or `ENOSPC`
 * @example await writePart('parts/0.part', await engine.part(data, hash, { from: 0, to: 64 }))
 */
export async function writePart(path: string | URL, part: Part): Promise<void> {
  checkCount('writePart', 2, arguments.length)
  await writeDurably(absolutePath(path), encodePart(part))
}

/**
 * Read a part from a file that {@link writePart} wrote.
 *
 * @throws {OnecopyError} `ERR_PART_DAMAGED`: it is no part, or was changed or cut off; `ERR_PART_MISMATCH`: another version of
 *   onecopy wrote it. The message names the file
 * @throws {Error} the system's error, such as `ENOENT`
 * @example assembly.add(await readPart('parts/0.part'))
 */
export async function readPart(path: string | URL): Promise<Part> {
  checkCount('readPart', 1, arguments.length)
  const name = absolutePath(path)
  const bytes = await readFile(name)
  try {
    return decodePart(bytes)
  } catch (cause) {
    if (!isOnecopyError(cause)) throw cause
    throw new OnecopyError(cause.code, `${name}: ${cause.message}`, { cause })
  }
}
