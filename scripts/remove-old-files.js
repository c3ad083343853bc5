// Removes what an earlier build left in a package's `dist`. It would be packed, loaded by tests, or taken for a living file.

import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'

/**
 * Remove declarations whose source is gone, and the folders that are then empty. For a package that is compiled file by file,
 * also remove code whose source is gone. For a bundled package, remove all code, because the bundler writes it again.
 *
 * @param {string} folder the package's folder, with `src` and `dist`
 * @param {boolean} isBundled
 */
export function removeOldFiles(folder, isBundled) {
  const dist = join(folder, 'dist')
  const entries = readdirSync(dist, { recursive: true, withFileTypes: true })
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    const [, source, kind] = /^(.*?)(\.d\.ts|\.js)(\.map)?$/.exec(relative(dist, path)) ?? []
    if (entry.isDirectory() || source === undefined) continue
    if ((isBundled && kind === '.js') || !existsSync(join(folder, 'src', `${source}.ts`))) rmSync(path)
  }
  // The longest path first: a folder is empty only after the folders in it are gone.
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))
  for (const each of folders.sort((a, b) => b.length - a.length)) {
    if (readdirSync(each).length === 0) rmdirSync(each)
  }
}
