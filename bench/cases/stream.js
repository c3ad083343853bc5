// Counts the lines of a text that comes through a pipe, as `cat text | wc -l` does: the data arrives while it is run, and is not kept.

import { spawn } from 'node:child_process'
import { countLines } from '@onecopy/kernels'
import { createEngine, load, stream } from '@onecopy/node'
import { timesAsFast } from '../case.js'
import { leadingNumber, tool } from '../contestants/tools.js'

/** @type {import('../case.js').Case} */
export const streamLines = {
  title: 'Count lines of a pipe',
  measures: 'time',
  inputs: ['text'],
  prepare({ inputs, workers }) {
    const { path, lines } = /** @type {NonNullable<typeof inputs.text>} */ (inputs.text)
    const engine = createEngine({ workers })
    const pipe = () => spawn('cat', [path], { stdio: ['ignore', 'pipe', 'inherit'] }).stdout
    const streamed = `onecopy, ${workers} workers`
    return {
      expected: lines,
      contestants: [
        { name: streamed, run: () => engine.run(stream(pipe()), countLines), note: 'while it arrives' },
        {
          name: 'onecopy, load() and then run',
          run: async () => engine.run(await load(pipe()), countLines),
          note: 'all of it in memory',
        },
        { name: 'a plain loop of Node', run: () => loop(pipe()), note: 'on one thread' },
        tool('cat | wc -l', ['sh', '-c', 'cat "$0" | wc -l', path], leadingNumber),
      ],
      targets: [timesAsFast(streamed, 'cat | wc -l', 0.5)],
      close: () => engine.close(),
    }
  },
}

/** @param {AsyncIterable<Buffer>} source */
async function loop(source) {
  let n = 0
  for await (const piece of source) for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) n++
  return n
}
