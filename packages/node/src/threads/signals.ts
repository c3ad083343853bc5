// Counters that a thread and its host share, for what would otherwise need a message per lane.

/** Where the words stand, 128 bytes apart, so that neither side slows the other down by writing its own. */
const ordersWord = 0 // orders that the host has sent
const answersWord = 32 // lanes that the thread has left behind
const words = 64

/** One side's view of the counters of one thread. They wrap around at 2^31. */
export class ThreadSignals {
  readonly words: Int32Array
  /** How many orders this side has taken. */
  #taken = 0

  constructor(shared: Int32Array = new Int32Array(new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT))) {
    this.words = shared
  }

  /** Host: an order was sent. */
  sendOrder(): void {
    Atomics.add(this.words, ordersWord, 1)
  }

  /** Thread: an order was received. */
  takeOrder(): void {
    this.#taken = (this.#taken + 1) | 0
  }

  /** Thread: whether there is an order to receive. Much faster than to look into the port. */
  hasOrder(): boolean {
    return Atomics.load(this.words, ordersWord) !== this.#taken
  }

  /** Thread: the event loop went on after a lane. */
  answer(): void {
    Atomics.add(this.words, answersWord, 1)
  }

  /** How many answers the thread has given. */
  get answers(): number {
    return Atomics.load(this.words, answersWord)
  }
}
