// Finds a package's module by its name, as an `import` in another folder would.

import * as module from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * The URL that `import(specifier)` would load in a module inside `folder`.
 *
 * Node's own loader finds it, so Yarn's Plug'n'Play and all other resolve hooks take part. Before Node 22.15, asking the loader needs
 * an extra thread for hooks. There, the folders of node_modules are searched first.
 *
 * @throws {Error} there is no such package, or it has no such module; `code` is Node's
 */
export async function resolvePackage(specifier: string, folder: string): Promise<string> {
  const parent = pathToFileURL(join(folder, 'package.json')).href
  if (registerHooks !== undefined || process.versions.pnp !== undefined) return resolveByNode(specifier, parent)
  const { resolve } = await import('import-meta-resolve')
  try {
    return resolve(specifier, parent)
  } catch (cause) {
    try {
      return resolveByNode(specifier, parent)
    } catch {
      // Report the first error, because the message of the second one also mentions the hook.
      throw cause
    }
  }
}

interface Hooks {
  resolve(specifier: string, context: object, next: (specifier: string, context: object) => unknown): unknown
}
// `as`: older types of Node do not have it. Node has it since 22.15.
const { registerHooks } = module as { registerHooks?: (hooks: Hooks) => { deregister(): void } }

/** Prefix of a specifier that also names the module that imports it. */
const scheme = 'onecopy-import:'

/** `import.meta.resolve` always takes this module for the importing one. A hook replaces it by `parent`. */
function resolveByNode(specifier: string, parent: string): string {
  const wanted = scheme + JSON.stringify([specifier, parent])
  if (registerHooks === undefined) {
    registerInThread()
    return import.meta.resolve(wanted)
  }
  const hooks = registerHooks({
    resolve: (given, context, next) =>
      given === wanted ? next(specifier, { ...context, parentURL: parent }) : next(given, context),
  })
  try {
    return import.meta.resolve(wanted)
  } finally {
    hooks.deregister()
  }
}

let isRegistered = false

/** The same hook, for the thread in which older versions of Node run hooks. It is never removed. */
function registerInThread(): void {
  if (isRegistered) return
  const hook = `export const resolve = (given, context, next) => {
    if (!given.startsWith(${JSON.stringify(scheme)})) return next(given, context)
    const [specifier, parentURL] = JSON.parse(given.slice(${scheme.length}))
    return next(specifier, { ...context, parentURL })
  }`
  module.register(`data:text/javascript,${encodeURIComponent(hook)}`)
  isRegistered = true
}
