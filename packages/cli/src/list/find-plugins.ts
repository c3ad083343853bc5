// Finds plugins: in the entry of a package, and in the modules of a folder that mention `definePlugin`.

import { readdir, readFile, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { clearTimeout, setTimeout } from 'node:timers'
import { pathToFileURL } from 'node:url'
import { hasOwn, isError } from '@onecopy/core/lane'
import { colorsOf } from '../terminal/colors.js'
import { PluginThread } from '../terminal/plugin-thread.js'
import { printable } from '../terminal/printable.js'
import type { ListAnswer, ListedPlugin, ListRequest, LoadFailure } from './list-worker.js'

/** A plugin, and its reference for the command line. */
export interface FoundPlugin {
  readonly plugin: ListedPlugin
  readonly reference: string
}

/** A module that could not be loaded. */
export interface FailedModule {
  readonly file: string
  readonly failure: LoadFailure
}

/** What was found. */
export interface Findings {
  readonly plugins: readonly FoundPlugin[]
  readonly failed: readonly FailedModule[]
}

/**
 * Load what `place` names, each module in its own thread, and list the plugins. Each plugin is listed once, under the first
 * reference that leads to it.
 *
 * @param place - a package, a folder or a file; `#name` may follow a package or file
 * @returns the failure, if the place is not a folder and cannot be loaded
 */
export async function findPlugins(place: string, cwd: string): Promise<Findings | LoadFailure> {
  const folder = resolve(cwd, place)
  const isPath = /^\.{0,2}[/\\]|^\.{1,2}$/.test(place)
  const isFolder = await stat(folder).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
  if (!isFolder || !isPath) {
    // A package with that name takes precedence over a folder, as in `onecopy run`.
    const answer = await loadListed(place, cwd)
    if (hasOwn(answer, 'plugins') && (!isFolder || answer.plugins.length > 0))
      return { plugins: refer(answer.plugins, place), failed: [] }
    if (hasOwn(answer, 'failure') && !isFolder) return answer.failure
  }
  return await findInFolder(folder, cwd)
}

/** At most this many threads load modules at once. */
const mostThreads = Math.min(4, availableParallelism())

async function findInFolder(folder: string, cwd: string): Promise<Findings> {
  const places = (await modulesIn(folder)).map((path) => ({
    file: asReference(path, cwd),
    from: pathToFileURL(path).href,
  }))
  if (await hasEntry(folder)) places.push({ file: asReference(folder, cwd), from: folder })
  const answers: ListAnswer[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let at = next++; at < places.length; at = next++) answers[at] = await loadListed(places[at]!.from, cwd)
  }
  await Promise.all(Array.from({ length: mostThreads }, work))
  const plugins: FoundPlugin[] = []
  const failed: FailedModule[] = []
  const known = new Set<string>()
  for (const [at, { file }] of places.entries()) {
    const answer = answers[at]!
    if (hasOwn(answer, 'failure')) {
      failed.push({ file, failure: answer.failure })
      continue
    }
    for (const found of refer(answer.plugins, file)) {
      const { url, name } = found.plugin
      if (known.has(`${url}#${name}`)) continue
      known.add(`${url}#${name}`)
      plugins.push(found)
    }
  }
  return { plugins, failed }
}

async function hasEntry(folder: string): Promise<boolean> {
  try {
    const { exports, main } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    if (exports !== undefined) return true
    // `npm init` writes "main": "index.js" also where there is no such file.
    return typeof main === 'string' && (await stat(join(folder, main))).isFile()
  } catch {
    // There is no package.json that can be read, or no such entry, so there are only files.
    return false
  }
}

const moduleName = /\.m?[jt]s$/
const leftOut = /(\.d\.m?ts|\.(test|spec|config)\.m?[jt]s)$/
const leftOutFolders = /^(\.|node_modules$|tests?$|coverage$)/

/** The modules in a folder and its subfolders that contain the word `definePlugin`. Only those are worth loading. */
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

/** How long a module may take to load, in ms. */
const loadMs = 10_000

async function loadListed(reference: string, cwd: string): Promise<ListAnswer> {
  const isColored = colorsOf(process.stderr).isColorSupported
  const request: ListRequest = { reference, from: cwd, isColored }
  const thread = new PluginThread<ListAnswer>(new URL('./list-worker.js', import.meta.url), request)
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    thread.end()
  }, loadMs)
  try {
    const answer = await thread.next()
    if (answer !== undefined) return answer
    if (isLate) return failed(`it was not loaded after ${loadMs / 1000} s`)
    const why = 'it calls process.exit, or awaits what never comes'
    return {
      failure: { reason: why, text: `onecopy: the process ended while ${printable(reference)} was loaded: ${why}` },
    }
  } catch (error) {
    return failed(isError(error) ? error.message : String(error))
  } finally {
    clearTimeout(timer)
    thread.end()
  }

  function failed(reason: string): ListAnswer {
    return { failure: { reason, text: `onecopy: ${printable(reference)} could not be loaded: ${printable(reason)}` } }
  }
}

function refer(plugins: readonly ListedPlugin[], place: string): FoundPlugin[] {
  const isNamed = plugins.length === 1
  return plugins.map((plugin) => ({ plugin, reference: isNamed ? place : `${place}#${plugin.name}` }))
}

/** A path as people would type it: relative, unless that is longer. */
function asReference(path: string, cwd: string): string {
  const short = relative(cwd, path).replaceAll('\\', '/')
  if (short === '') return '.'
  return short.startsWith('..') ? path : `./${short}`
}
