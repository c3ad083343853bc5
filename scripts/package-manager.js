// Finds how to run the pnpm version that package.json pins, so that nobody has to install it first.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const manifest = join(dirname(dirname(fileURLToPath(import.meta.url))), 'package.json')

/**
 * The command and its first arguments. It goes through npm, which comes with every Node, unless pnpm itself runs this.
 *
 * @returns {[string, ...string[]]}
 */
export function packageManagerCommand() {
  const { packageManager: pinned } = JSON.parse(readFileSync(manifest, 'utf8'))
  const current = process.env.npm_execpath ?? ''
  if (/pnpm\.c?js$/.test(current)) return [process.execPath, current]
  const npm = npmScript()
  return npm === undefined ? ['npx', '--yes', pinned] : [process.execPath, npm, 'exec', '--yes', '--', pinned]
}

/**
 * npm, as a command and its first arguments.
 *
 * @returns {[string, ...string[]]}
 */
export function npmCommand() {
  const npm = npmScript()
  return npm === undefined ? ['npm'] : [process.execPath, npm]
}

/** The path of npm's script, which can be run without a shell. It is beside Node on Windows, and one folder further elsewhere. */
function npmScript() {
  const current = process.env.npm_execpath ?? ''
  if (/npm-cli\.js$/.test(current)) return current
  const node = dirname(process.execPath)
  return ['node_modules', '../lib/node_modules']
    .map((modules) => join(node, modules, 'npm/bin/npm-cli.js'))
    .find((script) => existsSync(script))
}
