// The files that patterns such as `logs/*.log` match.

import { resolve } from 'node:path'
import { checkCount } from '@onecopy/core/lane'
import { FileSearch } from './file-search.js'
import { showPath } from './path.js'

/** One pattern stands for at most so many, such as `{1..10}` for ten. */
const mostPatterns = 10_000
/** All of them have at most so many characters. The library would pass over some soon. */
const mostCharacters = 3_000_000

/** Whether a text that names no file may be a pattern. */
export function isPattern(text: string): boolean {
  return /[*?[{]/.test(text)
}

/**
 * Find the files that match a pattern: `*` (any characters but `/`), `?`, `[abc]`, `{a,b}`, `{1..10}`, `**` (any folders). All other
 * characters stand for themselves. Names that begin with a dot match only a pattern with that dot. Links are followed; `**` does not
 * follow those that lead back up. A link that leads nowhere is found, so that it is missed when it is opened. `files` finds files in
 * the same way.
 *
 * @param pattern - a pattern. A path without such characters is given back as it is, if there is such a file or not
 * @param folder - the folder where relative patterns begin; default: the working folder
 * @returns absolute paths, in the order of their UTF-16 code units: `a.1`, `a.10`, `a.2`
 * @throws {RangeError} the pattern stands for too many others
 * @throws {Error} nothing matches (`code` is `'ENOENT'`), or a folder cannot be read (`code` is the system's)
 * @example for (const path of await findFiles('logs/*.log')) console.log(path)
 */
export async function findFiles(pattern: string, folder: string = process.cwd()): Promise<string[]> {
  checkCount('findFiles', 2, arguments.length)
  if (!isPattern(pattern)) return [resolve(folder, pattern)]
  const { Minimatch } = await import('minimatch')
  const options: object = {
    // What is on `Object.prototype` is no option.
    __proto__: null,
    // Parentheses, `!` and `#` are characters of names.
    noext: true,
    nonegate: true,
    nocomment: true,
    optimizationLevel: 0,
    braceExpandMax: mostPatterns + 1,
  }
  const parsed = new Minimatch(process.platform === 'win32' ? pattern.replaceAll('\\', '/') : pattern, options)
  const all = parsed.braceExpand()
  if (all.length > mostPatterns || all.join('').length > mostCharacters) {
    const many = `more than ${mostPatterns} patterns, or for very long ones`
    throw new RangeError(`path: ${showPath(pattern)} stands for ${many}; give fewer`)
  }
  const search = new FileSearch()
  for (const parts of parsed.set) {
    const plain = parts.findIndex((part) => typeof part !== 'string')
    const begin = plain < 0 ? parts.length - 1 : plain
    // With a slash at its end, because a drive of Windows without one is its working folder.
    await search.find(resolve(folder, begin === 0 ? '.' : `${parts.slice(0, begin).join('/')}/`), parts.slice(begin))
  }
  if (search.found.size === 0) throw noMatch(pattern, folder)
  return [...search.found].sort()
}

function noMatch(pattern: string, folder: string): Error {
  const error = new Error(`path: no file matches ${showPath(pattern)} in ${showPath(folder)}`)
  return Object.assign(error, { code: 'ENOENT' })
}
