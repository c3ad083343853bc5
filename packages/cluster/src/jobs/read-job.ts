// Reads a job from the queue. Whoever may write to the queue may put anything there, so each member is checked.

import type { SkipOptions } from '@onecopy/core'
import type { ChunkPlan } from '@onecopy/core/host'
import { elementConstructor, memberOf, show } from '@onecopy/core/lane'
import { isRunId } from '../redis/keys.js'
import { type IdentityKind, type JobData, type JobDescription, jobVersion, type SpanJob } from './contract.js'
import { refusal } from './refusal.js'

/** More chunks than any plan has. */
const mostChunks = 2 ** 30
const identityKinds: readonly unknown[] = ['mtime', 'size', 'digest'] satisfies IdentityKind[]

/**
 * Read the job of a span.
 *
 * @throws {OnecopyError} `ERR_SPAN_REFUSED`: it is no job of this version; the message names the member
 */
export function readSpanJob(value: unknown): SpanJob {
  const description = readDescription(value)
  const { count } = description.plan
  // `as`: each member is checked.
  const { run, from, to, crc } = value as SpanJob
  if (!isRunId(run)) throw wrong('run', run)
  const span = { from: integer('from', from, 0, count), to: integer('to', to, from, count) }
  if (crc !== undefined) integer('crc', crc, 0, 2 ** 32 - 1)
  return { ...description, ...span, run, crc }
}

/**
 * Read the description of a job.
 *
 * @throws {OnecopyError} `ERR_SPAN_REFUSED`: as {@link readSpanJob}
 */
export function readDescription(value: unknown): JobDescription {
  if (!isObject(value)) throw refusal(`job: expected an object, got ${show(value)}`)
  // `as`: each member is checked.
  const given = value as unknown as JobDescription
  if (given.version !== jobVersion) {
    throw refusal(`job: it is of version ${show(given.version)}, and this version of onecopy reads ${jobVersion}`)
  }
  const { params, chunks, chunkTimeoutMs, seed, skip, identity } = given
  if (!identityKinds.includes(identity)) throw wrong('identity', identity)
  if (chunks !== undefined && !isObject(chunks)) throw wrong('chunks', chunks)
  if (chunkTimeoutMs !== undefined && !(typeof chunkTimeoutMs === 'number' && chunkTimeoutMs > 0)) {
    throw wrong('chunkTimeoutMs', chunkTimeoutMs)
  }
  return {
    version: jobVersion,
    plugin: text('plugin', given.plugin),
    digest: text('digest', given.digest),
    params: params === undefined ? undefined : text('params', params),
    data: readData(given.data),
    identity,
    chunks,
    chunkTimeoutMs,
    skip: skip === undefined ? undefined : readSkip(skip),
    seed: seed === undefined ? undefined : integer('seed', seed, 0),
    retries: integer('retries', given.retries, 0, 1e6),
    plan: readPlan(given.plan),
  }
}

function readSkip(value: unknown): SkipOptions {
  if (!isObject(value)) throw wrong('skip', value)
  // `as`: each member is checked.
  const { most, list } = value as SkipOptions
  return {
    most: most === undefined ? undefined : integer('skip.most', most, 0),
    list: list === undefined ? undefined : integer('skip.list', list, 0, 1_000_000),
  }
}

function readData(value: unknown): JobData {
  if (!isObject(value)) throw wrong('data', value)
  // `as`: each member is checked.
  const { path, elementType, byteOffset, length, identity } = value as unknown as JobData
  if (elementConstructor(text('data.elementType', elementType)) === undefined)
    throw wrong('data.elementType', elementType)
  return {
    path: text('data.path', path),
    elementType,
    byteOffset: integer('data.byteOffset', byteOffset, 0),
    length: integer('data.length', length, 0),
    identity: text('data.identity', identity),
  }
}

/** Only its size is checked. The worker compares the plan with its own. */
function readPlan(value: unknown): ChunkPlan {
  if (!isObject(value)) throw wrong('plan', value)
  // `as`: see above.
  const plan = value as unknown as ChunkPlan
  integer('plan.count', plan.count, 0, mostChunks)
  return plan
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(name: string, value: unknown): string {
  if (typeof value !== 'string') throw wrong(name, value)
  return value
}

function integer(name: string, value: unknown, least: number, most: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most)
    throw wrong(name, value)
  return value
}

function wrong(member: string, value: unknown): Error {
  return refusal(`job: ${member} is ${show(value)}`)
}

/** The run that a job says it belongs to; undefined if it says none. */
export function runOfJob(data: unknown): string | undefined {
  const run: unknown = isObject(data) ? memberOf(data, 'run') : undefined
  return isRunId(run) ? run : undefined
}
