// The monte-carlo plugin: π from random points, without any input.

import { definePlugin, fixed, type Plugin } from '@onecopy/core'

/** What is known of some points. */
export interface Points {
  /** How many points. */
  readonly points: number
  /** How many of them lie in the circle. */
  readonly inside: number
}

/** The answer. */
export interface PiEstimate extends Points {
  /** Four times the share of the points that lie in the circle. */
  readonly pi: number
  /** The standard error of `pi`: it is farther off than three times this in about one of 370 runs. */
  readonly standardError: number
}

/** Points per chunk. Another size gives other points, because each chunk has random numbers of its own. */
export const chunkPoints: number = 2 ** 16

/**
 * Estimates π: of random points in a square, the share that lies in its circle is π / 4. Run it over `range(n)` for n points.
 *
 * Each chunk has its own random numbers, from the run's seed and its own number. So the answer is the same on any number of workers.
 *
 * @example const { pi } = await engine.run(range(100_000_000), monteCarlo, { seed: 1 })
 */
export const monteCarlo: Plugin<undefined, Points, PiEstimate> = definePlugin(import.meta.url, {
  name: 'monte-carlo',
  description: 'Estimates π from the share of random points that lie in a circle.',
  chunks: fixed({ size: chunkPoints }),

  map(_, { start, end, random }): Points {
    let inside = 0
    for (let point = start; point < end; point++) {
      const x = random()
      const y = random()
      if (x * x + y * y < 1) inside++
    }
    return { points: end - start, inside }
  },

  reduce: {
    init: (): Points => ({ points: 0, inside: 0 }),
    add,
    merge: add,
    finish({ points, inside }): PiEstimate {
      const share = inside / points
      return { points, inside, pi: 4 * share, standardError: 4 * Math.sqrt((share * (1 - share)) / points) }
    },
  },
})

function add(a: Points, b: Points): Points {
  return { points: a.points + b.points, inside: a.inside + b.inside }
}
