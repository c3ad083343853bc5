// Runs that nobody waits for: workers do them without a coordinator.

import type { SpanDone } from '@onecopy/cluster'
import { file } from '@onecopy/node'
import { describe, expect, test } from 'vitest'
import { floatSum } from './plugins/cluster-plugins.js'
import { noRedis } from './redis.js'
import { chunks, setUp, titled } from './setup.js'

describe.skipIf(noRedis !== undefined)(titled('a run that is put into the queue'), () => {
  const at = setUp()

  test('is done by workers that start later, and a later run takes its answer', async () => {
    const options = { runId: 'detached', spanChunks: 4, patienceMs: 100 }
    expect(await at.cluster.submit(file(at.path), floatSum, options)).toEqual({ runId: 'detached', spans: chunks / 4 })
    // The same once more changes nothing.
    expect(await at.cluster.submit(file(at.path), floatSum, options)).toEqual({ runId: 'detached', spans: chunks / 4 })
    const machine = await at.machine(['float-sum'])
    const done = (): number => machine.events.filter(({ event }) => event === 'spanEnd').length
    await machine.saw(() => done() === chunks / 4)
    const spans: SpanDone[] = []
    const run = at.cluster.run(file(at.path), floatSum, options).on('span', (span) => spans.push(span))
    expect(await run).toBe(await at.engine.run(file(at.path), floatSum))
    expect(spans.length).toBe(chunks / 4)
    expect(done()).toBe(chunks / 4)
    await expect.poll(() => at.keys('detached')).toEqual([])
    await machine.end()
  })

  test('goes on if a coordinator that waited for it leaves', async () => {
    const options = { runId: 'left', spanChunks: 1, pollMs: 100, params: { ms: 5 } }
    await at.cluster.submit(file(at.path), floatSum, options)
    const machine = await at.machine(['float-sum'])
    const run = at.cluster.run(file(at.path), floatSum, options)
    run.on('span', () => run.cancel('no time'))
    await expect(run).rejects.toBe('no time')
    await machine.saw(() => machine.events.filter(({ event }) => event === 'spanEnd').length === chunks)
    expect(machine.events.filter(({ error }) => error !== undefined)).toEqual([])
    await machine.end()
  })

  test('can be cancelled, and refuses another job under its id', async () => {
    const options = { runId: 'unwanted', spanChunks: 4 }
    await at.cluster.submit(file(at.path), floatSum, options)
    await expect(at.cluster.submit(file(at.path), floatSum, { ...options, params: { ms: 1 } })).rejects.toMatchObject({
      code: 'ERR_PART_MISMATCH',
    })
    expect(await at.cluster.cancel('unwanted')).toBe(true)
  })
})
