// Loads plugins by reference (a path, a `file:` URL or a package's name) and picks one by its name.

import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { isPlugin, OnecopyError, type Plugin, type TypedArray } from '@onecopy/core'
import { checkCount, isError, isLoadError, readOptions, show } from '@onecopy/core/lane'
import { isUrl } from '../files/path.js'
import { findModule } from './plugin-reference.js'
import { importModule, isTypeScript, stripsTypes } from './type-script.js'

/** Options of {@link loadPlugin} and {@link listPlugins}. */
export interface PluginLoadOptions {
  /** Picks one of the module's plugins: its own name, or the name of its export. The same as `#name` after the reference. */
  readonly name?: string | undefined
  /**
   * The folder from which relative paths and packages are looked up, as a path or `file:` URL.
   *
   * @default the working folder
   */
  readonly from?: string | URL | undefined
}

/** A plugin whose types are not known before it is loaded. */
// `any`: the caller says what the types are. A plugin with any parameters and results has to be accepted.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyPlugin = Plugin<any, any, any, any>

/**
 * Load the plugin that `reference` names. A reference is one of these:
 *
 * - A plugin object, which is returned as it is.
 * - The path (absolute, or relative to `from`) of a module, or of a folder with a package.json or an index.js.
 * - A `file:` URL.
 * - A package's name, with or without a subpath. It is found as an `import` in the folder `from` would find it. If there is a file
 *   of that name, the file is meant. If there is no such package but a folder of that name, the folder is meant.
 *
 * `#name` at the end picks one of several plugins. A module with one plugin needs no name. Loading a module runs it. TypeScript
 * works where Node strips types, and elsewhere through tsx, if that is installed where the plugin can import it.
 *
 * @typeParam P - the plugin's type, if the caller knows it: `typeof import('./hash.js').hash`
 * @throws {TypeError} `reference` is none of these, two different names are given, or there is no such option
 * @throws {OnecopyError} `ERR_PLUGIN_LOAD`: the module is not found, cannot be loaded, has no such plugin, or has several plugins
 *   and no name was given
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
  // `as`: the caller says what it is.
  return choosePlugin(await load(reference, options)) as P
}

/** @throws {OnecopyError} `ERR_PLUGIN_LOAD`: there is no such plugin, or there are several and no name was given */
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
        ? `${url} has ${wanted.length} plugins: ${names}. Add # and the name of one of them to the reference, for instance #${plugins[0]?.name}`
        : `${url} has several plugins named ${JSON.stringify(name)}: give each a name of its own`,
    )
  }
  return wanted[0]!
}

/**
 * Load a module and list all plugins that it exports, each once, sorted by name.
 *
 * @param reference - see {@link loadPlugin}
 * @throws {TypeError} `reference` is not a path, `file:` URL or package's name
 * @throws {OnecopyError} `ERR_PLUGIN_LOAD`: the module is not found or cannot be loaded; or a name was given, and there is no such
 *   plugin
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
  const { name: wanted, from = process.cwd() } = checkOptions(options)
  const folder = resolve(isUrl(from) ? fileURLToPath(from.href) : from.startsWith('file:') ? fileURLToPath(from) : from)
  const { url, name = wanted } = await findModule(reference, folder)
  if (wanted !== undefined && name !== wanted) {
    throw new TypeError(`name: ${JSON.stringify(wanted)} was given, and #${name} in the reference`)
  }
  return { url, name, found: await importPlugin(url) }
}

/** @throws {TypeError} there is no such option, or its value is of another kind */
function checkOptions(options: PluginLoadOptions): PluginLoadOptions {
  const own = readOptions('options', options, ['name', 'from'])
  const { name, from } = own
  if (name !== undefined && typeof name !== 'string') {
    throw new TypeError(`options.name: expected a name, got ${show(name)}`)
  }
  if (from !== undefined && typeof from !== 'string' && !isUrl(from)) {
    throw new TypeError(`options.from: expected a path or a file: URL, got ${show(from)}`)
  }
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

/** What helps if a module cannot be parsed; empty for other causes. */
function cureOf(cause: unknown, url: string): string {
  if (!isError(cause) || cause.name !== 'SyntaxError') return ''
  // Node's messages for an ES module that its package.json declares to be CommonJS. npm writes such package.json files.
  if (/import statement outside a module|^Unexpected token 'export'/.test(cause.message))
    return '; it is an ES module, so name it .mjs, or give its package.json "type": "module"'
  // The error does not say where the mistake is. Node shows that only when it prints the error itself.
  return isTypeScript(url) && !stripsTypes ? '' : '; node FILE shows where'
}

type Found = Plugin<unknown, unknown, unknown, TypedArray>

/** The plugins among a module's exports. One that is exported twice counts once. */
function unique(found: Readonly<Record<string, unknown>>): Found[] {
  return [...new Set(Object.values(found).filter(isPlugin))]
}

/** The plugins of that name. The name of an export counts only if no plugin has that name. */
function pick(found: Readonly<Record<string, unknown>>, name: string): Found[] {
  const named = unique(found).filter((plugin) => plugin.name === name)
  if (named.length > 0) return named
  const exported = Object.hasOwn(found, name) ? found[name] : undefined
  return isPlugin(exported) ? [exported] : []
}

function listExports(found: Readonly<Record<string, unknown>>): string {
  return Object.keys(found).join(', ') || 'nothing'
}
