// `onecopy new`: creates a folder with a plugin, its test, a package.json and a README, ready to run.

import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire, isBuiltin } from 'node:module'
import { join } from 'node:path'
import { exitFailed, exitOk } from '../terminal/exit-codes.js'
import { writeNote, writeOut } from '../terminal/output.js'
import { UsageError } from '../terminal/usage-error.js'
import { filesOf, installPacked, isUnpublished } from './template.js'

/**
 * Create the folder. Returns the exit code.
 *
 * @param name - the package's name, with a scope if it has one
 * @param cwd - where the folder is created
 * @param version - the version of the packages that it depends on
 * @param isTypeScript - whether the plugin and its test are TypeScript
 * @throws {UsageError} a package cannot have this name
 */
export async function newCommand(name: string, cwd: string, version: string, isTypeScript: boolean): Promise<number> {
  checkName(name)
  const folder = name.slice(name.indexOf('/') + 1)
  const path = join(cwd, folder)
  try {
    await mkdir(path)
  } catch (error) {
    // `as`: errors of the file system have a code.
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'EEXIST' ? `${folder} is there already; nothing is overwritten` : message
    writeNote(`onecopy: cannot make the folder: ${why}`)
    return exitFailed
  }
  const files = filesOf({ name, folder, version, isTypeScript })
  // `wx`: a file that was created in the meantime is not overwritten either.
  for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text, { flag: 'wx' })
  const list = Object.keys(files).map((file) => `  ${folder}/${file}`)
  const next = ['npm test', 'npx onecopy run . package.json']
  const isMissing = !isInstalled(path)
  if (isMissing) next.unshift('npm install')
  const hint =
    isMissing && isUnpublished(version)
      ? `\nThe packages are not published yet. Until then, instead of npm install:\n  ${installPacked}\n`
      : ''
  await writeOut(`Made a plugin:
${list.join('\n')}

Next:
  cd ${folder}
${next.map((command) => `  ${command}`).join('\n')}
${hint}`)
  return exitOk
}

/** Whether the plugin and test in a folder can find their imports in a project around it. */
function isInstalled(path: string): boolean {
  const { resolve } = createRequire(join(path, 'package.json'))
  try {
    for (const each of ['@onecopy/core/testing', '@onecopy/node', 'fast-check']) resolve(each)
    return true
  } catch {
    // That something is missing is the answer.
    return false
  }
}

const part = /^[a-z0-9][a-z0-9._-]*$/
const longest = 214

/** @throws {UsageError} it is not allowed; the message says why */
function checkName(name: string): void {
  const [scope, rest] = name.startsWith('@')
    ? [name.slice(1).split('/')[0], name.split('/').slice(1).join('/')]
    : [undefined, name]
  const wrong = (why: string): never => {
    throw new UsageError(`NAME: ${why}, got ${JSON.stringify(name)}`)
  }
  if (rest.includes('/') || rest.includes('\\')) wrong('expected a name and no path (go to the folder first)')
  if (!part.test(rest) || (scope !== undefined && !part.test(scope))) {
    wrong('expected a package’s name: lower-case letters, digits, and . _ - within, such as zeros or @me/zeros')
  }
  if (name.length > longest) wrong(`expected at most ${longest} characters`)
  if (['node_modules', 'favicon.ico'].includes(rest)) wrong('this is no name for a package')
  if (scope === undefined && isBuiltin(name)) wrong('this is the name of a module of Node')
}
