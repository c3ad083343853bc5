// Checks the options of a run, and fills in their defaults.

import { checkInteger, readOptions, show } from '../base/check.js'
import { longestMs } from '../base/runtime.js'
import { listedByDefault } from '../protocol/notes.js'
import type { AbortSignalLike, RunOptions, SkipOptions } from './run-options.js'

/** The options of `map` and `run`, with parameters of any type. */
export type AnyOptions = RunOptions & { readonly params?: unknown; readonly into?: unknown; readonly prefix?: unknown }

export const runOptions = [
  'chunks',
  'params',
  'into',
  'prefix',
  'signal',
  'priority',
  'workers',
  'chunkTimeoutMs',
  'retries',
  'verify',
  'seed',
  'skip',
  'only',
  'sample',
  'name',
] as const

const defaultRetries = 2

/** The options that do not depend on the data or the function, with defaults filled in. */
export interface RunSettings {
  readonly priority: number
  /** Most of the host's workers that the run may have. */
  readonly workers: number
  readonly chunkTimeoutMs: number | undefined
  readonly retries: number
  readonly signal: AbortSignalLike | undefined
  readonly verify: boolean
  readonly seed: number
  readonly skip: ReturnType<typeof checkSkip>
  readonly name: string | undefined
}

/**
 * Check the options that do not depend on the data or the function.
 *
 * @param workers - how many workers the host has
 * @throws {TypeError | RangeError} one of them is wrong
 */
export function checkSettings(options: AnyOptions, workers: number): RunSettings {
  const { signal, priority = 0, chunkTimeoutMs, retries = defaultRetries, verify = false, name } = options
  if (signal !== undefined) checkSignal(signal)
  checkNumber('options.priority', priority, -Number.MAX_VALUE, Number.MAX_VALUE)
  if (chunkTimeoutMs !== undefined) checkNumber('options.chunkTimeoutMs', chunkTimeoutMs, Number.MIN_VALUE, longestMs)
  if (typeof verify !== 'boolean') throw new TypeError(`options.verify: expected a boolean, got ${show(verify)}`)
  if (name !== undefined && typeof name !== 'string') {
    throw new TypeError(`options.name: expected text, got ${show(name)}`)
  }
  const most = options.workers === undefined ? workers : checkInteger('options.workers', options.workers, 1)
  return {
    priority,
    workers: Math.min(workers, most),
    chunkTimeoutMs,
    retries: checkInteger('options.retries', retries, 0),
    signal,
    verify,
    seed: checkSeed(options.seed),
    skip: checkSkip(options.skip),
    name,
  }
}

/** @throws {RangeError} it is no seed */
export function checkSeed(seed: unknown): number {
  return checkInteger('options.seed', seed ?? 0, 0)
}

/** Any number of skips. It has to travel as JSON. */
export const noMost: number = Number.MAX_SAFE_INTEGER

/** Most of the ranges that were skipped can be listed. */
const mostListed = 1_000_000

/**
 * The `skip` of a run's options, with defaults filled in.
 *
 * @throws {TypeError | RangeError} one of its members is wrong
 */
export function checkSkip(skip: SkipOptions | undefined): { readonly most: number | undefined; readonly list: number } {
  const { most, list = listedByDefault } = readOptions('options.skip', skip, ['most', 'list'])
  checkInteger('options.skip.list', list, 0, mostListed)
  if (most === undefined) return { most, list }
  if (most === Number.POSITIVE_INFINITY) return { most: noMost, list }
  return { most: checkInteger('options.skip.most', most, 0), list }
}

/** Checks the members that a run uses and not the class, because a signal may come from another realm. */
function checkSignal(signal: AbortSignalLike): void {
  if (
    typeof signal !== 'object' ||
    signal === null ||
    typeof signal.aborted !== 'boolean' ||
    typeof signal.addEventListener !== 'function' ||
    typeof signal.removeEventListener !== 'function'
  ) {
    throw new TypeError(`options.signal: expected an AbortSignal, got ${show(signal)}`)
  }
}

/**
 * Check that `value` is a number from `least` to `most`. `Number.MIN_VALUE` as `least` means: more than 0.
 *
 * @throws {RangeError} it is not; the message names `name` and shows `value`
 */
export function checkNumber(name: string, value: unknown, least: number, most: number): void {
  if (typeof value === 'number' && value >= least && value <= most) return
  const from = least === Number.MIN_VALUE ? 'more than 0' : `from ${least}`
  throw new RangeError(`${name}: expected a number ${from} to ${most}, got ${show(value)}`)
}
