// A map in shared memory against a Map of JavaScript: built, and looked up.

import { sharedMap } from '@onecopy/core'
import { timesAsFast, timesAsLong } from '../case.js'
import { randomNumbers } from '../random.js'

/** @type {import('../case.js').Case} */
export const sharedMapCase = {
  title:
    'A map of a million entries in shared memory: built, and a million look-ups on one thread, half of them misses',
  measures: 'time',
  inputs: [],
  rounds: 7,
  prepare({ quick }) {
    const count = quick ? 20_000 : 1_000_000
    const next = randomNumbers(15)
    /** @type {[string, number][]} */
    const users = Array.from({ length: count }, (_, i) => [`user-${i * 7}`, i])
    /** @type {[number, number][]} */
    const numbers = Array.from({ length: count }, (_, i) => [i * 7, i])
    // Every second one is there.
    const asked = Array.from({ length: count }, (_, i) => (next() % count) * 7 + (i % 2))
    const askedUsers = asked.map((n) => `user-${n}`)
    const found = asked.reduce((sum, n) => (n % 7 === 0 ? sum + n / 7 : sum), 0)
    const [map, shared] = [new Map(users), sharedMap(users)]
    const [numberMap, sharedNumbers] = [new Map(numbers), sharedMap(numbers)]
    return {
      expected: found,
      contestants: [
        { name: 'look up text, sharedMap', run: () => sumOf(shared, askedUsers) },
        { name: 'look up text, Map', run: () => sumOf(map, askedUsers) },
        { name: 'look up numbers, sharedMap', run: () => sumOf(sharedNumbers, asked) },
        { name: 'look up numbers, Map', run: () => sumOf(numberMap, asked) },
        { name: 'build with text, sharedMap', expected: count, run: () => sharedMap(users).size },
        { name: 'build with text, Map', expected: count, run: () => new Map(users).size },
        { name: 'build with numbers, sharedMap', expected: count, run: () => sharedMap(numbers).size },
        { name: 'build with numbers, Map', expected: count, run: () => new Map(numbers).size },
      ],
      targets: [
        timesAsFast('look up text, sharedMap', 'look up text, Map', 0.5),
        timesAsFast('look up numbers, sharedMap', 'look up numbers, Map', 0.5),
        timesAsLong('build with text, sharedMap', 'build with text, Map', 1.5),
        timesAsLong('build with numbers, sharedMap', 'build with numbers, Map', 1.5),
      ],
    }
  },
}

/**
 * @template K
 * @param {{ get(key: K): number | undefined }} map
 * @param {readonly K[]} keys
 */
function sumOf(map, keys) {
  let sum = 0
  for (const key of keys) sum += map.get(key) ?? 0
  return sum
}
