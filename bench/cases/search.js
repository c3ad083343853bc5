// Searches a log for a needle: a rare one is counted; for a frequent one, all offsets are wanted.

import { closeSync, copyFileSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { findBytes } from '@onecopy/kernels'
import { createEngine, file, sequential } from '@onecopy/node'
import { Timed, timesAsFast, timesAsLong } from '../case.js'
import { countNeedle } from '../contestants/count-needle.js'
import { leadingNumber, tool, toolProcessorTime, toolToFile } from '../contestants/tools.js'
import { readNumbers } from '../inputs.js'
import { frequentNeedle, patterns, rareNeedle } from '../text.js'

const plantedNeedle = 'needle that was planted once'

/** @type {import('../case.js').Case} */
export const searchRare = {
  title: `Search “${rareNeedle}” (1 line in 65,536), count, text file`,
  measures: 'time',
  inputs: ['text'],
  prepare({ inputs, workers }) {
    const { path, rare } = /** @type {NonNullable<typeof inputs.text>} */ (inputs.text)
    const engine = createEngine({ workers })
    const alone = sequential()
    const data = file(path)
    const params = { pattern: rareNeedle, limit: 0 }
    const all = `onecopy, ${workers} workers`
    return {
      expected: rare,
      contestants: [
        { name: all, run: () => countOf(engine.run(data, findBytes, { params })) },
        { name: 'onecopy, 1 worker', run: () => countOf(engine.run(data, findBytes, { params, workers: 1 })) },
        { name: 'onecopy, sequential engine', run: () => countOf(alone.run(data, findBytes, { params })) },
        {
          name: 'onecopy without SIMD',
          run: () => countOf(engine.run(data, findBytes, { params: { ...params, simd: false } })),
        },
        { name: 'Buffer#indexOf, one thread', run: () => countNeedle(path, rareNeedle) },
        tool('rg -c -F', ['rg', '-c', '-F', rareNeedle, path], leadingNumber),
        tool('grep -c -F', ['grep', '-c', '-F', rareNeedle, path], leadingNumber),
      ],
      targets: [timesAsFast(all, 'rg -c -F', 1.2)],
      close: () => Promise.all([engine, alone].map((each) => each.close())),
    }
  },
}

/** @type {import('../case.js').Case} */
export const searchFirst = {
  title: 'Search the first match, at 11 % of a text file',
  measures: 'time',
  inputs: ['text'],
  prepare({ inputs, folder, workers }) {
    const text = /** @type {NonNullable<typeof inputs.text>} */ (inputs.text)
    const engine = createEngine({ workers })
    const path = join(folder, 'planted.txt')
    const needle = plantedNeedle
    const offset = plantNeedle(text.path, path, Math.floor(text.byteLength * 0.11))
    const data = file(path)
    const params = { pattern: needle, limit: 1 }
    const all = `onecopy, ${workers} workers`
    /** @param {import('@onecopy/core').Run<import('@onecopy/kernels').Matches>} run */
    const first = async (run) => (await run).offsets[0]
    return {
      expected: offset,
      contestants: [
        { name: all, run: () => first(engine.run(data, findBytes, { params })) },
        { name: 'onecopy, 1 worker', run: () => first(engine.run(data, findBytes, { params, workers: 1 })) },
        tool('grep -m1 -ob -F', ['grep', '-m1', '-o', '-b', '-F', needle, path], leadingNumber),
        tool('rg -m1 -ob -F', ['rg', '-m1', '-o', '-b', '-N', '-F', needle, path], leadingNumber),
      ],
      targets: [timesAsFast(all, 'grep -m1 -ob -F', 1)],
      close: () => engine.close(),
    }
  },
}

/** @type {import('../case.js').Case} */
export const searchFirstProcessor = {
  title: 'Processor time of all threads: the first match, at 11 % of a text file',
  measures: 'time',
  inputs: ['text'],
  prepare({ inputs, folder, workers }) {
    const text = /** @type {NonNullable<typeof inputs.text>} */ (inputs.text)
    const engine = createEngine({ workers })
    const path = join(folder, 'planted.txt')
    const offset = plantNeedle(text.path, path, Math.floor(text.byteLength * 0.11))
    const data = file(path)
    const params = { pattern: plantedNeedle, limit: 1 }
    const all = `onecopy, ${workers} workers`
    const find = async (/** @type {number} */ most) => {
      const before = process.cpuUsage()
      const { offsets } = await engine.run(data, findBytes, { params, workers: most })
      const { user, system } = process.cpuUsage(before)
      return new Timed(offsets[0], (user + system) / 1000)
    }
    const grep = 'grep -m1 -ob -F'
    return {
      expected: offset,
      contestants: [
        { name: all, run: () => find(workers) },
        { name: 'onecopy, 1 worker', run: () => find(1) },
        toolProcessorTime(grep, ['grep', '-m1', '-o', '-b', '-F', plantedNeedle, path], leadingNumber),
      ],
      targets: [timesAsLong(all, grep, 1.5)],
      close: () => engine.close(),
    }
  },
}

/**
 * Copy a text, and write a needle that it does not contain at the start of the first whole line behind `position`.
 *
 * @param {string} path
 * @param {string} copy
 * @param {number} position
 */
function plantNeedle(path, copy, position) {
  copyFileSync(path, copy)
  const bytes = Buffer.alloc(4096)
  const fd = openSync(copy, 'r+')
  try {
    readSync(fd, bytes, 0, bytes.length, position)
    const offset = position + bytes.indexOf(10) + 1
    writeSync(fd, plantedNeedle, offset)
    return offset
  } finally {
    closeSync(fd)
  }
}

/** @type {import('../case.js').Case} */
export const searchFrequent = {
  title: `Search “${frequentNeedle}” (1 line in 16), all offsets, text file`,
  measures: 'time',
  inputs: ['text'],
  prepare({ inputs, folder, workers }) {
    const { path, frequentPath } = /** @type {NonNullable<typeof inputs.text>} */ (inputs.text)
    const offsets = readNumbers(frequentPath)
    const engine = createEngine({ workers })
    const alone = sequential()
    const data = file(path)
    const params = { pattern: frequentNeedle }
    const all = `onecopy, ${workers} workers`
    const output = join(folder, 'offsets.txt')
    return {
      expected: { count: offsets.length, offsets },
      contestants: [
        { name: all, run: () => engine.run(data, findBytes, { params }) },
        { name: 'onecopy, 1 worker', run: () => engine.run(data, findBytes, { params, workers: 1 }) },
        { name: 'onecopy, sequential engine', run: () => alone.run(data, findBytes, { params }) },
        {
          name: 'onecopy without SIMD',
          run: () => engine.run(data, findBytes, { params: { ...params, simd: false } }),
        },
        toolToFile('rg -ob -F', ['rg', '-o', '-b', '-N', '-F', frequentNeedle, path], output, leadingNumbers),
        toolToFile('grep -ob -F', ['grep', '-o', '-b', '-F', frequentNeedle, path], output, leadingNumbers),
      ],
      targets: [timesAsFast(all, ['rg -ob -F', 'grep -ob -F'], 1)],
      close: () => Promise.all([engine, alone].map((each) => each.close())),
    }
  },
}

/** @type {import('../case.js').Case} */
export const searchPatterns = {
  title: 'Search 50 patterns (1 line in 64), all counts, log file',
  measures: 'time',
  inputs: ['patterns'],
  prepare({ inputs, workers }) {
    const { path, counts } = /** @type {NonNullable<typeof inputs.patterns>} */ (inputs.patterns)
    const engine = createEngine({ workers })
    const data = file(path)
    const params = { patterns, limit: 0 }
    const all = `onecopy, ${workers} workers`
    const total = counts.reduce((sum, count) => sum + count, 0)
    const each = patterns.flatMap((pattern) => ['-e', pattern])
    const lines = { expected: total, note: 'counts lines with any pattern' }
    /** @param {PromiseLike<import('@onecopy/kernels').Matches>} found */
    const countsOf = async (found) => [...((await found).counts ?? [])]
    return {
      expected: counts,
      contestants: [
        { name: all, run: () => countsOf(engine.run(data, findBytes, { params })) },
        { name: 'onecopy, 1 worker', run: () => countsOf(engine.run(data, findBytes, { params, workers: 1 })) },
        {
          name: 'onecopy without SIMD',
          run: () => countsOf(engine.run(data, findBytes, { params: { ...params, simd: false } })),
        },
        {
          name: 'one search per pattern',
          // The first five of them.
          scale: patterns.length / 5,
          expected: counts.slice(0, 5),
          async run() {
            const found = []
            for (const pattern of patterns.slice(0, 5))
              found.push((await engine.run(data, findBytes, { params: { pattern, limit: 0 } })).count)
            return found
          },
        },
        tool('rg -F -c', ['rg', '-F', '-c', ...each, path], leadingNumber, lines),
        tool('grep -F -c', ['grep', '-F', '-c', ...each, path], leadingNumber, lines),
      ],
      targets: [timesAsFast(all, 'rg -F -c', 0.7)],
      close: () => engine.close(),
    }
  },
}

/** @param {PromiseLike<{ count: number }>} found */
async function countOf(found) {
  return (await found).count
}

/**
 * The number that each line begins with.
 *
 * @param {string} output
 */
function leadingNumbers(output) {
  const offsets = Float64Array.from(output.trimEnd().split('\n'), leadingNumber)
  return { count: offsets.length, offsets }
}
