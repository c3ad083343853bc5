// `onecopy worker` and `onecopy run --cluster`, as a user calls them.

import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { call, type Outcome, pluginFolder, pluginText, start } from '../command/command.js'
import { tempDir } from '../support/temp-dir.js'
import { noRedis, testRedis } from './redis.js'
import { titled } from './setup.js'

const folder = pluginFolder({
  'zeros.js': pluginText('zeros', 'return bytes.filter((byte) => byte === 0).length', 'reduce: sum(),'),
})
mkdirSync(join(folder, 'data'))
writeFileSync(
  join(folder, 'data/some.bin'),
  Uint8Array.from({ length: 1_000_000 }, (_, i) => i % 7),
)
const zeros = '142,858'

const run = (...args: string[]): Promise<Outcome> => call(['run', './zeros.js', ...args], { cwd: folder })

test('options that need --cluster, or do not fit to it, are refused', async () => {
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stderr } = await run(...args)
    expect(code).toBe(2)
    return stderr
  }
  expect(await refused('data/some.bin', '--run-id', 'a')).toBe(
    'onecopy: --run-id needs --cluster (see onecopy run --help)\n',
  )
  expect(await refused('a', 'b', '--cluster', 'redis://x', '--run-id', 'a')).toMatch(/--run-id names one run/)
  expect(await refused('data/some.bin', '--detach')).toMatch(/^onecopy: --detach needs --cluster/)
  expect(await refused('data/some.bin', '--cluster', 'redis://x', '--detach', '--json')).toMatch(/no result yet/)
  expect(await refused('data/some.bin', '--cluster', 'x')).toMatch(/^onecopy: --cluster: expected redis:\/\/HOST:PORT/)
})

test('without a server, both say so', async () => {
  const url = 'redis://127.0.0.1:1'
  const line = 'ERR_CLUSTER_UNAVAILABLE: no Redis or Valkey at redis://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1\n'
  const worker = await call(['worker', './zeros.js', '--root', 'data', '--redis', url], { cwd: folder })
  expect(worker).toEqual({ code: 1, stdout: '', stderr: `onecopy: ${line}` })
  expect(await run('data/some.bin', '--cluster', url)).toEqual({
    code: 1,
    stdout: '',
    stderr: `onecopy: data/some.bin: ${line}`,
  })
})

test('without the package, both say how to install it', async () => {
  const hooks = join(tempDir(), 'hooks.mjs')
  const text = `export const resolve = (name, context, next) => {
    if (name === '@onecopy/cluster') throw Object.assign(new Error('no'), { code: 'ERR_MODULE_NOT_FOUND' })
    return next(name, context)
  }`
  const url = JSON.stringify(`data:text/javascript,${encodeURIComponent(text)}`)
  writeFileSync(hooks, `import { register } from 'node:module'\nregister(${url})\n`)
  const env = { NODE_OPTIONS: `--import=${pathToFileURL(hooks).href}` }
  for (const args of [
    ['run', './zeros.js', 'data/some.bin', '--cluster', 'redis://x'],
    ['worker', './zeros.js', '--root', 'data', '--redis', 'redis://x'],
  ]) {
    const { code, stderr } = await call(args, { cwd: folder, env })
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^onecopy: \S+( worker)? needs the package @onecopy\/cluster: npm install @onecopy\/cluster \(see/,
    )
  }
})

describe.skipIf(noRedis !== undefined)(titled('with a server'), () => {
  const redis = testRedis()

  /** Start a worker, and wait until it says that it is ready. */
  async function worker(): Promise<ChildProcess> {
    const child = start(['worker', './zeros.js', '--root', 'data', '--redis', redis.url, '-w', '1', '--name', 'w1'], {
      cwd: folder,
    })
    await said(child, /takes work from onecopy-zeros-[0-9a-f]{12}; ctrl-C ends it/)
    return child
  }

  test('a worker runs what a run asks for, and leaves at SIGTERM', async () => {
    const child = await worker()
    const line = said(child, /zeros, run nightly: chunks 0 to \d+ done in/)
    const { code, stdout } = await run('data/some.bin', '--cluster', redis.url, '--run-id', 'nightly')
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${zeros}\n` })
    await line
    const { stdout: json } = await run('data/some.bin', '--cluster', redis.url, '--json')
    expect(JSON.parse(json)).toMatchObject({ ok: true, results: [{ result: 142_858, stats: { workers: 1 } }] })
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([143, null])
  })

  test('--detach puts the job into the queue; the same command without it has the answer', async () => {
    const detached = ['data/some.bin', '--cluster', redis.url, '--run-id', 'detached']
    const { code, stdout } = await run(...detached, '--detach')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^run detached: \d+ spans? in the queue; the same command with --run-id detached and without --detach gives the answer\n$/,
    )
    const child = await worker()
    await said(child, /zeros, run detached: chunks 0 to \d+ done in/)
    expect((await run(...detached)).stdout).toBe(`${zeros}\n`)
    child.kill('SIGTERM')
    await once(child, 'exit')
  })

  test('a run without a worker says so, and is cancelled by a signal', async () => {
    const child = start(['run', './zeros.js', 'data/some.bin', '--cluster', redis.url], { cwd: folder })
    await said(child, /no worker serves zeros; start one: onecopy worker PLUGIN --root DIR --redis URL; waiting/)
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([130, null])
  })

  test('a file that is not below the worker’s root is refused in one line', async () => {
    const child = await worker()
    const { code, stderr } = await run('zeros.js', '--cluster', redis.url)
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^onecopy: zeros\.js: ERR_SPAN_REFUSED: the path ".*" is not below the root \(worker w1\)\n$/,
    )
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
})

/** Resolves when a process has printed this on standard error. */
function said(child: ChildProcess, wanted: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stderr!.setEncoding('utf8').on('data', (more: string) => {
      text += more
      if (wanted.test(text)) resolve()
    })
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${text}`)))
  })
}
