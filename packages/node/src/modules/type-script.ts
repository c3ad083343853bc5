// Imports modules in TypeScript: Node strips their types, or tsx translates them, or an error says why neither is possible.

import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isError, LoadError, type ModuleExports } from '@onecopy/core/lane'
import { forgetPipes } from './forget-pipes.js'
import { resolvePackage } from './resolve-package.js'

/** Node's error codes for TypeScript that it cannot run, and what they mean. */
const reasons: Readonly<Record<string, string>> = {
  ERR_UNKNOWN_FILE_EXTENSION: `Node ${process.versions.node} runs JavaScript only (Node >= 22.18 strips types)`,
  ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX:
    'Node only strips types, and some of its syntax (an enum, for instance) is more than types',
  ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING: 'Node does not strip types below node_modules',
  ERR_NO_TYPESCRIPT: 'this Node was built without support for TypeScript',
}

/** Why an import failed, if TypeScript is the reason, in the module itself or in one that it imports. Otherwise undefined. */
function typeScriptReason(url: string, error: unknown): string | undefined {
  if (!isError(error)) return undefined
  // `as`: what Node throws has a code.
  const { code = '', message } = error as NodeJS.ErrnoException
  if (isTypeScript(url) && code === 'ERR_MODULE_NOT_FOUND') {
    return 'it imports a file that does not exist (Node wants the real name of a file: ./x.ts, not ./x.js)'
  }
  // The unknown extension may be any other. Only those of TypeScript matter here.
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && !/\.[cm]?tsx?"/.test(message)) return undefined
  if (Object.hasOwn(reasons, code)) return reasons[code]
  // Errors of Node and of tsx for a module that was taken for a script. For a mistake in the file, Node's own message is good.
  const isUnread = error.name === 'SyntaxError' && code !== 'ERR_INVALID_TYPESCRIPT_SYNTAX'
  if (!isTypeScript(url) || (!isUnread && !code.startsWith('ERR_REQUIRE_'))) return undefined
  return 'Node cannot parse it (types need "import type"; where no package.json says "type": "module", name it .mts)'
}

/**
 * Import a module, JavaScript or TypeScript.
 *
 * If Node cannot run some TypeScript, tsx translates it, provided that it is installed where the module can import it, or that the
 * program was started with it. That also works in worker threads.
 *
 * @param url - the module's absolute URL
 * @throws {LoadError} the module is TypeScript, and neither Node nor tsx can run it; the message says why and what to do
 * @throws whatever the module throws
 */
export async function importModule(url: string): Promise<ModuleExports> {
  // Node 20 remembers a failed import, so a second try would fail, too. There, tsx has to be active before the first one.
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

/** Node's own import. The comments tell bundlers to leave it alone, because no bundle contains what it imports. */
function importUrl(url: string): Promise<ModuleExports> {
  const address = isRegistered && isTypeScript(url) ? withoutNamespace(url) : url
  return import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ address)
}

/** Remove what `tsImport` of tsx adds to URLs. It names one instance of tsx, and the instance of this thread would ignore the URL. */
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
    `cannot load ${url}: it is TypeScript, or imports some, and ${reason}. To run it, ${cures.join(', or ')} (${why})`,
    { cause },
  )
}

/** Whether Node itself runs TypeScript. */
// `as`: older types of Node do not have this feature.
export const stripsTypes: boolean = Boolean((process.features as { readonly typescript?: unknown }).typescript)

/** Whether the name of a module's file says that it is TypeScript. A query or fragment does not matter. */
export function isTypeScript(url: string): boolean {
  return /^[^?#]*\.[cm]?tsx?(?=[?#]|$)/.test(url)
}

let isRegistered = false

/** Let tsx translate what this thread imports from now on. False if there is no tsx, or if it was active already. */
async function registerTsx(url: string): Promise<boolean> {
  if (isRegistered) return false
  const api = await findTsx(url)
  if (api === undefined) return false
  // `as`: the function that tsx documents for this module.
  const { register } = (await importUrl(api)) as unknown as { register(): unknown }
  register()
  isRegistered = true
  return true
}

/** Find the module `tsx/esm/api`: from the module that needs it, from the working folder, or in Node's own arguments. */
async function findTsx(url: string): Promise<string | undefined> {
  for (const folderOf of [() => dirname(fileURLToPath(url)), () => process.cwd()]) {
    try {
      return await resolvePackage('tsx/esm/api', folderOf())
    } catch {
      // It is not there. Try the next place.
    }
  }
  // `tsx main.ts` passes `--import file:///…/tsx/dist/loader.mjs` to its threads, where that has no effect before Node 22.
  for (const argument of process.execArgv) {
    const [, dist] = /(file:.*\/tsx\/dist\/)loader\.mjs$/.exec(argument) ?? []
    if (dist !== undefined) return new URL('esm/api/index.mjs', dist).href
  }
  return undefined
}
