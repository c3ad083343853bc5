// A server that fails, lies or has other data while a run reads from it; and workers that die, runs that are cancelled meanwhile.

import { createEngine, type Engine, fixed, http, type Run, sum } from '@onecopy/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Deed, type RemoteServer, startRemoteServer } from '../support/remote-server.js'
import { data, onEachEngine, rejection, sharedCounter, sumOfBytes, tenBytes, total } from './harness.js'

let server: RemoteServer
let shared: Engine
beforeAll(async () => {
  server = await startRemoteServer()
  shared = createEngine({ workers: 2 })
})
afterAll(async () => {
  await shared.close()
  await server.close()
})

let count = 0
/** Serve `data`. The first request, which opens it, gets a good answer; the others get `deeds`. */
const serve = async (deeds: readonly Deed[], always?: Deed): Promise<string> =>
  server.set(`/fault-${count++}.bin`, { bytes: data.view().slice(), etag: '"one"', deeds: [{}, ...deeds], always })

test.each<readonly [what: string, deeds: readonly Deed[]]>([
  ['cuts its answer off, twice', [{ cut: 300 }, { cut: 0 }]],
  ['gives less than it was asked for', [{ most: 400 }]],
  ['is busy', [{ status: 503, headers: { 'retry-after': '0' } }, { status: 429 }]],
  ['ends the connection', [{ reset: true }]],
  ['stalls', [{ stall: 100 }, { silent: true }]],
])('a server that %s is asked again, and the answer is the same', async (_what, deeds) => {
  const remote = await http(await serve(deeds), { timeoutMs: 1000 })
  await expect(shared.map(remote, sumOfBytes, tenBytes).reduce(sum())).resolves.toBe(total)
})

test('a server that always gives less than it was asked for, and says so: no try is lost by that', async () => {
  const remote = await http(await serve([], { most: 70 }), { retries: 0 })
  await expect(shared.map(remote, sumOfBytes, tenBytes).reduce(sum())).resolves.toBe(total)
})

test.each<readonly [what: string, always: Deed, error: object]>([
  [
    'fails for good',
    { status: 500 },
    { name: 'Error', code: 'ERR_HTTP_STATUS', path: expect.stringContaining('http:') },
  ],
  ['is away', { reset: true }, { name: 'Error', code: 'UND_ERR_SOCKET' }],
  ['stalls for good', { stall: 100 }, { message: expect.stringMatching(/sent nothing for 100 ms \(after 2 tries\)$/) }],
  ['gives another range', { shift: 1 }, { message: expect.stringMatching(/asked for bytes 0 to \d+, and gave 1 to/) }],
  ['sends too much', { extra: 5 }, { message: expect.stringMatching(/sent more bytes than it announced$/) }],
  ['compresses', { headers: { 'content-encoding': 'br' } }, { message: expect.stringMatching(/encoded as br/) }],
  ['serves no ranges any more', { whole: true }, { message: expect.stringMatching(/does not serve ranges any more$/) }],
  ['has another version', { etag: '"two"' }, { code: 'ERR_DATA_CHANGED' }],
  ['says no version any more', { etag: undefined }, { code: 'ERR_DATA_CHANGED' }],
  ['has other bytes of the same name', { length: 2000 }, { code: 'ERR_DATA_CHANGED' }],
  ['has fewer bytes', { bytes: new Uint8Array(0) }, { code: 'ERR_DATA_CHANGED' }],
  ['has it no longer', { status: 404 }, { code: 'ERR_DATA_CHANGED' }],
  ['finds its condition broken', { status: 412 }, { code: 'ERR_DATA_CHANGED' }],
])('a server that %s is a clear error', async (_what, always, error) => {
  const timeoutMs = always.stall === undefined ? 30_000 : 100
  const remote = await http(await serve([], always), { retries: 1, timeoutMs })
  await expect(shared.map(remote, sumOfBytes, tenBytes)).rejects.toMatchObject(error)
})

onEachEngine('data that changes after it was read: ERR_DATA_CHANGED', async (engine) => {
  const url = await serve([])
  const remote = await http(url)
  const counter = sharedCounter()
  const run = engine
    .map(
      remote,
      async (bytes, { index, params }) => {
        if (index > 0) return bytes.length
        const view = params.counter.view()
        Atomics.store(view, 0, 1)
        Atomics.notify(view, 0)
        await Atomics.waitAsync(view, 1, 0).value
        return bytes.length
      },
      { ...tenBytes, params: { counter } },
    )
    .start()
  await Atomics.waitAsync(counter.view(), 0, 0).value
  await server.set(new URL(url).pathname, { etag: '"two"' })
  Atomics.store(counter.view(), 1, 1)
  Atomics.notify(counter.view(), 1)
  await expect(run).rejects.toMatchObject({ code: 'ERR_DATA_CHANGED' })
})

onEachEngine('a worker that dies while it reads ahead: the answer is the same', async (engine) => {
  const remote = await http(await serve([]))
  const counter = sharedCounter()
  const run = engine.map(
    remote,
    (bytes, { index, params }) => {
      if (index === 50 && Atomics.add(params.counter.view(), 0, 1) === 0) process.exit(1)
      let n = 0
      for (const byte of bytes) n += byte
      return n
    },
    { ...tenBytes, params: { counter } },
  )
  await expect(run.reduce(sum())).resolves.toBe(total)
})

onEachEngine('a run that is cancelled while the server stalls settles with its reason', async (engine) => {
  const url = await serve([], { stall: 10 })
  const remote = await http(url)
  const asked = server.nextRequest()
  const run = engine.map(remote, sumOfBytes, tenBytes).start()
  await asked
  const why = new Error('enough')
  run.cancel(why)
  expect(await rejection(run)).toBe(why)
})

/** Cancel a run or close its engine. The run must reject with that. */
async function endBy(what: 'cancel' | 'close', engine: Engine, run: Run<unknown>): Promise<void> {
  const closing = what === 'cancel' ? run.cancel(new Error('enough')) : engine.close()
  await expect(run).rejects.toMatchObject(what === 'cancel' ? { message: 'enough' } : { code: 'ERR_ENGINE_CLOSED' })
  await closing
}

test.each(['cancel', 'close'] as const)(
  '%s while the server does not say whether the data has changed',
  async (what) => {
    const url = await serve([])
    const remote = await http(url)
    const engine = createEngine({ workers: 1 })
    try {
      const run = engine.map(remote, sumOfBytes, { chunks: fixed({ size: 1000 }) })
      // One request reads all of it. The next one asks whether it has changed.
      await server.set(new URL(url).pathname, { deeds: [{}], always: { silent: true } })
      const asked = server.nextRequest().then(() => server.nextRequest())
      run.start()
      await asked
      await endBy(what, engine, run)
    } finally {
      await engine.close()
    }
  },
)

onEachEngine('an engine that is closed while the server stalls rejects its runs', async (engine) => {
  const own = createEngine({ workers: engine.workers, graceMs: 100 })
  const remote = await http(await serve([], { stall: 10 }))
  const asked = server.nextRequest()
  const run = own.map(remote, sumOfBytes, tenBytes).start()
  await asked
  const closing = own.close()
  await expect(run).rejects.toMatchObject({ code: 'ERR_ENGINE_CLOSED' })
  await closing
})

onEachEngine(
  'a server that dies in the middle of a run: an error that says so, and never a part of the answer',
  async (engine) => {
    const dying = await startRemoteServer()
    try {
      const bytes = data.view().slice()
      // The first request opens the data, the second gets an answer that is cut off. Nobody answers behind that.
      const url = await dying.set('/dying.bin', {
        bytes,
        etag: '"one"',
        deeds: [{}, { cut: 300 }],
        always: { silent: true },
      })
      const remote = await http(url, { retries: 1 })
      const asked = dying.nextRequest()
      const run = engine.map(remote, sumOfBytes, tenBytes).start()
      await asked
      await dying.close()
      await expect(run).rejects.toMatchObject({
        path: url,
        message: expect.stringMatching(/the connection failed \(.*after 2 tries/),
      })
    } finally {
      await dying.close()
    }
  },
)

test('processes: a server that cuts, a worker process that dies, and a change', async () => {
  const engine = createEngine({ workers: 2, isolation: 'process', graceMs: 100 })
  try {
    const cutting = await http(await serve([{ cut: 300 }]))
    await expect(engine.map(cutting, sumOfBytes, tenBytes).reduce(sum())).resolves.toBe(total)
    const changing = await http(await serve([], { etag: '"two"' }))
    await expect(engine.map(changing, sumOfBytes, tenBytes)).rejects.toMatchObject({ code: 'ERR_DATA_CHANGED' })
    const steady = await http(await serve([]))
    const dying = engine.map(steady, () => process.kill(process.pid, 'SIGKILL'), {
      chunks: fixed({ size: 1000 }),
      retries: 0,
    })
    await expect(dying).rejects.toMatchObject({ code: 'ERR_WORKER_LOST' })
    await expect(engine.map(steady, sumOfBytes, tenBytes).reduce(sum())).resolves.toBe(total)
  } finally {
    await engine.close()
  }
})

test.each(['cancel', 'close'] as const)('processes: %s while the server stalls', async (what) => {
  const engine = createEngine({ workers: 2, isolation: 'process', graceMs: 100 })
  try {
    const remote = await http(await serve([], { stall: 10 }))
    const asked = server.nextRequest()
    const run = engine.map(remote, sumOfBytes, tenBytes).start()
    await asked
    await endBy(what, engine, run)
  } finally {
    await engine.close()
  }
})

test('a server that dies and comes back within the retries: the answer is the same', async () => {
  const bytes = data.view().slice()
  const first = await startRemoteServer()
  const url = await first.set('/back.bin', { bytes, etag: '"one"', deeds: [{}], always: { stall: 10 } })
  const remote = await http(url, { retries: 30 })
  const asked = first.nextRequest()
  const run = shared.map(remote, sumOfBytes, tenBytes).reduce(sum()).start()
  await asked
  const { port } = new URL(url)
  await first.close()
  const again = await startRemoteServer(Number(port))
  try {
    await again.set('/back.bin', { bytes, etag: '"one"' })
    await expect(run).resolves.toBe(total)
  } finally {
    await again.close()
  }
})

test('a place that a redirect named and that has expired is asked for anew', async () => {
  const target = await server.set('/target.bin?first', { bytes: data.view().slice(), etag: '"one"' })
  const next = await server.set('/target.bin?next', { bytes: data.view().slice(), etag: '"one"' })
  const url = await server.set('/redirects.bin', {
    bytes: new Uint8Array(0),
    deeds: [{ status: 302, headers: { location: target } }],
    always: { status: 302, headers: { location: next } },
  })
  const engine = createEngine({ workers: 1 })
  try {
    const remote = await http(url)
    await server.set('/target.bin?first', { always: { status: 403 } })
    await expect(engine.map(remote, sumOfBytes, tenBytes).reduce(sum())).resolves.toBe(total)
  } finally {
    await engine.close()
  }
})
