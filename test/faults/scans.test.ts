// Scans whose workers die, in the first pass and in the second.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createEngine, share } from '@onecopy/node'
import { expect, test } from 'vitest'
import { sumsThatDie } from '../plugins/scans.js'
import { tempDir } from '../support/temp-dir.js'

const dir = tempDir()

test.each(['thread', 'process'] as const)('isolation %s: a death in either pass changes nothing', async (isolation) => {
  const folder = join(dir, isolation)
  mkdirSync(folder)
  const bytes = Uint8Array.from({ length: 1001 }, (_, i) => i * 7)
  await using engine = createEngine({ workers: 2, isolation })
  const blamed: number[] = []
  const run = engine.run(share(bytes), sumsThatDie, { params: { folder } })
  run.on('retry', ({ chunk }) => blamed.push(chunk.index))
  let total = 0
  expect([...(await run).view()]).toEqual([...bytes].map((byte) => (total += byte)))
  expect(blamed).toEqual([20, 40])
  expect(run.stats).toMatchObject({ workersLost: 2, retries: 2, doneChunks: 101 })
})
