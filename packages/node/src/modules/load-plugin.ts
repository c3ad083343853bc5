// Plugins by reference: a path, a `file:` URL or a package's name, loaded and picked by their names.

import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { isPlugin, OnecopyError, type Plugin, type TypedArray } from '@onecopy/core'
import { checkCount, isError, isLoadError } from '@onecopy/core/lane'
import { isUrl } from '../files/path.js'
import { findModule } from './plugin-reference.js'
import { importModule, isTypeScript, stripsTypes } from './type-script.js'

/** Options of {@link loadPlugin} and {@link listPlugins}. */
export interface PluginLoadOptions {
  /** Which of the module's plugins: its own name, or the name of its export. The same as `#name` behind the reference. */
  readonly name?: string | undefined
  /** The folder that relative paths and packages are looked for from, as a path or `file:` URL; default: the working folder. */
  readonly from?: string | URL | undefined
}

/** A plugin of which nothing is known before it is loaded. */
// `any`: its types are what the caller takes them for; a plugin of any parameters and results passes.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyPlugin = Plugin<any, any, any, any>

/**
 * The plugin that `reference` names.
 *
 * - A plugin object is returned as it is.
 * - A path (absolute, or relative to `from`) of a module, or of a folder with a package.json or an index.js.
 * - A `file:` URL.
 * - A package's name, with a subpath if need be, found as an `import` in the folder `from` would find it. Where a file of that
 *   name is there, it is the file; a folder of that name is taken where there is no such package.
 *
 * `#name` behind it picks one of several plugins; a module with one plugin needs none. Loading a module runs it. TypeScript
 * works where Node strips types, and otherwise through tsx, if it is installed beside the plugin.
 *
 * @typeParam P - what the caller knows of it: `typeof import('./hash.js').hash`
 * @throws {TypeError} `reference` is of none of these kinds, the name is given twice, or an option is none
 * @throws {OnecopyError} `ERR_PLUGIN_LOAD`: not found, not loadable, no such plugin in it, or several and no name
 * @example
 * const plugin = await loadPlugin('./plugins/hash.js')
 * const result = await engine.run(file('disk.img'), plugin)
 */
export async function loadPlugin<P extends AnyPlugin = AnyPlugin>(
  reference: string | URL | P,
  options: PluginLoadOptions = {},
): Promise<P> {
  checkCount('loadPlugin', 2, arguments.length)
  if (isPlugin(reference)) return reference as P
  // `as`: the caller's word for what it is.
  return choosePlugin(await load(reference, options)) as P
}

/** @throws {OnecopyError} `ERR_PLUGIN_LOAD`: there is no such plugin, or several and no name */
function choosePlugin({ url, name, found }: Loaded): Found {
  const plugins = unique(found)
  const wanted = name === undefined ? plugins : pick(found, name)
  const names = plugins.map((plugin) => plugin.name).join(', ')
  if (wanted.length === 0) {
    const cure = plugins.length > 0 ? `its plugins are ${names}` : `it exports ${listExports(found)}, and no plugin`
    throw new OnecopyError(
      'ERR_PLUGIN_LOAD',
      name === undefined
        ? `${url} has no plugin: it exports ${listExports(found)}. Export what definePlugin returns`
        : `${url} has no plugin named ${JSON.stringify(name)}: ${cure}`,
    )
  }
  if (wanted.length > 1) {
    throw new OnecopyError(
      'ERR_PLUGIN_LOAD',
      name === undefined
        ? `${url} has ${wanted.length} plugins: ${names}. Name one of them behind a #, as in #${plugins[0]?.name}`
        : `${url} has several plugins named ${JSON.stringify(name)}: give them names of their own`,
    )
  }
  return wanted[0]!
}

/**
 * All plugins that a module exports, each once, in the order of their names.
 *
 * @param reference - see {@link loadPlugin}
 * @throws {TypeError} `reference` is no path, `file:` URL or package's name
 * @throws {OnecopyError} `ERR_PLUGIN_LOAD`: not found, or not loadable; with a name, also if there is no such plugin
 * @example for (const { name, description } of await listPlugins('my-plugins')) console.log(name, description)
 */
export async function listPlugins(reference: string | URL, options: PluginLoadOptions = {}): Promise<AnyPlugin[]> {
  checkCount('listPlugins', 2, arguments.length)
  const loaded = await load(reference, options)
  if (loaded.name !== undefined) return [choosePlugin(loaded)]
  return unique(loaded.found).sort((a, b) => (a.name < b.name ? -1 : 1))
}

interface Loaded {
  readonly url: string
  readonly name: string | undefined
  /** The module's exports. */
  readonly found: Readonly<Record<string, unknown>>
}

async function load(reference: unknown, options: PluginLoadOptions): Promise<Loaded> {
  if (typeof reference !== 'string' && !isUrl(reference)) {
    throw new TypeError(`plugin: expected a plugin, a path, a file: URL or a package’s name, got ${typeof reference}`)
  }
  const { from = process.cwd() } = checkOptions(options)
  const folder = resolve(isUrl(from) ? fileURLToPath(from.href) : from.startsWith('file:') ? fileURLToPath(from) : from)
  const { url, name = options.name } = await findModule(reference, folder)
  if (options.name !== undefined && name !== options.name) {
    throw new TypeError(`name: ${JSON.stringify(options.name)} is given, and #${name} behind the reference`)
  }
  return { url, name, found: await importPlugin(url) }
}

/** @throws {TypeError} there is no such option, or it is of another kind */
function checkOptions(options: PluginLoadOptions): PluginLoadOptions {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options: expected an object, got ${inspect(options)}`)
  const own: PluginLoadOptions = Object.assign(Object.create(null), options)
  for (const key of Object.keys(own)) {
    if (key !== 'name' && key !== 'from')
      throw new TypeError(`options.${key}: there is no such option; there are name, from`)
  }
  const { name, from } = own
  if (name !== undefined && typeof name !== 'string')
    throw new TypeError(`options.name: expected a name, got ${inspect(name)}`)
  if (from !== undefined && typeof from !== 'string' && !isUrl(from))
    throw new TypeError(`options.from: expected a path or a file: URL, got ${inspect(from)}`)
  return own
}

async function importPlugin(url: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await importModule(url)
  } catch (cause) {
    if (isLoadError(cause, url)) throw cause
    const why = isError(cause) ? `${cause.name}: ${cause.message}` : inspect(cause)
    throw new OnecopyError('ERR_PLUGIN_LOAD', `cannot load ${url} (${why})${cureOf(cause, url)}`, { cause })
  }
}

/** What helps against a module that cannot be read; empty for other causes. */
function cureOf(cause: unknown, url: string): string {
  if (!isError(cause) || cause.name !== 'SyntaxError') return ''
  // What Node says of an ES module that a package.json takes for CommonJS; npm writes such package.json files.
  if (/import statement outside a module|^Unexpected token 'export'/.test(cause.message))
    return '; it is an ES module: name it .mjs, or give its package.json "type": "module"'
  // Node keeps the place of such a mistake to itself, unless it is the one to print it.
  return isTypeScript(url) && !stripsTypes ? '' : '; node FILE shows where'
}

type Found = Plugin<unknown, unknown, unknown, TypedArray>

/** The plugins among a module's exports: one that is exported twice counts once. */
function unique(found: Readonly<Record<string, unknown>>): Found[] {
  return [...new Set(Object.values(found).filter(isPlugin))]
}

/** Those with that name; the name of an export counts where no plugin calls itself so. */
function pick(found: Readonly<Record<string, unknown>>, name: string): Found[] {
  const named = unique(found).filter((plugin) => plugin.name === name)
  if (named.length > 0) return named
  const exported = Object.hasOwn(found, name) ? found[name] : undefined
  return isPlugin(exported) ? [exported] : []
}

function listExports(found: Readonly<Record<string, unknown>>): string {
  return Object.keys(found).join(', ') || 'nothing'
}
