// Pseudo-random numbers that are the same each time. Generated data is made from them.

/** A source of numbers `0 <= x < 1`. */
export type Random = () => number

/**
 * The pseudo-random numbers for `seed`.
 *
 * @param seed - an integer; its lower 32 bits count
 * @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c Mulberry32 by Tommy Ettinger, public domain
 */
export function seededRandom(seed: number): Random {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A normally distributed number with mean 0 and standard deviation 1 (Box and Muller, 1958). */
export function normal(random: Random): number {
  // `1 - x` is never 0, and 0 has no logarithm.
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** A random element of a list, which must not be empty. */
export function pick<V>(random: Random, list: readonly V[]): V {
  return list[Math.floor(random() * list.length)]!
}
