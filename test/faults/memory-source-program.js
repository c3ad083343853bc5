// A program that runs over 2 GiB of a stream, and then over many streams that end in all ways. It prints how much was read, how much memory
// was added meanwhile, how much of it are buffers, and what is left of listeners and of handles.

import { getEventListeners } from 'node:events'
import { Readable } from 'node:stream'
import { createEngine, fixed, stream, sum } from '@onecopy/node'

const pieceBytes = 64 * 1024
const pieces = 2 ** 31 / pieceBytes

const { signal } = new AbortController()
const engine = createEngine({ workers: 2 })
const lengthOf = (/** @type {Readonly<Uint8Array>} */ bytes) => bytes.length
const small = { chunks: fixed({ size: 10 }), signal }

/** @param {number} count */
async function* source(count) {
  for (let i = 0; i < count; i++) {
    if (i % 500 === 0) look()
    yield Buffer.alloc(pieceBytes)
  }
}

let most = 0
let mostBlocks = 0
function look() {
  const { rss, arrayBuffers } = process.memoryUsage()
  most = Math.max(most, rss)
  mostBlocks = Math.max(mostBlocks, arrayBuffers)
}

await engine.map(stream(source(1000)), lengthOf, { signal }).reduce(sum())
globalThis.gc?.()
const resourcesBefore = process.getActiveResourcesInfo()
const before = process.memoryUsage().rss
most = 0
mostBlocks = 0
const read = await engine.map(stream(source(pieces)), lengthOf, { signal }).reduce(sum())

for (let i = 0; i < 100; i++) {
  const endless = new Readable({
    read() {
      this.push(Buffer.alloc(100))
    },
  })
  const run = engine.map(stream(endless), lengthOf, small)
  for await (const _ of run) break
  if (!endless.destroyed) throw new Error('the source is not destroyed')
  const failing = new Readable({
    read() {
      this.destroy(new Error('dead'))
    },
  })
  await engine.map(stream(failing), lengthOf, small).then(
    () => {
      throw new Error('it did not fail')
    },
    () => {},
  )
}
// Timers and callbacks that were about to end do so.
await new Promise((resolve) => setTimeout(resolve, 20))
const resources = process.getActiveResourcesInfo()
for (const each of resourcesBefore) {
  const at = resources.indexOf(each)
  if (at >= 0) resources.splice(at, 1)
}
const left = getEventListeners(signal, 'abort').length
await engine.close()
console.log(JSON.stringify({ read, added: most - before, blocks: mostBlocks, left, resources }))
