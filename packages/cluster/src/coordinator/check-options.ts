// Checks the options of a cluster's run.

import { checkInteger, readOptions, show } from '@onecopy/core/lane'
import { checkRunId } from '../redis/keys.js'
import type { AttachOptions, ClusterRunOptions } from './contract.js'

/** All options, with parameters of any type. */
export type AnyClusterOptions = ClusterRunOptions & { readonly params?: unknown }

const forAttach: readonly (keyof AttachOptions)[] = [
  'signal',
  'priority',
  'name',
  'sameNode',
  'spanChunks',
  'spanMs',
  'pollMs',
  'patienceMs',
  'workerTimeoutMs',
]
const forRun: readonly (keyof AnyClusterOptions)[] = [
  ...forAttach,
  'params',
  'chunks',
  'chunkTimeoutMs',
  'seed',
  'skip',
  'retries',
  'runId',
  'identity',
]

/**
 * Read the options of a run.
 *
 * @throws {TypeError | RangeError} one is wrong, or there is no such option
 */
export function readRunOptions(options: AnyClusterOptions | undefined): AnyClusterOptions {
  const given = readOptions('options', options, forRun)
  const { runId, identity, chunkTimeoutMs } = given
  if (runId !== undefined) checkRunId(runId)
  if (identity !== undefined && !['mtime', 'size', 'digest'].includes(identity)) {
    throw new TypeError(`options.identity: expected 'mtime', 'size' or 'digest', got ${show(identity)}`)
  }
  if (chunkTimeoutMs !== undefined) checkPositive('chunkTimeoutMs', chunkTimeoutMs)
  checkCommon(given)
  return given
}

/**
 * Read the options of `attach`.
 *
 * @throws {TypeError | RangeError} one is wrong, or there is no such option
 */
export function readAttachOptions(options: AttachOptions | undefined): AttachOptions {
  const given = readOptions('options', options, forAttach)
  checkCommon(given)
  return given
}

function checkCommon({
  signal,
  priority,
  sameNode,
  spanChunks,
  spanMs,
  pollMs,
  patienceMs,
  workerTimeoutMs,
  name,
}: AttachOptions): void {
  if (signal !== undefined && typeof signal?.addEventListener !== 'function') {
    throw new TypeError(`options.signal: expected an AbortSignal, got ${show(signal)}`)
  }
  if (priority !== undefined && !Number.isFinite(priority)) {
    throw new RangeError(`options.priority: expected a finite number, got ${show(priority)}`)
  }
  if (sameNode !== undefined && typeof sameNode !== 'boolean') {
    throw new TypeError(`options.sameNode: expected true or false, got ${show(sameNode)}`)
  }
  if (name !== undefined && typeof name !== 'string')
    throw new TypeError(`options.name: expected text, got ${show(name)}`)
  if (spanChunks !== undefined) checkInteger('options.spanChunks', spanChunks, 1, 2 ** 30)
  if (spanMs !== undefined) checkPositive('spanMs', spanMs)
  if (pollMs !== undefined) checkInteger('options.pollMs', pollMs, 10, 3_600_000)
  if (patienceMs !== undefined) checkInteger('options.patienceMs', patienceMs, 100, 86_400_000)
  if (workerTimeoutMs !== undefined) checkPositive('workerTimeoutMs', workerTimeoutMs)
}

function checkPositive(name: string, value: unknown): void {
  if (typeof value === 'number' && value > 0) return
  throw new RangeError(`options.${name}: expected a number > 0, got ${show(value)}`)
}
