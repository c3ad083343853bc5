// Runs one job in its own process and measures the most resident memory that it adds: node memory-program.js load|file|chunks
// ARGUMENT WORKERS

import { readFileSync } from 'node:fs'

const before = process.memoryUsage.rss()
const [job, argument = '', workers] = process.argv.slice(2)
const { alloc, createEngine, file, fixed, load, sum } = await import('@onecopy/node')
const { countLines } = await import('@onecopy/kernels')
const engine = createEngine({ workers: Number(workers) })
const answer =
  job === 'chunks'
    ? await engine.map(alloc(Uint8Array, Number(argument) * 64), () => 1, { chunks: fixed({ size: 64 }) }).reduce(sum())
    : await engine.run(job === 'load' ? await load(argument) : file(argument), countLines)
const addedBytes = mostResident() - before
await engine.close()
console.log(JSON.stringify({ answer, addedBytes }))

/** The most resident memory that this process has had so far, in bytes. */
function mostResident() {
  // Not `resourceUsage().maxRSS` on Linux, because that includes the memory of the parent at the time of the fork.
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]
  return Number(kibibytes) * 1024
}
