// Machines that die, stop or leave while they have a span: the answer has the bits of one machine, and each span counts once.

import type { SpanDone } from '@onecopy/cluster'
import { file } from '@onecopy/node'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Machine } from './machines.js'
import { floatSum, poison } from './plugins/cluster-plugins.js'
import { childrenOf, gone } from './processes.js'
import { noRedis } from './redis.js'
import { chunks, setUp, titled } from './setup.js'

/** A repeatable source of numbers in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return state / 2 ** 32
  }
}

/** How often each chunk was counted. */
function countsOf(spans: readonly SpanDone[]): number[] {
  const counts = new Array<number>(chunks).fill(0)
  for (const { from, to } of spans) for (let chunk = from; chunk < to; chunk++) counts[chunk]!++
  return counts
}

describe.skipIf(noRedis !== undefined)(titled('machines that are lost'), () => {
  const at = setUp()
  const once = new Array<number>(chunks).fill(1)
  let expected = 0
  const quick = { leaseMs: 600 }
  const start = (): Promise<Machine> => at.machine(['float-sum', 'poison'], quick)
  const slow = { params: { ms: 10 }, spanChunks: 4, pollMs: 200 }

  beforeAll(async () => {
    expected = await at.engine.run(file(at.path), floatSum)
  })

  test('a machine that is killed with a span loses nothing but time', async () => {
    const [first, second] = await Promise.all([start(), start()])
    const spans: SpanDone[] = []
    const lost: unknown[] = []
    const run = at.cluster.run(file(at.path), floatSum, slow).start()
    run.on('span', (span) => spans.push(span))
    run.on('workerLost', (event) => lost.push(event))
    await first.saw(({ event }) => event === 'spanStart')
    await first.end('SIGKILL')
    expect(await run).toBe(expected)
    expect(countsOf(spans)).toEqual(once)
    expect(run.stats).toMatchObject({ doneChunks: chunks })
    expect(lost.length).toBe(run.stats!.workersLost)
    await second.end()
  })

  test('the child process of a machine that is killed while the child starts ends as well', async () => {
    const run = at.cluster.run(file(at.path), floatSum, slow).start()
    for (let round = 0; round < 5; round++) {
      const machine = await start()
      let children: number[] = []
      while (children.length === 0) children = childrenOf(machine.child.pid!)
      // Later in each round, so that the child is at other points of its start.
      for (let looks = 0; looks < 7 * round; looks++) childrenOf(machine.child.pid!)
      await machine.end('SIGKILL')
      for (const pid of children) await gone(pid)
    }
    const last = await start()
    expect(await run).toBe(expected)
    await last.end()
  })

  test('the child processes of a machine that is killed end with it', async () => {
    const machine = await start()
    const run = at.cluster.run(file(at.path), floatSum, { ...slow, params: { ms: 100 } }).start()
    await machine.saw(({ event }) => event === 'spanStart')
    let children: number[] = []
    while (children.length === 0) children = childrenOf(machine.child.pid!)
    await machine.end('SIGKILL')
    await Promise.all(children.map(gone))
    run.cancel()
    await expect(run).rejects.toThrow('the run was cancelled')
  })

  test('20 runs, in each of which a random machine is killed at a random moment', async () => {
    const random = seeded(20)
    const live = new Set(await Promise.all([start(), start(), start()]))
    for (let round = 0; round < 20; round++) {
      const spans: SpanDone[] = []
      const killAt = Math.floor(random() * 12)
      let replaced: Promise<unknown> = Promise.resolve()
      const run = at.cluster.run(file(at.path), floatSum, { ...slow, params: { ms: 4 } })
      run.on('span', (span) => {
        if (spans.push(span) !== killAt + 1) return
        const victim = [...live][Math.floor(random() * live.size)]!
        live.delete(victim)
        replaced = Promise.all([victim.end('SIGKILL'), start().then((machine) => live.add(machine))])
      })
      expect(await run, `round ${round}`).toBe(expected)
      expect(countsOf(spans), `round ${round}`).toEqual(once)
      await replaced
    }
    await Promise.all([...live].map((machine) => machine.end()))
  }, 120_000)

  test('a machine that stops past its lease and wakes again is refused, and goes on', async () => {
    const [sleeper, other] = await Promise.all([start(), start()])
    const spans: SpanDone[] = []
    const run = at.cluster.run(file(at.path), floatSum, { ...slow, params: { ms: 40 } }).start()
    run.on('span', (span) => spans.push(span))
    const { from } = await sleeper.saw(({ event }) => event === 'spanStart')
    sleeper.child.kill('SIGSTOP')
    expect(await run).toBe(expected)
    sleeper.child.kill('SIGCONT')
    expect(countsOf(spans)).toEqual(once)
    expect(spans.find((span) => span.from === from)!.worker).toContain(`-${other.child.pid}`)
    await sleeper.saw(({ event, text }) => event === 'note' && /lock/.test(text!))
    // It is alive, and takes spans of the next run.
    await other.end()
    expect(await at.cluster.run(file(at.path), floatSum, { spanChunks: 8 })).toBe(expected)
    await sleeper.end()
  })

  test('a machine that is asked to leave gives its span back at once', async () => {
    const [leaver, other] = await Promise.all([start(), start()])
    const run = at.cluster.run(file(at.path), floatSum, { ...slow, params: { ms: 40 } }).start()
    await leaver.saw(({ event }) => event === 'spanStart')
    await leaver.end('SIGTERM')
    expect(leaver.events.at(-1)).toEqual({ event: 'closed' })
    expect(await run).toBe(expected)
    // No lease had to run out, and no attempt was used up.
    expect(run.stats).toMatchObject({ retries: 0, workersLost: 0 })
    await other.end()
  })

  test('a chunk that kills its process fails the run with that chunk, and all machines stay', async () => {
    const machines = await Promise.all([start(), start()])
    const run = at.cluster.run(file(at.path), poison, { params: { how: 'kill', at: 21 }, spanChunks: 16 })
    await expect(run).rejects.toMatchObject({
      code: 'ERR_WORKER_LOST',
      chunk: { index: 21, start: 21 * 4096, end: 22 * 4096 },
    })
    expect(machines.map(({ child }) => child.exitCode ?? child.signalCode)).toEqual([null, null])
    expect(await at.cluster.run(file(at.path), floatSum)).toBe(expected)
    await expect.poll(() => at.keys()).toEqual([])
    await Promise.all(machines.map((machine) => machine.end()))
  })

  test('a slow machine’s span runs a second time where nothing is left to do, and the first result counts', async () => {
    const [slowOne, other] = await Promise.all([start(), start()])
    const spans: SpanDone[] = []
    const run = at.cluster.run(file(at.path), floatSum, slow).start()
    run.on('span', (span) => spans.push(span))
    await slowOne.saw(({ event }) => event === 'spanStart')
    // Only what computes stops. The machine itself keeps its lease.
    for (const pid of childrenOf(slowOne.child.pid!)) process.kill(pid, 'SIGSTOP')
    expect(await run).toBe(expected)
    expect(countsOf(spans)).toEqual(once)
    const ended = slowOne.events.filter(({ event }) => event === 'spanEnd').map((each) => each.from)
    const { from } = slowOne.events.find((each) => each.event === 'spanStart' && !ended.includes(each.from))!
    expect(spans.find((span) => span.from === from)!.worker).toContain(`-${other.child.pid}`)
    for (const pid of childrenOf(slowOne.child.pid!)) process.kill(pid, 'SIGCONT')
    await Promise.all([slowOne.end(), other.end()])
  })
})
