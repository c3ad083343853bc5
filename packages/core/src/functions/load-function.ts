// Loads a chunk function in a lane from its description.

import { isError } from '../base/built-in.js'
import { show } from '../base/check.js'
import { OnecopyError } from '../base/errors.js'
import { scanCsvChunk } from '../chunks/scan-csv.js'
import type { TypedArray } from '../data/typed-array.js'
import type { AnyReducer } from '../reduce/contract.js'
import { compile, functionSource } from '../serialize/function-source.js'
import type { ChunkFn, FoldFn } from './contract.js'
import { isLoadError } from './load-error.js'
import { isModuleFunction } from './module-function.js'
import { isPlugin, notAPlugin } from './plugin.js'
import type { DefinedPlugin } from './plugin-contract.js'

export type AnyChunkFn = ChunkFn<unknown, unknown, TypedArray, unknown, unknown, unknown>
export type AnyFoldFn = FoldFn<unknown, unknown, TypedArray, unknown, unknown, unknown>

/** The functions that a lane calls. */
export interface LoadedFunction {
  /** The chunk function, or the fold function: which one it is says the job. */
  readonly fn: AnyChunkFn | AnyFoldFn
  readonly setup: ((params: unknown) => unknown) | undefined
  readonly buffer: ((state: unknown, byteLength: number) => unknown) | undefined
  readonly teardown: ((state: unknown) => unknown) | undefined
  readonly reduce: AnyReducer | undefined
}

/** The members that only plugins have. */
const withoutParts = { setup: undefined, buffer: undefined, teardown: undefined, reduce: undefined } as const

/**
 * Load a chunk function.
 *
 * @throws {OnecopyError} `ERR_PLUGIN_LOAD`: the module cannot be loaded, or does not export what it should
 */
export async function loadFunction(
  fn: FunctionDescription,
  load: (url: string) => Promise<ModuleExports> = (url) =>
    import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ url),
): Promise<LoadedFunction> {
  // `as`: a lane's own chunk object has all members that the scan needs.
  if (fn.kind === 'csv-scan') return { fn: scanCsvChunk as unknown as AnyChunkFn, ...withoutParts }
  if (fn.kind === 'source') {
    // `as`: it is the source of a function whose type was checked on the caller's side.
    return { fn: compile(fn.source) as unknown as AnyChunkFn, ...withoutParts }
  }
  const exports = await loadModule(fn.url, load)
  if (fn.kind === 'plugin' || fn.kind === 'prefix') {
    const plugin = findPlugin(exports, fn)
    if (plugin === undefined) {
      throw new OnecopyError(
        'ERR_PLUGIN_LOAD',
        `${fn.url} exports no plugin named ${show(fn.name)}; it exports ${listExports(exports)}. ` +
          'Export the plugin from the module whose import.meta.url was passed to definePlugin',
      )
    }
    const { map, fold, prefix, setup, buffer, teardown, reduce } = plugin
    // `!`: a plugin has one of the two; and its first pass is only loaded if it has one.
    return { fn: fn.kind === 'prefix' ? prefix!.map : (map ?? fold)!, setup, buffer, teardown, reduce }
  }
  const map = exports[fn.name]
  if (typeof map !== 'function') {
    throw new OnecopyError(
      'ERR_PLUGIN_LOAD',
      `${fn.url} exports no function ${show(fn.name)}; it exports ${listExports(exports)}`,
    )
  }
  // `as`: the caller's type for it came from the module.
  return { fn: map as AnyChunkFn, ...withoutParts }
}

/**
 * The plugin with that name among a module's exports; undefined if there is none.
 *
 * @throws {OnecopyError} `ERR_PLUGIN_LOAD`: there are two with that name, so it is not clear which one is meant
 */
function findPlugin(exports: ModuleExports, { url, name }: { url: string; name: string }): DefinedPlugin | undefined {
  const named = Object.entries(exports).filter(([, value]) => isPlugin(value) && value.name === name)
  // A module may also export another module's plugin with the same name.
  const own = named.filter(([, value]) => isPlugin(value) && value.url === url)
  const candidates = own.length > 0 ? own : named
  const [first, ...others] = candidates
  if (others.some(([, value]) => value !== first?.[1])) {
    const exported = candidates.map(([key]) => key).join(', ')
    throw new OnecopyError(
      'ERR_PLUGIN_LOAD',
      `${url} exports several plugins named ${show(name)}: ${exported}. Workers find a plugin by its name, so give each its own`,
    )
  }
  return isPlugin(first?.[1]) ? first[1] : undefined
}

function listExports(exports: ModuleExports): string {
  return Object.keys(exports).join(', ') || 'nothing'
}

async function loadModule(url: string, load: (url: string) => Promise<ModuleExports>): Promise<ModuleExports> {
  try {
    return await load(url)
  } catch (cause) {
    // The host's message explains it better.
    if (isLoadError(cause, url)) throw cause
    const typeScript = /^[^?#]*\.[cm]?tsx?(?=[?#]|$)/.test(url)
      ? '; it is TypeScript, which this runtime may not be able to read: compile it to JavaScript, or use Node >= 22.18'
      : ''
    const reason = isError(cause) ? `${cause.name}: ${cause.message}` : show(cause)
    throw new OnecopyError('ERR_PLUGIN_LOAD', `cannot load ${url}${typeScript} (${reason})`, { cause })
  }
}

/** What a module exports, by name. */
export type ModuleExports = Readonly<Record<string, unknown>>

/** A chunk function, described as plain data. */
export type FunctionDescription =
  | {
      /** The first pass over CSV, which is a function of this package. */
      readonly kind: 'csv-scan'
    }
  | {
      /** An inline function. */
      readonly kind: 'source'
      /** Its source text, which is an expression. */
      readonly source: string
    }
  | {
      /** Made by `moduleFunction` or `definePlugin`. `prefix`: the first pass of the plugin. */
      readonly kind: 'module' | 'plugin' | 'prefix'
      /** The absolute URL of the module. */
      readonly url: string
      /** The name of the export, or of the plugin. */
      readonly name: string
    }

/** @param compilesElsewhere - see {@link functionSource} */
export function describeFunction(fn: unknown, compilesElsewhere: boolean): FunctionDescription {
  if (isPlugin(fn)) return { kind: 'plugin', url: fn.url, name: fn.name }
  if (isModuleFunction(fn)) return { kind: 'module', url: fn.url, name: fn.name }
  if (typeof fn !== 'function') throw notAPlugin('fn', 'a function or a plugin', fn)
  const known = described.get(fn)
  if (known !== undefined) return known
  const description = { kind: 'source', source: functionSource('fn', fn, compilesElsewhere) } as const
  described.set(fn, description)
  return description
}

/** The descriptions of inline functions. The text of a function never changes. */
const described = new WeakMap<object, FunctionDescription>()
