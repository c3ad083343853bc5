// A job that a coordinator runs: what is sent to workers, and the assembly of what comes back.

import { relative, resolve, sep } from 'node:path'
import {
  type Assembly,
  assemble,
  type DefinedPlugin,
  isPlugin,
  type Plugin,
  type PluginRunOptions,
  type SkipOptions,
  type TypedArray,
} from '@onecopy/core'
import { checkInteger, memberOf, show } from '@onecopy/core/lane'
import type { AnyPlugin, FileData } from '@onecopy/node'
import { type IdentityKind, type JobDescription, jobVersion } from '../jobs/contract.js'
import { identityOf } from '../jobs/identity.js'
import { openFile } from '../jobs/open-file.js'
import { encodeParams } from '../jobs/params.js'
import { isBelow, pathBelow } from '../jobs/path-below.js'
import { readDescription } from '../jobs/read-job.js'
import { refusal } from '../jobs/refusal.js'
import { optionsOf } from '../jobs/span-options.js'

/** How often a span is run again after its process died, unless the caller says it. */
const defaultRetries = 2

/** A job, ready to be run. */
export interface RunJob {
  readonly description: JobDescription
  /** The description as text. Runs with one id have the same. */
  readonly text: string
  readonly data: FileData<TypedArray>
  readonly assembly: Assembly<unknown>
  /** Whether the chunks before one may be enough for the answer. Then a failure counts only if they are not. */
  readonly mayEnd: boolean
}

/** The options that belong to the job itself. */
export interface JobOptions {
  readonly params?: unknown
  readonly chunks?: object | undefined
  readonly chunkTimeoutMs?: number | undefined
  readonly seed?: number | undefined
  readonly skip?: SkipOptions | undefined
  readonly retries?: number | undefined
  readonly identity?: IdentityKind | undefined
}

/** @throws {TypeError} it is not data that other machines can open */
export function checkData(data: unknown): asserts data is FileData<TypedArray> {
  // `as`: its members are looked at.
  const given = (data ?? {}) as Partial<FileData<TypedArray>>
  if (typeof given === 'object' && typeof given.path === 'string' && typeof given.describe === 'function') return
  throw new TypeError(`data: expected a file, from file(), because other machines have to open it; got ${show(data)}`)
}

/** @throws {TypeError} it is no plugin of a module in a file */
export function checkPlugin(plugin: unknown): asserts plugin is AnyPlugin {
  if (!isPlugin(plugin)) throw new TypeError(`plugin: expected what definePlugin returns, got ${show(plugin)}`)
  if (plugin.url.startsWith('file:')) return
  throw new TypeError(`plugin: expected a plugin of a module in a file, got one of ${show(plugin.url)}`)
}

/**
 * Describe a job.
 *
 * @param root - the folder that paths are relative to; undefined: paths are absolute
 * @throws {TypeError | RangeError} an option is wrong
 */
export function describeJob(
  data: FileData<TypedArray>,
  plugin: AnyPlugin,
  options: JobOptions,
  { digest, root }: { readonly digest: string; readonly root: string | undefined },
): RunJob {
  const { identity: kind = 'mtime', chunks, chunkTimeoutMs, seed, skip, retries = defaultRetries } = options
  checkInteger('options.retries', retries, 0, 1e6)
  // `as`: a file's description has it.
  const { byteOffset } = data.describe() as unknown as { readonly byteOffset: number }
  const identity = identityOf(data, kind)
  const draft: Omit<JobDescription, 'plan'> = {
    version: jobVersion,
    plugin: plugin.name,
    digest,
    params: encodeParams(options.params),
    data: { path: sentPath(data.path, root), elementType: data.elementType, byteOffset, length: data.length, identity },
    identity: kind,
    chunks,
    chunkTimeoutMs,
    seed,
    skip: skip?.most === Number.POSITIVE_INFINITY ? { ...skip, most: Number.MAX_SAFE_INTEGER } : skip,
    retries,
  }
  const assembly = assembleJob(data, plugin, draft)
  const description = { ...draft, plan: assembly.plan }
  return { description, text: JSON.stringify(description), data, assembly, mayEnd: mayEnd(plugin) }
}

/**
 * Make a job from the record of a run.
 *
 * @throws {OnecopyError} `ERR_DATA_CHANGED`: the file is not here, or is another one; `ERR_PART_MISMATCH`: the plugin is another one
 */
export function reopenJob(
  text: string,
  plugin: AnyPlugin,
  { digest, root }: { readonly digest: string; readonly root: string | undefined },
): RunJob {
  const description = readDescription(JSON.parse(text))
  if (description.plugin !== plugin.name || description.digest !== digest) {
    const theirs = description.plugin === plugin.name ? 'another version of it' : `the plugin ${description.plugin}`
    throw refusal(`the run was begun with ${theirs}, and this is ${plugin.name}`, 'ERR_PART_MISMATCH')
  }
  const { path, identity } = description.data
  const data = openFile(root === undefined ? path : pathBelow(root, path), description.data)
  if (identityOf(data, description.identity) !== identity) {
    throw refusal(
      `${data.path}: it is another file now: ${data.identity}; the run was begun with ${identity}`,
      'ERR_DATA_CHANGED',
    )
  }
  return { description, text, data, assembly: assembleJob(data, plugin, description), mayEnd: mayEnd(plugin) }
}

function mayEnd(plugin: AnyPlugin): boolean {
  // `as`: a plugin has all that it was defined with.
  return typeof memberOf(Object((plugin as DefinedPlugin).reduce), 'enough') === 'function'
}

function assembleJob(
  data: FileData<TypedArray>,
  plugin: AnyPlugin,
  description: Omit<JobDescription, 'plan'>,
): Assembly<unknown> {
  // `as`: only the plugin knows its types; `assemble` checks the options.
  return assemble(
    data,
    plugin as unknown as Plugin<unknown, unknown, unknown, TypedArray>,
    ...([optionsOf(description)] as PluginRunOptions<unknown>),
  )
}

/** The path as it is sent: with `/` between its parts, and below the root if there is one. */
function sentPath(path: string, root: string | undefined): string {
  if (root === undefined) return path.split(sep).join('/')
  const folder = resolve(root)
  if (!isBelow(folder, path)) throw new TypeError(`data: ${show(path)} is not below the root ${show(folder)}`)
  return relative(folder, path).split(sep).join('/')
}
