// Scans whose workers die, in the first pass and in the second.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEngine, csvRecords, file, range, share } from '@onecopy/node'
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

test.each(['thread', 'process'] as const)(
  'isolation %s: a death in the first pass over CSV changes nothing',
  async (isolation) => {
    const path = join(dir, `${isolation}.csv`)
    const records = Array.from({ length: 60_000 }, (_, i) => `${i},"${'x\n'.repeat(60 + (i % 7))}"\n`)
    writeFileSync(path, records.join(''))
    await using engine = createEngine({ workers: 1, isolation })
    // From now on the only worker ends at its fourth read: the first pass has to read all of the file.
    await engine.map(range(1), () => {
      const fs = process.getBuiltinModule('node:fs')
      const { readSync } = fs
      let reads = 0
      fs.readSync = ((...args: Parameters<typeof readSync>) => {
        if (++reads === 4) process.exit(1)
        return readSync(...args)
      }) as typeof readSync
      process.getBuiltinModule('node:module').syncBuiltinESMExports()
    })
    // How many records begin in each chunk, and how long the chunk is. No record is cut, so each begins with its number.
    const run = engine.map(
      file(path),
      (bytes) => {
        const text = new TextDecoder().decode(bytes.slice())
        return { length: bytes.length, first: Number.parseInt(text, 10), records: text.match(/^\d+,"/gm)?.length ?? 0 }
      },
      { chunks: csvRecords({ size: 2 ** 20 }) },
    )
    const chunks = await run
    expect(run.stats).toMatchObject({ workersLost: 1, retries: 1 })
    expect(chunks.length).toBeGreaterThan(6)
    let [record, bytes] = [0, 0]
    for (const chunk of chunks) {
      expect(chunk.first).toBe(record)
      record += chunk.records
      bytes += chunk.length
    }
    expect([record, bytes]).toEqual([records.length, records.join('').length])
  },
)
