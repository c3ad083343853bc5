// The files that patterns such as `logs/*.log` match.

import { type Dirent, readdir } from 'node:fs'
import { resolve } from 'node:path'
import { checkCount } from '@onecopy/core/lane'
import { showPath, unreadable } from './path.js'

/** Whether a text that names no file may be a pattern. */
export function isPattern(text: string): boolean {
  return /[*?[{]|[!+@]\(/.test(text)
}

/**
 * Find the files that match a pattern: `*` (any characters but `/`), `?`, `[abc]`, `{a,b}`, `**` (any folders). Names that begin with
 * a dot match only a pattern with that dot. Links are followed. `files` finds files in the same way.
 *
 * @param pattern - a pattern. A path without such characters is given back as it is, if there is such a file or not
 * @param folder - the folder where relative patterns begin; default: the working folder
 * @returns absolute paths, in the order of their UTF-16 code units: `a.1`, `a.10`, `a.2`
 * @throws {Error} nothing matches (`code` is `'ENOENT'`), or a folder cannot be read (`code` is the system's)
 * @example for (const path of await findFiles('logs/*.log')) console.log(path)
 */
export async function findFiles(pattern: string, folder: string = process.cwd()): Promise<string[]> {
  checkCount('findFiles', 2, arguments.length)
  if (!isPattern(pattern)) return [resolve(folder, pattern)]
  const { glob } = await import('tinyglobby')
  let failure: Error | undefined
  // The library misses files for patterns that lead out of its folder. So it gets the folder before the first special character.
  const parts = (process.platform === 'win32' ? pattern.replaceAll('\\', '/') : pattern).split('/')
  const plain = parts.findIndex(isPattern)
  const found = await glob(parts.slice(plain).join('/'), {
    cwd: plain === 0 ? folder : resolve(folder, `${parts.slice(0, plain).join('/')}/`),
    absolute: true,
    expandDirectories: false,
    fs: {
      // The library passes over folders that cannot be read. Then files would be missing, and nobody would know.
      readdir: ((
        path: string,
        options: { withFileTypes: true },
        done: (cause: NodeJS.ErrnoException | null, entries: Dirent[]) => void,
      ) => {
        readdir(path, options, (cause, entries) => {
          if (cause !== null && cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR')
            failure ??= unreadable('read', path, cause)
          done(cause, entries)
        })
        // `as`: the library calls it in this way only.
      }) as typeof readdir,
    },
  })
  if (failure !== undefined) throw failure
  if (found.length === 0) throw noMatch(pattern, folder)
  return found.map((path) => resolve(path)).sort()
}

function noMatch(pattern: string, folder: string): Error {
  const error = new Error(`path: no file matches ${showPath(pattern)} in ${showPath(folder)}`)
  return Object.assign(error, { code: 'ENOENT' })
}
