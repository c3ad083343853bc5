// What tests do in a page, by name. Each case answers with plain data.

import { byteHistogram, countLines, findBytes } from '@onecopy/kernels'
import {
  alloc,
  type Chunker,
  createEngine,
  csvRecords,
  type Engine,
  file,
  fixed,
  isOnecopyError,
  lines,
  load,
  moduleFunction,
  type Run,
  type SharedData,
  sequential,
  share,
  stream,
  sum,
  support,
} from '@onecopy/web'
import { bounds, zeros } from './plugins.js'

const one = { chunks: fixed({ size: 1 }) } as const
const eight = (): ReturnType<typeof share> => share(new Uint8Array(8))

async function withEngine<T>(
  options: Parameters<typeof createEngine>[0],
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = createEngine(options)
  try {
    return await use(engine)
  } finally {
    await engine.close()
  }
}

/** What a run came to. */
async function outcome(run: PromiseLike<unknown>): Promise<object> {
  try {
    return { value: await run }
  } catch (error) {
    if (!isOnecopyError(error)) return { name: (error as Error).name, message: (error as Error).message }
    return { code: error.code, message: error.message, chunk: error.chunk?.index, cause: String(error.cause) }
  }
}

/** The engines that give the same answers, as far as this page can have them. */
function engines(): Engine[] {
  const sharing = support().sharedMemory ? [createEngine({ workers: 2 })] : []
  return [...sharing, createEngine({ workers: 2, shared: false })]
}

async function onEach<T>(use: (engine: Engine) => Promise<T>): Promise<T[]> {
  const all = engines()
  try {
    return await Promise.all(all.map(use))
  } finally {
    await Promise.all(all.map((engine) => engine.close()))
  }
}

/** Pseudo-random bytes, the same each time. */
function noise(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  let x = 12345
  for (let i = 0; i < length; i++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    bytes[i] = x
  }
  return bytes
}

/** Resolves once the word in shared memory is not 0. */
async function changed(words: Int32Array): Promise<void> {
  await Atomics.waitAsync(words, 0, 0).value
}

let going: { readonly engine: Engine; readonly run: Run<unknown> } | undefined

const input = document.createElement('input')
input.type = 'file'
document.body.append(input)
const chosen = (): File => {
  const [first] = input.files ?? []
  if (first === undefined) throw new Error('no file was chosen')
  return first
}

const cases = {
  support: async () => support(),

  inline: () =>
    onEach((engine) =>
      Promise.resolve(
        engine.map(share('a needle in a haystack'), (b, c) => b.includes(c.params.n), { params: { n: 110 } }),
      ),
    ),
  plugin: () => onEach((engine) => Promise.resolve(engine.run(share(new Uint8Array(50_000)), zeros))),
  moduleFunction: () =>
    onEach((engine) =>
      Promise.resolve(
        engine
          .map(
            share(new Uint8Array(1000)),
            moduleFunction<typeof import('./plugins.js'), 'countZeros'>(
              new URL('./plugins.js', import.meta.url),
              'countZeros',
            ),
          )
          .reduce(sum()),
      ),
    ),
  kernels: () =>
    onEach(async (engine) => {
      const counts = await engine.run(share(new Uint8Array(5e6).fill(7)), byteHistogram)
      const found = await engine.run(share('abcabc'), findBytes, { params: { pattern: 'bc' } })
      return [counts[7], await engine.run(share('a\nb\nc'), countLines), [...found.offsets]]
    }),
  stream: () =>
    onEach(async (engine) => {
      const seen: number[] = []
      for await (const index of engine.map(share(new Uint8Array(10_000)), (_b, c) => c.index, {
        chunks: fixed({ size: 10 }),
      })) {
        seen.push(index)
        if (seen.length === 500) break
      }
      return [seen.length, seen.every((each, i) => each === i)]
    }),
  nothingShared: async () => {
    try {
      createEngine()
      return 'an engine'
    } catch (error) {
      return String(error)
    }
  },
  sequential: async () => outcome(sequential().map(share('abc'), (b) => b.length)),
  sequentialFile: async () => outcome(sequential().map(file(new Blob(['abc'])), (b) => b.length)),

  // Files and other Blobs.
  blob: () =>
    onEach(async (engine) => {
      const bytes = noise(20_000_003)
      const [blob, data] = [file(new Blob([bytes])), share(bytes)]
      const histogram = await engine.run(blob, byteHistogram)
      const expected = await engine.run(data, byteHistogram)
      const small = await engine.map(blob, (b, c) => [c.start, b.length, b[0]], { chunks: fixed({ size: 65_537 }) })
      const cut = async (source: SharedData, chunks: Chunker): Promise<string> =>
        JSON.stringify(await engine.map(source, (b) => [b.length, b.at(-1)], { chunks }))
      const isCutAlike = async (chunks: Chunker): Promise<boolean> =>
        (await cut(blob, chunks)) === (await cut(data, chunks))
      return [
        histogram.every((n, i) => n === expected[i]),
        small.every(([start, , first]) => bytes[start!] === first),
        await isCutAlike(lines({ size: 10_000 })),
        // Of long chunks, the first pass reads only the ends.
        await isCutAlike(csvRecords({ size: 50_000, malformed: 'keep' })),
        await isCutAlike(csvRecords({ size: 6_000_000, malformed: 'keep' })),
        await engine.run(blob, bounds),
      ]
    }),
  typedBlob: () =>
    onEach(async (engine) => {
      const numbers = Float64Array.from({ length: 10_000 }, (_, i) => i / 3)
      const data = file(new Blob([new Uint8Array(5), numbers]).slice(5), Float64Array)
      const total = await engine
        .map(data, (part) => part.reduce((a, b) => a + b, 0), { chunks: fixed({ size: 77 }) })
        .reduce(sum())
      const inMemory = await engine
        .map(share(numbers), (part) => part.reduce((a, b) => a + b, 0), { chunks: fixed({ size: 77 }) })
        .reduce(sum())
      return [data.length, data.elementType, total === inMemory]
    }),
  load: async () => {
    const bytes = noise(17_000_001)
    const ofBlob = await load(new Blob([bytes]))
    const stream = new Blob([bytes]).stream()
    const ofStream = await load(stream)
    const ofResponse = await load(new Response(new Blob([bytes.subarray(0, 1_000_000)])))
    const numbers = await load(new Blob([Float32Array.of(1.5, 2.5)]), Float32Array)
    const wrong = new Response('nothing here', { status: 404 })
    const text = new ReadableStream({ start: (controller) => controller.enqueue('text') })
    return [
      ofBlob.view().every((byte, i) => byte === bytes[i]),
      ofStream.view().every((byte, i) => byte === bytes[i]) && ofStream.length === bytes.length,
      ofResponse.view().every((byte, i) => byte === bytes[i]) && ofResponse.length === 1_000_000,
      [numbers.elementType, ...numbers.view()],
      await outcome(load(wrong)),
      await outcome(load(text)),
      await outcome(load(new Blob(['abc']), Float64Array)),
      await outcome(load('url' as never)),
    ]
  },
  streams: () =>
    onEach(async (engine) => {
      const bytes = noise(3_000_001)
      const cut = async (data: SharedData): Promise<string> =>
        JSON.stringify(
          await engine.map(data, (b, c) => [c.start, b.length, b.at(-1)], { chunks: lines({ size: 10_000 }) }),
        )
      const inMemory = await cut(share(bytes))
      const script = import.meta.url
      const fetched = new Uint8Array(await (await fetch(script)).arrayBuffer())
      const missing = await fetch(new URL('nothing.js', script))
      return [
        (await cut(stream(new Response(bytes)))) === inMemory,
        (await cut(stream(new Blob([bytes]).stream()))) === inMemory,
        (await cut(stream(await fetch(script)))) === (await cut(share(fetched))),
        await outcome((async () => cut(stream(missing)))()),
      ]
    }),
  badFile: async () => {
    const attempt = (call: () => unknown): string => {
      try {
        return String(call())
      } catch (error) {
        return String(error)
      }
    }
    return [attempt(() => file('path' as never)), attempt(() => file(new Blob(['abc']), Float64Array))]
  },
  chosenFile: () =>
    onEach(async (engine) =>
      outcome(engine.map(file(chosen()), (b) => b.length, { chunks: fixed({ size: 1000 }) }).reduce(sum())),
    ),

  // Faults.
  closes: () =>
    withEngine({ workers: 2 }, (engine) => {
      const lost: unknown[] = []
      engine.on('workerLost', ({ chunk, cause }) => lost.push([chunk?.index, String(cause)]))
      const run = engine.map(
        eight(),
        async (_b, c) => {
          if (c.index === 3) {
            self.close()
            await new Promise(() => {})
          }
          return c.index
        },
        { ...one, retries: 1 },
      )
      return outcome(run).then((end) => ({ ...end, lost }))
    }),
  closesDealt: () =>
    withEngine({ workers: 2, shared: false }, (engine) => {
      const lost: unknown[] = []
      engine.on('workerLost', ({ chunk }) => lost.push(chunk?.index))
      const run = engine.map(
        eight(),
        async (_b, c) => {
          if (c.index === 3) {
            self.close()
            await new Promise(() => {})
          }
          return c.index
        },
        { ...one, retries: 2 },
      )
      return outcome(run).then((end) => ({ ...end, lost }))
    }),
  closesAtTheEnd: () =>
    onEach((engine) =>
      outcome(
        engine
          .map(
            share(new Uint8Array(64)),
            (_b, c) => {
              if (c.index % 16 === 5) self.close()
              return c.index
            },
            { ...one, retries: 30 },
          )
          .reduce(sum()),
      ),
    ),
  throwsLater: () =>
    onEach((engine) =>
      outcome(
        engine.map(
          eight(),
          async (_b, c) => {
            if (c.index === 3)
              setTimeout(() => {
                throw new Error('left behind')
              }, 1)
            await new Promise((resolve) => setTimeout(resolve, 5))
            return c.index
          },
          one,
        ),
      ),
    ),
  rejectsLater: () =>
    onEach((engine) =>
      outcome(
        engine.map(
          eight(),
          async (_b, c) => {
            if (c.index === 3) void Promise.reject(new Error('left behind'))
            await new Promise((resolve) => setTimeout(resolve, 5))
            return c.index
          },
          one,
        ),
      ),
    ),
  throws: () =>
    onEach((engine) =>
      outcome(
        engine.map(
          eight(),
          (_b, c) => {
            if (c.index === 3) throw new TypeError('boom')
            return 1
          },
          one,
        ),
      ),
    ),
  captures: () => {
    const outside = Date.now()
    return onEach((engine) => outcome(engine.map(share('abc'), (b) => b.length + outside)))
  },
  missingModule: () =>
    onEach((engine) =>
      outcome(engine.map(eight(), moduleFunction(new URL('/nothing.js', location.href), 'f' as never))),
    ),
  dataUrl: () =>
    onEach((engine) =>
      outcome(engine.map(eight(), moduleFunction(new URL('data:text/javascript,import "x"'), 'f' as never))),
    ),
  missingWorker: () =>
    withEngine({ workers: 2, worker: () => new Worker('/nothing.js', { type: 'module' }) }, (engine) =>
      outcome(engine.map(eight(), (b) => b.length)),
    ),
  throwingWorker: () =>
    withEngine(
      { workers: 2, worker: () => new Worker('/test/browser/pages/throws.js', { type: 'module' }) },
      (engine) => outcome(engine.map(eight(), (b) => b.length)),
    ),
  refusedWorker: () =>
    withEngine(
      {
        workers: 2,
        worker: () => {
          throw new TypeError('not allowed')
        },
      },
      (engine) => outcome(engine.map(eight(), (b) => b.length)),
    ),
  registered: async () => {
    const worker = (): Worker => new Worker(new URL('./registry.js', import.meta.url), { type: 'module' })
    return withEngine({ workers: 1, worker }, async (engine) => [
      await outcome(engine.run(share(new Uint8Array(10)), zeros)),
      await outcome(
        engine.map(share(new Uint8Array(10)), moduleFunction('file:///elsewhere.js', 'countZeros' as never)),
      ),
      await outcome(engine.map(share(new Uint8Array(10)), moduleFunction('file:///elsewhere.js', 'nothing' as never))),
      await outcome(engine.run(share('a\nb'), countLines)),
    ])
  },
  cancelsLoop: async (shared: boolean) => {
    const engine = createEngine({ workers: 2, shared, graceMs: 50 })
    const words = alloc(Int32Array, 1)
    const run = engine
      .map(
        share(new Uint8Array(2)),
        (_b, c) => {
          Atomics.add(c.params.words.view(), 0, 1)
          Atomics.notify(c.params.words.view(), 0)
          for (;;) Atomics.add(c.params.words.view(), 0, 1)
        },
        { ...one, params: { words } },
      )
      .start()
    await changed(words.view())
    run.cancel(new Error('stop'))
    const end = await outcome(run)
    // The run has settled, so nobody counts any more.
    const before = Atomics.load(words.view(), 0)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const after = Atomics.load(words.view(), 0)
    const next = await outcome(engine.map(eight(), (_b, c) => c.index, one).reduce(sum()))
    await engine.close()
    return { ...end, stands: before === after, next }
  },
  timesOut: (shared: boolean) =>
    withEngine({ workers: 2, shared }, (engine) =>
      outcome(
        engine.map(
          eight(),
          (_b, c) => {
            if (c.index === 3) for (;;);
            return c.index
          },
          { ...one, chunkTimeoutMs: 200 },
        ),
      ),
    ),
  timesOutLate: () =>
    withEngine({ workers: 2, shared: false }, (engine) =>
      outcome(
        engine.map(
          share(new Uint8Array(100_000)),
          (_b, c) => {
            if (c.index === 77_777) for (;;);
            return c.index
          },
          { ...one, chunkTimeoutMs: 200 },
        ),
      ),
    ),
  leftLoop: () =>
    withEngine({ workers: 1 }, async (engine) => {
      await engine.map(
        eight(),
        () => {
          setTimeout(() => {
            for (;;);
          }, 0)
          return 1
        },
        { chunks: fixed({ size: 8 }) },
      )
      return outcome(engine.map(eight(), (_b, c) => c.index, one).reduce(sum()))
    }),
  closesEngine: async () => {
    const engine = createEngine({ workers: 2, graceMs: 50 })
    const words = alloc(Int32Array, 1)
    const run = engine
      .map(
        share(new Uint8Array(2)),
        (_b, c) => {
          Atomics.store(c.params.words.view(), 0, 1)
          Atomics.notify(c.params.words.view(), 0)
          for (;;);
        },
        { ...one, params: { words } },
      )
      .start()
    await changed(words.view())
    const [end] = await Promise.all([outcome(run), engine.close()])
    return end
  },
  manyRuns: () =>
    onEach(async (engine) => {
      const runs = Array.from({ length: 200 }, (_, i) =>
        engine.map(share(new Uint8Array(i + 1)), (b) => b.length, one).reduce(sum()),
      )
      const totals = await Promise.all(runs)
      return totals.every((total, i) => total === i + 1)
    }),
  soak: (runs: number) =>
    onEach(async (engine) => {
      let lost = 0
      engine.on('workerLost', () => lost++)
      const wrong: unknown[] = []
      // Go on until chance has closed one.
      for (let i = 0; i < runs || (lost === 0 && i < 20 * runs); i++) {
        const run = engine.map(
          share(new Uint8Array(64)),
          async (_b, c) => {
            if (c.index === c.params.at && Math.random() < 0.5) {
              self.close()
              if (c.params.waits) await new Promise((resolve) => setTimeout(resolve, 20))
            }
            return c.index
          },
          { ...one, params: { at: i % 64, waits: i % 2 === 0 }, retries: 40 },
        )
        const end = await outcome(run.reduce(sum()))
        if (JSON.stringify(end) !== '{"value":2016}') wrong.push(end)
      }
      return { wrong, hasLost: lost > 0 }
    }),
  /** What a script hears besides the messages of the engine. */
  ownMessages: async () => {
    const heard: unknown[] = []
    const workers: Worker[] = []
    const worker = (): Worker => {
      const made = new Worker(new URL('./own-messages.js', import.meta.url), { type: 'module' })
      workers.push(made)
      return made
    }
    const engine = createEngine({ workers: 1, worker })
    const lengths = await engine.map(share('abc'), (b) => b.length)
    const back = new Promise((resolve) => {
      for (const each of workers) {
        each.onmessage = ({ data }) => {
          heard.push(data)
          if (data === 'last') resolve(undefined)
        }
      }
    })
    for (const each of workers) each.postMessage('first')
    lengths.push(...(await engine.map(share('ab'), (b) => b.length)))
    for (const each of workers) each.postMessage('last')
    await back
    await engine.close()
    return [lengths, heard]
  },
  blockedPage: () =>
    onEach(async (engine) => {
      await engine.map(share('warm'), (b) => b.length)
      const run = engine.run(share(noise(4_000_000)), byteHistogram).start()
      await new Promise((resolve) => setTimeout(resolve, 1))
      for (const until = performance.now() + 700; performance.now() < until; );
      return (await run).reduce((a, b) => a + b, 0)
    }),
  sharedOutput: () =>
    withEngine({ workers: 2 }, async (engine) => {
      const out = alloc(Int32Array, 8)
      await engine.map(
        eight(),
        (_b, c) => {
          c.params.out.view()[c.index] = c.index + 1
          c.params.list[0]![0] = 9
        },
        { ...one, params: { out, list: [out.view(7)] } },
      )
      return [...out.view()]
    }),
  inWorker: () =>
    new Promise((resolve) => {
      const worker = new Worker(new URL('./nested.js', import.meta.url), { type: 'module' })
      worker.onmessage = ({ data }) => {
        worker.terminate()
        resolve(data)
      }
    }),
  begin: async () => {
    const engine = createEngine({ workers: 2 })
    const words = alloc(Int32Array, 1)
    const run = engine
      .map(
        share(new Uint8Array(2)),
        (_b, c) => {
          Atomics.store(c.params.words.view(), 0, 1)
          Atomics.notify(c.params.words.view(), 0)
          for (;;);
        },
        { ...one, params: { words } },
      )
      .start()
    run.catch(() => {})
    going = { engine, run }
    await changed(words.view())
    return going.engine.workers
  },
  locks: async () =>
    ((await navigator.locks.query()).held ?? []).filter(({ name }) => name?.startsWith('onecopy')).length,
}

Object.assign(globalThis, { cases })
document.title = 'ready'
