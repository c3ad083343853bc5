// Threads that never get ready, because of what is loaded into each before anything else: an agent for tracing, for instance.

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Ended, runNode } from '../support/child.js'
import { tempDir } from '../support/temp-dir.js'

const waits = 'setInterval(() => {}, 1000); await new Promise(() => {})'
const spins = 'for (;;);'

/** Run `source` with `hanging` loaded first into each thread for which `condition` holds. */
function runPreloaded(hanging: string, source: string, condition = 'true'): Promise<Ended> {
  const preload = `
    import { mkdirSync } from 'node:fs'
    import { isMainThread } from 'node:worker_threads'
    const isFirst = (path) => { try { mkdirSync(path); return true } catch { return false } }
    if (!isMainThread && (${condition})) { ${hanging} }
  `
  const url = `data:text/javascript,${encodeURIComponent(preload)}`
  const imports = "import { createEngine, fixed, map, share, sum } from '@onecopy/node'\n"
  return runNode(`--import=${url}`, '--input-type=module', '-e', imports + source)
}

/** Holds for the first thread that asks. */
const forFirst = (): string => `isFirst(${JSON.stringify(join(tempDir(), 'first'))})`

test.each([waits, spins])('cancel and close settle, and the process ends: %s', async (hanging) => {
  const ended = await runPreloaded(
    hanging,
    `
      const engine = createEngine({ workers: 2, graceMs: 50 })
      const run = engine.map(share('abc'), (bytes) => bytes.length, { signal: AbortSignal.timeout(100) })
      console.log(await run.catch(({ name }) => name))
      await engine.close()
    `,
  )
  expect(ended).toEqual({ code: 0, stdout: 'TimeoutError\n', stderr: '' })
})

test.each([waits, spins])('close ends a run that waits for a thread: %s', async (hanging) => {
  const ended = await runPreloaded(
    hanging,
    `
      const engine = createEngine({ workers: 2, graceMs: 50 })
      const run = engine.map(share('abc'), (bytes) => bytes.length).start()
      await engine.close()
      console.log(await run.catch(({ code }) => code))
    `,
  )
  expect(ended).toEqual({ code: 0, stdout: 'ERR_ENGINE_CLOSED\n', stderr: '' })
})

test('the process ends by itself behind a cancelled run on the default engine', async () => {
  const run = "map(share('abc'), (bytes) => bytes.length, { signal: AbortSignal.timeout(100) })"
  const ended = await runPreloaded(waits, `console.log(await ${run}.catch(({ name }) => name))`)
  expect(ended).toEqual({ code: 0, stdout: 'TimeoutError\n', stderr: '' })
})

test.each([waits, spins])('a run goes on with the other threads: %s', async (hanging) => {
  const ended = await runPreloaded(
    hanging,
    `
      const engine = createEngine({ workers: 2 })
      const data = share(new Uint8Array(1000))
      for (let i = 0; i < 3; i++) {
        console.log(await engine.map(data, (bytes) => bytes.length, { chunks: fixed({ size: 10 }) }).reduce(sum()))
      }
      await engine.close()
    `,
    forFirst(),
  )
  expect(ended).toEqual({ code: 0, stdout: '1000\n1000\n1000\n', stderr: '' })
})

test('a run that is cancelled since its only thread hangs: the next run has another one', async () => {
  const ended = await runPreloaded(
    spins,
    `
      const engine = createEngine({ workers: 1, graceMs: 50 })
      const size = (bytes) => bytes.length
      console.log(await engine.map(share('abc'), size, { signal: AbortSignal.timeout(1200) }).catch(({ name }) => name))
      console.log(await engine.map(share('abc'), size))
      await engine.close()
    `,
    forFirst(),
  )
  expect(ended).toEqual({ code: 0, stdout: 'TimeoutError\n[ 3 ]\n', stderr: '' })
})
