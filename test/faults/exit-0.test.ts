// A chunk function that ends its worker as if all were well.

import { type DeadlyChunk, testDeaths } from './deaths.js'

testDeaths('process.exit(0)', (bytes: Readonly<Uint8Array>, chunk: DeadlyChunk) => {
  const { counter, times } = chunk.params
  if (chunk.index === 42 && Atomics.add(counter.view(), 0, 1) < times) {
    process.exit(0)
  }
  let n = 0
  for (const byte of bytes) n += byte
  return n
})
