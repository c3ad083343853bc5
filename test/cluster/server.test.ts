// A server that is not there, dies, forgets everything; and a cluster without the worker that a run needs.

import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createCluster, startWorker } from '@onecopy/cluster'
import { file } from '@onecopy/node'
import { Redis } from 'ioredis'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Machine } from './machines.js'
import { floatSum } from './plugins/cluster-plugins.js'
import { noRedis } from './redis.js'
import { chunks, setUp, titled } from './setup.js'

const plugins = fileURLToPath(new URL('./plugins/cluster-plugins.js', import.meta.url))

/** A server that answers each command with one reply. */
async function fakeServer(reply: string): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    // Each command is a list, which begins with `*`.
    socket.on('data', (data) => socket.write(reply.repeat(data.toString().match(/^\*/gm)?.length ?? 0)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // `as`: it listens on a port.
  return { server, url: `redis://127.0.0.1:${(server.address() as { readonly port: number }).port}` }
}

test('without a server, runs and workers say so in one line, and without the password', async () => {
  const connection = 'redis://me:secret@127.0.0.1:1'
  const expected = {
    code: 'ERR_CLUSTER_UNAVAILABLE',
    message: 'no Redis or Valkey at redis://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1',
  }
  await expect(createCluster({ connection }).run(file(plugins), floatSum)).rejects.toMatchObject(expected)
  await expect(createCluster({ connection }).cancel('nightly')).rejects.toMatchObject(expected)
  await expect(startWorker({ connection, root: '.', plugins: [`${plugins}#order`] })).rejects.toMatchObject(expected)
})

test('a server that is too old is refused', async () => {
  const info = '# Server\r\nredis_version:5.0.14\r\nloading:0\r\n'
  const { server, url } = await fakeServer(`$${info.length}\r\n${info}\r\n`)
  const run = createCluster({ connection: url }).run(file(plugins), floatSum)
  await expect(run).rejects.toMatchObject({
    code: 'ERR_CLUSTER_UNAVAILABLE',
    message: `the server at ${url} is version 5.0.14; Redis 6.2 or newer, or Valkey, is needed`,
  })
  server.close()
})

describe.skipIf(noRedis !== undefined)(titled('a cluster whose server fails'), () => {
  const at = setUp()
  const slow = { params: { ms: 10 }, spanChunks: 4, pollMs: 200 }
  let expected = 0
  let machines: Machine[] = []
  beforeAll(async () => {
    machines = await Promise.all([1, 2].map(() => at.machine(['float-sum'])))
    expected = await at.engine.run(file(at.path), floatSum)
  })

  test('that forgets everything in the middle: the answer is the same', async () => {
    const client = new Redis(at.redis.url)
    let done = 0
    const counts = new Array<number>(chunks).fill(0)
    const run = at.cluster.run(file(at.path), floatSum, slow)
    run.on('span', ({ from, to }) => {
      for (let chunk = from; chunk < to; chunk++) counts[chunk]!++
      if (++done === 4) void client.flushall()
    })
    expect(await run).toBe(expected)
    expect(counts).toEqual(new Array<number>(chunks).fill(1))
    client.disconnect()
  })

  test('that dies and comes back: the run waits, says so, and goes on', async () => {
    const notes: string[] = []
    let done = 0
    let back: Promise<void> | undefined
    const run = at.cluster.run(file(at.path), floatSum, slow)
    run.on('note', (text) => notes.push(text))
    run.on('span', () => {
      if (++done === 4) back = at.redis.kill().then(() => at.redis.start())
    })
    expect(await run).toBe(expected)
    await back
    expect(notes[0]).toMatch(/the connection to redis:\/\/127\.0\.0\.1:\d+ is lost/)
    expect(notes[1]).toMatch(/is back$/)
  })

  test('that dies for good: a run can still be cancelled', async () => {
    const reason = new Error('no longer')
    const run = at.cluster.run(file(at.path), floatSum, slow).start()
    await new Promise((resolve) => run.on('span', resolve))
    const noted = new Promise((resolve) => run.on('note', resolve))
    await at.redis.kill()
    await noted
    run.cancel(reason)
    await expect(run).rejects.toBe(reason)
    await at.redis.start()
    expect(await at.cluster.run(file(at.path), floatSum)).toBe(expected)
    await Promise.all(machines.map((machine) => machine.end()))
  })

  test.each(['prioritized', 'active'])(
    'that loses the list of %s spans: they are added again, and the answer is the same',
    async (list) => {
      const machine = await at.machine(['float-sum'], { leaseMs: 900 })
      const client = new Redis(at.redis.url)
      let lost = 0
      const run = at.cluster.run(file(at.path), floatSum, slow)
      run.on('span', async () => {
        if (lost > 0) return
        for (const key of await client.keys(`*:${list}`)) lost += await client.del(key)
      })
      expect(await run).toBe(expected)
      expect(lost).toBe(1)
      client.disconnect()
      await machine.end()
    },
  )

  test.each([
    [
      'of another kind under the name of a run',
      'WRONGTYPE',
      (client: Redis) => client.set('bull:onecopy-run:mine', 'x'),
    ],
    ['no memory left', 'OOM', (client: Redis) => client.config('SET', 'maxmemory', '1')],
  ])('that refuses commands, because there is %s: runs say so in one line', async (_, why, refuse) => {
    const client = new Redis(at.redis.url)
    await refuse(client)
    const refused = {
      code: 'ERR_CLUSTER_UNAVAILABLE',
      message: expect.stringMatching(
        new RegExp(`^the server at redis://127\\.0\\.0\\.1:\\d+ refuses a command: ${why} `),
      ),
    }
    const options = { runId: 'mine' }
    await expect(at.cluster.run(file(at.path), floatSum, options)).rejects.toMatchObject(refused)
    await expect(at.cluster.submit(file(at.path), floatSum, options)).rejects.toMatchObject(refused)
    await client.config('SET', 'maxmemory', '0')
    await client.flushall()
    client.disconnect()
  })

  test('that is a replica for a moment: the run waits, and goes on', async () => {
    const machine = await at.machine(['float-sum'])
    const client = new Redis(at.redis.url)
    let isReplica = false
    const run = at.cluster.run(file(at.path), floatSum, slow)
    run.on('span', () => {
      if (isReplica) return
      isReplica = true
      void client.replicaof('127.0.0.1', 1)
    })
    const noted = new Promise((resolve) => run.on('note', resolve))
    run.start()
    expect(await noted).toMatch(/is lost; waiting for it to come back$/)
    await client.replicaof('NO', 'ONE')
    expect(await run).toBe(expected)
    client.disconnect()
    await machine.end()
  })

  test('without a worker, a run says so, and waits until one comes', async () => {
    const run = at.cluster.run(file(at.path), floatSum).start()
    const note = await new Promise((resolve) => run.on('note', resolve))
    expect(note).toBe('no worker serves float-sum; start one: onecopy worker PLUGIN --root DIR --redis URL; waiting')
    const machine = await at.machine(['float-sum'])
    expect(await run).toBe(expected)
    await machine.end()
    const short = at.cluster.run(file(at.path), floatSum, { workerTimeoutMs: 1 })
    await expect(short).rejects.toMatchObject({
      code: 'ERR_CLUSTER_UNAVAILABLE',
      message: expect.stringMatching(/^no worker serves float-sum; start one/),
    })
  })

  test.each([
    ['with the rights that docs/cluster.md names', (rights: string) => rights],
    ['with a user that may not list clients', (rights: string) => rights.replace(' +client|list', '')],
  ])('%s, a run and its workers work, and other keys are out of reach', async (_, change) => {
    const text = readFileSync(new URL('../../docs/cluster.md', import.meta.url), 'utf8')
    const [, rights = ''] = /^ACL SETUSER onecopy (.*)$/m.exec(text)!
    const client = new Redis(at.redis.url)
    await client.acl('SETUSER', 'onecopy', 'reset', ...change(rights).split(' '))
    const connection = at.redis.url.replace('//', '//onecopy:PASSWORD@')
    const machine = await at.machine(['float-sum'], { connection })
    const run = at
      .clusterWith({ connection })
      .run(file(at.path), floatSum, { ...slow, identity: 'size', runId: 'limited' })
    expect(await run).toBe(expected)
    const other = new Redis(connection)
    await expect(other.get('secret')).rejects.toThrow(/NOPERM/)
    await expect(other.flushall()).rejects.toThrow(/NOPERM/)
    other.disconnect()
    client.disconnect()
    await machine.end()
  })

  test('a worker with another version of the plugin takes nothing, and the run says so', async () => {
    const folder = join(at.dir, 'other version')
    mkdirSync(join(folder, 'node_modules'), { recursive: true })
    const modules = fileURLToPath(new URL('../../node_modules/@onecopy', import.meta.url))
    symlinkSync(modules, join(folder, 'node_modules/@onecopy'), 'junction')
    const other = join(folder, 'cluster-plugins.js')
    cpSync(plugins, other)
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    const machine = await at.machine(['float-sum'], { plugins: [`${other}#float-sum`] })
    // The same code at another place is the same version.
    expect(await at.cluster.run(file(at.path), floatSum)).toBe(expected)
    await machine.end()
    writeFileSync(other, readFileSync(other, 'utf8').replace('total / 7', 'total / 8'))
    const changed = await at.machine(['float-sum'], { plugins: [`${other}#float-sum`] })
    const run = at.cluster.run(file(at.path), floatSum).start()
    const note = await new Promise((resolve) => run.on('note', resolve))
    expect(note).toBe(
      'no worker serves this version of float-sum, and 1 serves another one: start them again with the plugin as it is here; waiting',
    )
    run.cancel()
    await expect(run).rejects.toMatchObject({ name: 'AbortError' })
    expect(changed.events.filter(({ event }) => event === 'spanStart')).toEqual([])
  })
})
