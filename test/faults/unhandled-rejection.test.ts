// A rejection that nobody handles, while the chunk function awaits something else.

import { type DeadlyChunk, testDeaths } from './deaths.js'

testDeaths('an unhandled rejection', async (bytes: Readonly<Uint8Array>, chunk: DeadlyChunk) => {
  const { counter, times } = chunk.params
  if (chunk.index === 42 && Atomics.add(counter.view(), 0, 1) < times) {
    Promise.reject(new Error('nobody handles this'))
    await new Promise(() => {
      setTimeout(() => {}, 1_000_000)
    })
  }
  let n = 0
  for (const byte of bytes) n += byte
  return n
})
