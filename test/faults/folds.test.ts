// Folds whose worker dies in the middle of a block, and accumulators that keep what is not theirs.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alloc, createEngine, type FoldReducer, file, fixed, share, sum } from '@onecopy/node'
import { expect, test } from 'vitest'
import { dies } from '../plugins/folding.js'
import { tempDir } from '../support/temp-dir.js'
import { onEachEngine } from './harness.js'

onEachEngine('a death in the middle of a block spoils that block only: it is folded anew', async (engine) => {
  const bytes = Uint8Array.from({ length: 2000 }, (_, i) => i % 7)
  const left = alloc(Int32Array, 1)
  left.view()[0] = 2
  const run = engine.run(share(bytes), dies, { params: { left, at: 1001 }, retries: 5 })
  expect(await run).toBe(bytes.reduce((a, b) => a + b, 0))
  expect(run.stats).toMatchObject({ workersLost: 2, retries: 2, doneChunks: 2000 })
})

const keep: FoldReducer<Readonly<Uint8Array>[]> = { init: () => [], merge: (a, b) => [...a, ...b] }

test('an accumulator that keeps the bytes of a chunk of a file is refused, and one that copies them is not', async () => {
  const path = join(tempDir(), 'letters.txt')
  writeFileSync(path, 'abcdefghij')
  await using engine = createEngine({ workers: 2 })
  const options = { chunks: fixed({ size: 2 }) }
  await expect(engine.fold(file(path), (acc, bytes) => [...acc, bytes], keep, options)).rejects.toMatchObject({
    code: 'ERR_CHUNK_FAILED',
    message: expect.stringMatching(/fold: the accumulator holds a view .* bytes\.slice\(start, end\)/),
  })
  const copies = await engine.fold(file(path), (acc, bytes) => [...acc, bytes.slice()], keep, options)
  expect(copies.map((each) => String.fromCharCode(...each)).join('')).toBe('abcdefghij')
})

onEachEngine('a fold that never ends is ended, and the engine goes on', async (engine) => {
  const run = engine.fold(
    share(new Uint8Array(10)),
    (n: number) => {
      for (;;) if (n < 0) return n
    },
    sum(),
    { chunkTimeoutMs: 100 },
  )
  await expect(run).rejects.toMatchObject({ code: 'ERR_CHUNK_TIMEOUT' })
})
