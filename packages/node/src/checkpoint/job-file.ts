// The file that says which job the parts in a folder belong to.

import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { OnecopyError, type Part } from '@onecopy/core'
import { defineOwn, memberOf } from '@onecopy/core/lane'
import { isTemporary, writeDurably } from '../files/durable-file.js'
import { showPath, systemText } from '../files/path.js'
import { lockName } from './lock.js'
import { isPrefix, type Prefix } from './prefix.js'

const jobName = 'job.json'
const format = 1

/** What kind of folder it is: for one state of the data, or for a file that grows. */
export type FolderKind = 'checkpoint' | 'incremental'

/** Which job the parts in a folder belong to. */
export interface JobFile {
  readonly kind: FolderKind
  /** The plugin's name and digest, as parts have it. */
  readonly plugin: Part['plugin']
  readonly params: Part['params']
  /** What identifies the data, as parts have it. For a file that grows it names the folder. */
  readonly data: Part['data']
  readonly plan: Part['plan']
  /** Chunks per block of a fold; else 1. */
  readonly unit: number
  /** Only for a file that grows: its bytes up to where the parts go. */
  readonly prefix: Prefix | undefined
}

/** What made the parts: other versions may give other bits. */
const versions = { onecopy: ownVersion(), node: `${process.version} on ${process.arch}` }

function ownVersion(): string {
  try {
    return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
  } catch {
    // This module is in a bundle, whose text is part of the plugin's digest.
    return 'bundled'
  }
}

/**
 * Make a folder, if it is not there.
 *
 * @throws {Error} it cannot be made; the error has the system's code
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (cause) {
    throw unwritable(folder, cause)
  }
}

const cures: Readonly<Record<string, string>> = {
  EEXIST: 'it is a file; give the path of a folder',
  ENOTDIR: 'a part of its path is a file; give the path of a folder',
}

/** The error for a folder for parts that the system refuses, with the system's code. */
export function unwritable(folder: string, cause: unknown): Error {
  // `as`: what the file system throws has a code.
  const code = memberOf(cause as NodeJS.ErrnoException, 'code')
  const why = cures[code ?? ''] ?? systemText(cause)
  const error = new Error(`cannot keep parts in ${showPath(folder)}: ${why}`, { cause })
  defineOwn(error, 'code', code)
  return error
}

/**
 * Read the job file of a locked folder; undefined if the folder is new.
 *
 * Files that a run left behind when it was killed are removed.
 *
 * @throws {OnecopyError} `ERR_CHECKPOINT_MISMATCH`: it is a folder of something else, or of another version
 */
export async function readJobFile(folder: string, kind: FolderKind): Promise<JobFile | undefined> {
  const names = await readdir(folder)
  for (const name of names.filter(isLeftBehind)) await rm(join(folder, name), { force: true })
  if (!names.includes(jobName)) {
    const other = names.find((name) => name !== lockName && !isLeftBehind(name))
    if (other === undefined) return undefined
    throw mismatch(folder, [`it has no ${jobName}, but other files, such as ${other}`], 'give a new or empty folder')
  }
  const { format: theirs, versions: made, ...job } = parse(folder, await readText(folder))
  if (theirs !== format)
    throw mismatch(folder, [`its format is ${theirs}, and this version of onecopy reads ${format}`])
  const differences = [
    ...differs('the kind of the folder', job.kind, kind),
    ...differs('the version of onecopy', made.onecopy, versions.onecopy),
    ...differs('the version of Node', made.node, versions.node),
  ]
  if (differences.length > 0) throw mismatch(folder, differences)
  if (!isJob(job)) throw unreadable(folder)
  return job
}

async function readText(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, jobName), 'utf8')
  } catch (error) {
    // `as`: what the file system throws has a code.
    throw (error as NodeJS.ErrnoException).code === 'EISDIR' ? unreadable(folder) : error
  }
}

/** Whether all members have their types. Somebody may have edited the file, or the disk may have damaged it. */
function isJob(job: JobFile): boolean {
  const { kind, plugin, data, unit } = job
  const prefix = memberOf(job, 'prefix')
  if (![plugin, data].every((each) => typeof each === 'string') || !Number.isInteger(unit)) return false
  return kind === 'incremental' ? isPrefix(prefix) : prefix === undefined
}

function isLeftBehind(name: string): boolean {
  return (
    isTemporary(name) || (name.startsWith(`${lockName}.`) && /^[0-9a-f]{12}$/.test(name.slice(lockName.length + 1)))
  )
}

type Written = JobFile & { readonly format: unknown; readonly versions: typeof versions }

function parse(folder: string, text: string): Written {
  let value: Partial<Written> | undefined
  try {
    value = JSON.parse(text)
  } catch {
    // It is not what `writeJobFile` wrote.
  }
  const { plan, versions: made } = value ?? {}
  if (typeof plan !== 'object' || plan === null || typeof made !== 'object' || made === null) {
    throw unreadable(folder)
  }
  // `as`: its other members are looked at once it is known to be of this version.
  return value as Written
}

function unreadable(folder: string): OnecopyError {
  return mismatch(folder, [`its ${jobName} cannot be read`])
}

/**
 * Write the job file.
 *
 * @throws {Error} it cannot be written; the error has the system's code
 */
export async function writeJobFile(folder: string, job: JobFile): Promise<void> {
  try {
    await writeDurably(join(folder, jobName), `${JSON.stringify({ format, versions, ...job }, undefined, 2)}\n`)
  } catch (cause) {
    throw unwritable(folder, cause)
  }
}

/**
 * Compare the job of a folder with the job of a run.
 *
 * @throws {OnecopyError} `ERR_CHECKPOINT_MISMATCH`: it is another one, and the message says what differs
 */
export function checkJob(folder: string, theirs: JobFile, ours: JobFile): void {
  const differences = [
    ...differsInPlugin(theirs.plugin, ours.plugin),
    ...(theirs.params === ours.params ? [] : ['the parameters were others']),
    ...differs('the data', theirs.data, ours.data),
    ...planDifferences(theirs.plan, ours.plan, ours.kind),
  ]
  if (differences.length > 0) throw mismatch(folder, differences)
}

function differsInPlugin(theirs: string, ours: string): string[] {
  const [[name, digest], [ourName, ourDigest]] = [splitPlugin(theirs), splitPlugin(ours)]
  if (name !== ourName) return differs('the plugin', name, ourName)
  return digest === ourDigest ? [] : ['the code of the plugin has changed']
}

function splitPlugin(plugin: string): [name: string, digest: string] {
  const at = plugin.lastIndexOf('@')
  return [plugin.slice(0, at), plugin.slice(at + 1)]
}

const planWords: Readonly<Record<string, string>> = {
  kind: 'the kind of the chunks',
  elementType: 'the type of the elements',
  size: 'the number of elements per chunk',
  first: 'the number of elements before the first chunk',
  overlap: 'the overlap',
  delimiter: 'the delimiter',
  align: 'the alignment of the delimiter',
  mark: 'the byte order mark that is left out',
  quote: 'the byte of a quote',
  escape: 'the byte before a quote that is part of a field',
  malformed: 'what becomes of a quoted field that is not closed',
}

/** How a plan differs, in what does not follow from the length of the data. */
function planDifferences(theirs: Part['plan'], ours: Part['plan'], kind: FolderKind): string[] {
  return Object.entries(planWords).flatMap(([key, words]) => {
    // A file that was shorter than its header had no chunk.
    if (key === 'first' && kind === 'incremental' && theirs.count === 0) return []
    // `as`: the keys above are members of a plan.
    const [theirValue, ourValue] = [theirs[key as keyof Part['plan']], ours[key as keyof Part['plan']]]
    return differs(words, String(theirValue), String(ourValue))
  })
}

function differs(what: string, theirs: string, ours: string): string[] {
  return theirs === ours ? [] : [`${what} was ${theirs}, and now is ${ours}`]
}

/** The error for a folder that belongs to another job. */
export function mismatch(
  folder: string,
  differences: readonly string[],
  cure: string = 'give another folder, or delete this one to begin anew',
): OnecopyError {
  return new OnecopyError(
    'ERR_CHECKPOINT_MISMATCH',
    `${folder} belongs to another job: ${differences.join('; ')}; ${cure}`,
  )
}
