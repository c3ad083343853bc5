// The options of runs and of parts of jobs.

import type { Chunker } from '../chunks/chunkers.js'

/** The part of `AbortSignal` that a run uses. */
export interface AbortSignalLike {
  /** Whether the signal has been aborted. */
  readonly aborted: boolean
  /** The reason of the abort. The run rejects with it. */
  readonly reason: unknown
  /** Called once for all runs with this signal. */
  addEventListener(type: 'abort', listener: () => void): void
  /** Called when the last of these runs has settled. */
  removeEventListener(type: 'abort', listener: () => void): void
}

/** What a run may skip. */
export interface SkipOptions {
  /**
   * The most records and chunks that may be skipped; integer >= 0, or `Infinity`. With it, a chunk whose function throws is skipped: the
   * answer is that of the other chunks. If more are skipped, the run fails with `ERR_TOO_MANY_SKIPPED`, and names the chunk in which the
   * limit was passed.
   *
   * @default no limit for records; a chunk whose function throws fails the run
   */
  readonly most?: number | undefined
  /**
   * How many of the skipped ranges `stats.skipped` lists, the first ones in the order of the data; integer from 0 to 1,000,000.
   *
   * @default 100
   */
  readonly list?: number | undefined
}

/** The options of a run. All are optional. */
export interface RunOptions {
  /**
   * How the data is cut.
   *
   * @default fixed()
   */
  readonly chunks?: Chunker | undefined
  /** Cancels the run, which then rejects with `signal.reason` itself. */
  readonly signal?: AbortSignalLike | undefined
  /**
   * Runs with a higher priority get free workers first. Any finite number.
   *
   * @default 0
   */
  readonly priority?: number | undefined
  /**
   * The most workers for this run; integer >= 1.
   *
   * @default the engine's `workers`
   */
  readonly workers?: number | undefined
  /**
   * The longest time that one chunk may take, in milliseconds from its own start; > 0.
   *
   * @default no limit
   */
  readonly chunkTimeoutMs?: number | undefined
  /**
   * How often a chunk is run again if its worker died while it ran; integer >= 0.
   *
   * With 0, the run fails for the chunk that was in flight. Other chunks of that worker may still run again, because their
   * results had not been sent. So no value makes it safe to write in place.
   *
   * @default 2
   */
  readonly retries?: number | undefined
  /**
   * Prove by checksums that the data was not written to. If a chunk function writes into its own bytes, the error names its
   * chunk (`ERR_DATA_CHANGED`). It costs four passes over the data, two of them on the caller's thread.
   *
   * @default false
   */
  readonly verify?: boolean | undefined
  /**
   * The seed of the random numbers that chunks get from `chunk.random()`; an integer from 0 to 2^53 - 1. Another seed gives other
   * numbers.
   *
   * @default 0
   */
  readonly seed?: number | undefined
  /**
   * Run these chunks and no others: integers from 0, in any order. The answer is that of these chunks, which see the same as in a run of
   * all: the same bytes, random numbers and `chunk.chunks`. So a chunk that an error names can be run again alone. `stats` and progress
   * count the chosen chunks.
   *
   * @default all chunks
   */
  readonly only?: readonly number[] | undefined
  /**
   * Run a share of the chunks, more than 0 and at most 1: one random chunk out of each of equally long pieces of the data, and at least
   * one. The same `seed` chooses the same chunks. The answer is that of these chunks. Not together with `only`.
   *
   * @default 1
   */
  readonly sample?: number | undefined
  /**
   * Go on without what is broken, up to a limit; see {@link SkipOptions}. `stats.skipped` has what was skipped.
   *
   * @default a chunk whose function throws fails the run; functions may skip any number of records with `chunk.skip`
   */
  readonly skip?: SkipOptions | undefined
  /**
   * A name for events, errors and diagnostics.
   *
   * @default the function's name
   */
  readonly name?: string | undefined
}

/** The options of a part of a job. Options that matter to the answer must be the same for all parts, and for `assemble`. */
export interface PartOptions extends RunOptions {
  /**
   * What identifies the plugin's code besides its name: `digestPlugin` of `@onecopy/node` computes it from the module's files.
   *
   * @default a digest of the text of the plugin's functions, which knows nothing of what these call
   */
  readonly digest?: string | undefined
  /**
   * What identifies the data.
   *
   * @default what the data says: size and modification time of a file; the number of bytes of memory
   */
  readonly identity?: string | undefined
}

/** The options of a plugin's run, as an argument. They are required if the plugin's parameters are required. */
export type PluginRunOptions<I, O extends RunOptions = RunOptions> = undefined extends I
  ? [
      options?: O & {
        /** The parameters, or some of them. */
        readonly params?: I
      },
    ]
  : [
      options: O & {
        /** The parameters. */
        readonly params: I
      },
    ]
