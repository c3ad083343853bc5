// Opens what a job names, in the worker's child process: the file below the root, and the parameters. Everything is compared
// with what the coordinator saw before a byte of the data is read.

import { assemble, type Plugin, type TypedArray } from '@onecopy/core'
import { isError } from '@onecopy/core/lane'
import type { AnyPlugin, FileData } from '@onecopy/node'
import type { SpanJob } from '../jobs/contract.js'
import { crcOf, identityOf } from '../jobs/identity.js'
import { openFile } from '../jobs/open-file.js'
import { pathBelow } from '../jobs/path-below.js'
import { refusal } from '../jobs/refusal.js'
import { optionsOf, type SpanOptions } from '../jobs/span-options.js'

/** What a worker was started with. */
export interface Own {
  readonly plugin: AnyPlugin
  readonly digest: string
  /** Files outside of this folder are refused. */
  readonly root: string
}

/** What `engine.part` needs for a span. */
export interface OpenSpan {
  readonly data: FileData<TypedArray>
  readonly options: SpanOptions
}

/**
 * Open a job.
 *
 * @throws {OnecopyError} `ERR_SPAN_REFUSED`: the job is not for this worker, or its plan is another one here;
 *   `ERR_DATA_CHANGED`: the file is another one here
 */
export function openSpan(job: SpanJob, { plugin, digest, root }: Own): OpenSpan {
  if (job.plugin !== plugin.name)
    throw refusal(`job: it is for the plugin ${JSON.stringify(job.plugin)}, and this is ${plugin.name}`)
  if (job.digest !== digest) throw refusal('job: it is for another version of the plugin')
  const data = openData(job, root)
  const identity = identityOf(data, job.identity)
  if (identity !== job.data.identity) {
    throw refusal(
      `${data.path}: it is another file here: ${identity}; the coordinator has ${job.data.identity}`,
      'ERR_DATA_CHANGED',
    )
  }
  const options = optionsOf(job)
  checkPlan(job, data, plugin, options)
  if (job.crc !== undefined && crcOf(data, job.plan, job) !== job.crc) {
    throw refusal(`${data.path}: its bytes in chunks ${job.from} to ${job.to - 1} are others here`, 'ERR_DATA_CHANGED')
  }
  return { data, options }
}

function openData({ data }: SpanJob, root: string): FileData<TypedArray> {
  const path = pathBelow(root, data.path)
  try {
    return openFile(path, data)
  } catch (cause) {
    throw refusal(`cannot open the data here: ${messageOf(cause)}`, 'ERR_DATA_CHANGED', cause)
  }
}

function checkPlan(job: SpanJob, data: FileData<TypedArray>, plugin: AnyPlugin, options: SpanOptions): void {
  let own: object
  try {
    // `as`: the plugin's own types are not known here.
    own = assemble(data, plugin as unknown as Plugin<unknown, unknown, unknown, TypedArray>, options).plan
  } catch (cause) {
    throw refusal(`job: this worker cannot run it: ${messageOf(cause)}`, 'ERR_SPAN_REFUSED', cause)
  }
  const theirs = job.plan as unknown as Record<string, unknown>
  for (const [key, value] of Object.entries(own)) {
    if (String(theirs[key]) === String(value)) continue
    throw refusal(
      `job: its data is cut in another way: plan.${key} is ${JSON.stringify(theirs[key])?.slice(0, 80)}, and here it is ${JSON.stringify(value)}`,
    )
  }
}

function messageOf(cause: unknown): string {
  return isError(cause) ? cause.message : String(cause)
}
