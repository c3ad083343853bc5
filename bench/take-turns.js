// Runs a case's contestants in turns (A B C A B C …), so that any other load on the machine affects all of them equally.

import { isDeepStrictEqual } from 'node:util'
import { Timed } from './case.js'
import { summarize } from './statistics.js'

/**
 * What came of one contestant.
 *
 * @typedef {object} Result
 * @property {string} name
 * @property {string} [missing]
 * @property {string} [note]
 * @property {number} [scale]
 * @property {number[]} [values]  one a round, in ms or bytes, multiplied by `scale`
 * @property {number} [median]
 * @property {number} [min]
 * @property {number} [max]
 */

/**
 * What came of one target.
 *
 * @typedef {object} Verdict
 * @property {string} what
 * @property {'at least' | 'at most'} relation
 * @property {number} bound
 * @property {string} unit
 * @property {number} [value]  not there if somebody is missing
 * @property {boolean} [reached]
 */

/**
 * Run all contestants once to warm up (unless there is only one round), and then `rounds` times. Every answer is checked.
 *
 * @param {import('./case.js').Prepared} prepared
 * @param {number} rounds integer >= 1
 * @returns {Promise<Result[]>}
 * @throws {Error} a contestant's answer is not the expected one
 */
export async function takeTurns({ contestants, expected }, rounds) {
  /** @type {Map<string, number[]>} */
  const values = new Map()
  for (let round = rounds > 1 ? -1 : 0; round < rounds; round++) {
    for (const contestant of contestants) {
      if (contestant.run === undefined) continue
      const { name, scale = 1 } = contestant
      globalThis.gc?.()
      const begun = performance.now()
      const got = await contestant.run()
      const ms = performance.now() - begun
      const { answer, taken } = got instanceof Timed ? got : { answer: got, taken: ms }
      check(name, answer, 'expected' in contestant ? contestant.expected : expected)
      if (round >= 0) values.set(name, [...(values.get(name) ?? []), taken * scale])
    }
  }
  return contestants.map(({ name, missing, note, scale }) => {
    const own = values.get(name)
    return {
      name,
      ...(missing === undefined ? {} : { missing }),
      ...(note === undefined ? {} : { note }),
      ...(scale === undefined ? {} : { scale }),
      ...(own === undefined ? {} : { values: own, ...summarize(own) }),
    }
  })
}

/**
 * Compare the targets with what was measured.
 *
 * @param {readonly import('./case.js').Target[]} targets
 * @param {readonly Result[]} results
 * @returns {Verdict[]}
 */
export function judge(targets, results) {
  const medians = new Map(results.map(({ name, median }) => [name, median]))
  return targets.map(({ what, relation, bound, unit, value: measure }) => {
    const value = measure((name) => {
      // A target for a contestant that does not exist would never be missed.
      if (!medians.has(name)) throw new Error(`${what}: there is no contestant ${name}`)
      return medians.get(name)
    })
    const verdict = { what, relation, bound, unit }
    if (value === undefined) return verdict
    return { ...verdict, value, reached: relation === 'at least' ? value >= bound : value <= bound }
  })
}

/**
 * @param {string} name
 * @param {unknown} answer
 * @param {unknown} expected
 */
function check(name, answer, expected) {
  if (isDeepStrictEqual(answer, expected)) return
  throw new Error(`${name}: the answer is wrong: expected ${shorten(expected)}, got ${shorten(answer)}`)
}

/** @param {unknown} value */
function shorten(value) {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
