// Plugins and modules that cannot be loaded: the run fails at once, with the path and the cure.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createEngine, definePlugin, loadPlugin, moduleFunction, share } from '@onecopy/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { data, onEachEngine, tenBytes } from './harness.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onecopy loading '))
  await writeFile(join(folder, 'syntax.mjs'), 'export const = 1')
  await writeFile(join(folder, 'throws.mjs'), "throw new Error('not today')")
  await writeFile(join(folder, 'exits.mjs'), 'process.exit(3)')
  // Nothing can read it. TypeScript that tsx can read but Node cannot is tested elsewhere (load-plugin.test.ts).
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
    // No worker was lost, so workers are not started again and again.
    expect(run.stats?.workersLost).toBe(0)
  })
}

// What a module throws is the cause, even if it looks like the failure of a run, because it may come from an inner call.
const lookalikes: Record<string, string> = {
  'an error of that name and code':
    "throw Object.assign(new Error('look here'), { name: 'OnecopyError', code: 'ERR_PLUGIN_LOAD' })",
  'an OnecopyError of its own': "throw new OnecopyError('ERR_PLUGIN_LOAD', 'look here')",
  'what another plugin that it loads throws': "await loadPlugin(new URL('./throws.mjs', import.meta.url))",
  'what a module in TypeScript that it loads throws': "await loadPlugin(new URL('./broken.ts', import.meta.url))",
}

test.each(Object.entries(lookalikes))('a module that throws %s is said to have thrown it', async (what, text) => {
  const name = `${what}.mjs`
  const onecopy = JSON.stringify(import.meta.resolve('@onecopy/node'))
  await writeFile(join(folder, name), `import { loadPlugin, OnecopyError } from ${onecopy}\n${text}`)
  const url = inFolder(name)
  const failed = {
    code: 'ERR_PLUGIN_LOAD',
    message: expect.stringContaining(`cannot load ${url} (OnecopyError: `),
    cause: { name: 'OnecopyError', code: 'ERR_PLUGIN_LOAD' },
  }
  const engine = createEngine({ workers: 1 })
  try {
    await expect(engine.map(data, moduleFunction<Record<string, () => number>>(url, 'f'))).rejects.toMatchObject(failed)
    await expect(loadPlugin(url)).rejects.toMatchObject(failed)
  } finally {
    await engine.close()
  }
})

test('loadPlugin: a module that rejects with a failed run of its own', async () => {
  const onecopy = JSON.stringify(import.meta.resolve('@onecopy/node'))
  const text = `import { map, share } from ${onecopy}\nawait map(share('abc'), () => { throw new Error('in a chunk') })`
  await writeFile(join(folder, 'runs.mjs'), text)
  await expect(loadPlugin(inFolder('runs.mjs'))).rejects.toMatchObject({
    code: 'ERR_PLUGIN_LOAD',
    message: expect.stringContaining('runs.mjs'),
    cause: { code: 'ERR_CHUNK_FAILED' },
  })
})

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

// As in programs that define their plugin in the module that runs it. The chunk function waits for `ended`.
const starts: Record<string, string> = {
  'and awaits it': "const ended = undefined\nawait createEngine({ workers: 1 }).run(share('abc'), own)",
  'and does not await it': "const ended = createEngine({ workers: 1 }).run(share('abc'), own).then(() => {}, () => {})",
  'by start()': "const ended = createEngine({ workers: 1 }).run(share('abc'), own).start().catch(() => {})",
  'with its default engine': "const ended = run(share('abc'), own).catch(() => {})",
  'over an inline function': "const ended = map(share('abc'), (bytes) => bytes.length).catch(() => {})",
  'by for await':
    "const main = async () => { for await (const n of map(share('abc'), own)) n }\nconst ended = main().catch(() => {})",
  'when a file is loaded':
    'const main = async () => await run(await load(new URL(import.meta.url)), own)\nconst ended = main().catch(() => {})',
  'after a timer': "const ended = new Promise((goOn) => setTimeout(() => run(share('abc'), own).then(goOn, goOn), 1))",
  'as an event is emitted':
    "const ended = new Promise((goOn) => { setImmediate(() => { emitter.emit('go') }); emitter.on('go', () => run(share('abc'), own).then(goOn, goOn)) })",
  'and ends its thread with the error':
    "const ended = new Promise(() => {})\nsetTimeout(async () => await run(share('abc'), own), 1)",
}

/** The address of a module that starts a run in this way. */
async function writeProgram(how: string, start: string): Promise<string> {
  const onecopy = JSON.stringify(import.meta.resolve('@onecopy/node'))
  const name = `${how}.mjs`
  const program = `
    import { EventEmitter } from 'node:events'
    import { createEngine, definePlugin, load, map, run, share } from ${onecopy}
    const emitter = new EventEmitter()
    export const own = definePlugin(import.meta.url, { name: 'own', map: () => ended })
    ${start}`
  await writeFile(join(folder, name), program)
  return inFolder(name)
}

test.each(Object.entries(starts))(
  'a module that starts a run %s: ERR_PLUGIN_LOAD, no lanes without end',
  async (how, start) => {
    const url = await writeProgram(how, start)
    const own = definePlugin(url, { name: 'own', map: (bytes) => bytes.length })
    const engine = createEngine({ workers: 2 })
    try {
      await expect(engine.run(data, own)).rejects.toMatchObject({
        code: 'ERR_PLUGIN_LOAD',
        message: expect.stringContaining(`${url} starts a run`),
      })
    } finally {
      await engine.close()
    }
  },
)

test('a run that has ended before its module starts a run keeps its answer; the next one rejects', async () => {
  // Started by the second job, as the module itself: a timer could fire before the first job has ended.
  const start = `const ended = 1
    globalThis.startLate = AsyncResource.bind(() => run(share('abc'), own).then(() => 'no error', ({ code }) => code))`
  const url = await writeProgram('started late', `import { AsyncResource } from 'node:async_hooks'\n${start}`)
  const own = definePlugin(url, { name: 'own', map: (bytes) => bytes.length })
  const engine = createEngine({ workers: 1 })
  try {
    expect(await engine.run(share('abc'), own)).toEqual([1])
    // `as`: the module above has put it there.
    const late = engine.map(share('abc'), () => (globalThis as unknown as { startLate(): Promise<string> }).startLate())
    expect(await late).toEqual(['ERR_PLUGIN_LOAD'])
    await expect(engine.run(share('abc'), own)).rejects.toMatchObject({ code: 'ERR_PLUGIN_LOAD' })
  } finally {
    await engine.close()
  }
})

onEachEngine('a module that imports one that starts a run: ERR_PLUGIN_LOAD', async (engine) => {
  const program = await writeProgram('later', starts['after a timer']!)
  const imports = `export { own } from ${JSON.stringify(program)}`
  await writeFile(join(folder, 'imports.mjs'), imports)
  const own = definePlugin(inFolder('imports.mjs'), { name: 'own', map: (bytes) => bytes.length })
  await expect(engine.run(data, own)).rejects.toMatchObject({ code: 'ERR_PLUGIN_LOAD' })
})

onEachEngine('a module that starts runs on the main thread alone', async (engine) => {
  const start = "const ended = 1\nif (isMainThread) await run(share('abc'), own)"
  const url = await writeProgram('guarded', `${start}\nimport { isMainThread } from 'node:worker_threads'`)
  expect(await engine.run(data, definePlugin(url, { name: 'own', map: () => 0 }))).toEqual([1])
})

onEachEngine('what a lane calls may start runs', async (engine) => {
  const { innerRuns } = await import('../plugins/inner-runs.js')
  expect(await engine.run(data, innerRuns)).toBe(100 * 9)
  // On threads that have loaded a module, an inline function may, too.
  const run = engine.map(
    data,
    async (bytes, { params }) => {
      const { map, share } = await import(params.onecopy)
      return await map(share(bytes.slice()), (part: Uint8Array) => part.length)
    },
    { params: { onecopy: import.meta.resolve('@onecopy/node') } },
  )
  expect(await run).toEqual([[1000]])
})
