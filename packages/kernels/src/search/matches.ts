// The answer of a search: how many matches there are, and where they start.

/** What was found. */
export interface Matches {
  /** The number of all matches. If a `limit` of 1 or more is reached, the search ends there, and this is the limit. */
  readonly count: number
  /** Where the first `limit` matches start, in bytes from the start of the data, ascending. */
  readonly offsets: Float64Array
  /** With `patterns`: how many of the `count` matches each of them has. Missing if the data is empty. */
  readonly counts?: Float64Array
  /**
   * With `patterns`: the index of the pattern that each of `offsets` belongs to. Of equal offsets the smaller index comes first.
   * Missing if the data is empty.
   */
  readonly which?: Uint16Array
}

/** What was found in one chunk. */
export interface ChunkMatches extends Matches {
  /** The parameter `limit`, because the reducer needs it. */
  readonly limit: number
}
