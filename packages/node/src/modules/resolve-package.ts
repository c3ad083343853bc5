// From a package's name to its module, as an `import` in another folder would find it.

import * as module from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * The URL of the module that `specifier` names for an `import` in a module that would be in `folder`.
 *
 * Node's own loader is asked, and with it Yarn's Plug'n'Play and every other resolve hook. Where it can only be asked through
 * a thread of hooks (before Node 22.15), the folders of node_modules are looked through first.
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
      // The first reason is the better one: this one names the hook as well.
      throw cause
    }
  }
}

interface Hooks {
  resolve(specifier: string, context: object, next: (specifier: string, context: object) => unknown): unknown
}
// `as`: older types of Node do not know it, and Node has it since 22.15.
const { registerHooks } = module as { registerHooks?: (hooks: Hooks) => { deregister(): void } }

/** Starts a specifier that says itself which module it is imported by. */
const scheme = 'onecopy-import:'

/** `import.meta.resolve` knows this module alone as the one that imports: a hook puts `parent` in its place. */
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

/** The same hook for the thread that older Nodes run hooks in; it stays. */
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
