// A gate in shared memory: what lets a test wait for a chunk function, and a chunk function for another, without sleeping.

import { alloc, type Chunk, type SharedMemory } from '@onecopy/core'

/** One word: 0 while closed. Chunk functions open it with `Atomics.store` and `Atomics.notify`. */
export type Gate = SharedMemory<Int32Array>

export function createGate(): Gate {
  return alloc(Int32Array, 1)
}

/** Resolves once the gate is open. */
export async function opened(gate: Gate): Promise<void> {
  await Atomics.waitAsync(gate.view(), 0, 0).value
}

/** A chunk function that opens `params.gate` and then runs until it is cancelled, leaving its thread free meanwhile. */
export const untilCancelled = async (
  _bytes: Readonly<Uint8Array>,
  chunk: Chunk<{ readonly gate: Gate }>,
): Promise<number> => {
  const word = chunk.params.gate.view()
  Atomics.store(word, 0, 1)
  Atomics.notify(word, 0)
  while (!chunk.cancelled) await new Promise((resolve) => setImmediate(resolve))
  return chunk.index
}
