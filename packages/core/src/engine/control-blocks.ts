// Keeps the control blocks of passes that went well for the next passes, because sharing new memory with a thread takes a noticeable
// part of a short run.

import { ControlBlock } from '../protocol/control-block.js'

/** At most so many blocks are kept. */
const mostKept = 8

/** The control blocks that no pass uses. */
export class ControlBlocks {
  readonly #kept: ControlBlock[] = []

  /** A block with `lanes` slots, as new. */
  take(lanes: number): ControlBlock {
    const at = this.#kept.findLastIndex((block) => block.lanes === lanes)
    const [block] = at < 0 ? [] : this.#kept.splice(at, 1)
    return block ?? ControlBlock.create(lanes)
  }

  /** Every lane of the block has ended well, so no thread uses it any more. */
  giveBack(block: ControlBlock): void {
    if (this.#kept.length === mostKept) return
    block.clear()
    this.#kept.push(block)
  }
}
