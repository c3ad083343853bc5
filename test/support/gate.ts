// A gate: what lets a test wait for a chunk function, and a chunk function for another, without sleeping. It is a word in shared memory.
// For processes, which share no memory that they could write, it is a file that is there once the gate is open.

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alloc, type Chunk, type SharedMemory } from '@onecopy/core'
import { expect } from 'vitest'

/** One word: 0 while closed. Chunk functions open it with `Atomics.store` and `Atomics.notify`. Or the path of a file. */
export type Gate = SharedMemory<Int32Array> | string

let folder: string | undefined
let gates = 0

/** From now on, gates of this test file are files in a folder. */
export function makeGatesOfFiles(inFolder: string): void {
  folder = inFolder
}

/** A gate in shared memory, for chunk functions that know no other. */
export function createSharedGate(): SharedMemory<Int32Array> {
  return alloc(Int32Array, 1)
}

export function createGate(): Gate {
  return folder === undefined ? createSharedGate() : join(folder, `gate ${gates++}`)
}

/** Resolves once the gate is open. */
export async function opened(gate: Gate): Promise<void> {
  if (typeof gate === 'string') await expect.poll(() => existsSync(gate), { timeout: 30_000 }).toBe(true)
  else await Atomics.waitAsync(gate.view(), 0, 0).value
}

export function open(gate: Gate): void {
  if (typeof gate === 'string') {
    writeFileSync(gate, '')
  } else {
    Atomics.store(gate.view(), 0, 1)
    Atomics.notify(gate.view(), 0)
  }
}

/** A chunk function that opens `params.gate` and then runs until it is cancelled, leaving its thread free meanwhile. */
export const untilCancelled = async (
  _bytes: Readonly<Uint8Array>,
  chunk: Chunk<{ readonly gate: Gate }>,
): Promise<number> => {
  const { gate } = chunk.params
  if (typeof gate === 'string') {
    process.getBuiltinModule('node:fs').writeFileSync(gate, '')
  } else {
    const word = gate.view()
    Atomics.store(word, 0, 1)
    Atomics.notify(word, 0)
  }
  while (!chunk.cancelled) await new Promise((resolve) => setImmediate(resolve))
  return chunk.index
}
