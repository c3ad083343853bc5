// Counts the lines of 5,000 files of 1 KB, with one answer: the cost of a file that has almost nothing in it.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countLines } from '@onecopy/kernels'
import { createEngine, files, lines } from '@onecopy/node'
import { timesAsLong } from '../case.js'
import { countLineFeeds } from '../contestants/jobs.js'

const line = 'a line of sixty-four bytes, of which the last one is a line feed\n'.slice(-64)

/** @type {import('../case.js').Case} */
export const manyFiles = {
  title: 'Count lines in 5,000 files of 1 KB, one answer',
  measures: 'time',
  inputs: [],
  prepare({ workers, quick }) {
    const folder = mkdtempSync(join(tmpdir(), 'onecopy-bench-'))
    const paths = Array.from({ length: quick ? 200 : 5000 }, (_, i) => join(folder, `${i}.log`))
    for (const path of paths) writeFileSync(path, line.repeat(16))
    const engine = createEngine({ workers })
    /** @param {number} most */
    const run = async (most) => engine.run(await files(paths), countLines, { workers: most, chunks: lines() })
    return {
      expected: paths.length * 16,
      contestants: [
        { name: `onecopy, ${workers} workers`, run: () => run(workers) },
        { name: 'onecopy, 1 worker', run: () => run(1) },
        { name: 'a plain loop, one thread', run: () => loop(paths) },
      ],
      targets: [timesAsLong('onecopy, 1 worker', 'a plain loop, one thread', 1.3)],
      close: async () => {
        await engine.close()
        rmSync(folder, { recursive: true })
      },
    }
  },
}

/** @param {string[]} paths */
function loop(paths) {
  let n = 0
  for (const path of paths) n += countLineFeeds(readFileSync(path))
  return n
}
