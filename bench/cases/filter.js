// Filters a log into a file: the lines that contain a needle.

import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { filter } from '@onecopy/examples'
import { createEngine, file, writeResults } from '@onecopy/node'
import { timesAsFast } from '../case.js'
import { filterByKernel } from '../contestants/filter-plugin.js'
import { toolToFile } from '../contestants/tools.js'
import { frequentNeedle } from '../text.js'

/** @type {import('../case.js').Case} */
export const filterLines = {
  title: `Filter the lines with “${frequentNeedle}” (1 line in 16) into a file, text file`,
  measures: 'time',
  inputs: ['text'],
  async prepare({ inputs, folder, workers }) {
    const { path } = /** @type {NonNullable<typeof inputs.text>} */ (inputs.text)
    const engine = createEngine({ workers })
    const data = file(path)
    const params = { pattern: frequentNeedle }
    const all = `onecopy, ${workers} workers`
    const simd = `${all}, search by kernel`
    const [own, ofTool] = [join(folder, 'own.log'), join(folder, 'tool.log')]
    /** @param {number} most */
    const write = async (most) => {
      const { bytes } = await writeResults(engine.map(data, filter, { params, workers: most }), own)
      return bytes
    }
    const writeByKernel = async () => {
      const { bytes } = await writeResults(engine.map(data, filterByKernel, { params }), own)
      return bytes
    }
    const expected = await keptBytes(path)
    return {
      expected,
      contestants: [
        { name: simd, run: () => writeByKernel() },
        { name: all, run: () => write(workers) },
        { name: 'onecopy, 1 worker', run: () => write(1) },
        toolToFile('grep -F', ['grep', '-F', frequentNeedle, path], ofTool, (output) => Buffer.byteLength(output)),
        toolToFile('rg -F', ['rg', '-N', '-F', frequentNeedle, path], ofTool, (output) => Buffer.byteLength(output)),
      ],
      targets: [timesAsFast(simd, 'grep -F', 1)],
      close: () => engine.close(),
    }
  },
}

/**
 * The bytes of the lines with the needle, found line by line.
 *
 * @param {string} path
 */
async function keptBytes(path) {
  let bytes = 0
  for await (const line of createInterface({ input: createReadStream(path, 'latin1') })) {
    if (line.includes(frequentNeedle)) bytes += line.length + 1
  }
  return bytes
}
