// Engines on worker threads: one for who makes it, and a default one for who does not.

import { availableParallelism } from 'node:os'
import { inspect } from 'node:util'
import type { Engine } from '@onecopy/core'
import { createHostEngine } from '@onecopy/core/host'
import { checkCount } from '@onecopy/core/lane'
import { publishRuns } from './diagnostics.js'
import { ThreadHost } from './threads/host.js'

/** More threads than this are a mistake, not a wish. */
const mostWorkers = 1024

/** Options of {@link createEngine}. */
export interface EngineOptions {
  /** Most lanes, and so worker threads, at the same time; integer from 1 to 1024, default `os.availableParallelism()`, 1024 at most. */
  readonly workers?: number | undefined
  /**
   * How long a lane that is asked to stop may take to finish its chunk, in milliseconds; then its thread is ended.
   * A number >= 0, default 500.
   */
  readonly graceMs?: number | undefined
}

/**
 * An engine whose lanes are worker threads. Threads start with the first run that needs them and stay until `close()`;
 * idle ones do not keep the process alive.
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

/** What kind of value it is, for an error message. */
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
 * `engine.map` on a default engine, which is made on first use and never has to be closed.
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
