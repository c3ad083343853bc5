// The most frequent words of a count.

/** A word and how often it occurs. */
export type WordCount = readonly [word: string, count: number]

/**
 * The `most` most frequent words, the most frequent one first; of equally frequent ones the one that sorts first by
 * UTF-16 code units.
 *
 * @param most - integer >= 0
 * @throws {RangeError} `most` is no integer >= 0
 * @example topWords(await engine.run(data, wordCount), 10) // [['the', 9232], ['of', 5006], …]
 */
export function topWords(counts: ReadonlyMap<string, number>, most: number): WordCount[] {
  if (!Number.isSafeInteger(most) || most < 0) throw new RangeError(`most: expected an integer >= 0, got ${most}`)
  const compare = ([a, n]: WordCount, [b, m]: WordCount): number => m - n || (a < b ? -1 : 1)
  return [...counts].sort(compare).slice(0, most)
}
