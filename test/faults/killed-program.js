// A program with one run that goes on where an earlier one was killed. Prints `begun` when a chunk has run, and at the end the
// bits of the answer. Its arguments: the data, the folder for parts, the log of chunks, and the number of workers.

import { createEngine, file, lines } from '@onecopy/node'
import { keptSum } from '../plugins/kept.js'

const [path = '', checkpoint, log = '', workers] = process.argv.slice(2)
const engine = createEngine({ workers: Number(workers) })
const run = engine.run(file(path), keptSum, { params: { chunker: lines({ size: 50 }), log, ms: 3 }, checkpoint })
let first = -1
let isSaid = false
run.on('progress', ({ doneChunks }) => {
  if (first < 0) first = doneChunks
  if (!isSaid && doneChunks > first) console.log('begun')
  isSaid ||= doneChunks > first
})
const answer = await run
console.log(`answer ${Buffer.from(Float64Array.of(answer).buffer).toString('hex')}`)
await engine.close()
