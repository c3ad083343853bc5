// Makes large shared data 20 times, drops it each time, and prints the most memory that the process had, in bytes.

import { readFileSync } from 'node:fs'
import { alloc, createEngine, fixed, load, share, sum } from '@onecopy/node'

const [, , way = '', byteLength = '', path = ''] = process.argv
const rounds = 20
const engine = createEngine({ workers: 2 })
const small = share('abcd')
const chunks = fixed({ size: 1 })

/** Shared data of which every page has been touched. */
function filled() {
  const data = alloc(Uint8Array, Number(byteLength))
  data.view().fill(1)
  return data
}

/** @type {Record<string, () => PromiseLike<unknown>>} */
const ways = {
  load: () => load(path),
  share: async () => {
    share(source)
  },
  run: () => engine.map(filled(), (bytes) => bytes[0]).reduce(sum()),
  params: () =>
    engine
      .map(small, (_, chunk) => chunk.params.table.view()[5], { params: { table: filled() }, chunks })
      .reduce(sum()),
  view: () =>
    engine
      .map(small, (_, chunk) => chunk.params.table[5], { params: { table: filled().view() }, chunks })
      .reduce(sum()),
}
const source = new Uint8Array(way === 'share' ? Number(byteLength) : 0).fill(1)

/** The most memory that the process has had. The kernel counts it, so no peak is missed. */
function peakBytes() {
  const [, kibibytes] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kibibytes) * 1024
}

for (let round = 0; round < rounds; round++) await ways[way]?.()
console.log(JSON.stringify(peakBytes()))
await engine.close()
