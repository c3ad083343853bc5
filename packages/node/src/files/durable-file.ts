// Files that are there as a whole or not at all, whatever moment the process or the machine ends.

import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { randomName } from '../crypto.js'

/** Whether a file's name is one that {@link writeDurably} uses before the file is whole. */
export function isTemporary(name: string): boolean {
  return /^\..*\.[0-9a-f]{12}\.tmp$/.test(name)
}

/**
 * Write a file: under a temporary name, then with its content on the disk, then under its own name. A file that was there is
 * replaced. The temporary name begins with a dot, so that a shell's `*` does not find it.
 *
 * @throws the system's error, such as `ENOSPC`
 */
export async function writeDurably(path: string, bytes: string | Uint8Array): Promise<void> {
  await replaceDurably(path, async (temporary) => {
    const handle = await open(temporary, 'wx')
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
 * @param write - writes a new file under the temporary name, and brings its content to the disk
 * @throws what `write` throws, or the system's error
 */
export async function replaceDurably(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${randomName()}.tmp`)
  try {
    await write(temporary)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(folder)
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
