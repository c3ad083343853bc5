// Puts names that the code reads on a prototype, runs jobs, and prints what went wrong:
//
//     node polluted-program.js caller|worker|start|before|lists|command [name…]
//
// The prototype is `Object.prototype`; for `lists` it is `Array.prototype`. Where the names are put:
// - `caller`, `lists`: in the caller's thread, around jobs on a warm engine and on the sequential one.
// - `worker`: in the only thread of a warm engine, by a chunk function.
// - `start`: in the caller's thread, around engines from their making to their end.
// - `before`: in a new thread, before it imports any of onecopy. Each thread loads modules anew. It then runs the jobs as a caller.
// - `command`: by the module of a plugin that `onecopy run` loads, in its main thread and in its lanes.
//
// Many names are put there at once. Where a job then goes wrong, the names are halved until a single one is found. What Node itself
// cannot do any more under a name is not held against the engine: such names are counted, and left out.

import { AsyncLocalStorage } from 'node:async_hooks'
import { execFile } from 'node:child_process'
import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setImmediate, setTimeout } from 'node:timers'
import { fileURLToPath } from 'node:url'
import { isMainThread, MessageChannel, parentPort, receiveMessageOnPort, Worker, workerData } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'

/** @typedef {import('@onecopy/node').Engine} Engine */
/** @typedef {'number' | 'text' | 'object' | 'function' | 'accessor'} Kind */

const [mode = 'caller', ...only] = isMainThread ? process.argv.slice(2) : ['caller']
const self = fileURLToPath(import.meta.url)
/** @type {readonly Kind[]} */
const kinds = /** @type {Kind[]} */ ((process.env.POLLUTED_KINDS ?? 'number object function').split(' '))
/** So many names are put there at once. */
const batch = 1024
/** Under these names Node itself cannot do any more what an engine needs. The language itself reads `then` (promises) and `return` (patterns). */
const nodesOwn = ['then', 'return', 'signal', 'triggerAsyncId']
/** The same for what Node needs to import modules and to start threads. */
const nodesOwnAtStart = [
  '0',
  'argv',
  'encoding',
  'eval',
  'execArgv',
  'name',
  'once',
  'path',
  'source',
  'unpipe',
  'workerData',
]
// Since Node 24, the output of a thread is piped, and modules are read with an option `buffer`.
if (Number(process.versions.node.split('.')[0]) >= 24) nodesOwnAtStart.push('buffer', 'pause', 'pipe')
/** A job that takes longer hangs. */
const mostMs = 10_000
/** The same for something that Node does. */
const mostNodeMs = 1000
/** The same for a thread that Node starts. */
const mostThreadMs = 5000

/**
 * Runs in the caller and, as source text, in a lane. Descriptors have no prototype: a polluted one would give them other members.
 *
 * @param {object} prototype
 * @param {readonly string[]} names
 * @param {string} kind
 */
function pollute(prototype, names, kind) {
  /** @type {Record<string, PropertyDescriptor>} */
  const descriptors = {
    number: { value: 50, writable: true },
    text: { value: 'x', writable: true },
    object: { value: {}, writable: true },
    function: { value: () => 7, writable: true },
    // As hostile as a value: a reader gets what the getter gives, and a writer loses what it writes.
    accessor: { get: () => 3, set: () => {} },
  }
  const descriptor = Object.assign(Object.create(null), descriptors[kind], { configurable: true, enumerable: true })
  for (const name of names) Object.defineProperty(prototype, name, descriptor)
}

/**
 * @param {object} prototype
 * @param {readonly string[]} names
 */
function clean(prototype, names) {
  for (const name of names) Reflect.deleteProperty(prototype, name)
}

/**
 * Every name behind a point, or in a pattern or literal, of some code.
 *
 * @param {string} code
 */
function namesOf(code) {
  return code.match(/(?<=\.)[A-Za-z_$][\w$]*|[A-Za-z_$][\w$]*(?=\s*[,:=}])/g) ?? []
}

function readNames() {
  const node = dirname(fileURLToPath(import.meta.resolve('@onecopy/node')))
  const kernels = dirname(fileURLToPath(import.meta.resolve('@onecopy/kernels')))
  const command = join(dirname(dirname(bin)), 'dist')
  const core = dirname(fileURLToPath(import.meta.resolve('@onecopy/core')))
  const pool = createRequire(join(node, 'index.js')).resolve('tinypool')
  const queue = createRequire(join(core, 'index.js')).resolve('p-queue')
  const require = createRequire(join(command, 'main.js'))
  const libraries = ['cli-table3', 'picocolors']
  const ofCommand = mode === 'command' ? [command, ...libraries.map((name) => dirname(require.resolve(name)))] : []
  // An index is a name as well.
  const names = new Set(['0', '1', '2', 'toJSON'])
  for (const folder of [
    core,
    node,
    kernels,
    dirname(pool),
    join(dirname(pool), 'entry'),
    dirname(queue),
    ...ofCommand,
  ]) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (name.endsWith('.js')) for (const each of namesOf(readFileSync(join(folder, name), 'utf8'))) names.add(each)
    }
  }
  return [...names].filter((name) => !(name in target)).sort()
}

/** What was thrown where nobody catches it, since this was last emptied. */
/** @type {unknown[]} */
const uncaught = []
process.on('uncaughtException', (error) => uncaught.push(error))

const state = statSync(self, { bigint: true })

/** Whether Node can still do what an engine needs of it. */
async function isNodeWell() {
  try {
    const { port1, port2 } = new MessageChannel()
    const arrived = new Promise((resolve) => port2.on('message', resolve))
    port1.postMessage({ a: [new Uint8Array(2)], map: new Map([[1, 2]]) })
    const received = receiveMessageOnPort(port2)
    port1.postMessage([1], [new ArrayBuffer(1)])
    await within(arrived, mostNodeMs)
    port1.close()
    port2.close()
    structuredClone({ a: 1 }, { transfer: [new ArrayBuffer(1)] })
    await within(new Promise((resolve) => setTimeout(resolve, 0)), mostNodeMs)
    await within(new Promise((resolve) => setImmediate(() => resolve(undefined))), mostNodeMs)
    await within(new Promise((resolve) => queueMicrotask(() => resolve(undefined))), mostNodeMs)
    const handle = await within(open(self), mostNodeMs)
    await within(handle.stat({ bigint: true }), mostNodeMs)
    const byHandle = await within(handle.read(new Uint8Array(3), 0, 3, 0), mostNodeMs)
    await within(handle.close(), mostNodeMs)
    const fd = openSync(self, 'r')
    const bySync = readSync(fd, new Uint8Array(3), 0, 3, 0)
    const { size, dev, ino, mtimeNs } = fstatSync(fd, { bigint: true })
    closeSync(fd)
    const isSame = size === state.size && dev === state.dev && ino === state.ino && mtimeNs === state.mtimeNs
    const storage = new AsyncLocalStorage()
    const inContext = storage.run(1, () => AsyncLocalStorage.snapshot())
    const plain = await (async () => ({ own: 1 }))()
    return (
      received?.message.a[0].length === 2 &&
      byHandle.bytesRead === 3 &&
      bySync === 3 &&
      isSame &&
      inContext(() => storage.getStore()) === 1 &&
      plain.own === 1 &&
      uncaught.length === 0
    )
  } catch {
    return false
  } finally {
    uncaught.length = 0
  }
}

/** Whether Node can still start a thread, and end it. */
async function canStartThreads() {
  try {
    const code =
      "import { parentPort } from 'node:worker_threads'; parentPort.on('message', (port) => { port.on('message', (n) => port.postMessage(n)); port.postMessage(1) })"
    // With each option that the pool gives.
    const options = {
      argv: undefined,
      execArgv: undefined,
      resourceLimits: undefined,
      workerData: [],
      trackUnmanagedFds: true,
    }
    const worker = new Worker(new URL(`data:text/javascript,${code}`), { ...options, env: process.env })
    const { port1, port2 } = new MessageChannel()
    worker.postMessage(port2, [port2])
    const numbers = new Promise((resolve) =>
      port1.on('message', (n) => {
        if (n === 1) port1.postMessage(2)
        if (n === 2) port1.postMessage(3)
        if (n === 3) resolve(n)
      }),
    )
    await within(numbers, mostThreadMs)
    port1.close()
    await within(worker.terminate(), mostThreadMs)
    return uncaught.length === 0
  } catch {
    return false
  } finally {
    uncaught.length = 0
  }
}

/** Keeps the process alive while only a deadline is waited for. */
const awake = new MessageChannel()
awake.port1.on('message', () => {})
const never = new Int32Array(new SharedArrayBuffer(4))

/**
 * By no timer: under some names those are what does not work.
 *
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
function within(promise, ms = mostMs) {
  // `as`: newer than the library that tests compile with; Node 20 has it.
  const { waitAsync } =
    /** @type {{ waitAsync(words: Int32Array, at: number, value: number, ms: number): { value: Promise<string> } }} */ (
      /** @type {unknown} */ (Atomics)
    )
  return new Promise((resolve, reject) => {
    promise.then(resolve, reject)
    waitAsync(never, 0, 0, ms).value.then(() => reject(new Error('it hangs')))
  })
}

/** What is polluted. */
const target = mode === 'lists' ? Array.prototype : Object.prototype
// `before`: this is the new thread, and here the names are put there before the imports.
if (!isMainThread) pollute(target, workerData.names, workerData.kind)
const {
  alloc,
  assemble,
  columns,
  concat,
  countByKey,
  createEngine,
  csvRecords,
  decodePart,
  delimited,
  encodePart,
  file,
  files,
  fixed,
  lines,
  load,
  sequential,
  share,
  sharedMap,
  stream,
  sum,
  topK,
} = await import('@onecopy/node')
const kernels = await import('@onecopy/kernels')
const { countByte, countByteList } = await import('../plugins/count-byte.js')
const { withTeardown } = await import('../plugins/teardown.js')

const text = share('ab\ncd\nef\n\n\n\n\n')
const table = share('xyz')
const quoted = share('a,"b\n"\n"c""",d\n"\n\n",e\nf,g\n')
const numbers = share(Float64Array.of(3, 1, 2))

/** A source of a stream. */
async function* pieces() {
  yield quoted.view(0, 7).slice()
  yield quoted.view(7, quoted.length).slice()
}

/** A file of a few lines, and the same compressed. */
const plain = fileURLToPath(new URL('../docs/access.log', import.meta.url))
const packed = isMainThread ? join(mkdtempSync(join(tmpdir(), 'polluted ')), 'access.log.gz') : workerData.packed
if (isMainThread) {
  writeFileSync(packed, gzipSync(readFileSync(plain)))
  process.on('exit', () => rmSync(dirname(packed), { recursive: true }))
}

/** @type {Record<string, (engine: Engine) => Promise<unknown>>} */
const jobs = {
  list: async (engine) => await engine.map(text, (bytes) => bytes.length, { chunks: fixed({ size: 3 }) }),
  reduced: async (engine) =>
    await engine.map(text, (bytes) => bytes.length, { chunks: delimited({ delimiter: '\n', size: 1 }) }).reduce(sum()),
  keys: async (engine) =>
    await engine.map(text, (bytes) => `k${bytes.length}`, { chunks: fixed({ size: 5 }) }).reduce(countByKey()),
  top: async (engine) => await engine.map(text, (bytes) => [...bytes], { chunks: fixed({ size: 5 }) }).reduce(topK(2)),
  own: async (engine) =>
    await engine
      .map(text, (bytes) => bytes.length, { chunks: fixed({ size: 2 }) })
      .reduce({
        init: () => ({ n: 0 }),
        add: (acc, n) => ({ n: acc.n + n }),
        merge: (a, b) => ({ n: a.n + b.n }),
        order: 'any',
      }),
  params: async (engine) =>
    await engine.map(text, (_, chunk) => (chunk.params.deep[0]?.table.view()[1] ?? 0) + chunk.params.n, {
      params: { deep: [{ table }], n: 1 },
    }),
  objects: async (engine) => await engine.map(text, (bytes) => ({ n: bytes.length, some: [bytes.slice(0, 1)] })),
  thrown: async (engine) =>
    await engine
      .map(text, () => {
        throw new (class extends RangeError {
          code = 'MINE'
        })('x')
      })
      .then(
        () => 'no error',
        (error) => [error.code, error.cause.name, error.cause.message, error.cause.code, Object.keys(error.cause)],
      ),
  refused: async (engine) =>
    await engine
      .map(text, () => ({ f() {} }))
      .then(
        () => 'no error',
        (error) => [error.code, error.message, error.chunk],
      ),
  teardown: async (engine) =>
    await engine.run(text, withTeardown, { params: { teardown: 'throws' } }).then(
      () => 'no error',
      (error) => [error.code, error.message, error.chunk],
    ),
  iterated: async (engine) => {
    const seen = []
    for await (const n of engine.map(text, (bytes) => bytes.length, { chunks: fixed({ size: 4 }) })) seen.push(n)
    return seen
  },
  plugin: async (engine) => await engine.run(text, countByte, { params: { wanted: 10 } }),
  verified: async (engine) => await engine.map(numbers, (values) => values.length, { verify: true, retries: 1 }),
  file: async (engine) => await engine.map(file(self, { end: 100 }), (bytes) => bytes.length).reduce(sum()),
  histogram: async (engine) => [...(await engine.run(text, kernels.byteHistogram)).slice(95, 105)],
  found: async (engine) => await engine.run(text, kernels.findBytes, { params: { pattern: 'd' } }),
  words: async (engine) => await engine.run(text, kernels.countWords),
  summed: async (engine) => await engine.run(numbers, kernels.sumNumbers),
  ends: async (engine) => await engine.run(numbers, kernels.minMax),
  csv: async (engine) => await engine.map(quoted, (bytes) => bytes.length, { chunks: csvRecords({ size: 4 }) }),
  written: async (engine) => {
    const into = alloc(Float64Array, 3)
    /** @type {import('@onecopy/node').ChunkFn<void, undefined, Float64Array, undefined, Float64Array>} */
    const copy = (part, { out }) => out.set(part)
    return [...(await engine.map(numbers, copy, { into, chunks: fixed({ size: 2 }) })).view()]
  },
  scanned: async (engine) =>
    await engine.map(text, (bytes, { prefix }) => prefix + bytes.length, {
      chunks: fixed({ size: 3 }),
      prefix: { map: (bytes) => bytes.length, reduce: sum() },
    }),
  parts: async (engine) => {
    const assembly = assemble(text, countByteList)
    const part = await engine.part(text, countByteList, { from: 0, to: assembly.plan.count })
    assembly.add(decodePart(encodePart(part)))
    return assembly.result()
  },
  skipped: async (engine) => {
    const run = engine.map(
      text,
      (bytes, { index, start, skip, count }) => {
        count('chunks')
        if (index === 1) throw new RangeError('one')
        if (index === 2) skip(start, start + 1, 'two')
        return bytes.length
      },
      { chunks: fixed({ size: 3 }), skip: { most: 5 } },
    )
    const sizes = await run
    return [sizes, run.stats?.skipped, run.stats?.counters]
  },
  chosen: async (engine) =>
    await engine.map(text, (bytes, { random }) => bytes.length + random(), {
      chunks: fixed({ size: 2 }),
      only: [1, 3],
    }),
  traced: async (engine) => {
    let chunks = 0
    const run = engine.map(text, (bytes) => bytes.length, { chunks: fixed({ size: 3 }) })
    run.on('trace', (events) => {
      for (const { kind, ms } of events) if (kind === 'chunk' && ms >= 0) chunks++
    })
    await run
    return chunks
  },
  streamed: async (engine) =>
    await engine.map(stream(pieces()), (bytes) => bytes.length, { chunks: lines({ size: 3 }) }).reduce(sum()),
  streamedCsv: async (engine) =>
    await engine.map(stream(pieces()), (bytes, { start, view }) => [start, bytes.length, typeof view], {
      chunks: csvRecords({ size: 4 }),
    }),
  many: async (engine) =>
    await engine
      .map(await files([plain, plain]), (bytes, { source }) => [[source?.number, source?.offset, bytes.length]], {
        chunks: fixed({ size: 40 }),
      })
      .reduce(concat()),
  unpacked: async (engine) =>
    await engine.map(await file(packed, { decompress: 'auto' }), (bytes) => bytes.length).reduce(sum()),
  rows: async (engine) =>
    await engine
      .map(
        columns({ price: Float64Array.of(1.5, 8, 2.5), shop: ['Rome', 'Pune', null] }),
        ({ columns: { price, shop }, length }) => [[...price], [...shop], length],
        { chunks: fixed({ size: 2 }) },
      )
      .reduce(concat()),
  lookedUp: async (engine) =>
    await engine.map(text, (bytes, { params }) => [bytes.length, params.rates.get('EUR'), params.rates.get('XXX')], {
      params: { rates: sharedMap(new Map([['EUR', 1]])) },
    }),
  loaded: async (engine) => await engine.map(await load(self, { end: 100 }), (bytes) => bytes.length),
}

/**
 * What a job gives, as text that two answers can be compared by. Made when nothing is polluted any more.
 *
 * @param {unknown} answer
 */
function textOf(answer) {
  return JSON.stringify(answer instanceof Map ? [...answer] : answer)
}

/** @typedef {(names: readonly string[], kind: Kind) => Promise<string[]>} Attempt */

/**
 * Run all jobs while the caller's thread is polluted.
 *
 * @param {() => Record<string, Engine>} make
 * @param {boolean} isClosed - close the engines as well
 * @returns {Attempt}
 */
function inCaller(make, isClosed) {
  return async (names, kind) => {
    /** @type {[string, unknown][]} */
    const answers = []
    pollute(target, names, kind)
    try {
      for (const [place, engine] of Object.entries(make())) {
        for (const [job, run] of Object.entries(jobs)) {
          try {
            answers.push([`${job}, ${place}`, await within(run(engine))])
          } catch (error) {
            answers.push([`${job}, ${place}`, `rejected: ${error}`])
          }
        }
        if (isClosed) await within(engine.close())
      }
    } catch (error) {
      answers.push(['around the jobs', `${error}`])
    } finally {
      clean(target, names)
    }
    return wrongOf(answers)
  }
}

/** @type {Attempt} */
async function inWorker(names, kind) {
  /** @type {[string, unknown][]} */
  const answers = []
  let lost = 0
  const onLost = () => lost++
  warm.on('workerLost', onLost)
  const params = { names, kind, pollute: `${pollute}`, clean: `${clean}` }
  // Goes on after it has polluted its thread: its own answer has to be right, too.
  const polluted = warm.map(
    text,
    (bytes, chunk) => {
      const { pollute, names, kind } = chunk.params
      if (chunk.index === 0) new Function(`return (${pollute})`)()(Object.prototype, names, kind)
      return bytes.length
    },
    { params, chunks: fixed({ size: 3 }) },
  )
  answers.push(['list, threads', await within(polluted).catch((error) => `rejected: ${error}`)])
  for (const [job, run] of Object.entries(jobs)) {
    answers.push([`${job}, threads`, await within(run(warm)).catch((error) => `rejected: ${error}`)])
  }
  const cleaned = warm.map(
    text,
    (_, chunk) => new Function(`return (${chunk.params.clean})`)()(Object.prototype, chunk.params.names),
    { params },
  )
  await within(cleaned).catch((error) => answers.push(['cleaning', `rejected: ${error}`]))
  warm.off('workerLost', onLost)
  if (answers.length > Object.keys(jobs).length + 1) {
    // It could not be cleaned.
    await warm.close()
    warm = createEngine({ workers: 1 })
  }
  if (lost > 0) answers.push(['the worker', 'was lost'])
  return wrongOf(answers)
}

/**
 * @param {readonly string[]} names
 * @param {Kind} kind
 */
async function inNewThread(names, kind) {
  const thread = new Worker(new URL(import.meta.url), { workerData: { names, kind, expected, packed } })
  try {
    return await within(
      new Promise((resolve, reject) => {
        thread.on('message', resolve)
        thread.on('error', reject)
        thread.on('exit', (code) => reject(new Error(`the thread ended with ${code}`)))
      }),
    )
  } catch (error) {
    return [`${error}`]
  } finally {
    await thread.terminate()
  }
}

const bin = fileURLToPath(new URL('../../packages/cli/bin/onecopy.js', import.meta.url))
const plugin = fileURLToPath(new URL('polluting-plugin.js', import.meta.url))

/**
 * Give the command a plugin that pollutes the threads which load it: to run it over this file, for the JSON document and for the
 * table, and to list it.
 *
 * @param {readonly string[]} names
 * @param {Kind} kind
 */
async function byCommand(names, kind) {
  const calls = [
    ['run', plugin, self, '--json'],
    ['run', plugin, self, '--param', 'least=2', '--sort', 'value'],
    ['list', plugin, '--json'],
  ]
  const runs = calls.map(async (args, call) => [`call ${call}`, await commandOutcome(args, names, kind)])
  // `as`: a list of two members is a pair.
  const answers = /** @type {[string, unknown][]} */ (await Promise.all(runs))
  for (const [what, answer] of answers) expected[what] ??= textOf(answer)
  return wrongOf(answers)
}

/**
 * @param {readonly string[]} args
 * @param {readonly string[]} names
 * @param {Kind} kind
 */
function commandOutcome(args, names, kind) {
  const env = { ...process.env, NO_COLOR: '1', POLLUTION: JSON.stringify({ names, kind }) }
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { env, timeout: 6 * mostMs }, (error, stdout, stderr) => {
      resolve({
        code: error?.code ?? error?.signal ?? 0,
        stdout: stdout.replace(/"(elapsedMs|workers)":[\d.]+/g, ''),
        stderr,
      })
    })
  })
}

/** @param {readonly [string, unknown][]} answers */
function wrongOf(answers) {
  const wrong = uncaught.splice(0).map((error) => `uncaught: ${error instanceof Error ? error.stack : error}`)
  for (const [what, answer] of answers) {
    const got = textOf(answer)
    if (got !== expected[what.split(',')[0] ?? '']) wrong.push(`${what}: ${`${got}`.slice(0, 300)}`)
  }
  return wrong
}

/** @type {Record<string, string>} */
const expected = isMainThread ? {} : workerData.expected
let warm = createEngine({ workers: mode === 'worker' ? 1 : 2 })
if (isMainThread) for (const [job, run] of Object.entries(jobs)) expected[job] = textOf(await run(warm))

/** @type {Record<string, Attempt>} */
const attempts = {
  caller: inCaller(() => ({ threads: warm, sequential: sequential() }), false),
  lists: inCaller(() => ({ threads: warm, sequential: sequential() }), false),
  worker: inWorker,
  start: inCaller(() => ({ threads: createEngine({ workers: 1 }) }), true),
  before: inNewThread,
  command: byCommand,
}
const attempt = attempts[mode]
if (attempt === undefined) throw new Error(`there is no mode ${mode}`)

/** @type {string[]} */
const wrong = []
/** @type {string[]} */
const left = []

/**
 * The names under which Node itself is well. The others are noted.
 *
 * @param {readonly string[]} names
 * @param {Kind} kind
 * @returns {Promise<readonly string[]>}
 */
async function wellAmong(names, kind) {
  pollute(target, names, kind)
  const isWell = (await isNodeWell()) && (mode !== 'start' || (await canStartThreads()))
  clean(target, names)
  if (isWell) return names
  if (names.length === 1) {
    left.push(`${names[0]} (${kind})`)
    return []
  }
  const half = names.length >> 1
  return [...(await wellAmong(names.slice(0, half), kind)), ...(await wellAmong(names.slice(half), kind))]
}

/**
 * @param {readonly string[]} names
 * @param {Kind} kind
 */
async function find(names, kind) {
  // `?.`: that there is such a mode was seen above.
  const found = (await attempt?.(names, kind)) ?? []
  if (found.length === 0) return
  if (names.length > 1) {
    const half = names.length >> 1
    await find(names.slice(0, half), kind)
    await find(names.slice(half), kind)
    return
  }
  for (const each of found) wrong.push(`${names[0]} (${kind}), ${each}`)
}

async function tryAll() {
  const names = only.length > 0 ? only : readNames()
  const skipped = new Set(mode === 'before' || mode === 'command' ? [...nodesOwn, ...nodesOwnAtStart] : nodesOwn)
  if (mode === 'command') await byCommand([], 'number')
  for (const kind of kinds) {
    // Under an accessor of an index lists lose what is put into them: the process would end at once.
    const usable = names.filter((name) => !skipped.has(name) && (kind !== 'accessor' || Number.isNaN(Number(name))))
    for (const name of names) if (!usable.includes(name)) left.push(`${name} (${kind})`)
    for (let i = 0; i < usable.length; i += batch) {
      const well = await wellAmong(usable.slice(i, i + batch), kind)
      if (well.length > 0) await find(well, kind)
    }
  }
  await warm.close()
  // Deadlines that nobody waits for any more would keep the process alive.
  process.stdout.write(JSON.stringify({ names: names.length, left, wrong }), () => process.exit(0))
}

if (isMainThread) await tryAll()
else {
  const { names, kind } = workerData
  // Polluted since before the imports, and once more around the jobs.
  parentPort?.postMessage(await attempt(names, kind))
}
