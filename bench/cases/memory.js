// The most resident memory that a job adds, on 4 workers, each time in a new process: threads, code and data together.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Timed } from '../case.js'

const workers = 4
const allowance = 150 * 2 ** 20

/** @type {import('../case.js').Case} */
export const memory = {
  title: 'Memory that a job adds, 4 workers',
  measures: 'memory',
  inputs: ['text'],
  prepare({ inputs, quick }) {
    const { path, byteLength, lines } = /** @type {NonNullable<typeof inputs.text>} */ (inputs.text)
    const chunks = quick ? 2000 : 1_000_000
    return {
      expected: lines,
      contestants: [
        { name: 'load, count lines', run: () => added('load', path) },
        { name: 'file, count lines', run: () => added('file', path) },
        {
          name: `${chunks.toLocaleString('en-US')} chunks, summed`,
          expected: chunks,
          run: () => added('chunks', String(chunks)),
        },
      ],
      targets: [
        atMost('load, count lines', byteLength + allowance),
        atMost('file, count lines', allowance),
        atMost(`${chunks.toLocaleString('en-US')} chunks, summed`, chunks * 64 + allowance),
      ],
    }
  },
}

/** @type {import('../case.js').Case} */
export const sparseFile = {
  title: 'Memory that counting the lines of a sparse file of 6 GiB adds, 4 workers',
  measures: 'memory',
  inputs: ['sparse'],
  prepare({ inputs }) {
    const { path, lines } = /** @type {NonNullable<typeof inputs.sparse>} */ (inputs.sparse)
    return {
      expected: lines,
      contestants: [{ name: 'file, count lines', run: () => added('file', path) }],
      targets: [atMost('file, count lines', allowance)],
    }
  },
}

/**
 * @param {'load' | 'file' | 'chunks'} job
 * @param {string} argument
 */
function added(job, argument) {
  const script = fileURLToPath(new URL('../contestants/memory-program.js', import.meta.url))
  const { stdout, status } = spawnSync(process.execPath, [script, job, argument, String(workers)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`${job}: ended with exit code ${status}`)
  const { answer, addedBytes } = JSON.parse(stdout)
  return new Timed(answer, addedBytes)
}

/**
 * @param {string} name
 * @param {number} bytes
 * @returns {import('../case.js').Target}
 */
function atMost(name, bytes) {
  return {
    what: `${name}: memory added`,
    relation: 'at most',
    bound: Math.round(bytes / 2 ** 20),
    unit: 'MiB',
    value: (median) => {
      const value = median(name)
      return value === undefined ? undefined : value / 2 ** 20
    },
  }
}
