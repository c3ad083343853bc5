// Where parts lie that are too large for the queue.

/** A place for parts that all workers and coordinators reach. The keys are `<run>.<from>-<to>`: letters, digits, `.`, `_`, `-`. */
export interface PartStore {
  /** Store bytes. The same key may come twice; either bytes may stay, but never a mixture. */
  put(key: string, bytes: Uint8Array): Promise<void>
  /** The bytes; undefined if there are none. */
  get(key: string): Promise<Uint8Array | undefined>
  /** Remove the bytes, if there are any. Called at the end of a run. */
  remove(key: string): Promise<void>
}
