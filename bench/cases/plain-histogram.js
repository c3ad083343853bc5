// One plain JavaScript loop on all cores: each contestant runs the same function over the same shared memory.

import { createEngine, load, sequential, sumArrays } from '@onecopy/node'
import { timesAsFast } from '../case.js'
import { HandWrittenThreads } from '../contestants/hand-written.js'
import { histogram } from '../contestants/jobs.js'
import { openPools, runParts } from '../contestants/pools.js'
import { inPython } from '../contestants/programs.js'

/** @type {import('../case.js').Case} */
export const plainHistogram = {
  title: 'Byte histogram in plain JavaScript, random bytes in shared memory',
  measures: 'time',
  inputs: ['random'],
  async prepare(context) {
    const { path, byteLength } = /** @type {NonNullable<typeof context.inputs.random>} */ (context.inputs.random)
    const { workers } = context
    const python = await inPython('histogram', path, context)
    const data = await load(path)
    const engine = createEngine({ workers })
    const alone = sequential()
    const threads = new HandWrittenThreads(workers)
    const pools = openPools(workers)
    // Contestants that choose their parts use the same number as onecopy: about 256.
    const partBytes = Math.max(2 ** 16, 2 ** Math.floor(Math.log2(byteLength / 256)))
    const all = `onecopy, ${workers} workers`
    return {
      // One loop, on one thread, over all of it.
      expected: histogram(data.view()),
      contestants: [
        { name: all, run: () => engine.map(data, histogram).reduce(sumArrays()) },
        { name: 'onecopy, 1 worker', run: () => engine.map(data, histogram, { workers: 1 }).reduce(sumArrays()) },
        { name: 'onecopy, sequential engine', run: () => alone.map(data, histogram).reduce(sumArrays()) },
        { name: 'hand-written threads', run: () => threads.run('histogram', data.buffer, partBytes) },
        ...pools.map((pool) => ({
          name: `${pool.name}, a task per chunk`,
          run: () => runParts(pool, 'histogram', data.buffer, partBytes),
        })),
        ...pools.map((pool) => ({
          name: `${pool.name}, a task per worker`,
          run: () => runParts(pool, 'histogram', data.buffer, Math.ceil(byteLength / workers)),
        })),
        ...python.contestants.map((each) => ({ ...each, note: 'not JavaScript: numpy' })),
      ],
      targets: [timesAsFast(all, 'onecopy, 1 worker', 1.85)],
      close: () => Promise.all([engine, alone, threads, python, ...pools].map((each) => each.close())),
    }
  },
}
