// Modules in TypeScript: imported where Node strips their types, through tsx where that is there, explained where neither is.

import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isError, LoadError, type ModuleExports } from '@onecopy/core/lane'
import { forgetPipes } from './forget-pipes.js'
import { resolvePackage } from './resolve-package.js'

/** What Node says of TypeScript that it cannot run, and what that means. */
const reasons: Readonly<Record<string, string>> = {
  ERR_UNKNOWN_FILE_EXTENSION: `Node ${process.versions.node} reads JavaScript only (Node >= 22.18 strips types)`,
  ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX: 'Node strips types, and this syntax (an enum, for instance) is more than types',
  ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING: 'Node strips no types below node_modules',
  ERR_NO_TYPESCRIPT: 'this Node was built without support for TypeScript',
}

/** Why an import failed, if that is because of TypeScript, in the module itself or in one that it imports. */
function typeScriptReason(url: string, error: unknown): string | undefined {
  if (!isError(error)) return undefined
  // `as`: what Node throws has a code.
  const { code = '', message } = error as NodeJS.ErrnoException
  if (isTypeScript(url) && code === 'ERR_MODULE_NOT_FOUND') {
    return 'it imports what is not there (to Node a file is named as it is: ./x.ts, not ./x.js)'
  }
  // An unknown extension may be any: only those of TypeScript are meant.
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && !/\.[cm]?tsx?"/.test(message)) return undefined
  if (Object.hasOwn(reasons, code)) return reasons[code]
  // What Node, and what tsx says of a module in the place of a script. A mistake in the file is said well by Node itself.
  const isUnread = error.name === 'SyntaxError' && code !== 'ERR_INVALID_TYPESCRIPT_SYNTAX'
  if (!isTypeScript(url) || (!isUnread && !code.startsWith('ERR_REQUIRE_'))) return undefined
  return 'it cannot be read as it stands (types need "import type"; where a package.json says "type": "commonjs", name it .mts)'
}

/**
 * Import a module, JavaScript or TypeScript.
 *
 * TypeScript that Node cannot run goes through tsx, if that is installed where the module can reach it, or if the program was
 * started with it; this holds for worker threads as well.
 *
 * @param url - absolute
 * @throws {LoadError} it is TypeScript, and nothing here can run it; the message says why and what to do
 * @throws whatever the module throws
 */
export async function importModule(url: string): Promise<ModuleExports> {
  // Node 20 keeps a failed import: there is no second try there, so tsx has to be at work before the first.
  if (isTypeScript(url) && !stripsTypes) await registerTsx(url)
  forgetPipes()
  try {
    return await importUrl(url)
  } catch (cause) {
    const reason = typeScriptReason(url, cause)
    if (reason === undefined) throw cause
    if (!stripsTypes || !(await registerTsx(url))) throw explained(url, reason, cause)
  }
  try {
    return await importUrl(url)
  } catch (cause) {
    const reason = typeScriptReason(url, cause)
    throw reason === undefined ? cause : explained(url, reason, cause)
  }
}

/** Node's own import: bundlers are told to leave it alone, since no bundle holds what it imports. */
function importUrl(url: string): Promise<ModuleExports> {
  const address = isRegistered && isTypeScript(url) ? withoutNamespace(url) : url
  return import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ address)
}

/** What tsx's `tsImport` puts into URLs: it says which tsx shall translate them, and the one of this thread passes them over. */
function withoutNamespace(url: string): string {
  const bare = new URL(url)
  for (const key of ['tsx-namespace', 'namespace']) bare.searchParams.delete(key)
  return bare.href
}

function explained(url: string, reason: string, cause: unknown): LoadError {
  const cures = [
    ...(isRegistered ? [] : ['install tsx beside it (npm install --save-dev tsx)']),
    ...(stripsTypes ? [] : ['use Node >= 22.18']),
    'compile it to JavaScript',
  ]
  const why = isError(cause) ? cause.message : String(cause)
  return new LoadError(
    url,
    `cannot load ${url}: it is TypeScript, or imports some, and ${reason}. What helps: ${cures.join(', or ')} (${why})`,
    { cause },
  )
}

/** Whether Node itself runs TypeScript. */
// `as`: older types of Node do not know the feature.
export const stripsTypes: boolean = Boolean((process.features as { readonly typescript?: unknown }).typescript)

/** Whether a module is TypeScript by its name: that of its file, whatever query or fragment is behind it. */
export function isTypeScript(url: string): boolean {
  return /^[^?#]*\.[cm]?tsx?(?=[?#]|$)/.test(url)
}

let isRegistered = false

/** Let tsx translate what this thread imports from now on; false if there is none, or if it has been at work already. */
async function registerTsx(url: string): Promise<boolean> {
  if (isRegistered) return false
  const api = await findTsx(url)
  if (api === undefined) return false
  // `as`: what tsx documents for this door.
  const { register } = (await importUrl(api)) as unknown as { register(): unknown }
  register()
  isRegistered = true
  return true
}

/** The module `tsx/esm/api`, found from the module that needs it, from the user's folder, or in Node's own arguments. */
async function findTsx(url: string): Promise<string | undefined> {
  for (const folderOf of [() => dirname(fileURLToPath(url)), () => process.cwd()]) {
    try {
      return await resolvePackage('tsx/esm/api', folderOf())
    } catch {
      // Not there; the next place may have it.
    }
  }
  // `tsx main.ts` hands `--import file:///…/tsx/dist/loader.mjs` on to the threads, which does nothing there before Node 22.
  for (const argument of process.execArgv) {
    const [, dist] = /(file:.*\/tsx\/dist\/)loader\.mjs$/.exec(argument) ?? []
    if (dist !== undefined) return new URL('esm/api/index.mjs', dist).href
  }
  return undefined
}
