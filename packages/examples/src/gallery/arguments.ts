// Reads the command line of the gallery.

import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { defaultPattern, entries } from './entries.js'
import { UsageError } from './usage-error.js'

/** The options of the user. */
export interface Wishes {
  /** The absolute path of the input. */
  readonly path: string
  /** How much of it is taken, in bytes; undefined: all. */
  readonly mostBytes: number | undefined
  /** What search looks for. */
  readonly pattern: string
  /** Workers of the parallel runs; integer >= 1. */
  readonly workers: number
  /** The names of the examples to run: all, or those given with `--only`. */
  readonly only: readonly string[]
  readonly isJson: boolean
  readonly isHelp: boolean
}

/** More threads than this are a mistake. */
const mostWorkers = 1024

/** How much of the Node executable is taken. All of it would take a slow machine a minute. */
const defaultBytes = 32 * 1024 * 1024

const names = entries().map(({ name }) => name)

function namesOf(isGenerated: boolean): string {
  return entries()
    .filter((entry) => entry.isGenerated === isGenerated)
    .map(({ name }) => name)
    .join(', ')
}

/** The text of `--help`. */
export const usage: string = `Usage: npm start -- [options] [path]

Runs the examples on one worker and on all workers, and checks each answer against a
method that shares no code with it.

  over one file         ${namesOf(false)}
  over generated data   ${namesOf(true)}

  path             the file; default: the first 32 MiB of the running Node executable
  --only NAME      run only this example; may be repeated
  --pattern TEXT   what search looks for; default: ${defaultPattern}
  --workers N      workers of the parallel runs, 1 to ${mostWorkers}; default: all cores, here ${availableParallelism()}
  --json           print one JSON document and nothing else
  --help           print this text

Exit code: 0, or 1 if a check or a run fails, 2 if the call is wrong.`

/**
 * Read the arguments.
 *
 * @param args - without the name of the program
 * @param cwd - the folder for relative paths
 * @throws {UsageError} they are wrong; the message is one line
 */
export function readArguments(args: readonly string[], cwd: string): Wishes {
  const { values, positionals } = parse(args)
  if (positionals.length > 1)
    throw new UsageError(`expected one path, got ${positionals.length}: ${positionals.join(' ')}`)
  const [path = process.execPath] = positionals
  const isDefault = positionals.length === 0
  if (path === '') throw new UsageError('path: expected a path, got an empty one')
  const { pattern = defaultPattern } = values
  if (pattern === '') throw new UsageError('--pattern: expected at least one character, got none')
  return {
    path: resolve(cwd, path),
    mostBytes: isDefault ? defaultBytes : undefined,
    pattern,
    only: values.only === undefined ? names : readNames(values.only),
    workers: values.workers === undefined ? availableParallelism() : readWorkers(values.workers),
    isJson: values.json ?? false,
    isHelp: values.help ?? false,
  }
}

interface Parsed {
  readonly values: { pattern?: string; only?: string[]; workers?: string; json?: boolean; help?: boolean }
  readonly positionals: readonly string[]
}

function parse(args: readonly string[]): Parsed {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        pattern: { type: 'string' },
        only: { type: 'string', multiple: true },
        workers: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (cause) {
    // Everything that parseArgs throws is about the arguments. Some of its messages have several lines. Node throws it in this
    // realm, so `instanceof` is right.
    const message = cause instanceof Error ? cause.message.replaceAll('\n', ' ') : String(cause)
    throw new UsageError(message, { cause })
  }
}

function readNames(only: readonly string[]): readonly string[] {
  const unknown = only.find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new UsageError(`--only: expected one of ${names.join(', ')}, got ${JSON.stringify(unknown)}`)
  return only
}

function readWorkers(text: string): number {
  const workers = Number(text)
  if (!/^\d+$/.test(text) || workers < 1 || workers > mostWorkers)
    throw new UsageError(`--workers: expected an integer from 1 to ${mostWorkers}, got ${text}`)
  return workers
}
