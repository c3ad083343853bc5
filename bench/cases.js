// One case of the README's table, in a process of its own: `node cases.js NAME PATH LINES`. Prints its figures as JSON.
// Each case checks its answer: a wrong one is an error, not a figure.

import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { alloc, createEngine, file, fixed, load, sum } from '@onecopy/node'
import { Tinypool } from 'tinypool'

const runs = 5
const [name = '', path = '', lineCount = '0'] = process.argv.slice(2)
const lines = Number(lineCount)

/** @param {Readonly<Uint8Array>} bytes */
function countLineFeeds(bytes) {
  let n = 0
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 10) n++
  return n
}

/** @type {Record<string, () => Promise<Record<string, number>>>} */
const cases = {
  'chunk-cost': async () => {
    const chunks = 100_000
    const tasks = 20_000
    const data = alloc(Uint8Array, chunks * 64)
    const engine = createEngine({ workers: 2 })
    const pool = new Tinypool({
      filename: new URL('./length-task.js', import.meta.url).href,
      minThreads: 2,
      maxThreads: 2,
    })
    const onecopy = async () => {
      const total = await engine.map(data, (bytes) => bytes.length, { chunks: fixed({ size: 64 }) }).reduce(sum())
      assert.equal(total, chunks * 64)
    }
    const tinypool = async () => {
      const starts = Array.from({ length: tasks }, (_, i) => i * 64)
      const lengths = await Promise.all(
        starts.map((start) => pool.run({ buffer: data.buffer, start, end: start + 64 })),
      )
      assert.equal(
        lengths.reduce((a, b) => a + b, 0),
        tasks * 64,
      )
    }
    const [onecopyMs, tinypoolMs] = await takeTurns(onecopy, tinypool)
    await engine.close()
    await pool.destroy()
    return { runs, chunks, tasks, onecopyMs: onecopyMs ?? 0, tinypoolMs: tinypoolMs ?? 0 }
  },
  lanes: async () => {
    const data = await load(path)
    const workers = availableParallelism()
    const engine = createEngine({ workers })
    /** @type {(lanes: number) => () => Promise<void>} */
    const on = (lanes) => async () => {
      assert.equal(await engine.map(data, countLineFeeds, { workers: lanes }).reduce(sum()), lines)
    }
    const loop = async () => assert.equal(countLineFeeds(data.view()), lines)
    const [loopMs, oneMs, manyMs] = await takeTurns(loop, on(1), on(workers))
    await engine.close()
    return { runs, bytes: data.byteLength, workers, loopMs: loopMs ?? 0, oneMs: oneMs ?? 0, manyMs: manyMs ?? 0 }
  },
  'memory-load': () => memoryAdded(() => load(path)),
  'memory-file': () => memoryAdded(async () => file(path)),
}

/**
 * Resident memory that a job over the data adds, on 4 workers: the peak, data and threads included.
 *
 * @param {() => Promise<import('@onecopy/node').SharedData>} open
 */
async function memoryAdded(open) {
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  let peak = before
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  const timer = setInterval(look, 5)
  const engine = createEngine({ workers: 4 })
  const data = await open()
  look()
  assert.equal(await engine.map(data, countLineFeeds).reduce(sum()), lines)
  look()
  clearInterval(timer)
  await engine.close()
  return { bytes: data.byteLength, addedBytes: peak - before }
}

/**
 * Run each contestant once to warm up and then in turns; the median of each one's times, in ms.
 *
 * @param {(() => Promise<unknown>)[]} contestants
 */
async function takeTurns(...contestants) {
  for (const contestant of contestants) await contestant()
  /** @type {number[][]} */
  const times = contestants.map(() => [])
  for (let run = 0; run < runs; run++) {
    for (const [i, contestant] of contestants.entries()) {
      const begun = performance.now()
      await contestant()
      times[i]?.push(performance.now() - begun)
    }
  }
  return times.map((each) => each.sort((a, b) => a - b)[runs >> 1])
}

const run = cases[name]
if (run === undefined) throw new Error(`no such case: ${name}`)
process.stdout.write(JSON.stringify(await run()))
