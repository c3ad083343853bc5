// The system does not give enough threads: there are fewer lanes, or an error that the caller can catch. The next run works.

import { spawn } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { runModule, runNode } from '../support/child.js'

/** Makes `new Worker` throw once there are `most` threads, as it does if the system has no thread left. */
const limitThreads = `
  import { createRequire, syncBuiltinESMExports } from 'node:module'
  const threads = createRequire(import.meta.url)('node:worker_threads')
  const { Worker } = threads
  let most = 0
  let started = 0
  threads.Worker = class extends Worker {
    constructor(...args) {
      if (started >= most) throw Object.assign(new Error('EAGAIN'), { code: 'ERR_WORKER_INIT_FAILED' })
      super(...args)
      started++
    }
  }
  syncBuiltinESMExports()
  const { createEngine, fixed, share, sum } = await import('@onecopy/node')
  const engine = createEngine({ workers: 4 })
  const data = share(new Uint8Array(1000))
  const count = (options) =>
    engine.map(data, (bytes) => bytes.length, { chunks: fixed({ size: 10 }), ...options }).reduce(sum())
`

test('fewer threads than workers: the run goes on with those that did start', async () => {
  const ended = await runModule(`${limitThreads}
    most = 1
    for (let i = 0; i < 3; i++) console.log(await count())
    console.log(await Promise.all([count(), count(), count()]))
    await engine.close()
  `)
  expect(ended).toEqual({ code: 0, stdout: '1000\n1000\n1000\n[ 1000, 1000, 1000 ]\n', stderr: '' })
})

test('no thread at all: ERR_WORKER_LOST that the caller can catch; the next run works when there are threads again', async () => {
  const ended = await runModule(`${limitThreads}
    const losses = []
    engine.on('workerLost', (event) => losses.push(event))
    console.log(await count().catch(({ code, message, cause }) => [code, message, cause.code]))
    most = 2
    console.log(await count(), losses.length)
    await engine.close()
  `)
  const message = "'no worker thread can start: EAGAIN'"
  const stdout = `[\n  'ERR_WORKER_LOST',\n  ${message},\n  'ERR_WORKER_INIT_FAILED'\n]\n1000 0\n`
  expect(ended).toEqual({ code: 0, stdout, stderr: '' })
})

test('a run that is started and not awaited, while no thread can start, is no crash', async () => {
  const ended = await runModule(`${limitThreads}
    count().start()
    await new Promise((resolve) => engine.on('idle', resolve))
    console.log('the program goes on')
    await engine.close()
  `)
  expect(ended).toEqual({ code: 0, stdout: 'the program goes on\n', stderr: '' })
})

test('an engine that is closed while its threads do not start', async () => {
  const ended = await runModule(`${limitThreads}
    const run = count().start()
    await engine.close()
    console.log(await run.catch(({ code }) => code))
  `)
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(['ERR_ENGINE_CLOSED\n', 'ERR_WORKER_LOST\n']).toContain(ended.stdout)
})

test('the only thread dies and no other one can start: ERR_WORKER_LOST, and the next run works', async () => {
  const ended = await runModule(`${limitThreads}
    most = 1
    const dies = engine.map(data, () => process.exit(), { chunks: fixed({ size: 10 }) })
    console.log(await dies.catch(({ code }) => code))
    most = 9
    console.log(await count())
    await engine.close()
  `)
  expect(ended).toEqual({ code: 0, stdout: 'ERR_WORKER_LOST\n1000\n', stderr: '' })
})

/** Uses up all file descriptors during one run. `before`: what the program does before that. */
function withoutDescriptors(before: string): Promise<{ code: number | null; stdout: string }> {
  const program = `
    import fs from 'node:fs'
    import { createEngine, share } from '@onecopy/node'
    const size = (bytes) => bytes.length
    ${before}
    const engine = createEngine({ workers: 2, graceMs: 100 })
    const held = []
    try {
      for (;;) held.push(fs.openSync('/dev/null', 'r'))
    } catch {
      // That was the last one.
    }
    const outcome = await engine.map(share('abc'), size).catch(({ code }) => code)
    for (const fd of held) fs.closeSync(fd)
    console.log(outcome, await engine.map(share('abc'), size).catch(({ code }) => code))
    await engine.close()
  `
  return new Promise((resolve, reject) => {
    const limited = ['-c', 'ulimit -n 120; exec "$0" --input-type=module -e "$1"', process.execPath, program]
    const cwd = new URL('../..', import.meta.url)
    const child = spawn('sh', limited, { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout }))
  })
}

// Windows has no such limit to set for a process.
describe.skipIf(process.platform === 'win32')('no file descriptors for a moment: the next run works', () => {
  const worked = { code: 0, stdout: 'ERR_WORKER_LOST [ 3 ]\n' }

  test('if all is loaded, and no thread can start', async () => {
    const warmUp = "const other = createEngine({ workers: 1 }); await other.map(share('a'), size); await other.close()"
    expect(await withoutDescriptors(warmUp)).toEqual(worked)
  })

  test('if nothing is loaded yet', async ({ skip }) => {
    skip(process.versions.node.startsWith('20.'), 'Node 20 never tries again to load a module that it could not read')
    expect(await withoutDescriptors('')).toEqual(worked)
  })
})

test('threads are not allowed: ERR_WORKER_LOST that names the option', async () => {
  const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission'
  const program = `
    import { map, share } from '@onecopy/node'
    console.log(await map(share('abc'), (bytes) => bytes.length).catch(({ code, message }) => code + ': ' + message))
  `
  const { code, stdout } = await runNode(flag, '--allow-fs-read=*', '--input-type=module', '-e', program)
  expect(code).toBe(0)
  expect(stdout).toMatch(/^ERR_WORKER_LOST: no worker thread can start: .*--allow-worker/)
})
