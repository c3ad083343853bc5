// A mistake of Node 20 that a lazy import would run into, and how not to.

import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const hasMistake = process.versions.node.startsWith('20.')

/**
 * Make Node forget that the file it was asked about last was a pipe or socket: until then it leaves links in the paths of modules
 * as they are, and behind `readFileSync(0)` finds no dependency of a package that pnpm has linked. Before an import.
 *
 * @see https://github.com/nodejs/node/issues/51142 mended in Node 22
 */
export function forgetPipes(): void {
  if (!hasMistake) return
  try {
    // This module's own file: what was loaded may be read, also where the permission model forbids the rest.
    statSync(fileURLToPath(import.meta.url))
  } catch {
    // The call is made for its side effect alone. A bundle may not know where it is.
  }
}
