// Explains why workers cannot start when a bundler has moved or left out their files, and what to do about it.

import { OnecopyError } from '@onecopy/core'
import { isError, memberOf } from '@onecopy/core/lane'

/**
 * The error for a worker whose file is missing or was copied without its package. Another try would not find it either. Undefined if
 * `reason` has another cause.
 */
export function missingWorker(reason: unknown): OnecopyError | undefined {
  if (!isError(reason) || !wasMoved(reason)) return undefined
  return cannotStart(`${reason.message}. Was this program bundled?`, { cause: reason })
}

function wasMoved(reason: Error): boolean {
  // Turbopack copies `lane-worker.js` into a folder whose package.json says "type": "commonjs".
  if (reason.name === 'SyntaxError') return /import statement outside a module/.test(reason.message)
  const code = memberOf(reason, 'code')
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND'
}

/**
 * The URL of the module that worker threads run. It lies beside this one.
 *
 * Tools that copy the files of a program (the builds of Next and Nuxt, serverless packagers) find the worker by this very
 * expression. webpack would take it for an asset and copy the file without its imports. The comment in it prevents that.
 *
 * @throws {OnecopyError} a bundler made CommonJS of this module, so it does not know where it is
 */
export function laneWorkerUrl(): string {
  // `as`: it is undefined only in CommonJS that a bundler made.
  if ((import.meta.url as string | undefined) === undefined)
    throw cannotStart('this program was bundled as CommonJS, and its format has to be ESM.')
  // The build puts this module and the worker's module side by side into `dist`.
  return new URL(/* webpackIgnore: true */ './lane-worker.js', import.meta.url).href
}

function cannotStart(reason: string, options?: { readonly cause: unknown }): OnecopyError {
  return new OnecopyError(
    'ERR_WORKER_LOST',
    `no worker can start: ${reason} Leave @onecopy/node and tinypool out of the bundle, or bundle their workers beside ` +
      'it (docs/recipes.md of the repository, "Bundling"). With esbuild: --external:@onecopy/node --external:tinypool; in Next.js: ' +
      'serverExternalPackages',
    options,
  )
}
