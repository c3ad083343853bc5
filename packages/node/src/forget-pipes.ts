// A mistake of Node's own that a lazy import would run into, and how not to.

import { statSync } from 'node:fs'

/**
 * Make Node forget that the file it was asked about last was a pipe or socket: until then it leaves links in the paths of modules
 * as they are, and behind `readFileSync(0)` finds no dependency of a package that pnpm has linked. Before an import.
 *
 * @see https://github.com/nodejs/node/issues/51142 mended in Node 22
 */
export function forgetPipes(): void {
  statSync('/', { throwIfNoEntry: false })
}
