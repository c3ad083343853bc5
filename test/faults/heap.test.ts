// A chunk function that exhausts its worker's heap: one more way to die, on the versions of Node that contain it.

import { fileURLToPath } from 'node:url'
import { createEngine, share } from '@onecopy/node'
import { expect, test } from 'vitest'
import { runNode } from '../support/child.js'

const program = fileURLToPath(new URL('./heap-program.js', import.meta.url))
const isContained = Number(process.versions.node.split('.')[0]) < 24
const why =
  'Node 24 ends the whole process when a worker has no heap left, and Node 26 never tells: nobody can contain that'

const chunk = { index: 4, start: 40, end: 50 }
const retry = { chunk, attempt: 1, code: 'ERR_WORKER_OUT_OF_MEMORY' }

test.for([
  ['a flag of Node', ['--max-old-space-size=32'], { workers: 1 }],
  ['a flag of Node', ['--max-old-space-size=32'], { workers: 4 }],
  ['heapMiB', [], { workers: 2, heapMiB: 32 }],
] as const)(
  'a chunk exhausts the heap, limited by %s: it is a lost worker, and the engine goes on (%j %j)',
  async ([, flags, options], { skip }) => {
    skip(!isContained, why)
    const { code, stdout, stderr } = await runNode(...flags, program, JSON.stringify(options))
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({
      once: { outcome: 100, retries: [retry], deaths: 1 },
      always: { outcome: { code: 'ERR_WORKER_LOST', chunk }, retries: [retry], deaths: 2 },
      healthy: { outcome: 100, retries: [], deaths: 0 },
    })
  },
)

test.each(['thread', 'process'] as const)('heapMiB limits the heap of each worker that is a %s', async (isolation) => {
  await using engine = createEngine({ workers: 1, isolation, heapMiB: 48 })
  const [limits] = await engine.map(share('x'), () => [
    process.getBuiltinModule('node:worker_threads').resourceLimits.maxOldGenerationSizeMb,
    process.execArgv.filter((flag) => flag.includes('old-space')).join(),
  ])
  expect(limits).toEqual(isolation === 'thread' ? [48, ''] : [undefined, '--max-old-space-size=48'])
})
