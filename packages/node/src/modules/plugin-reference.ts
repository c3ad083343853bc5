// Turns a reference to a plugin (a path, a `file:` URL or a package's name) into the URL to import, and the name after its `#`.

import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { OnecopyError } from '@onecopy/core'
import { isError } from '@onecopy/core/lane'
import { isUrl } from '../files/path.js'
import { resolvePackage } from './resolve-package.js'

/** What a reference names. */
export interface FoundModule {
  /** The module's absolute URL. */
  readonly url: string
  /** What followed the `#`. */
  readonly name: string | undefined
}

/**
 * Find the module that `reference` names, without loading it.
 *
 * @param reference - a path, a `file:` URL or a package's name; `#name` may follow
 * @param from - the folder from which paths and packages are looked up, absolute
 * @throws {TypeError} `reference` is a URL of another kind, or is empty
 * @throws {OnecopyError} `ERR_PLUGIN_LOAD`: there is no such file or package
 */
export async function findModule(reference: string | URL, from: string): Promise<FoundModule> {
  if (isUrl(reference)) return await findUrl(new URL(reference.href))
  if (/^[a-z][a-z0-9+.-]+:/i.test(reference)) return await findUrl(new URL(reference))
  if (reference === '') throw new TypeError('plugin: expected a path, a file: URL or a package’s name, got ""')
  // A file's name may itself contain a `#`. Then the whole reference is the file's name.
  const hash = kindOf(resolve(from, reference)) === undefined ? reference.lastIndexOf('#') : -1
  const target = hash > 0 ? reference.slice(0, hash) : reference
  const name = hash > 0 ? reference.slice(hash + 1) : undefined
  return { url: await findTarget(target, from), name }
}

async function findUrl(url: URL): Promise<FoundModule> {
  if (url.protocol !== 'file:') {
    throw new TypeError(`plugin: expected a path, a file: URL or a package’s name, got ${url.href}`)
  }
  const name = url.hash === '' ? undefined : decodeURIComponent(url.hash.slice(1))
  const bare = new URL(url)
  bare.hash = ''
  const path = fileURLToPath(bare)
  const found = await findPath(path, bare.href)
  // The same file with another query is another module, so the query is kept.
  return { url: kindOf(path) === 'file' ? found + bare.search : found, name }
}

async function findTarget(target: string, from: string): Promise<string> {
  const path = resolve(from, target)
  const isPath = /^\.{0,2}[/\\]|^\.{1,2}$/.test(target) || isAbsolute(target)
  if (isPath || kindOf(path) === 'file') return await findPath(path, target)
  try {
    return await resolvePackage(target, from)
  } catch (cause) {
    if (kindOf(path) === 'folder') return await findPath(path, target)
    const why = isError(cause) ? cause.message : String(cause)
    throw new OnecopyError(
      'ERR_PLUGIN_LOAD',
      `there is no plugin ${JSON.stringify(target)}: no such file in ${from}, and as a package: ${why}. ` +
        `Give a path, or install the package where it is used`,
      { cause },
    )
  }
}

async function findPath(path: string, target: string): Promise<string> {
  const kind = kindOf(path)
  if (kind === 'file') return pathToFileURL(path).href
  if (kind === 'folder') return await findEntry(path)
  const what = `${JSON.stringify(target)} (${path})`
  try {
    statSync(path)
  } catch (cause) {
    // `as`: what the file system throws has a code.
    const { code, message } = cause as NodeJS.ErrnoException
    const why = code === 'ENOENT' || code === 'ENOTDIR' ? `there is no file ${what}` : `cannot read ${what}: ${message}`
    throw new OnecopyError('ERR_PLUGIN_LOAD', why, { cause })
  }
  throw new OnecopyError('ERR_PLUGIN_LOAD', `there is no file ${what}`)
}

/**
 * Find the module that stands for a folder: the one that its package.json names, otherwise its index.js.
 *
 * @throws {OnecopyError} `ERR_PLUGIN_LOAD`: there is no such module
 */
export async function findEntry(folder: string): Promise<string> {
  const { name, exports, main } = readManifest(folder)
  if (exports !== undefined && typeof name === 'string') {
    try {
      // A package may import itself by its own name. So Node's own rules for `exports` apply.
      return await resolvePackage(name, folder)
    } catch (cause) {
      throw new OnecopyError('ERR_PLUGIN_LOAD', `the package in ${folder} has no entry that can be imported`, { cause })
    }
  }
  const candidates = [typeof main === 'string' ? main : 'index.js', 'index.js', 'index.mjs', 'index.ts']
  const found = candidates.map((each) => join(folder, each)).find((path) => kindOf(path) === 'file')
  if (found !== undefined) return pathToFileURL(found).href
  throw new OnecopyError(
    'ERR_PLUGIN_LOAD',
    `${folder} is a folder without an entry; give a file in it, or name one in the "exports" of its package.json`,
  )
}

/** The content of a folder's package.json; empty if there is none or it cannot be read. */
function readManifest(folder: string): { name?: unknown; exports?: unknown; main?: unknown } {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) ?? {}
  } catch {
    // Not every folder is a package.
    return {}
  }
}

/** What a path names; undefined if it names nothing, or nothing that this process may see. */
function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file'
  } catch {
    // This only finds out what a reference means. If it is a path, `findPath` says why it cannot be read.
    return undefined
  }
}
