// Coordinators that die, come twice, cancel, or never come back.

import type { SpanDone } from '@onecopy/cluster'
import { file } from '@onecopy/node'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Machine, startProgram } from './machines.js'
import { floatSum, order, poison } from './plugins/cluster-plugins.js'
import { noRedis } from './redis.js'
import { chunks, setUp, titled } from './setup.js'

describe.skipIf(noRedis !== undefined)(titled('coordinators'), () => {
  const at = setUp()
  const machines: Machine[] = []
  let expected = 0
  const slow = { params: { ms: 10 }, spanChunks: 4, pollMs: 200 }

  beforeAll(async () => {
    machines.push(...(await Promise.all([1, 2].map(() => at.machine(['float-sum', 'poison'])))))
    expected = await at.engine.run(file(at.path), floatSum)
  })

  test('a run whose coordinator was killed goes on under its id, and nothing is done twice', async () => {
    const options = { ...slow, runId: 'killed' }
    const first = startProgram('coordinator', { connection: at.redis.url, root: at.root, path: at.path, options })
    const seen = await first.saw(({ event, from }) => event === 'span' && from! >= 12)
    await first.end('SIGKILL')
    const spans: SpanDone[] = []
    const run = at.cluster.run(file(at.path), floatSum, options).on('span', (span) => spans.push(span))
    expect(await run).toBe(expected)
    expect(spans.length).toBe(chunks / 4)
    expect(spans.find(({ from }) => from === seen.from)!.isResumed).toBe(true)
    // What was done before is not run again.
    const begun = machines.flatMap(({ events }) =>
      events.filter(({ event, run }) => event === 'spanStart' && run === 'killed'),
    )
    expect(new Set(begun.map(({ from }) => from)).size).toBe(begun.length)
  })

  test('a run can be joined with its id and its plugin alone', async () => {
    const options = { ...slow, runId: 'joined' }
    const first = startProgram('coordinator', { connection: at.redis.url, root: at.root, path: at.path, options })
    await first.saw(({ event }) => event === 'span')
    const other = at.cluster.attach('joined', order)
    await expect(other).rejects.toMatchObject({
      code: 'ERR_PART_MISMATCH',
      message: expect.stringContaining('float-sum'),
    })
    expect(await at.cluster.attach('joined', floatSum)).toBe(expected)
    expect((await first.saw(({ event }) => event === 'answer')).answer).toBe(expected)
    await expect(at.cluster.attach('joined', floatSum)).rejects.toMatchObject({ code: 'ERR_CLUSTER_UNAVAILABLE' })
  })

  test('two coordinators of one run both get the answer', async () => {
    const options = { ...slow, runId: 'twice' }
    const runs = [at.cluster, at.clusterWith({})].map((cluster) => cluster.run(file(at.path), floatSum, options))
    expect(await Promise.all(runs)).toEqual([expected, expected])
    await expect.poll(() => at.keys('twice')).toEqual([])
  })

  test('an id that belongs to another job is refused, and that job is not touched', async () => {
    const run = at.cluster.run(file(at.path), floatSum, { ...slow, runId: 'taken' }).start()
    await new Promise((resolve) => run.on('span', resolve))
    const other = at.cluster.run(file(at.path), floatSum, { params: { ms: 11 }, runId: 'taken' })
    await expect(other).rejects.toMatchObject({ code: 'ERR_PART_MISMATCH', message: expect.stringContaining('params') })
    expect(await run).toBe(expected)
  })

  test('cancelling stops the machines, and the same id resumes the run', async () => {
    const options = { ...slow, runId: 'cancelled' }
    const reason = new Error('enough')
    const run = at.cluster.run(file(at.path), floatSum, options).start()
    await new Promise((resolve) => run.on('span', resolve))
    run.cancel(reason)
    await expect(run).rejects.toBe(reason)
    await Promise.all(machines.map(idle))
    let resumed = 0
    const again = at.cluster.run(file(at.path), floatSum, options).on('span', ({ isResumed }) => {
      if (isResumed) resumed++
    })
    expect(await again).toBe(expected)
    expect(resumed).toBeGreaterThan(0)
  })

  test('a signal cancels, also before the run begins', async () => {
    const signal = AbortSignal.abort(new Error('not today'))
    await expect(at.cluster.run(file(at.path), floatSum, { signal })).rejects.toBe(signal.reason)
    const controller = new AbortController()
    const run = at.cluster.run(file(at.path), floatSum, { ...slow, signal: controller.signal })
    run.on('span', () => controller.abort())
    await expect(run).rejects.toMatchObject({ name: 'AbortError' })
    await Promise.all(machines.map(idle))
    await expect.poll(() => at.keys(run.runId)).toEqual([])
  })

  test('cluster.cancel(id) ends a run wherever it was begun', async () => {
    const run = at.cluster.run(file(at.path), floatSum, { ...slow, runId: 'ended' }).start()
    await new Promise((resolve) => run.on('span', resolve))
    expect(await at.clusterWith({}).cancel('ended')).toBe(true)
    await expect(run).rejects.toMatchObject({ name: 'AbortError' })
    await Promise.all(machines.map(idle))
  })

  test('spans of a coordinator that never comes back do not run', async () => {
    const options = { ...slow, params: { ms: 500 }, runId: 'abandoned', patienceMs: 500 }
    const first = startProgram('coordinator', { connection: at.redis.url, root: at.root, path: at.path, options })
    await first.saw(({ event }) => event === 'span')
    await first.end('SIGKILL')
    // Those that are at work are stopped, and those that wait are not begun.
    const given = machines.map(({ saw }) =>
      saw(({ run, error }) => run === 'abandoned' && /cancelled/.test(error ?? '')),
    )
    await Promise.all(given)
    expect(await at.cluster.run(file(at.path), floatSum)).toBe(expected)
    const begun = machines.flatMap(({ events }) =>
      events.filter(({ run, event }) => run === 'abandoned' && event === 'spanStart'),
    )
    expect(begun.length).toBeLessThan(chunks / 4)
  })

  test('of several chunks that throw, the lowest is reported, with its cause', async () => {
    for (const spanChunks of [1, 4]) {
      const run = at.cluster.run(file(at.path), poison, { params: { at: 21, ms: 2 }, spanChunks })
      await expect(run).rejects.toMatchObject({
        code: 'ERR_CHUNK_FAILED',
        chunk: { index: 21, start: 21 * 4096, end: 22 * 4096 },
        cause: { name: 'RangeError', message: 'chunk 21 is bad', stack: expect.stringContaining('cluster-plugins.js') },
      })
      await Promise.all(machines.map(idle))
      await expect.poll(() => at.keys(run.runId)).toEqual([])
    }
  })
})

/** Resolves when a machine has ended each span that it has begun. */
async function idle(machine: Machine): Promise<void> {
  const count = (kind: string): number => machine.events.filter(({ event }) => event === kind).length
  await machine.saw(() => count('spanStart') === count('spanEnd'))
}
