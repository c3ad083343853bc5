// Describes a failure in one block: the code, the file and its range, what was thrown and where in the user's code, and what to
// do.

import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { isError } from '@onecopy/core/lane'
import { type ErrorCode, isOnecopyError } from '@onecopy/node'
import type { Colors } from './colors.js'
import { formatNumber } from './numbers.js'
import { printable, printableLines } from './printable.js'

/** What is known in addition to the error. */
export interface FailureContext {
  /** The input file. */
  readonly file?: string | undefined
  /** The URL of the plugin's module. */
  readonly url?: string | undefined
  /** The unit of the chunks' offsets; default: bytes. */
  readonly unit?: 'bytes' | 'elements'
  /** Whether to show all stack lines. */
  readonly isFull?: boolean
}

const advice: Readonly<Partial<Record<ErrorCode, string>>> = {
  ERR_CHUNK_FAILED:
    'The plugin threw on this chunk: run it alone (--only), go on without such chunks (--max-skipped), or let onecopy check look for a small case.',
  ERR_CHUNK_TIMEOUT: 'Give a chunk more time (--timeout) or less to do (--chunk-size), or look for an endless loop.',
  ERR_WORKER_LOST:
    'The plugin ends its thread: look for process.exit and memory; smaller chunks (--chunk-size) or fewer --workers need less.',
  ERR_TOO_MANY_SKIPPED: 'Look at what was skipped (--skipped FILE), or allow more (--max-skipped).',
  ERR_RESULT_NOT_CLONEABLE: 'Let the plugin return plain data: no functions, class instances or promises in it.',
  ERR_EMPTY_INPUT:
    'Nothing to reduce: give the plugin a reducer with init, add and merge, so that it has a value for nothing.',
  ERR_DATA_CHANGED:
    'Run it again when nothing overwrites or truncates the data (appending to it is no change); a pipe takes a state of it: cat FILE | onecopy run PLUGIN -',
  ERR_DATA_DAMAGED: 'Get the file again: it is cut off, or bytes of it are wrong.',
}

/** The folders of our own code, which loads and runs plugins: this command and the packages that it uses. */
const ownFolders: readonly string[] = [
  new URL('..', import.meta.url).href,
  ...['@onecopy/node', '@onecopy/core'].map((name) => new URL('.', import.meta.resolve(name)).href),
]

/** How many stack lines are shown unless all are wanted. */
const mostLines = 5

/** The error as text of several lines, without a line feed at the end. */
export function failureText(error: unknown, context: FailureContext, colors: Colors): string {
  const lines = [`${colors.red('onecopy:')} ${printableLines(headline(error, context))}`]
  if (isOnecopyError(error)) {
    const { chunk, cause, code } = error
    if (chunk !== undefined) {
      const { start, end, source } = chunk
      const from = source?.offset ?? start
      const of = source === undefined ? '' : ` of ${printable(source.path)}`
      const range = `${context.unit ?? 'bytes'} ${formatNumber(from)} to ${formatNumber(from + end - start)}${of}, the end not included`
      lines.push(`  where: ${range} (chunk ${formatNumber(chunk.index)})`)
    }
    for (let each: unknown = cause; each !== undefined; each = isError(each) ? each.cause : undefined) {
      const stack = stackLines(each, context).map((line) => `    ${colors.dim(line)}`)
      const isSaid = isError(each) && each.message !== '' && error.message.includes(each.message)
      if (!isSaid || stack.length > 0) lines.push(`  cause: ${printableLines(oneLine(each))}`, ...stack)
    }
    const cure = code === 'ERR_CHUNK_FAILED' && chunk === undefined ? undefined : advice[code]
    if (cure !== undefined) lines.push(`  to do: ${cure}`)
  } else if (!isExpected(error)) {
    lines.push(...stackLines(error, context).map((line) => `    ${colors.dim(line)}`))
  }
  if (context.isFull && isError(error)) lines.push(colors.dim(printableLines(error.stack ?? '')))
  return lines.join('\n')
}

function headline(error: unknown, { file }: FailureContext): string {
  const where = file === undefined ? '' : `${file}: `
  if (isOnecopyError(error)) return `${where}${error.code}: ${error.message}`
  return isExpected(error) ? `${where}${error.message}` : `${where}${oneLine(error)}`
}

/** Whether the message of an error is enough, as for errors of the system about files. */
function isExpected(error: unknown): error is Error {
  if (!isError(error)) return false
  // `as`: errors of Node have a code.
  const { code } = error as NodeJS.ErrnoException
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code)
}

function oneLine(thrown: unknown): string {
  if (isError(thrown)) return `${thrown.name}: ${thrown.message}`
  if (typeof thrown === 'string') return JSON.stringify(thrown)
  return inspect(thrown, { depth: 2, breakLength: Number.POSITIVE_INFINITY, compact: true })
}

/** The stack lines in the user's code, or all lines if all are wanted. */
function stackLines(thrown: unknown, { url, isFull = false }: FailureContext): string[] {
  if (!isError(thrown) || thrown.stack === undefined) return []
  const lines = thrown.stack.split('\n').flatMap((line) => printable(/^\s+(at .+)$/.exec(line)?.[1] ?? '') || [])
  if (isFull) return lines
  const users = lines.filter((line) => {
    const module = moduleOf(line)
    if (module === undefined || isOwn(module)) return false
    return url === undefined || packageOf(module) === packageOf(url)
  })
  // As long as the plugin's module is not known, the module that threw is to blame.
  return users.slice(0, url === undefined ? 1 : mostLines)
}

/** Whether a module is one of ours. A plugin may have its own copies of our packages. */
function isOwn(module: string): boolean {
  return ownFolders.some((folder) => module.startsWith(folder)) || /\/@onecopy\/(core|node)\/$/.test(packageOf(module))
}

/** The module in a stack line, as a `file:` URL; undefined for Node's own modules. */
function moduleOf(line: string): string | undefined {
  // CommonJS modules are named by their paths.
  const [, place] = /(?:^at (?:async )?|\()(file:.+|\/.+|[a-z]:\\.+):\d+:\d+\)?$/i.exec(line) ?? []
  return place === undefined || place.startsWith('file:') ? place : pathToFileURL(place).href
}

/** The installed package that a module belongs to; empty if it belongs to none. */
function packageOf(url: string): string {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(url)?.[0] ?? ''
}

/** The error as data, for programs. */
export function failureData(error: unknown): object {
  if (!isError(error)) return { message: oneLine(error) }
  const { name, message, cause } = error
  // `as`: each member is looked up, and left out if it is missing.
  const { code, chunk } = error as { code?: unknown; chunk?: unknown }
  return {
    name,
    code: typeof code === 'string' ? code : undefined,
    message,
    chunk,
    cause: cause === undefined ? undefined : failureData(cause),
  }
}
