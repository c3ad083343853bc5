// Messages on a worker's own port that are not from the pool: a chunk function posts them, or Node does in watch mode.

import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Chunk, sum } from '@onecopy/node'
import { expect, test } from 'vitest'
import { tempDir } from '../support/temp-dir.js'
import { data, onEachEngine, tenBytes, total } from './harness.js'

/** Posts each of these in its first chunk. */
const posting = async (bytes: Readonly<Uint8Array>, chunk: Chunk): Promise<number> => {
  const { parentPort } = process.getBuiltinModule('node:worker_threads')
  const nested: unknown[] = [
    null,
    undefined,
    0,
    'text',
    [],
    {},
    { ready: true },
    { ready: false },
    { taskId: 0, error: null },
  ]
  const values = [...nested, { 'watch:import': ['file:///a.js'] }, new Map([['ready', true]])]
  if (chunk.index === 42) {
    for (const value of values) parentPort!.postMessage(value)
    // The messages arrive while the chunk is still in flight.
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  let n = 0
  for (const byte of bytes) n += byte
  return n
}

onEachEngine('whatever a chunk function posts on parentPort, nothing is lost', async (engine) => {
  const losses: unknown[] = []
  const run = engine
    .map(data, posting, { ...tenBytes, retries: 0 })
    .reduce(sum())
    .on('workerLost', (event) => losses.push(event))
  await expect(run).resolves.toBe(total)
  expect(losses).toEqual([])
})

onEachEngine('a chunk function that closes parentPort does not harm its thread', async (engine) => {
  const closing = (bytes: Readonly<Uint8Array>): number => {
    process.getBuiltinModule('node:worker_threads').parentPort!.close()
    return bytes.length
  }
  const run = engine.map(data, closing, { ...tenBytes, retries: 0 }).reduce(sum())
  await expect(run).resolves.toBe(1000)
  expect(run.stats).toMatchObject({ workersLost: 0 })
})

onEachEngine('a listener of another tool hears what is posted', async (engine) => {
  const heard: unknown[] = []
  const onWorker = (worker: import('node:worker_threads').Worker): void => {
    worker.on('message', (message) => heard.push(message))
  }
  process.on('worker', onWorker)
  try {
    await engine.map(data, posting, tenBytes)
  } finally {
    process.off('worker', onWorker)
  }
  expect(heard).toContainEqual({ 'watch:import': ['file:///a.js'] })
})

/** Runs in watch mode, where Node tells the main thread by messages which modules a worker has loaded. */
const program = (folder: string): string => `
  import { createEngine, fixed, moduleFunction, share, sum } from '@onecopy/node'
  const engine = createEngine({ workers: 2 })
  const size = moduleFunction('${pathToFileURL(join(folder, 'size.mjs')).href}', 'size')
  const data = share(new Uint8Array(1000))
  const run = engine.map(data, size, { chunks: fixed({ size: 100 }) }).reduce(sum())
  console.log('answer', await run.catch(({ code }) => code))
  await engine.close()
`

// Before Node 24, watch mode does not learn what workers load.
const reportsWorkers = Number(process.versions.node.split('.')[0]) >= 24
const why = 'before Node 24 watch mode does not hear of the modules that workers load'

test('node --watch: runs give their answers, and a module that only workers load is watched', async ({ skip }) => {
  skip(!reportsWorkers, why)
  const folder = tempDir()
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text)
  await write('size.mjs', 'export const size = (bytes) => bytes.length')
  const root = new URL('../../', import.meta.url)
  const main = join(folder, 'main.mjs')
  const door = new URL('packages/node/dist/index.js', root).href
  await write('main.mjs', program(folder).replace('@onecopy/node', door))
  const child = spawn(process.execPath, ['--watch', main], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const answers: string[] = []
    child.stdout.setEncoding('utf8')
    for await (const text of child.stdout) {
      for (const [answer] of String(text).matchAll(/answer \w+/g)) answers.push(answer)
      if (answers.length === 1) await write('size.mjs', 'export const size = (bytes) => 2 * bytes.length')
      if (answers.length === 2) break
    }
    expect(answers).toEqual(['answer 1000', 'answer 2000'])
  } finally {
    child.kill()
  }
})
