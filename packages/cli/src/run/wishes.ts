// What the command was asked for.

import type { InputWishes } from '../input/element-types.js'
import type { Sort } from '../result/entries.js'
import type { ClusterWishes } from './cluster-runs.js'

/** The options of the command. */
export interface RunWishes extends InputWishes {
  readonly plugin: string
  /** The inputs, one for each run. If files are taken together, the one name of all of them. */
  readonly files: readonly string[]
  /** The files that are taken together as one input; undefined: each is one. */
  readonly together: readonly string[] | undefined
  /** Whether the results of all files are printed as one table. */
  readonly isByFile: boolean
  readonly param: readonly string[]
  readonly params: string | undefined
  readonly workers: number | undefined
  readonly chunkBytes: number | undefined
  readonly timeoutMs: number | undefined
  readonly retries: number | undefined
  readonly seed: number | undefined
  readonly maxSkipped: number | undefined
  /** The file for what was skipped, absolute. */
  readonly skipped: string | undefined
  /** The file for the results, absolute; undefined: they are printed. */
  readonly out: string | undefined
  readonly only: readonly number[] | undefined
  readonly sample: number | undefined
  /** The file for the trace, absolute. */
  readonly trace: string | undefined
  /** The folder for the finished parts of the run, absolute. */
  readonly resume: string | undefined
  /** The same, for a file that grows. */
  readonly follow: string | undefined
  readonly verifyPrefix: boolean
  readonly sort: Sort
  /** Where to run; undefined: on this machine. */
  readonly cluster: ClusterWishes | undefined
  readonly isJson: boolean
  readonly isQuiet: boolean
  readonly isFull: boolean
}
