// A Redis or Valkey of a test file's own, on 127.0.0.1 and a free port. Where there is none, the tests are skipped.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll } from 'vitest'
import { tempDir } from '../support/temp-dir.js'

const program = ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0)

/** Why tests of clusters are skipped; undefined if they are not. */
export const noRedis: string | undefined =
  program === undefined ? 'there is no redis-server or valkey-server on this machine' : undefined

/** A server. */
export interface TestRedis {
  readonly url: string
  /** End it as a crash would. */
  kill(): Promise<void>
  /** Start it again, with the data that it had. */
  start(): Promise<void>
}

/** A server that runs from before the tests until after them. Called while tests are collected. */
export function testRedis(): TestRedis {
  const dir = tempDir()
  let port = 0
  let child: ChildProcess | undefined
  const start = async (): Promise<void> => {
    const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'yes']
    child = spawn(program!, [...args, '--appendfsync', 'everysec'], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    await new Promise<void>((resolve, reject) => {
      child!.stdout!.setEncoding('utf8').on('data', (more: string) => {
        text += more
        if (/Ready to accept connections/.test(text)) resolve()
      })
      child!.once('exit', (code) => reject(new Error(`${program} ended with ${code}: ${text}`)))
    })
  }
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  beforeAll(async () => {
    port = await freePort()
    await start()
  })
  afterAll(kill)
  return {
    get url() {
      return `redis://127.0.0.1:${port}`
    },
    kill,
    start,
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // `as`: it listens on a port.
  const { port } = server.address() as { readonly port: number }
  server.close()
  await once(server, 'close')
  return port
}
