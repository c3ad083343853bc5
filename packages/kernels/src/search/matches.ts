// The answer of a search: how many matches there are, and where they start.

/** What was found. */
export interface Matches {
  /** The number of all matches, independent of `limit`. */
  readonly count: number
  /** Where the first `limit` matches start, in bytes from the start of the data, ascending. */
  readonly offsets: Float64Array
}

/** What was found in one chunk. */
export interface ChunkMatches extends Matches {
  /** The parameter `limit`, because the reducer needs it. */
  readonly limit: number
}
