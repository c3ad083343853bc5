// An engine with processes over shared memory, which runs until it is killed. Prints the numbers of its processes, and where its memory is.

import { alloc, createEngine, fixed } from '@onecopy/node'

const engine = createEngine({ isolation: 'process', workers: 2 })
const data = alloc(Uint8Array, 1000)
const run = engine.map(data, () => new Promise((resolve) => setTimeout(resolve, 50, process.pid)), {
  chunks: fixed({ size: 1 }),
})
const seen = new Set()
for await (const pid of run) {
  const before = seen.size
  seen.add(pid)
  if (before === 1 && seen.size === 2) console.log(JSON.stringify({ pid: process.pid, workers: [...seen] }))
}
