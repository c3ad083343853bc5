// Plugins and modules that cannot be loaded: the run fails at once, with the path and the cure.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { definePlugin, moduleFunction } from '@onecopy/node'
import { afterAll, beforeAll, expect } from 'vitest'
import { data, onEachEngine, tenBytes } from './harness.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onecopy loading '))
  await writeFile(join(folder, 'syntax.mjs'), 'export const = 1')
  await writeFile(join(folder, 'throws.mjs'), "throw new Error('not today')")
  await writeFile(join(folder, 'exits.mjs'), 'process.exit(3)')
  // Nobody can read it: what Node cannot read of TypeScript and tsx can, is another test's (load-plugin.test.ts).
  await writeFile(join(folder, 'broken.ts'), 'export const f: = (: number) => 1')
  await writeFile(join(folder, 'other.mjs'), 'export const other = () => 1')
})
afterAll(() => rm(folder, { recursive: true }))

const inFolder = (name: string): string => pathToFileURL(join(folder, name)).href

const broken: Record<string, readonly RegExp[]> = {
  'missing.mjs': [/missing\.mjs/],
  'syntax.mjs': [/syntax\.mjs/, /SyntaxError/],
  'throws.mjs': [/throws\.mjs/, /not today/],
  'broken.ts': [/broken\.ts/],
  'other.mjs': [/other\.mjs/, /no function "f"/, /it exports other/],
}

for (const [name, says] of Object.entries(broken)) {
  onEachEngine(`a module function in ${name}: ERR_PLUGIN_LOAD`, async (engine) => {
    const fn = moduleFunction<Record<string, () => number>>(inFolder(name), 'f')
    const run = engine.map(data, fn, tenBytes)
    await expect(run).rejects.toMatchObject({ code: 'ERR_PLUGIN_LOAD', chunk: undefined })
    for (const text of says) await expect(run).rejects.toThrow(text)
    // No respawn loop: no worker was even lost.
    expect(run.stats?.workersLost).toBe(0)
  })
}

onEachEngine('a plugin that its module does not export: ERR_PLUGIN_LOAD', async (engine) => {
  const hidden = definePlugin(inFolder('other.mjs'), { name: 'hidden', map: (bytes) => bytes.length })
  await expect(engine.run(data, hidden)).rejects.toMatchObject({
    code: 'ERR_PLUGIN_LOAD',
    message: expect.stringContaining('exports no plugin named "hidden"'),
  })
})

onEachEngine('a module that ends its worker when it is loaded: the run fails, after so many tries', async (engine) => {
  const fn = moduleFunction<Record<string, () => number>>(inFolder('exits.mjs'), 'f')
  await expect(engine.map(data, fn, tenBytes)).rejects.toMatchObject({ code: 'ERR_WORKER_LOST', chunk: undefined })
})

onEachEngine('a setup that throws: ERR_PLUGIN_LOAD with the cause', async (engine) => {
  const { throwsInSetup } = await import('../plugins/throws-in-setup.js')
  await expect(engine.run(data, throwsInSetup)).rejects.toMatchObject({
    code: 'ERR_PLUGIN_LOAD',
    cause: { message: 'not set up' },
  })
})

onEachEngine(
  'a module that starts a run while a lane loads it: ERR_PLUGIN_LOAD, no lanes without end',
  async (engine) => {
    // As a program has it that defines its plugin where it runs it.
    const onecopy = import.meta.resolve('@onecopy/node')
    const program = `
    import { createEngine, definePlugin, share } from ${JSON.stringify(onecopy)}
    export const own = definePlugin(import.meta.url, { name: 'own', map: (bytes) => bytes.length })
    await createEngine({ workers: 1 }).run(share('abc'), own)`
    await writeFile(join(folder, 'program.mjs'), program)
    const own = definePlugin(inFolder('program.mjs'), { name: 'own', map: (bytes) => bytes.length })
    await expect(engine.run(data, own)).rejects.toMatchObject({
      code: 'ERR_PLUGIN_LOAD',
      message: expect.stringContaining('starts a run while a lane loads it'),
    })
  },
)
