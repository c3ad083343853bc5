// Prints 'given back' when the idle workers, without another run, have freed the shared data of their last run.

import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { alloc, createEngine, sum } from '@onecopy/node'

const byteLength = 200 * 1024 * 1024
const engine = createEngine({ workers: 4 })

/** Memory that the process has now, in bytes. */
function memoryBytes() {
  const [, kibibytes] = /VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kibibytes) * 1024
}

async function runOnce() {
  const data = alloc(Uint8Array, byteLength)
  data.view().fill(1)
  await engine.map(data, (bytes) => bytes[0]).reduce(sum())
}

await runOnce()
const before = memoryBytes()
while (memoryBytes() > before - byteLength / 2) {
  // New memory, of which no page is touched. It makes the caller free what it had.
  alloc(Uint8Array, byteLength)
  await setImmediate()
}
console.log(JSON.stringify('given back'))
await engine.close()
