// Other people's programs that do the same job, if they are installed.

import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { Timed } from '../case.js'

/** @typedef {import('../case.js').Contestant} Contestant */

const most = 2 ** 26

/** With this locale, no tool has to decode characters. */
const environment = { ...process.env, LC_ALL: 'C' }

/**
 * Whether a program can be started. Its exit code for `--version` does not matter, because not all programs know that option.
 *
 * @param {string} command
 */
export function isInstalled(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined
}

/**
 * A whole command, from its start to its end. Its output goes to a pipe. (GNU grep, for example, checks where its output goes,
 * and stops at the first match if that is /dev/null.)
 *
 * @template [Answer=unknown]
 * @param {string} name
 * @param {[string, ...string[]]} command
 * @param {(output: string) => Answer} read finds the answer in its output
 * @param {Partial<Contestant>} [more]
 * @returns {Contestant}
 */
export function tool(name, [command, ...args], read, more = {}) {
  if (!isInstalled(command)) return { name, missing: `${command} is not installed` }
  const run = () => {
    const begun = performance.now()
    const output = execFileSync(command, args, { encoding: 'utf8', env: environment, maxBuffer: most })
    const ms = performance.now() - begun
    return new Timed(read(output), ms)
  }
  return { name, run, ...more }
}

/**
 * A whole command, as {@link tool}, of which the processor time is measured.
 *
 * @param {string} name
 * @param {[string, ...string[]]} command
 * @param {(output: string) => unknown} read
 * @returns {Contestant}
 */
export function toolProcessorTime(name, [command, ...args], read) {
  for (const needed of [command, 'bash'])
    if (!isInstalled(needed)) return { name, missing: `${needed} is not installed` }
  // Node does not tell the processor time of other processes. Bash does, in seconds: user and system.
  const script = 'TIMEFORMAT="%3U %3S"; time "$@"'
  const run = () => {
    const options = /** @type {const} */ ({ encoding: 'utf8', env: environment, maxBuffer: most })
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', command, ...args], options)
    const seconds = stderr.trim().split(' ').map(Number)
    if (status !== 0 || seconds.length !== 2) throw new Error(`${name}: ended with exit code ${status}: ${stderr}`)
    return new Timed(read(stdout), 1000 * seconds.reduce((sum, each) => sum + each, 0))
  }
  return { name, run }
}

/**
 * A whole command whose output goes to a file, because it is long. Reading that file is not measured.
 *
 * @param {string} name
 * @param {[string, ...string[]]} command
 * @param {string} outputPath
 * @param {(output: string) => unknown} read
 * @returns {Contestant}
 */
export function toolToFile(name, [command, ...args], outputPath, read) {
  if (!isInstalled(command)) return { name, missing: `${command} is not installed` }
  const run = () => {
    const output = openSync(outputPath, 'w')
    try {
      const begun = performance.now()
      const { status } = spawnSync(command, args, { env: environment, stdio: ['ignore', output, 'inherit'] })
      const ms = performance.now() - begun
      if (status !== 0) throw new Error(`${name}: ended with exit code ${status}`)
      return new Timed(read(readFileSync(outputPath, 'latin1')), ms)
    } finally {
      closeSync(output)
    }
  }
  return { name, run }
}

/**
 * The number that an output begins with.
 *
 * @param {string} output
 */
export function leadingNumber(output) {
  return Number.parseInt(output, 10)
}

/**
 * The word that an output begins with.
 *
 * @param {string} output
 */
export function leadingWord(output) {
  return output.trim().split(/\s/, 1)[0]
}
