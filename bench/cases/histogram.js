// How often each byte value occurs, compared with C: in random bytes, and in a file that every machine has, the Node
// executable.

import { byteHistogram } from '@onecopy/kernels'
import { createEngine, file, load, sequential } from '@onecopy/node'
import { timesAsFast } from '../case.js'
import { histogram } from '../contestants/jobs.js'
import { histogramInC, inPython } from '../contestants/programs.js'
import { readPieces } from '../contestants/read-pieces.js'

/** @typedef {import('../case.js').Context} Context */

/** @type {import('../case.js').Case} */
export const histogramOfRandom = {
  title: 'Byte histogram, random bytes',
  measures: 'time',
  inputs: ['random'],
  prepare: (context) =>
    prepare(/** @type {NonNullable<typeof context.inputs.random>} */ (context.inputs.random).path, context),
}

/** @type {import('../case.js').Case} */
export const histogramOfNode = {
  title: 'Byte histogram, the Node executable',
  measures: 'time',
  inputs: [],
  // No targets, because they are for the random bytes.
  prepare: async (context) => ({ ...(await prepare(process.execPath, context)), targets: [] }),
}

/**
 * @param {string} path
 * @param {Context} context
 * @returns {Promise<import('../case.js').Prepared>}
 */
async function prepare(path, context) {
  const { workers } = context
  const c = await histogramInC(path, context, ['memory', 'file'])
  const python = await inPython('histogram', path, context)
  const engine = createEngine({ workers })
  const alone = sequential()
  const onDisk = file(path)
  const inMemory = await load(path)
  const all = `onecopy, ${workers} workers`
  return {
    expected: countInPieces(path),
    contestants: [
      { name: `${all}, memory`, run: () => listOf(engine.run(inMemory, byteHistogram)) },
      { name: `${all}, file`, run: () => listOf(engine.run(onDisk, byteHistogram)) },
      { name: 'onecopy, 1 worker, memory', run: () => listOf(engine.run(inMemory, byteHistogram, { workers: 1 })) },
      { name: 'onecopy, 1 worker, file', run: () => listOf(engine.run(onDisk, byteHistogram, { workers: 1 })) },
      { name: 'onecopy, sequential engine, file', run: () => listOf(alone.run(onDisk, byteHistogram)) },
      {
        name: 'onecopy without SIMD, memory',
        run: () => listOf(engine.run(inMemory, byteHistogram, { params: { simd: false } })),
      },
      ...c.contestants,
      ...python.contestants.map((each) => ({ ...each, note: 'the data is in its memory' })),
    ],
    targets: [
      timesAsFast(`${all}, memory`, 'C -O3, OpenMP, memory', 0.6),
      timesAsFast(`${all}, file`, 'C -O3, OpenMP, file', 0.6),
    ],
    close: () => Promise.all([engine, alone, c, python].map((each) => each.close())),
  }
}

/** @param {PromiseLike<Float64Array>} counts */
async function listOf(counts) {
  return Array.from(await counts)
}

/**
 * The plain loop, on one thread.
 *
 * @param {string} path
 */
function countInPieces(path) {
  /** @type {number[]} */
  const total = new Array(256).fill(0)
  for (const piece of readPieces(path, 2 ** 20)) {
    for (const [value, n] of histogram(piece).entries()) total[value] = (total[value] ?? 0) + n
  }
  return total
}
