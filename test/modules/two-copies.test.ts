// Two copies of @onecopy/core in one program, as two versions or two folders of node_modules make them: they understand each other.

import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Chunk, type Engine, fixed, isOnecopyError, isPlugin, share } from '@onecopy/core'
import { createEngine } from '@onecopy/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tempDir } from '../support/temp-dir.js'

type Core = typeof import('@onecopy/core')

const folder = join(tempDir(), 'other copy')
const core = fileURLToPath(new URL('../../packages/core/', import.meta.url))
let other: Core
let engine: Engine
beforeAll(async () => {
  cpSync(join(core, 'dist'), join(folder, 'dist'), { recursive: true })
  cpSync(join(core, 'node_modules'), join(folder, 'node_modules'), { recursive: true, verbatimSymlinks: false })
  writeFileSync(join(folder, 'package.json'), '{ "name": "@onecopy/core", "type": "module" }')
  const entry = pathToFileURL(join(folder, 'dist/index.js')).href
  writeFileSync(
    join(folder, 'plugin.js'),
    `import { definePlugin, fixed, sum } from ${JSON.stringify(entry)}
     export const plugin = definePlugin(import.meta.url, {
       name: 'of-the-other', params: { n: 2 }, chunks: () => fixed({ size: 10 }), map: (bytes, { params }) => bytes.length * params.n, reduce: sum(),
     })`,
  )
  other = (await import(entry)) as Core
  engine = createEngine({ workers: 2 })
})
afterAll(() => engine.close())

const bytes = Uint8Array.from({ length: 100 }, (_, i) => i)
const chunks = fixed({ size: 10 })

test('there are two', () => expect(other.share).not.toBe(share))

describe('what the other copy made', () => {
  test('shared data is data', async () => {
    expect(await engine.map(other.share(bytes), (part) => part.length, { chunks: fixed({ size: 50 }) })).toEqual([
      50, 50,
    ])
  })

  test('shared data in params stays shared', async () => {
    const table = other.share(Uint8Array.of(5, 6))
    const write = (_: Readonly<Uint8Array>, chunk: Chunk<{ deep: [typeof table] }>): number => {
      const view = chunk.params.deep[0].view()
      view[1] = 7
      return view[0]!
    }
    expect(await engine.map(share(bytes), write, { params: { deep: [table] } })).toEqual([5])
    expect([...table.view()]).toEqual([5, 7])
  })

  test('shared data is verified', async () => {
    const writing = (_: Readonly<Uint8Array>, chunk: Chunk): void => {
      // `as`: the types allow no writing.
      if (chunk.index === 7) (chunk.view(0, 1) as Uint8Array)[0] = 99
    }
    const run = engine.map(other.share(bytes), writing, { chunks, verify: true })
    await expect(run).rejects.toMatchObject({ code: 'ERR_DATA_CHANGED' })
  })

  test('sharing it again says that it is shared', () => {
    expect(() => share(other.share(bytes) as never)).toThrow(/shared data already/)
  })

  test('chunkers cut, and ready-made reducers reduce', async () => {
    const run = () => engine.map(share(bytes), (part) => part.length, { chunks: other.fixed({ size: 30 }) })
    expect(await run().reduce(other.sum())).toBe(100)
    expect(await run().reduce(other.topK(2))).toEqual([30, 30])
    expect(await run().reduce(other.countByKey())).toEqual(
      new Map([
        [30, 3],
        [10, 1],
      ]),
    )
    expect(await run().reduce(other.concat<number>())).toEqual([30, 30, 30, 10])
  })

  test('a plugin is one, and runs', async () => {
    const { plugin } = (await import(pathToFileURL(join(folder, 'plugin.js')).href)) as {
      plugin: ReturnType<Core['definePlugin']>
    }
    expect(isPlugin(plugin)).toBe(true)
    expect(await engine.run(share(bytes), plugin as never)).toBe(200)
  })

  test('its errors are errors of a run', async () => {
    const own = other.sequential()
    const failed = await own
      .map(other.share(bytes), () => {
        throw new Error('no')
      })
      .catch((error: unknown) => error)
    expect(isOnecopyError(failed, 'ERR_CHUNK_FAILED')).toBe(true)
    expect(await own.map(share(bytes), (part) => part.length)).toEqual([100])
    await own.close()
  })
})
