// Engines on worker threads: `createEngine` makes one, and `map`, `fold` and `run` use a default one.

import { availableParallelism } from 'node:os'
import { createHostEngine } from '@onecopy/core/host'
import { checkCount, checkInteger, readOptions, show } from '@onecopy/core/lane'
import { type Engine, withFolders } from './checkpoint/with-folders.js'
import { publishRuns } from './diagnostics.js'
import { ProcessHost } from './processes/host.js'
import { ThreadHost } from './threads/host.js'
import { LaneThread } from './threads/thread.js'

/** Most workers of one engine. Who asks for more has made a mistake. */
const mostWorkers = 1024

/** Options of {@link createEngine}. */
export interface EngineOptions {
  /**
   * Most worker threads of the engine, which is also most workers of one run; an integer from 1 to 1024.
   *
   * @default `os.availableParallelism()`, but at most 1024
   */
  readonly workers?: number | undefined
  /**
   * How long a worker that is asked to stop may take to finish its chunk, in milliseconds, before its thread is ended.
   * A number >= 0.
   *
   * @default 500
   */
  readonly graceMs?: number | undefined
  /**
   * What a worker is. A thread starts quickly, and shares memory with the program. A process contains what a thread cannot: if it runs
   * out of memory, crashes in native code or is killed, its chunk is run again or the run fails, and the program goes on.
   *
   * Processes read files where they are. Shared memory is written into a file in the system's memory (`/dev/shm`), or in the folder for
   * temporary files, once per run, and each process reads it from there. What a chunk function writes into shared memory is not seen by
   * anybody else.
   *
   * @default 'thread'
   */
  readonly isolation?: 'thread' | 'process' | undefined
  /**
   * Most MiB of JavaScript objects in each worker; integer >= 1. Typed arrays and buffers do not count.
   *
   * A process that needs more ends, and is lost like any other. A thread that needs more ends too on most versions of Node, but some
   * end the whole program, or hang: to contain memory, use processes.
   *
   * @default what Node does without a limit
   */
  readonly heapMiB?: number | undefined
}

/**
 * Make an engine whose workers are threads, or processes. The first run that needs a worker starts it. It stays until `close()`. Idle
 * workers do not keep the program alive.
 *
 * @throws {RangeError} an option is out of its range
 * @throws {TypeError} there is no such option, or it is `isolation: 'process'` in Bun or Deno
 * @example
 * const engine = createEngine({ workers: 8 })
 * try {
 *   const lengths = await engine.map(share('some text'), (bytes) => bytes.length)
 * } finally {
 *   await engine.close()
 * }
 */
export function createEngine(options: EngineOptions = {}): Engine {
  checkCount('createEngine', 1, arguments.length)
  const names = ['workers', 'graceMs', 'isolation', 'heapMiB'] as const
  const given = readOptions('options', options, names)
  const { workers = Math.min(availableParallelism(), mostWorkers), graceMs, isolation = 'thread', heapMiB } = given
  checkInteger('workers', workers, 1, mostWorkers)
  if (heapMiB !== undefined) checkInteger('heapMiB', heapMiB, 1)
  if (isolation !== 'thread' && isolation !== 'process') {
    throw new TypeError(`isolation: expected 'thread' or 'process', got ${show(isolation)}`)
  }
  // `as`: the types are those of Node.
  const { bun, deno } = process.versions as Readonly<Record<string, string | undefined>>
  if (isolation === 'process' && (bun ?? deno) !== undefined) {
    throw new TypeError("isolation: 'process' needs Node; in Bun and Deno workers are threads")
  }
  const host =
    isolation === 'process'
      ? new ProcessHost(workers, graceMs, heapMiB)
      : new ThreadHost(workers, graceMs, (...args) => new LaneThread(...args, heapMiB))
  const engine = withFolders(createHostEngine(host, { graceMs }))
  publishRuns(engine)
  return engine
}

let shared: Engine | undefined

function defaultEngine(): Engine {
  shared ??= createEngine()
  return shared
}

/**
 * `engine.map` on a default engine. The first call makes the engine. Nobody has to close it.
 *
 * @example const lengths = await map(await load('access.log'), (bytes) => bytes.length)
 */
// `as`: the overloads of `Engine.map` are passed on as they are.
export const map: Engine['map'] = ((...args: Parameters<Engine['map']>) =>
  defaultEngine().map(...args)) as Engine['map']

/**
 * `engine.fold` on the same default engine.
 *
 * @example const zeros = await fold(file('disk.img'), (n, bytes) => n + bytes.filter((byte) => byte === 0).length, sum())
 */
// `as`: see `map`. `never`: the types of the arguments depend on each other.
export const fold: Engine['fold'] = ((...args: [data: never, fn: never, reducer: never, options?: never]) =>
  defaultEngine().fold(...args)) as Engine['fold']

/**
 * `engine.run` on the same default engine.
 *
 * @example const { crc } = await run(file('disk.img'), hash)
 */
// `as`: see `map`.
export const run: Engine['run'] = ((...args: [never, never, never]) => defaultEngine().run(...args)) as Engine['run']
