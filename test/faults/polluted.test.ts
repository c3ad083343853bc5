// Names that other code adds to `Object.prototype` or `Array.prototype`, in the caller or in a worker, change no answer and end
// no process.
//
// The names are found in the built code of the packages and of their dependencies; see polluted-program.js.

import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runNode } from '../support/child.js'

const program = fileURLToPath(new URL('polluted-program.js', import.meta.url))

interface Report {
  /** How many names there are. */
  readonly names: number
  /** Names with which Node itself no longer does what an engine needs, each with the kind of value. */
  readonly left: readonly string[]
  /** What went wrong. */
  readonly wrong: readonly string[]
}

/** Names that are read as an engine is made and ended. Each takes new threads, so they are few. */
const ofStart =
  'timeout value cause describe open id elementType message get failure enumerable priority workers listener shouldRecycle'

test.each([
  ['in the caller', 'caller', ''],
  ['on lists, in the caller', 'lists', ''],
  ['in a worker', 'worker', ''],
  ['before the packages are imported', 'before', ''],
  ['by a plugin that the command loads', 'command', ''],
  ['around an engine from its making to its end', 'start', ofStart],
])('by each name that the code reads, %s', { timeout: 300_000 }, async (_, mode, only) => {
  const { code, stdout, stderr } = await runNode(program, mode, ...only.split(' ').filter((name) => name !== ''))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  // `as`: it is what the program prints.
  const { names, left, wrong } = JSON.parse(stdout) as Report
  expect(wrong).toEqual([])
  // A few names are Node's own fault. There must not be so many that nothing is tested any more.
  expect(names).toBeGreaterThanOrEqual(only === '' ? 1000 : 14)
  expect(left.length, left.join(', ')).toBeLessThanOrEqual(only === '' ? 60 : 6)
})
