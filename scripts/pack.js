// Packs every published package as it will be published: `workspace:` becomes a version, and nothing is left out. As a program:
// node pack.js FOLDER

import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageManagerCommand } from './package-manager.js'
import { publishedPackages } from './published.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Pack the packages into a folder. They must have been built.
 *
 * @param {string} into
 * @returns {{ name: string, tarball: string, files: string[] }[]} `tarball` is a path; `files` are relative to the package
 */
export function packInto(into) {
  mkdirSync(into, { recursive: true })
  const [command, ...prefix] = packageManagerCommand()
  const chosen = publishedPackages().flatMap(({ folder }) => ['--filter', `./packages/${folder}`])
  const { status, stdout, stderr, error } = spawnSync(
    command,
    [...prefix, ...chosen, 'pack', '--pack-destination', into, '--json'],
    { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 },
  )
  if (error !== undefined || status !== 0) throw new Error(`pnpm pack failed\n${stdout}${stderr}`, { cause: error })
  /** @type {{ name: string, filename: string, files: { path: string }[] }[]} */
  const packed = JSON.parse(stdout)
  return packed.map(({ name, filename, files }) => ({ name, tarball: filename, files: files.map(({ path }) => path) }))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { tarball } of packInto(process.argv[2] ?? 'packed')) console.log(tarball)
}
