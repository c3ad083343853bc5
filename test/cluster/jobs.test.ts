// What a worker refuses, and what a coordinator does not take: forged jobs, files that differ, parts that were altered.

import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SpanDone } from '@onecopy/cluster'
import { file, sharedMap } from '@onecopy/node'
import { type Job, Queue, QueueEvents } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Machine } from './machines.js'
import { floatSum, large } from './plugins/cluster-plugins.js'
import { noRedis } from './redis.js'
import { setUp, titled, writeData } from './setup.js'

describe.skipIf(noRedis !== undefined)(titled('jobs and parts'), () => {
  const at = setUp()
  const store = join(at.dir, 'parts')
  let machine: Machine
  let expected = 0
  beforeAll(async () => {
    machine = await at.machine(['float-sum', 'large'], { store })
    expected = await at.engine.run(file(at.path), floatSum)
  })

  describe('a forged job', () => {
    let redis: Redis
    let queue: Queue
    let events: QueueEvents
    let honest: Record<string, unknown>
    /** Who waits for the end of a job, by its id. */
    const ends = new Map<string, (reason: string) => void>()
    afterAll(() => Promise.all([queue?.close(), events?.close(), redis?.disconnect()]))

    beforeAll(async () => {
      redis = new Redis(at.redis.url, { maxRetriesPerRequest: null })
      const run = at.cluster.run(file(at.path), floatSum, { params: { ms: 5 }, runId: 'honest', spanChunks: 1 }).start()
      await new Promise((resolve) => run.on('span', resolve))
      const [key] = await at.keys('honest.')
      const [, name = '', id = ''] = /:(onecopy-.*):(.*)/.exec(key!)!
      queue = new Queue(name, { connection: { url: at.redis.url } })
      events = new QueueEvents(name, { connection: { url: at.redis.url } })
      events.on('completed', ({ jobId }) => ends.get(jobId)?.('it was run'))
      events.on('failed', ({ jobId, failedReason }) => ends.get(jobId)?.(failedReason))
      await events.waitUntilReady()
      const job: Job | undefined = await queue.getJob(id)
      honest = job!.data
      await run
      // Somebody waits for the run of the forged jobs, or they would not be looked at.
      await redis.hset('bull:onecopy-run:forged', { queue: name, job: '{}', beat: 8e15, patience: 8e15 })
    })

    /** Add a job, and wait for the reason why it fails. It cannot be asked afterwards, because a job that nobody wants is removed at once. */
    async function reasonOf(data: unknown, id = `forged.${Math.random()}`): Promise<string> {
      const ended = new Promise<string>((resolve) => ends.set(id, resolve))
      await queue.add('float-sum', data, { jobId: id, attempts: 3 })
      return await ended
    }

    const plan = () => honest.plan as object
    const data = () => honest.data as object
    test.each<[string, () => object, RegExp]>([
      [
        'a path outside of the root',
        () => ({ data: { ...data(), path: '../../etc/passwd' } }),
        /not below the root|no file/,
      ],
      [
        'an absolute path outside of the root',
        () => ({ data: { ...data(), path: '/etc/passwd' } }),
        /not below the root/,
      ],
      ['a link that leads out of the root', () => ({ data: { ...data(), path: 'link' } }), /not below the root/],
      ['the root itself', () => ({ data: { ...data(), path: '.' } }), /not below the root/],
      ['a path that is no text', () => ({ data: { ...data(), path: ['/etc/passwd'] } }), /data\.path is an array/],
      ['another plugin', () => ({ plugin: 'shell' }), /for the plugin "shell"/],
      ['another version of the plugin', () => ({ digest: '00' }), /another version of the plugin/],
      ['another version of jobs', () => ({ version: 99 }), /version 99/],
      [
        'a plan with absurdly many chunks',
        () => ({ plan: { ...plan(), count: 1e15 }, to: 1e14 }),
        /plan\.count is 1000000/,
      ],
      [
        'a plan that is not that of the data',
        () => ({ plan: { ...plan(), size: 1 } }),
        /plan\.size is 1, and here it is 4096/,
      ],
      ['chunks that are not in the plan', () => ({ to: 1e9 }), /to is 1000000000/],
      ['a span that ends before it begins', () => ({ from: 4, to: 2 }), /to is 2/],
      [
        'a chunker that is none',
        () => ({ chunks: { kind: 'evil', size: -1 } }),
        /cannot run it: chunks: expected a chunker/,
      ],
      ['parameters that are none', () => ({ params: '!!!' }), /parameters/],
      ['elements that are none', () => ({ data: { ...data(), elementType: 'Function' } }), /elementType is "Function"/],
      [
        'a length that is not that of the file',
        () => ({ data: { ...data(), length: 2 ** 50 } }),
        /cannot open the data/,
      ],
    ])('%s is refused at the first attempt', async (_, forge, reason) => {
      symlinkSync('/etc/passwd', join(at.root, `link${Math.random()}`))
      writeFileSync(join(at.dir, 'secret'), 'x'.repeat(4096))
      if (!readdirSync(at.root).includes('link')) symlinkSync(join(at.dir, 'secret'), join(at.root, 'link'))
      expect(await reasonOf({ ...honest, run: 'forged', ...forge() })).toMatch(reason)
    })

    test('an id that leads out of the store is refused', async () => {
      const reason = await reasonOf({ ...honest, run: 'forged' }, `../forged.${Math.random()}`)
      expect(reason).toBe('job: its id is none of a span')
    })

    test('what is no job at all is refused, and the machine goes on', async () => {
      for (const data of [null, 7, 'text', [], {}, { run: 'forged' }, { run: '../forged' }]) {
        expect(await reasonOf(data)).toMatch(/^job: |nobody waits/)
      }
      expect(await reasonOf({ ...honest, run: 'forged' })).toBe('it was run')
      expect(machine.child.exitCode).toBeNull()
    })
  })

  test.each<[string, Parameters<typeof writeData>[1], object]>([
    ['has another size', undefined, { truncated: true }],
    [
      'has other bytes, and the same size and time',
      (bytes) => bytes.fill(1, 5 * 4096, 5 * 4096 + 1),
      { identity: 'digest' },
    ],
  ])(
    'a file that %s on one machine fails the run, and names the machine',
    async (_, change, { truncated, ...options }: { truncated?: true; identity?: 'digest' }) => {
      const root = join(at.dir, `other ${Math.random()}`)
      mkdirSync(root)
      const path = writeData(root, change)
      if (truncated === true) writeFileSync(path, readFileSync(path).subarray(1))
      const other = await at.machine(['float-sum'], { root, prefix: 'differs', name: 'the-other-machine' })
      const run = at.clusterWith({ prefix: 'differs' }).run(file(at.path), floatSum, { ...options, spanChunks: 8 })
      await expect(run).rejects.toMatchObject({
        code: 'ERR_DATA_CHANGED',
        message: expect.stringMatching(/here.*\(worker the-other-machine\)$/),
      })
      await other.end()
    },
  )

  test('a part that is altered or lost in the store runs again', async () => {
    const spans: SpanDone[] = []
    const notes: string[] = []
    let isDone = false
    const options = { params: { ms: 5 }, spanChunks: 8, pollMs: 100 }
    const run = at
      .clusterWith({
        store: interfered(store, (key, bytes) => {
          if (isDone) return bytes
          if (key.includes('.8-16')) {
            isDone = true
            return undefined
          }
          if (key.includes('.0-8')) {
            const altered = Buffer.from(bytes!)
            altered[altered.length >> 1]! ^= 1
            return altered
          }
          return bytes
        }),
      })
      .run(file(at.path), large, options)
    run.on('span', (span) => spans.push(span)).on('note', (text) => notes.push(text))
    const answer = await run
    expect(Buffer.concat(answer).equals(Buffer.concat(await at.engine.run(file(at.path), large)))).toBe(true)
    expect(notes.join('\n')).toMatch(/chunks 0 to 7 .* is refused: .* altered in the store; it runs again/)
    expect(notes.join('\n')).toMatch(/chunks 8 to 15 .* is refused: the store has no part .*; it runs again/)
    expect(readdirSync(store)).toEqual([])
  })

  test('a number of attempts that no span can have is not counted up to', async () => {
    const client = new Redis(at.redis.url)
    const options = { params: { ms: 5 }, runId: 'counted', spanChunks: 2, pollMs: 200, retries: 1 }
    const run = at.cluster.run(file(at.path), floatSum, options)
    let forged = 0
    let lost = 0
    run.on('workerLost', () => lost++)
    run.on('span', async () => {
      if (forged > 0) return
      for (const key of await at.keys(':counted.')) {
        forged++
        await client.hset(key, 'atm', '1000000')
      }
    })
    expect(await run).toBe(expected)
    client.disconnect()
    expect(forged).toBeGreaterThan(0)
    // Each attempt may be lost, and each span may be taken from two machines.
    expect(lost).toBeLessThanOrEqual(forged * 4)
  })

  test('a part that is altered each time fails the run', async () => {
    const run = at
      .clusterWith({ store: interfered(store, (_, bytes) => bytes!.slice(1)) })
      .run(file(at.path), large, { spanChunks: 8, pollMs: 100 })
    await expect(run).rejects.toMatchObject({ code: 'ERR_PART_DAMAGED', message: expect.stringContaining('altered') })
  })

  test('a part of other chunks is not taken for those of a span', async () => {
    const options = { params: { ms: 5 }, spanChunks: 4, runId: 'swapped', pollMs: 50 }
    const run = at.cluster.run(file(at.path), floatSum, options)
    let done = 0
    run.on('span', () => ++done === 3 && run.cancel())
    await expect(run).rejects.toMatchObject({ name: 'AbortError' })
    const client = new Redis(at.redis.url)
    const found: string[] = []
    for (const key of await at.keys('swapped.')) if (await client.hexists(key, 'returnvalue')) found.push(key)
    const [first = '', second = ''] = found
    await client.hset(first, { returnvalue: await client.hget(second, 'returnvalue') })
    client.disconnect()
    const notes: string[] = []
    expect(await at.cluster.run(file(at.path), floatSum, options).on('note', (text) => notes.push(text))).toBe(expected)
    expect(notes.join()).toMatch(/is refused: its chunks are not \d+ to \d+; it runs again/)
  })

  test('shared data in parameters, memory and inline functions are refused at once', () => {
    const { cluster } = at
    // `as`: these are mistakes that types would find.
    const run = cluster.run.bind(cluster) as (...args: unknown[]) => unknown
    expect(() => run(new Uint8Array(4), floatSum)).toThrow(/data: expected a file, from file\(\)/)
    expect(() => run(file(at.path), () => 1)).toThrow(/plugin: expected what definePlugin returns/)
    expect(() => run(file(at.path), floatSum, { params: { ms: new SharedArrayBuffer(8) } })).toThrow(
      /params\.ms: shared data/,
    )
    expect(() => run(file(at.path), floatSum, { params: { ms: sharedMap([['a', 1]]) } })).toThrow(
      /params\.ms: shared data/,
    )
    expect(() => run(file(at.path), floatSum, { runId: 'a:b' })).toThrow(/runId: expected 1 to 100 letters/)
    expect(() => run(file(at.path), floatSum, { retires: 1 })).toThrow(/options\.retires: there is no such option/)
    expect(() => at.clusterWith({ root: `${at.dir}/elsewhere` }).run(file(at.path), floatSum)).toThrow(
      /is not below the root/,
    )
  })
})

/** A store over a folder, whose parts are changed on their way to the coordinator. */
function interfered(folder: string, change: (key: string, bytes: Uint8Array | undefined) => Uint8Array | undefined) {
  const read = (key: string): Uint8Array | undefined => {
    try {
      return readFileSync(join(folder, key))
    } catch {
      return undefined
    }
  }
  return {
    put: async (key: string, bytes: Uint8Array) => writeFileSync(join(folder, key), bytes),
    get: async (key: string) => change(key, read(key)),
    remove: async (key: string) => rmSync(join(folder, key), { force: true }),
  }
}
