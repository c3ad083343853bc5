// Engines on Web Workers: `createEngine` makes one, and `map`, `fold` and `run` use a default one.

import type { Engine } from '@onecopy/core'
import { createHostEngine } from '@onecopy/core/host'
import { checkCount, checkInteger, readOptions, show } from '@onecopy/core/lane'
import { loadQueue } from '@onecopy/core/queue'
import { WorkerHost } from './page/worker-host.js'
import { mostWorkers, support } from './support.js'

/** Options of {@link createEngine}. */
export interface EngineOptions {
  /**
   * Most workers of the engine, which is also most workers of one run; an integer from 1 to 1024.
   *
   * @default `navigator.hardwareConcurrency`, but at most 1024
   */
  readonly workers?: number | undefined
  /**
   * How long a worker that is asked to stop may take to finish its chunk, in milliseconds, before it is ended. A number >= 0.
   *
   * @default 500
   */
  readonly graceMs?: number | undefined
  /**
   * Makes a worker whose script calls `serveLanes`. A bundler finds the script if the code has exactly this form:
   * `() => new Worker(new URL('./lanes.js', import.meta.url), { type: 'module' })`
   *
   * @default a worker with the script of this package. It runs inline functions, and imports modules by their URLs
   */
  readonly worker?: (() => Worker) | undefined
  /**
   * Whether workers share memory with the page. With `false`, an engine also works on pages that are not cross-origin isolated:
   * answers are the same, bit for bit. Data in memory is then copied for each worker and run, what a chunk function writes into shared
   * memory is seen by nobody else, and a chunk function sees `chunk.cancelled` only after it has waited for something. Files are
   * read by each worker, and not copied.
   *
   * @default true
   */
  readonly shared?: boolean | undefined
}

/**
 * Make an engine whose workers are Web Workers. The first run that needs a worker starts it. It stays until `close()`.
 *
 * @throws {Error} the page has no shared memory; the message says what to do
 * @throws {RangeError} an option is out of its range
 * @throws {TypeError} there is no such option
 * @see {@link support}, which says whether there is shared memory
 * @example
 * const engine = createEngine({ worker: () => new Worker(new URL('./lanes.js', import.meta.url), { type: 'module' }) })
 * const counts = await engine.run(file(input.files[0]), byteHistogram)
 */
export function createEngine(options: EngineOptions = {}): Engine {
  checkCount('createEngine', 1, arguments.length)
  const given = readOptions('options', options, ['workers', 'graceMs', 'worker', 'shared'])
  const { sharedMemory, reason, workers: byDefault } = support()
  const { workers = byDefault, graceMs, worker = ownWorker, shared = true } = given
  checkInteger('workers', workers, 1, mostWorkers)
  if (typeof worker !== 'function') {
    throw new TypeError(`options.worker: expected a function that makes a worker, got ${show(worker)}`)
  }
  if (typeof shared !== 'boolean') throw new TypeError(`options.shared: expected a boolean, got ${show(shared)}`)
  if (shared && !sharedMemory) {
    throw new Error(
      `createEngine: ${reason}. Without shared memory: createEngine({ shared: false }) copies data for each worker, and ` +
        'sequential() runs on the page itself',
    )
  }
  loadQueue()
  return createHostEngine(new WorkerHost(workers, worker, shared), { graceMs })
}

function ownWorker(): Worker {
  return new Worker(new URL('./lane-worker.js', import.meta.url), { type: 'module', name: 'onecopy' })
}

let common: Engine | undefined

function defaultEngine(): Engine {
  common ??= createEngine()
  return common
}

/**
 * `engine.map` on a default engine. The first call makes the engine. Nobody has to close it.
 *
 * @example const lengths = await map(await load(blob), (bytes) => bytes.length)
 */
// `as`: the overloads of `Engine.map` are passed on as they are.
export const map: Engine['map'] = ((...args: Parameters<Engine['map']>) =>
  defaultEngine().map(...args)) as Engine['map']

/**
 * `engine.fold` on the same default engine.
 *
 * @example const zeros = await fold(file(blob), (n, bytes) => n + bytes.filter((byte) => byte === 0).length, sum())
 */
// `as`: see `map`. `never`: the types of the arguments depend on each other.
export const fold: Engine['fold'] = ((...args: [data: never, fn: never, reducer: never, options?: never]) =>
  defaultEngine().fold(...args)) as Engine['fold']

/**
 * `engine.run` on the same default engine.
 *
 * @example const counts = await run(file(blob), byteHistogram)
 */
// `as`: see `map`.
export const run: Engine['run'] = ((...args: [never, never, never]) => defaultEngine().run(...args)) as Engine['run']
