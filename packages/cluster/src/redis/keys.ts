// The names of queues and keys in Redis. All begin with `<prefix>:onecopy-`, so that the rights of a user can be limited to them.

import { createHash } from 'node:crypto'
import { show } from '@onecopy/core/lane'

/** The prefix of all keys, unless another is given. It is that of BullMQ, so that its dashboards find the queues. */
export const defaultPrefix = 'bull'

/**
 * The queue of one plugin in one version. A worker listens to the queues of the plugins that it was started with, and to no
 * others. So a job cannot name code, and workers with another version of a plugin do not see it.
 */
export function queueName(plugin: string, digest: string): string {
  const id = createHash('sha256').update(`${plugin}\n${digest}`).digest('hex').slice(0, 12)
  return `${queueStem(plugin)}${id}`
}

/** What the names of a plugin's queues begin with, in all versions. */
export function queueStem(plugin: string): string {
  return `onecopy-${plugin.replace(/[^\w.-]/g, '_').slice(0, 60)}-`
}

/**
 * Check the prefix of keys.
 *
 * @throws {TypeError} it is no text, is empty, or has other characters than letters, digits, `.`, `_`, `-`, `{` and `}`
 */
export function checkPrefix(prefix: unknown): asserts prefix is string | undefined {
  if (prefix === undefined || (typeof prefix === 'string' && /^[\w.{}-]{1,100}$/.test(prefix))) return
  throw new TypeError(`prefix: expected 1 to 100 letters, digits, '.', '_', '-', '{' or '}', got ${show(prefix)}`)
}

/** The key of what is known about a run. */
export function runKey(prefix: string, run: string): string {
  return `${prefix}:onecopy-run:${run}`
}

/** The key of how a run was cut into spans. */
export function cutsKey(prefix: string, run: string): string {
  return `${prefix}:onecopy-run:${run}:cuts`
}

/** The key of a part that is too large for the queue. */
export function partKey(prefix: string, key: string): string {
  return `${prefix}:onecopy-part:${key}`
}

/** The id of the job for the chunks `[from, to)` of a run. Adding it again changes nothing, so submitting again is resuming. */
export function jobId(run: string, { from, to }: { readonly from: number; readonly to: number }): string {
  return `${run}.${from}-${to}`
}

/** Whether the id of a job may be part of a path. Parts that lie beside the queue have it as their name. */
export function isJobId(id: unknown): boolean {
  return typeof id === 'string' && /^[A-Za-z0-9][\w.-]{0,199}$/.test(id)
}

/**
 * Check a run id.
 *
 * @throws {TypeError} it is no text, is empty or too long, or has other characters than letters, digits, `.`, `_` and `-`
 */
export function checkRunId(run: unknown): asserts run is string {
  if (isRunId(run)) return
  throw new TypeError(
    `runId: expected 1 to 100 letters, digits, '.', '_' or '-', beginning with a letter or digit, got ${show(run)}`,
  )
}

/** Whether a value is a run id. */
export function isRunId(run: unknown): run is string {
  return typeof run === 'string' && /^[A-Za-z0-9][\w.-]{0,99}$/.test(run)
}
