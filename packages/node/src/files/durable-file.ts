// Files that are there as a whole or not at all, whatever moment the process or the machine ends.

import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { allow, type ReplacedFile, replacedFile, temporaryPath } from './replaced-file.js'

/** Whether a file's name is one that {@link writeDurably} uses before the file is whole. */
export function isTemporary(name: string): boolean {
  return /^\..*\.[0-9a-f]{12}\.tmp$/.test(name)
}

/**
 * Write a file: under a temporary name, then with its content on the disk, then under its own name. A file that was there is
 * replaced.
 *
 * @throws {TypeError} the path names something else than a regular file
 * @throws the system's error, such as `ENOSPC`
 */
export async function writeDurably(path: string, bytes: string | Uint8Array): Promise<void> {
  await replaceDurably(replacedFile(path), async (temporary, mode) => {
    const handle = await open(temporary, 'wx', mode)
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
  })
}

/**
 * The same, if something else writes the file.
 *
 * @param write - makes a file under the temporary name, with at most the permissions `mode`, and brings its content to the disk
 * @throws what `write` throws, or the system's error
 */
export async function replaceDurably(
  { path, mode }: ReplacedFile,
  write: (temporary: string, mode: number | undefined) => Promise<void>,
): Promise<void> {
  const temporary = temporaryPath(path)
  try {
    await write(temporary, mode)
    if (mode !== undefined) allow(temporary, mode)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/** Bring the names in a folder to the disk. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle
  try {
    handle = await open(folder, 'r')
  } catch {
    // Windows does not open folders, and writes names by itself.
    return
  }
  try {
    await handle.sync()
  } catch {
    // Some file systems cannot do it for folders. They write names by themselves.
  } finally {
    await handle.close()
  }
}
