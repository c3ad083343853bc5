// A chunk function that exhausts its worker's heap: one more way to die, on the versions of Node that contain it.

import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runNode } from '../support/child.js'

const program = fileURLToPath(new URL('./heap-program.js', import.meta.url))
const isContained = Number(process.versions.node.split('.')[0]) < 24
const why =
  'Node 24 ends the whole process when a worker has no heap left, and Node 26 never tells: nobody can contain that'

const chunk = { index: 4, start: 40, end: 50 }
const retry = { chunk, attempt: 1, code: 'ERR_WORKER_OUT_OF_MEMORY' }

test.for([1, 2, 4])(
  'a chunk exhausts the heap: it is a lost worker, and the engine goes on (%i workers)',
  async (workers, { skip }) => {
    skip(!isContained, why)
    const { code, stdout, stderr } = await runNode('--max-old-space-size=32', program, String(workers))
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({
      once: { outcome: 100, retries: [retry], deaths: 1 },
      always: { outcome: { code: 'ERR_WORKER_LOST', chunk }, retries: [retry], deaths: 2 },
      healthy: { outcome: 100, retries: [], deaths: 0 },
    })
  },
)
