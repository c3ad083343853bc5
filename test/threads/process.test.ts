// What only a whole process can show: that it ends by itself, and how.

import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { runModule, runNode } from '../support/child.js'

describe('a process ends by itself, with code 0', () => {
  test('when its engine is never closed', async () => {
    const script = fileURLToPath(new URL('../scripts/never-closes.js', import.meta.url))
    expect(await runNode(script)).toEqual({ code: 0, stdout: 'total 10\n', stderr: '' })
  })

  test('when the default engine was used', async () => {
    const ended = await runModule(`
      import { map, run, share, sum } from '@onecopy/node'
      import { countByte } from './test/plugins/count-byte.js'
      console.log(await map(share('abc'), (bytes) => bytes.length).reduce(sum()))
      console.log(await run(share('abc'), countByte, { params: { wanted: 98 } }))
    `)
    expect(ended).toEqual({ code: 0, stdout: '3\n1\n', stderr: '' })
  })

  test('when its engine was made and never used', async () => {
    const ended = await runModule(`
      import { createEngine, share } from '@onecopy/node'
      createEngine().map(share('abc'), (bytes) => bytes.length)
    `)
    expect(ended).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  test('when its engine was closed twice', async () => {
    const ended = await runModule(`
      import { createEngine, share } from '@onecopy/node'
      const engine = createEngine({ workers: 2 })
      await engine.map(share('abc'), (bytes) => bytes.length)
      await engine.close()
      await engine.close()
    `)
    expect(ended).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  test('when the sequential engine was used', async () => {
    const ended = await runModule(`
      import { sequential, share } from '@onecopy/core'
      console.log(await sequential().map(share('abc'), (bytes) => bytes.length))
    `)
    expect(ended).toEqual({ code: 0, stdout: '[ 3 ]\n', stderr: '' })
  })

  test('when a run was cancelled', async () => {
    const ended = await runModule(`
      import { createEngine, share } from '@onecopy/node'
      const engine = createEngine({ workers: 2 })
      const run = engine.map(share('abc'), (bytes) => bytes.length).start()
      run.cancel('enough')
      console.log(await run.catch((reason) => reason))
    `)
    expect(ended).toEqual({ code: 0, stdout: 'enough\n', stderr: '' })
  })
})

describe('a process waits for a run that is at work', () => {
  test('also when nobody awaits it', async () => {
    const ended = await runModule(`
      import { createEngine, share } from '@onecopy/node'
      createEngine({ workers: 2 })
        .map(share('abc'), (bytes) => bytes.length)
        .on('done', (stats) => console.log('done', stats.doneChunks))
        .start()
    `)
    expect(ended).toEqual({ code: 0, stdout: 'done 1\n', stderr: '' })
  })
})

describe('rejections and errors', () => {
  test('a failed run that was started and that nobody awaits is no crash', async () => {
    const ended = await runModule(`
      import { createEngine, share } from '@onecopy/node'
      createEngine({ workers: 1 }).map(share('abc'), () => { throw new Error('no') }).start()
    `)
    expect(ended).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  test('a failed run that is awaited and not caught ends the process with its error', async () => {
    const { code, stderr } = await runModule(`
      import { createEngine, share } from '@onecopy/node'
      await createEngine({ workers: 1 }).map(share('abc'), () => { throw new Error('no such luck') })
    `)
    expect(code).toBe(1)
    expect(stderr).toContain('ERR_CHUNK_FAILED')
    expect(stderr).toContain('no such luck')
  })

  test('a listener that throws is reported as uncaught, and does not break the run or other listeners', async () => {
    const ended = await runModule(`
      import { createEngine, share } from '@onecopy/node'
      process.on('uncaughtException', (error) => console.log('uncaught', error.message))
      const run = createEngine({ workers: 1 }).map(share('abc'), (bytes) => bytes.length)
        .on('done', () => { throw new Error('in a listener') })
        .on('done', () => console.log('the other listener'))
      console.log(await run)
    `)
    expect(ended.code).toBe(0)
    expect(ended.stdout.split('\n').sort()).toEqual(['', '[ 3 ]', 'the other listener', 'uncaught in a listener'])
  })
})

test('standard input that was read from a pipe can be shared', async () => {
  const ended = await runModule(
    `
      import { readFileSync } from 'node:fs'
      import { createEngine, share } from '@onecopy/node'
      const input = readFileSync(0)
      const engine = createEngine()
      console.log(await engine.map(share(input), (bytes) => bytes.length))
      await engine.close()
    `,
    'abc',
  )
  expect(ended).toEqual({ code: 0, stdout: '[ 3 ]\n', stderr: '' })
})

describe('chunk functions', () => {
  test('what a chunk function logs arrives', async () => {
    const ended = await runModule(`
      import { createEngine, share } from '@onecopy/node'
      await createEngine({ workers: 1 }).map(share('abc'), (bytes) => console.log('seen', bytes.length))
    `)
    expect(ended).toEqual({ code: 0, stdout: 'seen 3\n', stderr: '' })
  })

  test('a run rejects when no thread lives long enough to start', async () => {
    const preload = `
      import { isMainThread } from 'node:worker_threads'
      if (!isMainThread) process.exit(3)
    `
    const script = `
      import { map, share } from '@onecopy/node'
      await map(share('abc'), (bytes) => bytes.length).catch(({ code }) => console.log(code))
    `
    const ended = await runNode(
      `--import=data:text/javascript,${encodeURIComponent(preload)}`,
      '--input-type=module',
      '-e',
      script,
    )
    expect(ended).toEqual({ code: 0, stdout: 'ERR_WORKER_LOST\n', stderr: '' })
  })

  test('an engine works under options that concern the entry alone', async () => {
    const script = `
      import('@onecopy/node').then(async ({ createEngine, share }) => {
        console.log(await createEngine({ workers: 1 }).map(share('abc'), (bytes) => bytes.length))
      })
    `
    expect(await runNode('--no-warnings', '-e', script)).toEqual({ code: 0, stdout: '[ 3 ]\n', stderr: '' })
    expect(await runNode('--input-type', 'module', '--eval', script)).toMatchObject({ code: 0, stdout: '[ 3 ]\n' })
  })
})

describe('a polluted Object.prototype', () => {
  test('adds no options', async () => {
    const ended = await runModule(`
      import { createEngine, fixed, share } from '@onecopy/node'
      for (const name of ['workers', 'retries', 'chunkTimeoutMs', 'priority', 'size', 'graceMs', 'chunks', 'verify']) {
        Object.prototype[name] = -1
      }
      const engine = createEngine()
      console.log(await engine.map(share('abc'), (bytes) => bytes.length, { chunks: fixed({}) }), engine.workers > 0)
    `)
    expect(ended).toEqual({ code: 0, stdout: '[ 3 ] true\n', stderr: '' })
  })

  test('does not choose what workers run', async () => {
    const ended = await runModule(`
      import { createEngine, share } from '@onecopy/node'
      Object.prototype.filename = 'data:text/javascript,export default () => console.log("not ours")'
      console.log(await createEngine({ workers: 1 }).map(share('abc'), (bytes) => bytes.length))
    `)
    expect(ended).toEqual({ code: 0, stdout: '[ 3 ]\n', stderr: '' })
  })

  // On the sequential engine, after a run that loaded what it needs, and cleaned up before anything is printed: Node's own
  // imports, ports and streams take a polluted signal for an option of theirs.
  test('does not set options of a run', async () => {
    const ended = await runModule(`
      import { sequential, share } from '@onecopy/node'
      const engine = sequential()
      await engine.map(share('a'), (bytes) => bytes.length)
      const polluted = ['signal', 'priority', 'workers', 'retries', 'chunkTimeoutMs', 'verify', 'chunks', 'params']
      for (const name of polluted) Object.prototype[name] = 'polluted'
      const list = await engine.map(share('abc'), (bytes) => bytes.length)
      for (const name of polluted) delete Object.prototype[name]
      console.log(list)
    `)
    expect(ended).toMatchObject({ code: 0, stdout: '[ 3 ]\n' })
  })
})

describe('what a program may not do', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const permission = process.versions.node.startsWith('20.') ? '--experimental-permission' : '--permission'
  const reading = `--allow-fs-read=${root}*`
  const evaluate = (source: string): string[] => ['--no-warnings', '--input-type=module', '-e', source]

  test('the permission model: reading the program is enough to run it', async () => {
    // Also behind a pipe, and from a folder without a package.json of its own.
    const source = `
      import { loadPlugin, map, moduleFunction, run, share } from '@onecopy/node'
      console.log(await map(share('abc'), (bytes) => bytes.length))
      console.log(await run(share('abc'), await loadPlugin('@onecopy/kernels#countWords')))
      console.log(await run(share('abc'), await loadPlugin('@onecopy/kernels#countWords', { from: './test/docs' })))
      console.log(await map(share('abc'), moduleFunction(new URL('./test/plugins/count-byte.js', 'file://' + process.cwd() + '/'), 'default')))
    `
    expect(await runNode(permission, '--allow-worker', reading, ...evaluate(source))).toEqual({
      code: 0,
      stdout: '[ 3 ]\n1\n1\n[ 97 ]\n',
      stderr: '',
    })
  })

  test('the permission model: what may not be read is no probe’s error, and said of what is asked for', async () => {
    const source = `
      import { loadPlugin } from '@onecopy/node'
      for (const reference of ['/elsewhere/plugin.js', '@no/such']) {
        await loadPlugin(reference, { from: '/elsewhere' }).catch(({ code, message }) => console.log(code, message))
      }
    `
    const { stdout } = await runNode(permission, '--allow-worker', reading, ...evaluate(source))
    expect(stdout).toMatch(
      /^ERR_PLUGIN_LOAD cannot read "\/elsewhere\/plugin\.js" .*\nERR_PLUGIN_LOAD there is no plugin "@no\/such"/,
    )
  })

  test('code from text: the option is named, modules and kernels work', async () => {
    const source = `
      import { map, run, share, sum, topK } from '@onecopy/node'
      import { countWords } from '@onecopy/kernels'
      import { countByte } from './test/plugins/count-byte.js'
      const attempt = (call) => { try { call() } catch ({ name, message }) { console.log(name, message) } }
      attempt(() => map(share('abc'), (bytes) => bytes.length))
      attempt(() => map(share('abc'), countByte).reduce((a, b) => a + b))
      attempt(() => map(share('abc'), countByte).reduce(topK(1, (a, b) => a - b)))
      console.log(await run(share('abc'), countWords), await map(share('abc'), countByte, { params: { wanted: 98 } }).reduce(sum()))
    `
    const { stdout } = await runNode('--disallow-code-generation-from-strings', ...evaluate(source))
    const said = /^TypeError .*--disallow-code-generation-from-strings.*\(definePlugin, moduleFunction\)$/
    const lines = stdout.trim().split('\n')
    expect(lines).toEqual([...Array(3).fill(expect.stringMatching(said)), '1 1'])
  })
})
