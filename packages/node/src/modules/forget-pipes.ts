// Works around a mistake of Node 20 that makes imports fail.

import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const hasMistake = process.versions.node.startsWith('20.')

/**
 * Call this before an import. If the last file that Node 20 asked the system about was a pipe or socket, Node does not follow links
 * in the paths of modules. After `readFileSync(0)`, for instance, it does not find the dependencies of a package that pnpm has
 * linked. Asking about a regular file ends that.
 *
 * @see https://github.com/nodejs/node/issues/51142 repaired in Node 22
 */
export function forgetPipes(): void {
  if (!hasMistake) return
  try {
    // Ask about this module's own file, because the permission model allows that one wherever this module could be loaded.
    statSync(fileURLToPath(import.meta.url))
  } catch {
    // Only the side effect of the call matters. In a bundle, this module may not know where it is.
  }
}
