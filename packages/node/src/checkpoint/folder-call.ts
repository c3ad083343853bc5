// A call of `run` with a folder: its arguments, checked before anything starts.

import type { Chunker, DefinedPlugin, Output, PartOptions, SharedData, TypedArray } from '@onecopy/core'
import { fixed } from '@onecopy/core'
import { defineOwn, isStreamed, memberOf, show } from '@onecopy/core/lane'
import { type FileDescription, isFileDescription } from '../files/file-reader.js'
import { absolutePath } from '../files/path.js'
import type { NodeRunOptions } from './contract.js'
import type { FolderKind } from './job-file.js'

/** The options of a run with parameters of any type. */
export type AnyNodeOptions = NodeRunOptions & { readonly params?: unknown; readonly into?: Output | undefined }

const folderOptions = ['checkpoint', 'incremental', 'verifyPrefix'] as const satisfies (keyof NodeRunOptions)[]

/** A run in a folder, as it was asked for. */
export interface FolderCall {
  readonly kind: FolderKind
  /** Absolute. */
  readonly folder: string
  readonly data: SharedData<TypedArray>
  /** The file, if it is one that grows. */
  readonly file: FileDescription | undefined
  readonly plugin: DefinedPlugin
  /** The options that every run has. */
  readonly options: PartOptions & { readonly params?: unknown }
  readonly verifyPrefix: boolean
}

/** Whether options of a run say something about folders. */
export function namesFolder(options: unknown): options is AnyNodeOptions {
  return typeof options === 'object' && options !== null && folderOptions.some((name) => Object.hasOwn(options, name))
}

/** Options without what they say about folders. */
export function plainOptions(given: AnyNodeOptions): FolderCall['options'] {
  const options: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    if (!folderOptions.some((each) => each === name)) defineOwn(options, name, value)
  }
  return options
}

/**
 * Read a call of `run`; undefined if it has no folder after all.
 *
 * @throws {TypeError} two folders are given; the folder is no path; or one of the options does not go with the folder
 */
export function readCall(
  data: SharedData<TypedArray>,
  plugin: DefinedPlugin,
  given: AnyNodeOptions,
): FolderCall | undefined {
  const [checkpoint, incremental, verifyPrefix = false] = folderOptions.map((name) => memberOf(given, name))
  if (typeof verifyPrefix !== 'boolean') {
    throw new TypeError(`options.verifyPrefix: expected a boolean, got ${show(verifyPrefix)}`)
  }
  if (verifyPrefix && incremental === undefined) {
    throw new TypeError('options.verifyPrefix: only possible together with incremental')
  }
  if (checkpoint === undefined && incremental === undefined) return undefined
  if (checkpoint !== undefined && incremental !== undefined) {
    throw new TypeError('options: a run has checkpoint or incremental, and this one has both')
  }
  const kind = checkpoint !== undefined ? 'checkpoint' : 'incremental'
  if (memberOf(given, 'verify') === true) {
    throw new TypeError(`options.verify: not possible together with ${kind}`)
  }
  if (plugin.into !== undefined || memberOf(given, 'into') !== undefined) {
    throw new TypeError(
      `options.${kind}: not possible in a run that is written in place, because parts do not hold what was written`,
    )
  }
  const chosen = (['only', 'sample'] as const).find((name) => memberOf(given, name) !== undefined)
  if (chosen !== undefined) throw new TypeError(`options.${chosen}: not possible together with ${kind}`)
  if (isStreamed(data)) {
    throw new TypeError(
      `options.${kind}: not possible for a stream, which is read once; write it to a file, and give file(path)`,
    )
  }
  const description = data.describe()
  const file = isFileDescription(description) ? description : undefined
  if (kind === 'incremental' && file === undefined) {
    throw new TypeError('options.incremental: only a file can grow, so the data must come from file()')
  }
  const folder = pathOf(kind, kind === 'checkpoint' ? checkpoint : incremental)
  return { kind, folder, data, file, plugin, options: plainOptions(given), verifyPrefix }
}

function pathOf(kind: FolderKind, value: unknown): string {
  try {
    return absolutePath(value)
  } catch (cause) {
    // `as`: it throws nothing else.
    throw new TypeError(`options.${kind}: ${(cause as Error).message.replace(/^path: /, '')}`, { cause })
  }
}

/** The same call with chunks of `size` elements, unless it asks for a size itself. */
export function withSize(call: FolderCall, size: number): FolderCall {
  const sized = (chunker: Chunker): Chunker => ({ ...chunker, size: chunker.size ?? size })
  const { plugin, options } = call
  if (options.chunks !== undefined) return { ...call, options: { ...options, chunks: sized(options.chunks) } }
  const { chunks: own = fixed() } = plugin
  const derived: DefinedPlugin = Object.create(plugin)
  // Workers do not see this member. Only the caller's side cuts.
  defineOwn(derived, 'chunks', (params: unknown) => sized(typeof own === 'function' ? own(params) : own))
  return { ...call, plugin: derived }
}
