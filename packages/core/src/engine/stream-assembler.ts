// Puts the results of all windows of a stream together.

import { memberOf } from '../base/own-members.js'
import { type Assembler, createOpenAssembler } from './assembler.js'
import type { Job } from './job.js'
import { Prefix } from './prefix.js'

/** Takes the results of one window after the other. */
export class StreamAssembler {
  /** Nothing comes behind the window that is executed now: its answer is that of the stream. */
  isLast = false
  /** The reducer needs nothing of later chunks. */
  hasEnough = false
  /** What a window gives its results to. */
  readonly taker: Assembler

  /**
   * @param reader - takes the results one by one; else they become the job's list or reduction
   * @param onEnough - the reducer needs nothing of the chunks from `end` on
   */
  constructor({ description, reduction }: Job, reader: Assembler | undefined, onEnough: (end: number) => void) {
    const prefix =
      description.stopsEarly && reduction !== undefined
        ? new Prefix(reduction, (end) => {
            this.hasEnough = true
            onEnough(end)
          })
        : undefined
    this.taker = reader ?? this.#taker(createOpenAssembler(reduction), prefix)
  }

  #taker(all: Assembler, prefix: Prefix | undefined): Assembler {
    return {
      add: (commit) => {
        // It comes first, because it copies what the assembler uses up.
        prefix?.add(commit)
        all.add(commit)
      },
      mergeOne: () => prefix?.mergeOne() || (memberOf(all, 'mergeOne')?.call(all) ?? false),
      result: () => (this.isLast ? all.result() : { value: undefined }),
    }
  }
}
