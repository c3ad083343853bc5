// The control block of a lane that shares no memory with its engine. Whatever the lane writes into its own words is noted, so that
// whoever watches the lane can copy them.

import { ControlBlock } from './control-block.js'

/** A control block for one lane, with number 0. */
export class NotedControl extends ControlBlock {
  readonly #note: () => void

  /**
   * Make a block.
   *
   * @param slot - the words of the lane's slot in the engine's control block, so that counts go on from there
   * @param note - called after each change of the lane's own words
   */
  constructor(slot: Uint8Array, note: (slot: Uint8Array) => void) {
    super(ControlBlock.create(1).buffer)
    const own = this.slot(0)
    own.set(slot)
    this.#note = () => note(own)
  }

  override setWorker(lane: number, worker: number): void {
    super.setWorker(lane, worker)
    this.#note()
  }

  override begin(lane: number, index: number, start: number, end: number): void {
    super.begin(lane, index, start, end)
    this.#note()
  }

  override finish(lane: number, bytes: number): void {
    super.finish(lane, bytes)
    this.#note()
  }

  override beginTeardown(lane: number): void {
    super.beginTeardown(lane)
    this.#note()
  }
}
