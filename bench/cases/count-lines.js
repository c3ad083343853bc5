// Counts the lines of a file, as `wc -l` does: on a warm engine, and as a whole command.

import { fileURLToPath } from 'node:url'
import { countLines } from '@onecopy/kernels'
import { createEngine, file, sequential } from '@onecopy/node'
import { timesAsFast } from '../case.js'
import { countLineFeeds } from '../contestants/jobs.js'
import { inPython } from '../contestants/programs.js'
import { readPieces } from '../contestants/read-pieces.js'
import { leadingNumber, tool } from '../contestants/tools.js'

const command = fileURLToPath(new URL('../contestants/count-lines.js', import.meta.url))

/** @type {import('../case.js').Case} */
export const countLinesWarm = {
  title: 'Count lines, text file, warm engine',
  measures: 'time',
  inputs: ['text'],
  async prepare(context) {
    const { path, lines } = /** @type {NonNullable<typeof context.inputs.text>} */ (context.inputs.text)
    const { workers } = context
    const python = await inPython('lines', path, context)
    const engine = createEngine({ workers })
    const alone = sequential()
    const data = file(path)
    const all = `onecopy, ${workers} workers`
    return {
      expected: lines,
      contestants: [
        { name: all, run: () => engine.run(data, countLines) },
        { name: 'onecopy, 1 worker', run: () => engine.run(data, countLines, { workers: 1 }) },
        { name: 'onecopy, sequential engine', run: () => alone.run(data, countLines) },
        { name: 'onecopy without SIMD', run: () => engine.run(data, countLines, { params: { simd: false } }) },
        { name: 'a plain loop, one thread', run: () => countInPieces(path) },
        tool('wc -l', ['wc', '-l', path], leadingNumber),
        ...python.contestants.map((each) => ({ ...each, note: 'the data is in its memory' })),
      ],
      targets: [timesAsFast(all, 'wc -l', 2.2)],
      close: () => Promise.all([engine, alone, python].map((each) => each.close())),
    }
  },
}

/** @type {import('../case.js').Case} */
export const countLinesCold = {
  title: 'Count lines, text file, as a whole command from cold',
  measures: 'time',
  inputs: ['text'],
  rounds: 10,
  prepare({ inputs }) {
    const { path, lines } = /** @type {NonNullable<typeof inputs.text>} */ (inputs.text)
    return {
      expected: lines,
      contestants: [
        tool('onecopy', [process.execPath, command, path], leadingNumber),
        tool('wc -l', ['wc', '-l', path], leadingNumber),
        tool('node -e 0', [process.execPath, '-e', '0'], () => undefined, {
          expected: undefined,
          note: 'no job at all',
        }),
      ],
      targets: [timesAsFast('onecopy', 'wc -l', 0.8)],
    }
  },
}

/** @param {string} path */
function countInPieces(path) {
  let n = 0
  for (const piece of readPieces(path, 2 ** 20)) n += countLineFeeds(piece)
  return n
}
