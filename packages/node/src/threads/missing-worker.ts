// Workers whose files are not where they should be: what a bundler leaves behind, and what to do about it.

import { OnecopyError } from '@onecopy/core'
import { isError, memberOf } from '@onecopy/core/lane'

/**
 * Why no lane can begin, if `reason` says that a worker's file is missing or was copied without its package: no other try
 * would find it. Else undefined.
 */
export function missingWorker(reason: unknown): OnecopyError | undefined {
  if (!isError(reason) || !wasMoved(reason)) return undefined
  return cannotStart(`${reason.message}. Was this program bundled?`, { cause: reason })
}

function wasMoved(reason: Error): boolean {
  // Turbopack copies the lane worker into a folder whose package.json says "type": "commonjs".
  if (reason.name === 'SyntaxError') return /import statement outside a module/.test(reason.message)
  const code = memberOf(reason, 'code')
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND'
}

/**
 * The address of the module that lanes run, beside this one.
 *
 * Tools that copy the files of a program (Next's and Nuxt's builds, serverless packagers) find the worker by this very
 * expression. webpack would take it for an asset, and copy the file without its imports: the comment tells webpack not to.
 *
 * @throws {OnecopyError} a bundler made CommonJS of this module, which then does not know where it is
 */
export function laneWorkerUrl(): string {
  // `as`: undefined only in CommonJS that a bundler made.
  if ((import.meta.url as string | undefined) === undefined)
    throw cannotStart('this program was bundled as CommonJS; its format has to be ESM.')
  // The build puts this module's code and the worker's side by side into `dist`.
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
