// Lanes that have reported, but whose threads do not return: the run settles by the report, and the thread is replaced.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Chunk } from '@onecopy/node'
import { expect, test } from 'vitest'
import { data, onEachEngine, sharedCounter, tenBytes } from './harness.js'

onEachEngine('a microtask that a chunk leaves behind and that never ends: the answer', async (engine) => {
  const spinning = (bytes: Readonly<Uint8Array>): number => {
    queueMicrotask(() => {
      for (;;);
    })
    return bytes.length
  }
  await expect(engine.map(data, spinning)).resolves.toEqual([1000])
})

onEachEngine('a helper that is not awaited and never ends: the answer', async (engine) => {
  const spinning = (bytes: Readonly<Uint8Array>): number => {
    const helper = async (): Promise<void> => {
      await null
      for (;;);
    }
    void helper()
    return bytes.length
  }
  await expect(engine.map(data, spinning)).resolves.toEqual([1000])
})

onEachEngine('a chunk that prints and then takes away what prints: the answer', async (engine) => {
  const silencing = (bytes: Readonly<Uint8Array>): number => {
    process.stdout.write(' ')
    process.stdout.write = () => true
    return bytes.length
  }
  await expect(engine.map(data, silencing)).resolves.toEqual([1000])
})

onEachEngine('a run whose threads all wait for what they printed is cancelled as any other', async (engine) => {
  const counter = sharedCounter()
  const silencing = (_: Readonly<Uint8Array>, { params }: Chunk<{ counter: typeof counter }>): void => {
    process.stdout.write(' ')
    process.stdout.write = () => {
      Atomics.store(params.counter.view(), 0, 1)
      Atomics.notify(params.counter.view(), 0)
      return true
    }
  }
  const run = engine.map(data, silencing, { params: { counter } }).start()
  await Atomics.waitAsync(counter.view(), 0, 0).value
  run.cancel('enough')
  await expect(run).rejects.toBe('enough')
})

onEachEngine('a result that cannot be read on arrival, and then a chunk that hangs: the failure', async (engine) => {
  const unreadable = (bytes: Readonly<Uint8Array>, chunk: Chunk): unknown => {
    if (chunk.index > 0) for (;;);
    // Worker threads have a larger stack than the caller's thread. So they can write deeper nesting than that thread can read.
    let nested = {}
    for (let i = 0; i < 6000; i++) nested = { nested }
    // So large that it is sent before the next chunk begins.
    return [nested, new Uint8Array(5_000_000), bytes.length]
  }
  await expect(engine.map(data, unreadable, { ...tenBytes, workers: 1 })).rejects.toMatchObject({
    code: 'ERR_RESULT_NOT_CLONEABLE',
    message: expect.stringContaining('could not be read'),
  })
})

/** Chunks that print more than a pipe holds. */
const printing = `
  import { fixed, createEngine, share } from '@onecopy/node'
  import { writeSync } from 'node:fs'
  process.stdout.on('error', () => {})
  const engine = createEngine({ workers: 2, graceMs: 50 })
  const print = (bytes, chunk) => console.log(chunk.index, 'x'.repeat(300))
  const data = share(new Uint8Array(2000))
  for (let i = 0; i < 2; i++) {
    const list = await engine.map(data, print, { chunks: fixed({ size: 1 }) })
    writeSync(2, list.length + ' results\\n')
  }
  await engine.close()
`

test('chunks that print to a reader who has left: the answer, of this run and of the next one', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', printing], {
    cwd: new URL('../..', import.meta.url),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  child.stdout.once('data', () => child.stdout.destroy())
  const [code] = await once(child, 'close')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '2000 results\n2000 results\n' })
})

test('chunks that print to a slow reader: nothing of what they print is lost', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', printing], {
    cwd: new URL('../..', import.meta.url),
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let lines = 0
  child.stdout.setEncoding('utf8')
  for await (const text of child.stdout) {
    // Together far longer than the grace period.
    await new Promise((resolve) => setTimeout(resolve, 50))
    lines += String(text).split('\n').length - 1
  }
  expect(lines).toBe(4000)
})
