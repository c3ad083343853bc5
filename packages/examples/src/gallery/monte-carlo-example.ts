// monte-carlo in the gallery. Its check draws the same points with a generator that follows the published description step by step.

import { range } from '@onecopy/node'
import { chunkPoints, monteCarlo, type PiEstimate } from '../monte-carlo/monte-carlo.js'
import type { RangeExample } from './example.js'
import { formatCount } from './format.js'

const points = 4_000_000
const seed = 2 ** 32 + 7

/** The example. */
export const monteCarloExample: RangeExample<PiEstimate, PiEstimate> = {
  plugin: monteCarlo,
  teaches: 'numbers as data, without memory; random numbers that are the same on any number of workers',
  generated: `${formatCount(points, 'random point')}, which no memory holds`,
  numbers: () => range(points),
  run: (engine, data, { workers, watch }) => watch(engine.run(data, monteCarlo, { workers, seed })),
  answer: (estimate) => estimate,
  check: async () => drawAgain(),
  agrees: (answer, expected) =>
    answer.inside === expected.inside &&
    answer.points === expected.points &&
    Math.abs(answer.pi - Math.PI) < 6 * answer.standardError,
  against: 'a plain loop with Threefry-4x32-20, word by word',
  summary: ({ pi }) => `π ≈ ${pi.toFixed(5)}`,
  details: ({ pi, standardError, inside, points }) =>
    `  ${inside} of ${points} points: π = ${pi.toFixed(6)} ± ${standardError.toFixed(6)}, off by ${Math.abs(pi - Math.PI).toFixed(6)}`,
}

const rotations: readonly (readonly [number, number])[] = [
  [10, 26],
  [11, 21],
  [13, 27],
  [23, 5],
  [6, 20],
  [17, 11],
  [25, 10],
  [18, 20],
]

/** One block of the generator: four words from a counter and a key of four words each. */
function threefry(counter: readonly number[], key: readonly number[]): number[] {
  const keys = [...key, key.reduce((parity, word) => parity ^ word, 0x1bd11bda)]
  const words = counter.map((word, i) => (word + key[i]!) >>> 0)
  for (let round = 0; round < 20; round++) {
    // Words 0 and 1 are mixed, and 2 and 3; in odd rounds 0 and 3, and 2 and 1.
    const partners = round % 2 === 0 ? [1, 3] : [3, 1]
    for (const side of [0, 1]) {
      const [left, right] = [2 * side, partners[side]!]
      const by = rotations[round % 8]![side]!
      words[left] = (words[left]! + words[right]!) >>> 0
      words[right] = (((words[right]! << by) | (words[right]! >>> (32 - by))) ^ words[left]!) >>> 0
    }
    if (round % 4 !== 3) continue
    const injection = (round + 1) / 4
    for (let i = 0; i < 4; i++) words[i] = (words[i]! + keys[(injection + i) % 5]! + (i === 3 ? injection : 0)) >>> 0
  }
  return words
}

function drawAgain(): PiEstimate {
  const key = [seed % 2 ** 32, Math.floor(seed / 2 ** 32), 0, 0]
  const toUnit = (high: number, low: number): number => ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53
  let inside = 0
  for (let point = 0; point < points; point++) {
    // A point takes two numbers, and a block of words gives two.
    const [a, b, c, d] = threefry([point % chunkPoints, 0, Math.floor(point / chunkPoints), 0], key)
    if (toUnit(a!, b!) ** 2 + toUnit(c!, d!) ** 2 < 1) inside++
  }
  const share = inside / points
  return { points, inside, pi: 4 * share, standardError: Math.sqrt((16 * share * (1 - share)) / points) }
}
