// Runs over streams whose workers die, that are cancelled, or whose engine is closed, in the middle of a window and while they wait for
// the source; and sources that fail in all ways. Each run settles, its source is closed, and the next run works.

import { getEventListeners } from 'node:events'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { alloc, type Chunk, createEngine, type Engine, type SharedMemory, stream, sum } from '@onecopy/node'
import { describe, expect, test } from 'vitest'
import { runNode } from '../support/child.js'
import { Endless, inPieces } from '../support/pieces.js'
import { data, onEachEngine, rejection, sumOfBytes, tenBytes, total } from './harness.js'

const bytes = data.view().slice()

interface Params {
  /** How many chunks have run, and how often a worker has died. */
  readonly seen: SharedMemory<Int32Array>
  /** The chunk that is deadly. */
  readonly at: number
}

function paramsOf(at: number): Params {
  return { seen: alloc(Int32Array, 2), at }
}

/** Settles when at least `count` chunks have run. */
async function untilRun({ seen }: Params, count: number): Promise<void> {
  const view = seen.view()
  for (let n = Atomics.load(view, 0); n < count; n = Atomics.load(view, 0)) await Atomics.waitAsync(view, 0, n).value
}

/** The bytes of `data`, ten chunks at a time: the next ones come when these have run. So each ten chunks are a window. */
async function* inWindows(params: Params): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100) {
    yield bytes.slice(at, at + 100)
    await untilRun(params, (at + 100) / 10)
  }
}

type ParamsChunk = Chunk<Params>

/** Adds up the bytes, and says that it has run. */
const counting = (part: Readonly<Uint8Array>, { params }: ParamsChunk): number => {
  let n = 0
  for (const byte of part) n += byte
  Atomics.add(params.seen.view(), 0, 1)
  Atomics.notify(params.seen.view(), 0)
  return n
}

const deaths: readonly (readonly [how: string, fn: (part: Readonly<Uint8Array>, chunk: ParamsChunk) => unknown])[] = [
  [
    'process.exit(0)',
    (part, { index, params: { seen, at } }) => {
      if (index === at && Atomics.add(seen.view(), 1, 1) === 0) process.exit(0)
      Atomics.add(seen.view(), 0, 1)
      Atomics.notify(seen.view(), 0)
      return part.reduce((a, b) => a + b, 0)
    },
  ],
  [
    'process.exit(1)',
    (part, { index, params: { seen, at } }) => {
      if (index === at && Atomics.add(seen.view(), 1, 1) === 0) process.exit(1)
      Atomics.add(seen.view(), 0, 1)
      Atomics.notify(seen.view(), 0)
      return part.reduce((a, b) => a + b, 0)
    },
  ],
  [
    'an exception that nobody catches',
    async (part, { index, params: { seen, at } }) => {
      if (index === at && Atomics.add(seen.view(), 1, 1) === 0) {
        setTimeout(() => {
          throw new Error('uncaught')
        })
        await new Promise(() => {})
      }
      Atomics.add(seen.view(), 0, 1)
      Atomics.notify(seen.view(), 0)
      return part.reduce((a, b) => a + b, 0)
    },
  ],
]

describe.each(deaths)('a worker that dies by %s', (_how, fn) => {
  describe.each([0, 42, 99])('in chunk %i', (at) => {
    onEachEngine('once: the answer is the same, and the loss is reported', async (engine) => {
      const params = paramsOf(at)
      // `as`: it gives a number.
      const run = engine.map(stream(inWindows(params)), fn as typeof counting, { ...tenBytes, params }).reduce(sum())
      const lost: unknown[] = []
      run.on('workerLost', ({ chunk }) => lost.push(chunk))
      expect(await run).toBe(total)
      expect(lost).toEqual([{ index: at, start: 10 * at, end: 10 * at + 10 }])
      expect(run.stats).toMatchObject({ chunks: 100, doneChunks: 100, bytes: 1000, retries: 1, workersLost: 1 })
    })
  })
})

onEachEngine(
  'a worker that dies each time: ERR_WORKER_LOST with the chunk, and the source is closed',
  async (engine) => {
    const source = new Endless(bytes)
    const run = engine.map(
      stream(source),
      (_, { index }) => {
        if (index === 142) process.exit(1)
        return index
      },
      { ...tenBytes, retries: 1 },
    )
    const chunk = { index: 142, start: 1420, end: 1430 }
    await expect(run).rejects.toMatchObject({ code: 'ERR_WORKER_LOST', chunk })
    await source.left
  },
)

onEachEngine('a chunk that never ends: ERR_CHUNK_TIMEOUT with the chunk, and the source is closed', async (engine) => {
  const source = new Endless(bytes)
  const run = engine.map(
    stream(source),
    (_, { index }) => {
      while (index === 142);
      return index
    },
    { ...tenBytes, chunkTimeoutMs: 100 },
  )
  const chunk = { index: 142, start: 1420, end: 1430 }
  await expect(run).rejects.toMatchObject({ code: 'ERR_CHUNK_TIMEOUT', chunk })
  await source.left
})

/** Says that it has begun, then goes on until it is told to stop. */
const polling = (_: Readonly<Uint8Array>, chunk: ParamsChunk): number => {
  Atomics.add(chunk.params.seen.view(), 0, 1)
  Atomics.notify(chunk.params.seen.view(), 0)
  while (!chunk.cancelled);
  return 0
}

/** A stream of Node that gives some bytes, and then nothing. */
function stalled(): Readable {
  const source = new Readable({ read() {} })
  source.push(bytes.slice(0, 100))
  return source
}

describe.each([
  ['in the middle of a window', polling, 1],
  ['while it waits for the source', counting, 10],
] as const)('%s', (_when, fn, begun) => {
  onEachEngine('a run that is cancelled rejects with the reason, and destroys its source', async (engine) => {
    const source = stalled()
    const params = paramsOf(0)
    const run = engine.map(stream(source), fn, { ...tenBytes, params }).start()
    await untilRun(params, begun)
    run.cancel('never mind')
    await expect(run).rejects.toBe('never mind')
    expect(source.destroyed).toBe(true)
  })

  onEachEngine('a signal does the same, and keeps no listener', async (engine) => {
    const source = stalled()
    const params = paramsOf(0)
    const controller = new AbortController()
    const { signal } = controller
    const run = engine.map(stream(source), fn, { ...tenBytes, params, signal }).start()
    await untilRun(params, begun)
    controller.abort('by the signal')
    await expect(run).rejects.toBe('by the signal')
    expect(source.destroyed).toBe(true)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test.each<readonly [string, () => Engine]>([
    ['threads', () => createEngine({ workers: 2, graceMs: 100 })],
    ['processes', () => createEngine({ workers: 2, graceMs: 100, isolation: 'process' })],
  ])('an engine of %s that is closed: ERR_ENGINE_CLOSED, and the source is destroyed', async (kind, make) => {
    const engine = make()
    const source = stalled()
    const params = paramsOf(0)
    const run = engine.map(stream(source), fn, { ...tenBytes, params })
    const results = run[Symbol.asyncIterator]()
    const first = results.next()
    // Processes do not see the memory of the program. Their first result says that they are at work.
    if (kind === 'threads') await untilRun(params, begun)
    else if (fn === counting) await first
    const closing = engine.close()
    const rest = async (): Promise<void> => {
      await first
      for (;;) if ((await results.next()).done) return
    }
    await expect(rest()).rejects.toMatchObject({ code: 'ERR_ENGINE_CLOSED' })
    await closing
    expect(source.destroyed).toBe(true)
  })
})

test('a reader of the results that leaves closes the source', async () => {
  await using engine = createEngine({ workers: 2 })
  const source = new Endless(bytes)
  for await (const index of engine.map(stream(source), (_, { index }) => index, tenBytes)) {
    if (index === 250) break
  }
  await source.left
})

test('processes: one that dies in any window, and one that dies each time', async () => {
  await using engine = createEngine({ workers: 2, graceMs: 100, isolation: 'process' })
  const deadly = (part: Readonly<Uint8Array>, { index, random }: Chunk<undefined>): number => {
    // Each process dies with some chunk sooner or later. The generator of the chunk begins anew when it runs again.
    if (random() < 0.02 && index % 2 === 1 && process.pid % 2 === 0) process.kill(process.pid, 'SIGKILL')
    return part.reduce((a, b) => a + b, 0)
  }
  const options = { ...tenBytes, retries: 50 }
  expect(await engine.map(stream(inPieces(bytes, [70, 200])), deadly, options).reduce(sum())).toBe(total)
  const source = new Endless(bytes)
  const run = engine.map(
    stream(source),
    (_, { index }) => {
      if (index === 142) process.abort()
      return index
    },
    { ...tenBytes, retries: 0 },
  )
  await expect(run).rejects.toMatchObject({ code: 'ERR_WORKER_LOST', chunk: { index: 142, start: 1420, end: 1430 } })
  await source.left
  expect(await engine.map(stream(inPieces(bytes, [70, 200])), sumOfBytes, tenBytes).reduce(sum())).toBe(total)
})

/** An iterable whose iterator has the given methods. */
const iterable = (iterator: object): AsyncIterable<unknown> => ({
  [Symbol.asyncIterator]: () => iterator as AsyncIterator<unknown>,
})

describe('sources that fail', () => {
  const dead = new Error('dead')
  const fail = (): never => {
    throw dead
  }

  onEachEngine('however they do it: ERR_SOURCE_FAILED with the cause', async (engine) => {
    const sources = [
      iterable({ next: fail }),
      iterable({ next: () => Promise.reject(dead) }),
      { [Symbol.asyncIterator]: fail },
      { getReader: () => ({ read: fail, cancel: fail }) },
      { getReader: () => ({ read: () => Promise.reject(dead), cancel: fail }) },
      new Readable({ read: fail }),
      new Readable({
        read() {
          this.destroy(dead)
        },
      }),
      new ReadableStream({ pull: fail }),
      new Response(new ReadableStream({ pull: fail })),
    ]
    for (const source of sources) {
      const error = await rejection(engine.map(stream(source as AsyncIterable<unknown>), sumOfBytes, tenBytes))
      expect(error).toMatchObject({ code: 'ERR_SOURCE_FAILED', cause: dead })
    }
  })

  onEachEngine('a stream of Node that is destroyed by others: ERR_SOURCE_FAILED', async (engine) => {
    const source = stalled()
    const params = paramsOf(0)
    const run = engine.map(stream(source), counting, { ...tenBytes, params }).start()
    await untilRun(params, 10)
    source.destroy()
    await expect(run).rejects.toMatchObject({ code: 'ERR_SOURCE_FAILED' })
  })

  test.each<readonly [string, (next: () => Promise<unknown>) => unknown]>([
    ['`return` throws', (next) => iterable({ next, return: fail })],
    ['`return` rejects', (next) => iterable({ next, return: () => Promise.reject(dead) })],
    ['`return` never settles', (next) => iterable({ next, return: () => new Promise(() => {}) })],
    ['`return` is missing', (next) => iterable({ next })],
    ['`destroy` throws', (next) => ({ ...iterable({ next }), destroy: fail })],
    [
      '`destroy` fails later',
      () => {
        const source = new Readable({ read() {}, destroy: (_, callback) => setImmediate(callback, dead) })
        source.push(bytes)
        return source
      },
    ],
    [
      '`destroy` never ends',
      () => {
        const source = new Readable({ read() {}, destroy() {} })
        source.push(bytes)
        return source
      },
    ],
    ['`cancel` throws', (next) => ({ getReader: () => ({ read: next, cancel: fail }) })],
    ['`cancel` rejects', (next) => ({ getReader: () => ({ read: next, cancel: () => Promise.reject(dead) }) })],
    ['`cancel` gives nothing', (next) => ({ getReader: () => ({ read: next, cancel: () => undefined }) })],
  ])('one that cannot be closed (%s): the run is cancelled all the same', async (_how, make) => {
    await using engine = createEngine({ workers: 2, graceMs: 100 })
    let given = 0
    // Once some bytes, then nothing more.
    const next = (): Promise<unknown> =>
      given++ === 0 ? Promise.resolve({ done: false, value: bytes }) : new Promise(() => {})
    const params = paramsOf(0)
    const source = stream(make(next) as AsyncIterable<unknown>)
    const run = engine.map(source, counting, { ...tenBytes, params }).start()
    await untilRun(params, 100)
    run.cancel('enough')
    await expect(run).rejects.toBe('enough')
    expect(await engine.map(data, sumOfBytes, tenBytes).reduce(sum())).toBe(total)
  })

  test('one that gives pieces without bytes, for ever, can be cancelled', async () => {
    await using engine = createEngine({ workers: 1 })
    const source = new Endless(new Uint8Array(0))
    const run = engine.map(stream(source), sumOfBytes, tenBytes).start()
    setImmediate(() => run.cancel('enough'))
    await expect(run).rejects.toBe('enough')
    await source.left
  })

  test('pieces without bytes change nothing', async () => {
    await using engine = createEngine({ workers: 1 })
    const source = (async function* () {
      yield ''
      yield bytes.subarray(0, 15)
      yield new Uint8Array(0)
      yield bytes.subarray(15)
      yield ''
    })()
    expect(await engine.map(stream(source), sumOfBytes, tenBytes).reduce(sum())).toBe(total)
  })
})

test('endless sources take the memory of some chunks, and leave nothing behind', { timeout: 180_000 }, async () => {
  const program = fileURLToPath(new URL('memory-source-program.js', import.meta.url))
  const { code, stdout, stderr } = await runNode('--expose-gc', program)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  // `as`: what the program prints.
  const { read, added, blocks, left, resources } = JSON.parse(stdout) as {
    readonly [name in 'read' | 'added' | 'blocks' | 'left']: number
  } & { readonly resources: readonly string[] }
  expect(read).toBeGreaterThanOrEqual(2 ** 31)
  // Two blocks of 16 MiB, the buffers of the source, and what the garbage collector has not looked at yet.
  expect(added).toBeLessThan(256 * 2 ** 20)
  expect(blocks).toBeLessThan(128 * 2 ** 20)
  expect(left).toBe(0)
  expect(resources).toEqual([])
})
