// A program with one run that goes on where an earlier one was killed. Prints `begun` at the first progress, and at the end the bits
// of the answer. Its arguments: the data, the folder for parts, the log of chunks, and the number of workers.

import { createEngine, file, lines } from '@onecopy/node'
import { keptSum } from '../plugins/kept.js'

const [path = '', checkpoint, log = '', workers] = process.argv.slice(2)
const engine = createEngine({ workers: Number(workers) })
let isSaid = false
const run = engine.run(file(path), keptSum, { params: { chunker: lines({ size: 50 }), log, ms: 3 }, checkpoint })
run.on('progress', () => {
  if (!isSaid) console.log('begun')
  isSaid = true
})
const answer = await run
console.log(`answer ${Buffer.from(Float64Array.of(answer).buffer).toString('hex')}`)
await engine.close()
