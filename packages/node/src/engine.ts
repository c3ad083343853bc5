// Engines on worker threads: `createEngine` makes one, and `map`, `fold` and `run` use a default one.

import { availableParallelism } from 'node:os'
import { createHostEngine } from '@onecopy/core/host'
import { checkCount, checkInteger, readOptions } from '@onecopy/core/lane'
import { type Engine, withFolders } from './checkpoint/with-folders.js'
import { publishRuns } from './diagnostics.js'
import { ThreadHost } from './threads/host.js'

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
}

/**
 * Make an engine whose workers are threads. The first run that needs a thread starts it. It stays until `close()`. Idle threads
 * do not keep the process alive.
 *
 * @throws {RangeError} an option is out of its range
 * @throws {TypeError} there is no such option
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
  const { workers = Math.min(availableParallelism(), mostWorkers), graceMs } = readOptions('options', options, [
    'workers',
    'graceMs',
  ])
  checkInteger('workers', workers, 1, mostWorkers)
  const engine = withFolders(createHostEngine(new ThreadHost(workers, graceMs), { graceMs }))
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
// `as`: see `map`.
export const fold: Engine['fold'] = ((...args: Parameters<Engine['fold']>) =>
  defaultEngine().fold(...args)) as Engine['fold']

/**
 * `engine.run` on the same default engine.
 *
 * @example const { crc } = await run(file('disk.img'), hash)
 */
// `as`: see `map`.
export const run: Engine['run'] = ((...args: Parameters<Engine['run']>) =>
  defaultEngine().run(...args)) as Engine['run']
