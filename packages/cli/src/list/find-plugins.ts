// Where plugins may be: the entry of a package, and the modules of a folder that speak of them.

import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type AnyPlugin, listPlugins } from '@onecopy/node'
import { guardLoading } from '../load-guard.js'

/** A plugin, and how to name it on the command line. */
export interface FoundPlugin {
  readonly plugin: AnyPlugin
  readonly reference: string
}

/** A module that could not be loaded. */
export interface FailedModule {
  readonly file: string
  readonly error: unknown
}

/** What was found. */
export interface Findings {
  readonly plugins: readonly FoundPlugin[]
  readonly failed: readonly FailedModule[]
}

/**
 * Load what `place` names, and list its plugins: each once, under the first reference by which it was found.
 *
 * @param place - a package, a folder or a file; `#name` may follow a package or file
 * @throws {OnecopyError} `ERR_PLUGIN_LOAD`: it is no folder, and cannot be loaded
 */
export async function findPlugins(place: string, cwd: string): Promise<Findings> {
  const folder = resolve(cwd, place)
  const isPath = /^\.{0,2}[/\\]|^\.{1,2}$/.test(place)
  const isFolder = await stat(folder).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
  if (!isFolder) return { plugins: refer(await loadListed(place, cwd), place), failed: [] }
  if (!isPath) {
    // A package of that name comes first, as in `onecopy run`.
    const plugins = await loadListed(place, cwd).catch(() => [])
    if (plugins.length > 0) return { plugins: refer(plugins, place), failed: [] }
  }
  return await findInFolder(folder, cwd)
}

async function findInFolder(folder: string, cwd: string): Promise<Findings> {
  const plugins: FoundPlugin[] = []
  const failed: FailedModule[] = []
  const known = new Set<string>()
  const add = async (reference: string, from: string): Promise<void> => {
    for (const found of refer(await loadListed(from, cwd), reference)) {
      const { url, name } = found.plugin
      if (known.has(`${url}#${name}`)) continue
      known.add(`${url}#${name}`)
      plugins.push(found)
    }
  }
  for (const path of await modulesIn(folder)) {
    const file = asReference(path, cwd)
    await add(file, pathToFileURL(path).href).catch((error) => failed.push({ file, error }))
  }
  if (await hasEntry(folder)) {
    const file = asReference(folder, cwd)
    await add(file, folder).catch((error) => failed.push({ file, error }))
  }
  return { plugins, failed }
}

async function hasEntry(folder: string): Promise<boolean> {
  try {
    const { exports, main } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    return exports !== undefined || main !== undefined
  } catch {
    // No package.json, or none that can be read: then there are only files.
    return false
  }
}

const moduleName = /\.m?[jt]s$/
const leftOut = /(\.d\.m?ts|\.(test|spec|config)\.m?[jt]s)$/
const leftOutFolders = /^(\.|node_modules$|tests?$|coverage$)/

/** The modules in a folder and in the folders in it that speak of `definePlugin`: only those are worth loading. */
async function modulesIn(folder: string): Promise<string[]> {
  const found: string[] = []
  const folders: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory() && !leftOutFolders.test(entry.name)) folders.push(join(folder, entry.name))
    else if (entry.isFile()) found.push(join(folder, entry.name))
  }
  for (const each of folders) {
    const entries = await readdir(each, { withFileTypes: true }).catch(() => [])
    for (const entry of entries) if (entry.isFile()) found.push(join(each, entry.name))
  }
  const candidates = found.filter((path) => moduleName.test(path) && !leftOut.test(path)).sort()
  const modules: string[] = []
  for (const path of candidates) {
    const text = await readFile(path, 'utf8').catch(() => '')
    if (/\bdefinePlugin\b/.test(text)) modules.push(path)
  }
  return modules
}

/** How long a module may take to load. */
const loadMs = 10_000

async function loadListed(reference: string, cwd: string): Promise<AnyPlugin[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it was not loaded after ${loadMs / 1000} s`)), loadMs)
  })
  try {
    return await guardLoading(reference, () => Promise.race([listPlugins(reference, { from: cwd }), late]))
  } finally {
    clearTimeout(timer)
  }
}

function refer(plugins: readonly AnyPlugin[], place: string): FoundPlugin[] {
  const isNamed = plugins.length === 1
  return plugins.map((plugin) => ({ plugin, reference: isNamed ? place : `${place}#${plugin.name}` }))
}

/** A path as it is typed: relative, where that is not longer. */
function asReference(path: string, cwd: string): string {
  const short = relative(cwd, path).replaceAll('\\', '/')
  if (short === '') return '.'
  return short.startsWith('..') ? path : `./${short}`
}
