// Opens a folder for a job: checks that it belongs to it, and takes the parts that are there.

import { type Assembly, assemble, type Part, type PartOptions, type SharedData, type TypedArray } from '@onecopy/core'
import { memberOf } from '@onecopy/core/lane'
import { setImmediate } from '../clock.js'
import { createSha256, randomUuid } from '../crypto.js'
import { digestPlugin } from '../modules/digest-plugin.js'
import { type FolderCall, withSize } from './folder-call.js'
import { regrow, settle } from './growing-part.js'
import { checkJob, type JobFile, mismatch, readJobFile, writeJobFile } from './job-file.js'
import { dropParts, takeParts } from './kept-parts.js'
import { changesSince, describePrefix, type ThrowIfStopped } from './prefix.js'
import { countStable } from './stable-chunks.js'

/** A job whose folder is open. */
export interface FolderJob {
  /** The call, with everything decided that depends on the folder. */
  readonly call: FolderCall
  /** The options of all its parts. */
  readonly options: PartOptions & { readonly params?: unknown }
  /** The answer as it comes together. The parts of the folder are in it. */
  readonly assembly: Assembly<unknown>
  /** Parts of chunks below this number can be kept. */
  readonly keepBelow: number
  /** What a part is like in the folder. */
  readonly toKeep: (part: Part) => Part
}

/**
 * Open a locked folder for a job, and make it the job's own if it is new.
 *
 * @throws {OnecopyError} `ERR_CHECKPOINT_MISMATCH`: it belongs to another job
 */
export async function openFolder(given: FolderCall, throwIfStopped: ThrowIfStopped): Promise<FolderJob> {
  const { folder, kind, data, file, verifyPrefix } = given
  const isGrowing = kind === 'incremental'
  const known = await readJobFile(folder, kind)
  const call = isGrowing && known !== undefined ? withSize(given, known.plan.size) : given
  const digest = await digestPlugin(call.plugin.url)
  const identity = isGrowing
    ? (known?.data ?? `${randomUuid()}, which grows`)
    : (memberOf(data, 'identity') ?? (await digestData(data, throwIfStopped)))
  const options = { ...call.options, digest, identity }
  const assembly = assemble(data, call.plugin, options)
  const { plugin, params, plan } = assembly.part()
  const { unit } = assembly
  const ours: JobFile = { kind, plugin, params, data: identity, plan, unit, prefix: undefined }
  if (known !== undefined) checkJob(folder, known, ours)
  throwIfStopped()
  if (file === undefined || !isGrowing) {
    if (known === undefined) await writeJobFile(folder, ours)
  } else {
    if (known?.prefix !== undefined) {
      const changes = await changesSince(known.prefix, file, verifyPrefix, throwIfStopped)
      if (changes.length > 0) throw mismatch(folder, changes)
    }
    // The blocks of a fold have other chunks now.
    if (known !== undefined && known.unit !== unit) await dropParts(folder)
    const prefix = await describePrefix(file, known?.prefix, verifyPrefix, throwIfStopped)
    // From here on, the bytes up to the new end are those that the parts were made of.
    await writeJobFile(folder, { ...ours, prefix })
  }
  await takeParts(folder, assembly, isGrowing ? (part) => regrow(part, plan) : (part) => part)
  throwIfStopped()
  const stable = isGrowing ? await countStable(plan, data) : plan.count
  return {
    call,
    options,
    assembly,
    keepBelow: stable === plan.count ? stable : stable - (stable % unit),
    toKeep: isGrowing ? settle : (part) => part,
  }
}

const blockBytes = 1024 * 1024

/** What identifies data that does not say so itself: the digest of its bytes. */
async function digestData(data: SharedData<TypedArray>, throwIfStopped: ThrowIfStopped): Promise<string> {
  const hash = createSha256()
  const reader = data.open()
  try {
    const step = Math.max(1, Math.floor((blockBytes * data.length) / Math.max(1, data.byteLength)))
    for (let at = 0; at < data.length; at += step) {
      const { buffer, byteOffset, byteLength } = reader.read(at, Math.min(data.length, at + step))
      hash.update(new Uint8Array(buffer, byteOffset, byteLength))
      await new Promise<void>((resolve) => setImmediate(resolve))
      throwIfStopped()
    }
  } finally {
    reader.close()
  }
  return `${data.byteLength} bytes with the SHA-256 ${hash.digest('hex')}`
}
