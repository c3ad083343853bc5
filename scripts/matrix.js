// Runs the tests on every supported version line of Node, one after the other, and prints a summary at the end.
//
// `npm run test:matrix -- 22 24 test/engine/engine.test.ts`: numbers choose versions, and the rest goes to vitest. The builds
// of Node come from npm's package `node`.

import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { npmCommand } from './package-manager.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** The oldest supported version, and the newest of each line after it. */
const supported = ['20.19.0', '22', '24', '26']

const given = process.argv.slice(2)
const chosen = given.filter((argument) => /^\d+(\.\d+)*$/.test(argument))
const rest = given.filter((argument) => !chosen.includes(argument))

const outcomes = (chosen.length === 0 ? supported : chosen).map((version) => {
  const name = onNode(version, ['-p', 'process.version'], 'pipe').stdout?.trim() || `node@${version}`
  console.log(`\n== ${name}`)
  const begun = performance.now()
  const { status } = onNode(version, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...rest], 'inherit')
  return { name, passed: status === 0, seconds: Math.round((performance.now() - begun) / 1000) }
})

console.log()
for (const { name, passed, seconds } of outcomes) console.log(`${passed ? 'passed' : 'FAILED'}  ${name}  ${seconds} s`)
process.exitCode = outcomes.every(({ passed }) => passed) ? 0 : 1

/**
 * @param {string} version
 * @param {string[]} args
 * @param {'pipe' | 'inherit'} output
 */
function onNode(version, args, output) {
  const [command, ...prefix] = npmCommand()
  return spawnSync(command, [...prefix, 'exec', '--yes', '--', `node@${version}`, ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', output, 'inherit'],
  })
}
