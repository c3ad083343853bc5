// Where a worker finds the functions and plugins of lanes: in the modules that it was given, or by their URLs.

import type { FunctionDescription, ModuleExports } from '@onecopy/core/host'
import { isError, isPlugin, LoadError } from '@onecopy/core/lane'

/** Finds what a lane runs. */
export type FindModule = (fn: FunctionDescription, url: string) => Promise<ModuleExports>

/** Look in `modules`; if there are none, import the URL. */
export function createFinder(modules: readonly object[] | undefined): FindModule {
  if (modules === undefined) return (_fn, url) => importModule(url)
  // `as`: a module has members.
  const all = modules as readonly ModuleExports[]
  return async (fn, url) => findIn(all, fn, url)
}

function findIn(modules: readonly ModuleExports[], fn: FunctionDescription, url: string): ModuleExports {
  if (fn.kind !== 'module' && fn.kind !== 'plugin') return {}
  const { kind, name } = fn
  const found = new Set<unknown>()
  for (const exports of modules) {
    const values = kind === 'module' ? [exports[name]] : Object.values(exports).filter((value) => isNamed(value, name))
    for (const value of values) if (value !== undefined) found.add(value)
  }
  const what = kind === 'module' ? 'function' : 'plugin'
  if (found.size === 0) {
    throw new LoadError(
      url,
      `the worker has no ${what} named ${JSON.stringify(name)}: import its module in the worker's script, and add it to serveLanes([…])`,
    )
  }
  if (found.size > 1) {
    throw new LoadError(
      url,
      `several modules of the worker's serveLanes([…]) have a ${what} named ${JSON.stringify(name)}: give each its own name`,
    )
  }
  return { [name]: [...found][0] }
}

function isNamed(value: unknown, name: string): boolean {
  return isPlugin(value) && value.name === name
}

async function importModule(url: string): Promise<ModuleExports> {
  try {
    return await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ url)
  } catch (cause) {
    const why = isError(cause) ? `${cause.name}: ${cause.message}` : String(cause)
    throw new LoadError(url, `cannot load ${url} in a worker (${why})${cureFor(url, why)}`, { cause })
  }
}

/** A bundler has put the module into another file, or its URL is one of the machine that has built the page. */
function cureFor(url: string, why: string): string {
  const isBundled =
    !/^https?:/.test(url) || /\b(document|window) is not defined|variable: (document|window)\b/.test(why)
  return isBundled
    ? ". This page is bundled, so its modules have no URLs of their own: write a worker's script that imports them and calls " +
        'serveLanes([…]) of @onecopy/web/lanes, and give it to createEngine({ worker })'
    : '. In a worker, a module can import others by relative or absolute URLs only: a page’s import map does not count there'
}
