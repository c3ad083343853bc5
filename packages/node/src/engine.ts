// Engines on worker threads: `createEngine` makes one, and `map` and `run` use a default one.

import { availableParallelism } from 'node:os'
import { inspect } from 'node:util'
import type { Engine } from '@onecopy/core'
import { createHostEngine } from '@onecopy/core/host'
import { checkCount } from '@onecopy/core/lane'
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
  if (!isPlainObject(options)) throw new TypeError(`options: expected a plain object, got ${nameOf(options)}`)
  for (const key of Object.keys(options)) {
    if (key !== 'workers' && key !== 'graceMs') {
      throw new TypeError(`options.${key}: there is no such option; there are workers, graceMs`)
    }
  }
  const own = Object.assign(Object.create(null) as EngineOptions, options)
  const { workers = Math.min(availableParallelism(), mostWorkers), graceMs } = own
  if (!Number.isSafeInteger(workers) || workers < 1 || workers > mostWorkers) {
    const shown = typeof workers === 'string' ? JSON.stringify(workers) : String(workers)
    throw new RangeError(`workers: expected an integer >= 1 and <= ${mostWorkers}, got ${shown}`)
  }
  const engine = createHostEngine(new ThreadHost(workers, graceMs), { graceMs })
  publishRuns(engine)
  return engine
}

function isPlainObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Names the kind of a value, for an error message. */
function nameOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return inspect(value, { maxStringLength: 60 })
  return Object.prototype.toString.call(value)
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
 * `engine.run` on the same default engine.
 *
 * @example const { crc } = await run(file('disk.img'), hash)
 */
// `as`: see `map`.
export const run: Engine['run'] = ((...args: Parameters<Engine['run']>) =>
  defaultEngine().run(...args)) as Engine['run']
