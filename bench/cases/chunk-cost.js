// The cost of a chunk with almost no work: 100,000 chunks of 64 bytes, and a million.

import { alloc, createEngine, fixed, sequential, sum } from '@onecopy/node'
import { timesAsFast, timesAsLong } from '../case.js'
import { HandWrittenThreads } from '../contestants/hand-written.js'
import { everyFirstByte, firstByte } from '../contestants/jobs.js'
import { openPools, runParts } from '../contestants/pools.js'
import { randomBlocks } from '../random.js'

const chunkBytes = 64
const manyChunks = 1_000_000

/** @type {import('../case.js').Case} */
export const chunkCost = {
  title: '100,000 chunks of 64 bytes, mapped and summed',
  measures: 'time',
  inputs: [],
  prepare({ workers, quick }) {
    const chunks = quick ? 2000 : 100_000
    // The pools do only a part of the job, and their time is multiplied, because they are far too slow for all of it.
    const tasks = quick ? chunks : 20_000
    const data = randomChunks(chunks)
    const expected = everyFirstByte(data.view())
    const expectedOfTasks = everyFirstByte(data.view(0, tasks * chunkBytes))
    const more = quick ? data : randomChunks(manyChunks)

    const engine = createEngine({ workers })
    const alone = sequential()
    const threads = new HandWrittenThreads(workers)
    const pools = openPools(workers)
    const options = { chunks: fixed({ size: chunkBytes }) }
    const slow = { expected: expectedOfTasks, scale: chunks / tasks, note: `${tasks} tasks, scaled` }
    return {
      expected,
      contestants: [
        { name: 'onecopy', run: () => engine.map(data, firstByte, options).reduce(sum()) },
        { name: 'onecopy, 1 worker', run: () => engine.map(data, firstByte, { ...options, workers: 1 }).reduce(sum()) },
        { name: 'onecopy, sequential engine', run: () => alone.map(data, firstByte, options).reduce(sum()) },
        {
          name: 'onecopy, 1,000,000 chunks',
          expected: everyFirstByte(more.view()),
          run: () => engine.map(more, firstByte, options).reduce(sum()),
        },
        { name: 'hand-written threads', run: () => threads.run('firstByte', data.buffer, chunkBytes) },
        ...pools.map((pool) => ({
          name: `${pool.name}, a task per chunk`,
          ...slow,
          run: () => runParts(pool, 'firstByte', data.buffer, chunkBytes, tasks * chunkBytes),
        })),
        ...pools.map((pool) => ({
          name: `${pool.name}, a task per worker`,
          note: 'one loop, no chunks',
          run: () => runParts(pool, 'everyFirstByte', data.buffer, partOf(data.byteLength, workers)),
        })),
        { name: 'one loop, no threads', note: 'one loop, no chunks', run: () => everyFirstByte(data.view()) },
      ],
      targets: [
        timesAsFast(
          'onecopy',
          pools.map(({ name }) => `${name}, a task per chunk`),
          30,
          'the best pool, a task per chunk',
        ),
        {
          what: 'onecopy: time a chunk',
          relation: 'at most',
          bound: 1,
          unit: 'µs',
          value: (median) => {
            const ms = median('onecopy')
            return ms === undefined ? undefined : (ms * 1000) / chunks
          },
        },
        timesAsLong('onecopy', 'hand-written threads', 2.5),
        timesAsFast('onecopy', 'onecopy, 1 worker', 1),
        timesAsLong('onecopy, 1,000,000 chunks', 'onecopy', 11),
      ],
      close: () => Promise.all([engine, alone, threads, ...pools].map((each) => each.close())),
    }
  },
}

/** @param {number} chunks */
function randomChunks(chunks) {
  const data = alloc(Uint8Array, chunks * chunkBytes)
  let at = 0
  for (const block of randomBlocks(data.byteLength, 3)) {
    data.view(at, at + block.length).set(block)
    at += block.length
  }
  return data
}

/**
 * Bytes per worker: a whole number of chunks.
 *
 * @param {number} byteLength
 * @param {number} workers
 */
function partOf(byteLength, workers) {
  return Math.ceil(byteLength / workers / chunkBytes) * chunkBytes
}
