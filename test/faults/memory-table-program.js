// Looks up all keys of a large table on 4 workers, and prints how many it found, the bytes of the table, and the memory that the run
// added. Some chunks end their worker, as often as is said. Start it with --expose-gc.

import { alloc, createEngine, range, sum, table } from '@onecopy/node'

const [, , count = '', deaths = '0'] = process.argv
const left = alloc(Int32Array, 1)
const keys = Float64Array.from({ length: Number(count) }, (_, i) => i * 7)
const engine = createEngine({ workers: 4 })

/** @param {import('@onecopy/node').SharedMap<number, number>} found */
function lookUp(found) {
  return engine
    .map(
      range(keys.length),
      (_, { start, end, params }) => {
        let hits = 0
        const { found, left } = params
        for (let i = start; i < end; i++) if (found.get(i * 7) === i) hits++
        if (end - start > 1 && Atomics.sub(left.view(), 0, 1) > 0) process.exit(1)
        return hits
      },
      { params: { found, left } },
    )
    .reduce(sum())
}

// Threads, code and heaps are there before anything is measured.
await lookUp(table({ key: keys.subarray(0, 1), value: Float64Array.of(0) }))
const large = table({ key: keys, value: Float64Array.from(keys, (_, i) => i) })
left.view()[0] = Number(deaths)
globalThis.gc?.()
const before = process.memoryUsage.rss()
const run = lookUp(large)
const hits = await run
const added = process.memoryUsage.rss() - before
console.log(JSON.stringify({ hits, tableBytes: large.byteLength, added, lost: run.stats?.workersLost }))
await engine.close()
