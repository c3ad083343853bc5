// Columns as data and tables in params, while workers die and runs end early: the answer is the same, and nothing is left behind.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { assemble, columns, createEngine, fixed, range, sharedMap, sum, table } from '@onecopy/node'
import { afterAll, describe, expect, test } from 'vitest'
import { rowTexts } from '../plugins/rows.js'
import { createGate, makeGatesOfFiles, opened } from '../support/gate.js'
import { tempDir } from '../support/temp-dir.js'

const folder = tempDir()
makeGatesOfFiles(folder)
let marks = 0
/** A path at which chunk functions leave a mark once. */
const freshMark = (): string => join(folder, `mark ${marks++}`)

const rows = 100
const data = columns({
  n: Float64Array.from({ length: rows }, (_, i) => i),
  text: Array.from({ length: rows }, (_, i) => (i % 4 === 0 ? null : `t${i}`)),
})
const tenRows = { chunks: fixed({ size: 10 }) }
const expected = Array.from({ length: rows }, (_, i) => `${i} ${i % 4 === 0 ? null : `t${i}`}`)

/** What lies in the system's memory, and belongs to this process. */
function memoryFiles(): string[] {
  try {
    return readdirSync('/dev/shm').filter((name) => name.startsWith('onecopy-') && name.includes(`-${process.pid}-`))
  } catch {
    // Not every system has this folder.
    return []
  }
}

describe.each(['thread', 'process'] as const)('isolation: %s', (isolation) => {
  const make = () => createEngine({ workers: 2, isolation, graceMs: 100 })
  const engine = make()
  afterAll(() => engine.close())

  test('parts of columns, by two engines in any order, are the whole', async () => {
    const other = make()
    const assembly = assemble(data, rowTexts)
    assembly.add(await other.part(data, rowTexts, { from: 20, to: 34 }))
    assembly.add(structuredClone(await engine.part(data, rowTexts, { from: 0, to: 20 })))
    expect(assembly.result()).toEqual(expected)
    await other.close()
  })

  test('a run over columns is resumed from its folder', async () => {
    const checkpoint = join(folder, `parts ${isolation}`)
    expect(await engine.run(data, rowTexts, { checkpoint })).toEqual(expected)
    expect(await engine.run(data, rowTexts, { checkpoint })).toEqual(expected)
  })

  test.each(['cancel', 'close'] as const)('%s in the middle of a run over columns', async (what) => {
    const own = make()
    const gate = createGate()
    const run = own
      .map(
        data,
        async ({ columns: { text } }, chunk) => {
          if (text.at(0) === null) process.getBuiltinModule('node:fs').writeFileSync(chunk.params.gate, '')
          while (!chunk.cancelled) await new Promise((resolve) => setImmediate(resolve))
        },
        { ...tenRows, params: { gate: String(gate) } },
      )
      .start()
    await opened(gate)
    const closing = what === 'cancel' ? run.cancel(new Error('enough')) : own.close()
    await expect(run).rejects.toMatchObject(what === 'cancel' ? { message: 'enough' } : { code: 'ERR_ENGINE_CLOSED' })
    await closing
    await own.close()
  })

  test('a worker that is killed while it reads columns', async () => {
    const run = engine.map(
      data,
      ({ columns: { n, text } }, { index, params }) => {
        const { existsSync, writeFileSync } = process.getBuiltinModule('node:fs')
        if (index === 7 && !existsSync(params.mark)) {
          writeFileSync(params.mark, '')
          if (params.isProcess) process.kill(process.pid, 'SIGKILL')
          process.exit(1)
        }
        return Array.from(n, (each, row) => `${each} ${text.at(row)}`)
      },
      { ...tenRows, params: { mark: freshMark(), isProcess: isolation === 'process' } },
    )
    expect((await run).flat()).toEqual(expected)
    expect(run.stats?.workersLost).toBe(1)
  })

  test('workers that die while they look up a map and a table in params', async () => {
    const ids = Array.from({ length: 5000 }, (_, i) => `user-${i}`)
    const users = table({ key: { id: ids }, value: { age: Uint8Array.from(ids, (_, i) => i % 90) } })
    const ages = sharedMap(ids.map((id, i) => [id, i % 90] as const))
    const run = engine
      .map(
        range(ids.length),
        (_, { start, end, index, params }) => {
          const { existsSync, writeFileSync } = process.getBuiltinModule('node:fs')
          const mark = `${params.mark} ${index}`
          // Chunks 2, 5 and 8 each end a worker once.
          if (index % 3 === 2 && !existsSync(mark)) {
            writeFileSync(mark, '')
            process.exit(1)
          }
          let sum = 0
          for (let i = start; i < end; i++) {
            const [fromTable, fromMap] = [params.users.get(`user-${i}`)?.age, params.ages.get(`user-${i}`)]
            if (fromTable !== fromMap) throw new Error(`user ${i}: ${fromTable} and ${fromMap}`)
            sum += fromMap!
          }
          return sum
        },
        { chunks: fixed({ size: 500 }), params: { users, ages, mark: freshMark() } },
      )
      .reduce(sum())
    expect(await run).toBe(ids.reduce((total, _, i) => total + (i % 90), 0))
    expect(run.stats?.workersLost).toBeGreaterThan(0)
  })

  test('many runs do not open more and more files, and nothing is left in the memory of the system', async () => {
    const before = memoryFiles()
    const own = createEngine({ workers: 1, isolation })
    const ages = sharedMap([['a', 1]])
    const descriptors = async (): Promise<number | undefined> => {
      const counts = await own.map(
        data,
        ({ columns: { n, text } }, { params }) => {
          if (n.length !== text.length || params.ages.get('a') !== 1) throw new Error('wrong')
          try {
            return process.getBuiltinModule('node:fs').readdirSync('/proc/self/fd').length
          } catch {
            // Not every system has this folder.
            return undefined
          }
        },
        { ...tenRows, params: { ages } },
      )
      return counts.at(-1)
    }
    const first = await descriptors()
    for (let i = 0; i < 20; i++) await descriptors()
    // One or two may be those of the system's own.
    expect((await descriptors()) ?? 0).toBeLessThanOrEqual((first ?? 0) + 5)
    const dying = own.map(data, () => process.exit(1), { ...tenRows, retries: 0 })
    await expect(dying).rejects.toMatchObject({ code: 'ERR_WORKER_LOST' })
    await own.close()
    expect(memoryFiles()).toEqual(before)
  })
})
