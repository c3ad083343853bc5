// Files that the command writes must not be files that it reads: they would be lost.

import { type BigIntStats, fstatSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { printable } from '../terminal/printable.js'
import { UsageError } from '../terminal/usage-error.js'
import { standardInput } from './standard-input.js'
import { isUrlName } from './url-name.js'

/** A file that an option names. */
export interface WrittenFile {
  /** The option, such as `--trace`. */
  readonly option: string
  /** The absolute path; undefined if the option was not given. */
  readonly path: string | undefined
  /** Whether the file gets its name when all of the input was read. Then it may take the input's place. */
  readonly mayBeInput?: boolean
}

/** What the command reads. */
export interface ReadFiles {
  /** The inputs, as they were given. */
  readonly inputs: readonly string[]
  /** Where relative names begin. */
  readonly folder: string
  /** The URL of the plugin's module. */
  readonly plugin: string
}

/**
 * Check that no file that is written is one that is read, or is written twice.
 *
 * @throws {UsageError} one is
 */
export function checkWrittenFiles(written: readonly WrittenFile[], { inputs, folder, plugin }: ReadFiles): void {
  const before: Named[] = []
  for (const { option, path, mayBeInput } of written) {
    if (path === undefined) continue
    const own: Named = { name: option, path, stats: statsOf(path) }
    const refuse = (why: string): never => {
      throw new UsageError(`${option}: ${printable(path)} ${why}, and would be overwritten; give another file`)
    }
    if (plugin.startsWith('file:') && isSame(own, named(fileURLToPath(plugin)))) refuse('is the plugin')
    if (!mayBeInput && inputs.some((input) => isSame(own, inputOf(input, folder)))) refuse('is an input')
    const twin = before.find((other) => isSame(own, other))
    if (twin !== undefined) throw new UsageError(`${option} and ${twin.name} name the same file; give two`)
    before.push(own)
  }
}

interface Named {
  readonly name: string
  /** Undefined for standard input. */
  readonly path: string | undefined
  /** Undefined if there is nothing under this name. */
  readonly stats: BigIntStats | undefined
}

function named(path: string): Named {
  return { name: path, path, stats: statsOf(path) }
}

function inputOf(name: string, folder: string): Named {
  if (name === standardInput) return { name, path: undefined, stats: orNothing(() => fstatSync(0, { bigint: true })) }
  return isUrlName(name) ? { name, path: undefined, stats: undefined } : named(resolve(folder, name))
}

function statsOf(path: string): BigIntStats | undefined {
  return orNothing(() => statSync(path, { bigint: true }))
}

/** What cannot be looked at is reported by what opens it. */
function orNothing(look: () => BigIntStats): BigIntStats | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}

/** Devices and pipes may be given as often as one likes: what is written to `/dev/null` takes nothing away. */
function isSame(a: Named, b: Named): boolean {
  if (a.stats === undefined || b.stats === undefined) return a.stats === b.stats && a.path === b.path
  return a.stats.isFile() && a.stats.ino === b.stats.ino && a.stats.dev === b.stats.dev
}
