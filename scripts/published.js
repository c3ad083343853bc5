// Lists the packages that are published: all in packages/ that are not private.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages')

/**
 * @typedef {object} Manifest what is read of a package.json
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {boolean | string[]} [sideEffects]
 * @property {Record<string, string>} [bin]
 * @property {Record<string, string | Record<string, string>>} exports
 * @property {Record<string, string>} [dependencies]
 */

/**
 * The published packages, each with the name and path of its folder, and its manifest.
 *
 * @returns {{ folder: string, path: string, manifest: Manifest }[]}
 */
export function publishedPackages() {
  return readdirSync(packages)
    .map((folder) => ({ folder, path: join(packages, folder) }))
    .filter(({ path }) => existsSync(join(path, 'package.json')))
    .map((each) => ({ ...each, manifest: JSON.parse(readFileSync(join(each.path, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true)
    .sort((a, b) => (a.folder < b.folder ? -1 : 1))
}
