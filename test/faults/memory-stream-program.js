// A program that reads results of 64 KiB one by one. It prints the most memory that it held meanwhile, and how far its lanes
// were ahead of it at most. Its arguments: the number of results, and what is slow: 'nothing', 'reader' or 'first' (the first
// chunk).

import { alloc, createEngine, fixed } from '@onecopy/node'

const chunks = Number(process.argv[2])
const resultBytes = 64 * 1024
const slow = process.argv[3]

/**
 * `counter`: how many chunks have begun; whether the first one may go on.
 *
 * @typedef {{ readonly counter: import('@onecopy/node').SharedMemory<Int32Array>, readonly isFirstSlow: boolean }} Params
 */

/**
 * @param {Readonly<Uint8Array>} _
 * @param {import('@onecopy/node').Chunk<Params>} chunk
 */
function produce(_, chunk) {
  const words = chunk.params.counter.view()
  Atomics.add(words, 0, 1)
  if (chunk.index === 0 && chunk.params.isFirstSlow) Atomics.wait(words, 1, 0)
  const result = new Uint32Array(16 * 1024)
  result[0] = chunk.index
  return result
}

const engine = createEngine({ workers: 2 })
const counter = alloc(Int32Array, 2)
const words = counter.view()
const run = engine.map(alloc(Uint8Array, chunks), produce, {
  chunks: fixed({ size: 1 }),
  params: { counter, isFirstSlow: slow === 'first' },
})

/** Wait until lanes have stopped: no chunk has begun for a while, and some had before. */
async function untilLanesStop() {
  for (let begun = -1, still = 0; still < 20; ) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    const now = Atomics.load(words, 0)
    still = now === begun && now > 1 ? still + 1 : 0
    begun = now
  }
}

let mostMemory = 0
let mostAhead = 0
const reader = run[Symbol.asyncIterator]()
const first = reader.next()
if (slow === 'first') {
  await untilLanesStop()
  // While the first one is at work, the others are ahead of it by no more than is held.
  look(0)
  Atomics.store(words, 1, 1)
  Atomics.notify(words, 1)
}

let taken = 0
for (let next = await first; !next.done; next = await reader.next()) {
  if (next.value[0] !== taken) throw new Error(`result ${taken} is that of chunk ${next.value[0]}`)
  taken++
  if (taken % 100 === 0) look(taken)
  if (slow === 'reader' && taken % (chunks / 5) === 1) {
    await untilLanesStop()
    look(taken)
  }
}
await engine.close()
console.log(JSON.stringify({ taken, mostAheadBytes: mostAhead * resultBytes, mostMemory }))

/** @param {number} read */
function look(read) {
  mostMemory = Math.max(mostMemory, process.memoryUsage.rss())
  mostAhead = Math.max(mostAhead, Atomics.load(words, 0) - read)
}
