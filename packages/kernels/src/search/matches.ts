// What a search gives: how many matches there are, and where they begin.

/** What was found. */
export interface Matches {
  /** How many matches there are, whatever `limit` is. */
  readonly count: number
  /** Where the first `limit` of them start: bytes from the start of the data, ascending. */
  readonly offsets: Float64Array
}

/** What was found in one chunk. */
export interface ChunkMatches extends Matches {
  /** The parameter: the reducer has to know it. */
  readonly limit: number
}
