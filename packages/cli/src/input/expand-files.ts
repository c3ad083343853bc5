// Patterns such as `logs/*.log` among the names of inputs. A shell expands them, unless they are quoted or the shell is that of Windows.

import { existsSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'
import { standardInput } from './standard-input.js'

/**
 * The names of the inputs, with the files that patterns match in their place. A name of a file is no pattern, whatever characters it has.
 *
 * @param folder - where relative names begin
 * @throws {Error} a pattern matches nothing, or a folder cannot be read
 */
export async function expandFiles(names: readonly string[], folder: string): Promise<string[]> {
  const expanded: string[] = []
  for (const name of names) {
    if (name === standardInput || isUrl(name) || existsSync(resolve(folder, name))) {
      expanded.push(name)
      continue
    }
    const { findFiles } = await import('@onecopy/node')
    for (const path of await findFiles(name, folder)) {
      // A name that is no pattern, and names nothing, stays as it was given.
      if (path === resolve(folder, name)) expanded.push(name)
      else expanded.push(isAbsolute(name) ? path : relative(folder, path))
    }
  }
  return expanded
}

function isUrl(name: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(name)
}
