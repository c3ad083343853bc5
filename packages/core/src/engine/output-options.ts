// The options of runs that are written in place: the types of what users give.

import type { Output } from '../data/contract.js'
import type { SharedMemory } from '../data/shared-memory.js'
import type { TypedArray } from '../data/typed-array.js'

/** The option of a run that is written in place. */
export interface IntoOption<O extends Output> {
  /**
   * What the run is written into: shared memory from `alloc`, or a file that was made for it. Its length is a whole multiple or a whole
   * fraction of the number of elements that chunks own. Each chunk writes its own window, `chunk.out`, and the run gives the output.
   *
   * If several elements of the data make one of the output, chunks hold whole multiples of them. Without `chunks`, they do so by
   * themselves.
   *
   * The data itself cannot be given, because a chunk may run again when its worker has died. After a run that has failed, the output
   * holds what some of the chunks have written. With `verify`, a chunk that wrote into the window of another one is found.
   */
  readonly into: O
}

/** The option of a fold that also writes in place: the value of the run is the reduced one. */
export interface FoldIntoOption<O extends Output | undefined> {
  /** What the run is written into, as {@link IntoOption.into}. */
  readonly into?: O
}

/** The output of a run whose plugin writes in place and has a reducer as well: the value of the run is the reduced one. */
export interface PluginIntoOption<Out> {
  /**
   * What the run is written into.
   *
   * @default memory that the run allocates
   */
  readonly into?: ([Out] extends [SharedMemory<TypedArray>] ? never : Output) | undefined
}

/** The parameters of a plugin's run. They are required if the plugin has no defaults for them. */
export type ParamsOption<I> = undefined extends I
  ? {
      /** The parameters, or some of them. */
      readonly params?: I
    }
  : {
      /** The parameters. */
      readonly params: I
    }
