// Where a plugin's module is: a path, a `file:` URL or a package's name, as the URL to import, and the name behind its `#`.

import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { OnecopyError } from '@onecopy/core'
import { isError } from '@onecopy/core/lane'
import { isUrl } from '../files/path.js'
import { resolvePackage } from './resolve-package.js'

/** A reference that has been found. */
export interface FoundModule {
  /** The module, absolute. */
  readonly url: string
  /** What stood behind the `#`. */
  readonly name: string | undefined
}

/**
 * Find the module that `reference` means; nothing is loaded.
 *
 * @param reference - a path, a `file:` URL or a package's name; `#name` may follow
 * @param from - the folder that paths and packages are looked for from, absolute
 * @throws {TypeError} it is a URL of another kind, or empty
 * @throws {OnecopyError} `ERR_PLUGIN_LOAD`: there is no such file or package
 */
export async function findModule(reference: string | URL, from: string): Promise<FoundModule> {
  if (isUrl(reference)) return await findUrl(new URL(reference.href))
  if (/^[a-z][a-z0-9+.-]+:/i.test(reference)) return await findUrl(new URL(reference))
  if (reference === '') throw new TypeError('plugin: expected a path, a file: URL or a package’s name, got ""')
  // A file's name may hold a `#` itself: then it is all of the reference.
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
  // A query makes another module of the same file.
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
 * The module that stands for a folder: what its package.json names, else its index.js.
 *
 * @throws {OnecopyError} `ERR_PLUGIN_LOAD`: there is none
 */
export async function findEntry(folder: string): Promise<string> {
  const { name, exports, main } = readManifest(folder)
  if (exports !== undefined && typeof name === 'string') {
    try {
      // A package may import itself by its own name: so Node's own rules for `exports` apply.
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
    `${folder} is a folder without an entry: give a file in it, or name one in the "exports" of its package.json`,
  )
}

/** What a folder's package.json says; nothing, if there is none or it cannot be read. */
function readManifest(folder: string): { name?: unknown; exports?: unknown; main?: unknown } {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) ?? {}
  } catch {
    // A folder need not be a package.
    return {}
  }
}

/** What is there; undefined if nothing is, or nothing that this process may see. */
function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file'
  } catch {
    // Only asked what a reference means: where it is a path, it is said below why it cannot be read.
    return undefined
  }
}
