// Looks up all keys of a large table on 4 workers, and prints how many it found, the bytes of the table, and the memory that the run
// added. Start it with --expose-gc.

import { createEngine, range, sum, table } from '@onecopy/node'

const [, , count = ''] = process.argv
const keys = Float64Array.from({ length: Number(count) }, (_, i) => i * 7)
const engine = createEngine({ workers: 4 })

/** @param {import('@onecopy/node').SharedMap<number, number>} found */
function lookUp(found) {
  return engine
    .map(
      range(keys.length),
      (_, { start, end, params }) => {
        let hits = 0
        for (let i = start; i < end; i++) if (params.get(i * 7) === i) hits++
        return hits
      },
      { params: found },
    )
    .reduce(sum())
}

// Threads, code and heaps are there before anything is measured.
await lookUp(table({ key: keys.subarray(0, 1), value: Float64Array.of(0) }))
const large = table({ key: keys, value: Float64Array.from(keys, (_, i) => i) })
globalThis.gc?.()
const before = process.memoryUsage.rss()
const hits = await lookUp(large)
const added = process.memoryUsage.rss() - before
console.log(JSON.stringify({ hits, tableBytes: large.byteLength, added }))
await engine.close()
