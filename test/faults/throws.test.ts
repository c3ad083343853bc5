// Chunk functions that throw any kind of value. The worker survives, and the caller gets what was thrown.

import { type Chunk, type SharedMemory, sum } from '@onecopy/node'
import { expect } from 'vitest'
import { data, onEachEngine, rejection, sharedCounter, tenBytes } from './harness.js'

/** Run a chunk function that throws in chunk 42 what `kind` says; what the run rejects with. */
const thrown: Record<string, { readonly cause: unknown; readonly message?: RegExp }> = {
  null: { cause: null },
  undefined: { cause: undefined },
  string: { cause: 'a string' },
  bigint: { cause: 12n },
  object: { cause: { code: 7, deep: [1, { a: 2 }] } },
  error: {
    cause: {
      name: 'RangeError',
      message: 'out of it',
      code: 'E_OUT',
      detail: { at: 3 },
      stack: expect.stringContaining('RangeError: out of it'),
      cause: { name: 'TypeError', message: 'the reason', cause: 'the root' },
    },
  },
  aggregate: { cause: { name: 'AggregateError', message: 'many', errors: [{ message: 'one' }, 'two'] } },
  dom: { cause: { name: 'AbortError', message: 'gone', code: 20 } },
  getters: { cause: { message: 'a message', fine: 1 } },
  'what answers once': { cause: { message: 'once', detail: { answer: 1 } } },
  function: { cause: expect.any(String) },
  symbol: { cause: expect.any(String) },
  proxy: { cause: expect.anything() },
  cyclic: { cause: { message: 'round' } },
}

const throwing = (bytes: Readonly<Uint8Array>, chunk: Chunk<{ kind: string }>): number => {
  if (chunk.index !== 42) return bytes.length
  const round: Error & { cause?: unknown } = new Error('round')
  round.cause = round
  switch (chunk.params.kind) {
    case 'null':
      throw null
    case 'undefined':
      throw undefined
    case 'string':
      throw 'a string'
    case 'bigint':
      throw 12n
    case 'object':
      throw { code: 7, deep: [1, { a: 2 }] }
    case 'error': {
      const cause = new TypeError('the reason', { cause: 'the root' })
      throw Object.assign(new RangeError('out of it', { cause }), { code: 'E_OUT', detail: { at: 3 }, bad: () => 1 })
    }
    case 'aggregate':
      throw new AggregateError([new Error('one'), 'two'], 'many')
    case 'dom':
      throw new DOMException('gone', 'AbortError')
    case 'getters':
      throw {
        message: 'a message',
        fine: 1,
        get bad() {
          throw new Error('a getter that throws')
        },
      }
    case 'what answers once': {
      let asked = 0
      const detail = {
        get answer() {
          if (asked++ > 0) throw new Error('asked again')
          return 1
        },
      }
      throw Object.assign(new Error('once'), { detail })
    }
    case 'function':
      throw () => 1
    case 'symbol':
      throw Symbol('s')
    case 'proxy':
      throw new Proxy(
        {},
        {
          get() {
            throw new Error('no')
          },
          getPrototypeOf() {
            throw new Error('no')
          },
        },
      )
    default:
      throw round
  }
}

for (const [kind, { cause }] of Object.entries(thrown)) {
  onEachEngine(`throwing ${kind}: ERR_CHUNK_FAILED with the chunk and what was thrown`, async (engine) => {
    const error = await rejection(engine.map(data, throwing, { ...tenBytes, params: { kind } }))
    expect(error).toMatchObject({ code: 'ERR_CHUNK_FAILED', chunk: { index: 42, start: 420, end: 430 } })
    const found = (error as Error).cause
    if (typeof cause === 'object' && cause !== null && !('asymmetricMatch' in cause)) expect(found).toMatchObject(cause)
    else expect(found).toEqual(cause)
  })
}

onEachEngine('an error of a known class is one again', async (engine) => {
  const error = (await rejection(engine.map(data, throwing, { ...tenBytes, params: { kind: 'error' } }))) as Error
  expect(error.cause).toBeInstanceOf(RangeError)
  expect((error.cause as Error).cause).toBeInstanceOf(TypeError)
  const many = (await rejection(engine.map(data, throwing, { ...tenBytes, params: { kind: 'aggregate' } }))) as Error
  expect(many.cause).toBeInstanceOf(AggregateError)
})

onEachEngine('of several failures the one with the lowest index is reported', async (engine) => {
  for (let round = 0; round < 10; round++) {
    const late = (_: Readonly<Uint8Array>, chunk: Chunk): number => {
      if (chunk.index >= 40) throw new Error(`chunk ${chunk.index}`)
      return 1
    }
    await expect(engine.map(data, late, tenBytes)).rejects.toMatchObject({ chunk: { index: 40 } })
  }
})

onEachEngine(
  'a failure waits for those below it: the lowest is reported even if it comes last',
  async (engine, workers) => {
    if (workers === 1) return
    // Chunk 0 fails only after another chunk has failed. It is in flight all the time.
    const slowest = async (
      _: Readonly<Uint8Array>,
      chunk: Chunk<{ counter: SharedMemory<Int32Array> }>,
    ): Promise<number> => {
      const view = chunk.params.counter.view()
      if (chunk.index > 0) {
        Atomics.store(view, 0, 1)
        Atomics.notify(view, 0)
        throw new Error('a later one')
      }
      await Atomics.waitAsync(view, 0, 0).value
      throw new Error('the first one')
    }
    const params = { counter: sharedCounter() }
    await expect(engine.map(data, slowest, { ...tenBytes, params })).rejects.toMatchObject({
      chunk: { index: 0 },
      cause: { message: 'the first one' },
    })
  },
)

onEachEngine('a reducer that throws in a lane: ERR_CHUNK_FAILED', async (engine) => {
  const adding = {
    init: () => 0,
    add: (): number => {
      throw new Error('cannot add')
    },
    merge: (a: number, b: number) => a + b,
  }
  await expect(engine.map(data, (bytes) => bytes.length, tenBytes).reduce(adding)).rejects.toMatchObject({
    code: 'ERR_CHUNK_FAILED',
    chunk: { index: 0, start: 0, end: 10 },
    cause: { message: 'cannot add' },
  })
})

onEachEngine("a reducer whose finish throws: ERR_CHUNK_FAILED, no chunk's fault", async (engine) => {
  const finishing = {
    ...sum(),
    finish: (): number => {
      throw new Error('cannot finish')
    },
  }
  await expect(engine.map(data, (bytes) => bytes.length, tenBytes).reduce(finishing)).rejects.toMatchObject({
    code: 'ERR_CHUNK_FAILED',
    chunk: undefined,
    cause: { message: 'cannot finish' },
  })
})

onEachEngine("a reducer that throws on the caller's thread: ERR_CHUNK_FAILED, whatever it throws", async (engine) => {
  const onCaller = {
    init: () => 0,
    add: (acc: number, value: number) => acc + value,
    merge: (left: number, right: number) => {
      // The test's own thread is the only one with vitest in it.
      if ('__vitest_worker__' in globalThis) throw Object.create(null)
      return left + right
    },
  }
  // If lanes take turns with chunks, the caller has something to merge. With one lane there may be nothing.
  const outcome = await engine
    .map(data, (bytes) => bytes.length, tenBytes)
    .reduce(onCaller)
    .then(
      (value) => value,
      (error) => error.code,
    )
  expect([1000, 'ERR_CHUNK_FAILED']).toContain(outcome)
})

onEachEngine('an error with very many errors in it is described in part, at once', async (engine) => {
  const manifold = (): never => {
    const error = new AggregateError([], 'many')
    error.errors = Array.from({ length: 6 }, () => error)
    throw error
  }
  await expect(engine.map(data, manifold)).rejects.toMatchObject({ cause: { name: 'AggregateError', message: 'many' } })
})

onEachEngine('a throw beside a rejection that nobody handles: one of the two is reported', async (engine) => {
  const several = async (_: Readonly<Uint8Array>, chunk: Chunk): Promise<number> => {
    if (chunk.index !== 5) return 1
    const [first, second] = [1, 2].map(async (n) => {
      throw new Error(`number ${n}`)
    })
    await first
    return await second!
  }
  const error = await rejection(engine.map(data, several, tenBytes))
  expect(error).toMatchObject({ code: 'ERR_CHUNK_FAILED', chunk: { index: 5 }, cause: { message: 'number 1' } })
})

onEachEngine('null thrown in a timer is a lost worker', async (engine) => {
  const late = (_: Readonly<Uint8Array>, chunk: Chunk): number | Promise<number> =>
    chunk.index === 5
      ? new Promise<number>(() => {
          setTimeout(() => {
            throw null
          }, 0)
        })
      : 1
  await expect(engine.map(data, late, { ...tenBytes, retries: 0 })).rejects.toMatchObject({
    code: 'ERR_WORKER_LOST',
    chunk: { index: 5 },
  })
})
