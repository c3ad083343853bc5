// An error that nobody can catch: thrown in a timer while the chunk function awaits.

import { type DeadlyChunk, testDeaths } from './deaths.js'

testDeaths('a throw in a timer', async (bytes: Readonly<Uint8Array>, chunk: DeadlyChunk) => {
  const { counter, times } = chunk.params
  if (chunk.index === 42 && Atomics.add(counter.view(), 0, 1) < times) {
    await new Promise(() => {
      setTimeout(() => {
        throw new Error('nobody can catch this')
      }, 0)
    })
  }
  let n = 0
  for (const byte of bytes) n += byte
  return n
})
