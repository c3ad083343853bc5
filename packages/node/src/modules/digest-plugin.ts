// The digest of a plugin's code: two machines that compute the same one run the same plugin.

import { readFileSync, statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkCount } from '@onecopy/core/lane'
import { createSha256 } from '../crypto.js'
import { findModule } from './plugin-reference.js'
import { resolvePackage } from './resolve-package.js'

/**
 * The SHA-256 of a plugin's code, as 64 hexadecimal digits. It is the same wherever the same files are, and differs as soon as
 * one of them does.
 *
 * It covers the module, everything that it imports or requires by a relative path, transitively, and files that it names with
 * `new URL('./file', import.meta.url)`. Of packages it covers the name and version, without their own dependencies. It covers the
 * version of `@onecopy/core`, and not that of Node. Imports whose path is computed are not seen.
 *
 * @param reference - a path, a `file:` URL or a package's name, as for `loadPlugin`; a `#name` at its end makes no difference
 * @throws {OnecopyError} `ERR_PLUGIN_LOAD`: there is no such module
 * @example const part = await engine.part(data, hash, span, { digest: await digestPlugin('./hash.js') })
 */
export async function digestPlugin(reference: string | URL): Promise<string> {
  checkCount('digestPlugin', 1, arguments.length)
  const { url } = await findModule(reference, process.cwd())
  const lines = [`@onecopy/core ${coreVersion()}`]
  const found = [fileURLToPath(url)]
  // The list grows while it is read. Each file gets its number when it is first named, so the digest does not depend on folders.
  for (const path of found) {
    const bytes = readFileSync(path)
    lines.push(`file ${createSha256().update(bytes).digest('hex')}`)
    if (!codeExtensions.includes(extname(path))) continue
    for (const specifier of importsOf(bytes.toString())) {
      const target = await locate(specifier, dirname(path))
      if (target.file !== undefined && !found.includes(target.file)) found.push(target.file)
      lines.push(`${specifier} ${target.file === undefined ? target.version : `file ${found.indexOf(target.file)}`}`)
    }
  }
  return createSha256().update(lines.join('\n')).digest('hex')
}

const codeExtensions: readonly string[] = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.tsx', '.jsx']

/**
 * The specifiers in a module's text. What only looks like an import, for instance in a comment, counts too. That does no harm,
 * because it is the same on all machines.
 */
function importsOf(text: string): string[] {
  const patterns = [
    /\b(?:import|export)\b[^'"`;()]*?\bfrom\s*['"]([^'"\n]+)['"]/g,
    /\bimport\s*['"]([^'"\n]+)['"]/g,
    /\b(?:import|require)\s*\(\s*(?:\/\*.*?\*\/\s*)*['"`]([^'"`\n$]+)['"`]/g,
    /\bnew\s+URL\s*\(\s*['"`](\.[^'"`\n$]+)['"`]\s*,\s*import\.meta\.url/g,
  ]
  return patterns.flatMap((pattern) => Array.from(text.matchAll(pattern), (match) => match[1]!))
}

/** What a specifier leads to: a file, or the version of a package. */
type Target =
  | { readonly file: string; readonly version?: undefined }
  | { readonly file: undefined; readonly version: string }

async function locate(specifier: string, folder: string): Promise<Target> {
  if (isBuiltin(specifier) || /^(data|https?):/.test(specifier)) return { file: undefined, version: '' }
  if (/^\.{0,2}\//.test(specifier) || specifier.startsWith('file:')) {
    const path = specifier.startsWith('file:')
      ? fileURLToPath(specifier)
      : resolve(folder, specifier.replace(/[?#].*$/, ''))
    const file = fileAt(path)
    return file === undefined ? { file, version: 'missing' } : { file }
  }
  let path: string
  try {
    path = fileURLToPath(await resolvePackage(specifier, folder))
  } catch {
    // It may be optional, or only look like an import. If the module needs it, loading the module says so.
    return { file: undefined, version: 'missing' }
  }
  return specifier.startsWith('#') ? { file: path } : { file: undefined, version: packageVersion(path) }
}

/** The file that a relative path means, also for CommonJS and TypeScript, which leave out or change its ending. */
function fileAt(path: string): string | undefined {
  const withoutJs = path.replace(/\.([cm]?)jsx?$/, '.$1ts')
  const endings = ['.js', '.cjs', '.json', '.ts', '.tsx', '/index.js', '/index.ts']
  return [path, withoutJs, `${withoutJs}x`, ...endings.map((ending) => path + ending)].find(isFile)
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

/** The name and version of the package that a file belongs to. */
function packageVersion(path: string): string {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (isFile(manifest)) {
      const { name, version } = JSON.parse(readFileSync(manifest, 'utf8'))
      // A manifest without a name only says how the folder's files are read.
      if (name !== undefined) return `${name}@${version}`
    }
    if (folder === dirname(folder)) return 'unknown'
  }
}

function coreVersion(): string {
  try {
    return packageVersion(fileURLToPath(import.meta.resolve('@onecopy/core')))
  } catch {
    // It is in a bundle, whose text is part of the digest then.
    return 'bundled'
  }
}
