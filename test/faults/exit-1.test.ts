// A chunk function that ends its worker with an exit code.

import { type DeadlyChunk, testDeaths } from './deaths.js'

testDeaths('process.exit(1)', (bytes: Readonly<Uint8Array>, chunk: DeadlyChunk) => {
  const { counter, times } = chunk.params
  if (chunk.index === 42 && Atomics.add(counter.view(), 0, 1) < times) {
    process.exit(1)
  }
  let n = 0
  for (const byte of bytes) n += byte
  return n
})
