// Opens the data that core itself can describe. Hosts open what they describe, such as files.

import type { DataDescription, DataReader } from './contract.js'
import { isRange, openRange } from './range.js'
import { openMemory } from './shared-memory.js'
import type { TypedArray } from './typed-array.js'

/** Open in this thread the memory of `share` and `alloc`, or a `range`, from its description. */
export function openData(description: DataDescription): DataReader<TypedArray> {
  return isRange(description) ? openRange(description) : openMemory(description)
}
