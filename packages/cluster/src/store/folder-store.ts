// Parts in a folder of a file system that all machines share.

import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PartStore } from './contract.js'

/** Store parts as files in `folder`. */
export function folderStore(folder: string): PartStore {
  return {
    async put(key, bytes) {
      await mkdir(folder, { recursive: true })
      // Whoever reads the file sees all of it or none.
      const temporary = join(folder, `${key}.${randomUUID()}.tmp`)
      await writeFile(temporary, bytes)
      await rename(temporary, join(folder, key))
    },
    async get(key) {
      try {
        return await readFile(join(folder, key))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    async remove(key) {
      await rm(join(folder, key), { force: true })
    },
  }
}
