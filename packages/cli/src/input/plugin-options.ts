// What the commands that run a plugin have in common: their arguments, and some of their options.

import { isError } from '@onecopy/core/lane'
import { type Command, Option } from 'commander'
import { printable } from '../terminal/printable.js'
import { encodingProblem } from './decode-stream.js'
import { elementTypes } from './element-types.js'
import { expandFiles } from './expand-files.js'
import { quoted } from './known-format.js'
import { collect, integer } from './option-values.js'
import { isUrlName, shownName } from './url-name.js'

/** The help of the argument that names a plugin. */
export const pluginHelp =
  'a path, a file: URL or a package; #NAME after it selects one of several plugins; .ts if Node or an installed tsx reads it'

/** The values of the options that {@link addPluginOptions} adds. */
export interface PluginOptions {
  readonly param?: readonly string[]
  readonly params?: string
  readonly type?: string
  readonly offset?: number
  readonly decompress: boolean
  readonly encoding?: string
  readonly allowHttp?: true
}

/** Add the options for the plugin's parameters and for the elements of its input. */
export function addPluginOptions(command: Command): Command {
  return command
    .option('-p, --param <key=value>', 'a parameter of the plugin, typed by its default; may be repeated', collect)
    .option('--params <json>', 'parameters as one JSON object')
    .addOption(
      new Option(
        '--type <kind>',
        'the type of the elements: bytes (u8), or numbers in this machine’s byte order (default: u8)',
      ).choices(Object.keys(elementTypes)),
    )
    .option(
      '--offset <bytes>',
      'bytes of a header before the first element (default: 0)',
      integer(0, Number.MAX_SAFE_INTEGER),
    )
    .option(
      '--encoding <name>',
      'decode text, such as utf-16le or shift_jis, to UTF-8, in memory (default: bytes as they are)',
    )
    .option('--allow-http', 'read inputs that are URLs with http: or https:, by ranges')
    .option('--no-decompress', 'read gzip, zstd, Brotli (.br), xz and bzip2 as they are')
}

/** What the options of {@link addPluginOptions} ask for, as the commands take it. */
interface PluginWishes {
  readonly param: readonly string[]
  readonly params: string | undefined
  readonly type: string | undefined
  readonly offset: number | undefined
  readonly encoding: string | undefined
  readonly isDecompressed: boolean
  /** The working folder. */
  readonly folder: string
}

/** Read the wishes. This must happen before the plugin is loaded, because its module may change the working folder. */
export function pluginWishes(options: PluginOptions): PluginWishes {
  const { param = [], params, type, offset, encoding, decompress: isDecompressed } = options
  return { param, params, type, offset, encoding, isDecompressed, folder: process.cwd() }
}

/** Return `files` if they can be read as given; else end the command with a message. */
export function checkFiles(
  command: Command,
  files: readonly string[],
  { allowHttp, encoding, type = 'u8' }: Pick<PluginOptions, 'allowHttp' | 'encoding' | 'type'>,
): readonly string[] {
  const url = files.find(isUrlName)
  if (url !== undefined && !allowHttp) {
    command.error(
      `error: ${shownName(url)} is a URL: give --allow-http to read it, or pipe it in: curl URL | onecopy … -`,
    )
  }
  if (encoding !== undefined) {
    const why = encodingProblem(encoding)
    if (why !== undefined) command.error(`error: --encoding: ${why}`)
    if (type !== 'u8') command.error('error: --encoding is for text, and --type for numbers: give only one of them')
    if (url !== undefined)
      command.error('error: --encoding is not possible with URLs: curl URL | onecopy … - --encoding …')
  }
  if (files.filter((file) => file === '-').length > 1) command.error('error: standard input (-) can be read only once')
  if (files.includes('')) command.error('error: expected a file, got an empty name')
  return files
}

/** The names of the inputs, with files in the place of patterns. Ends the command with a message if a pattern matches nothing. */
export async function expandNames(command: Command, names: readonly string[]): Promise<readonly string[]> {
  try {
    return await expandFiles(names, process.cwd())
  } catch (error) {
    return command.error(`error: ${isError(error) ? error.message.replace(/^path: /, '') : String(error)}`)
  }
}

/** The same for a command that takes one input. */
export async function expandName(command: Command, name: string): Promise<string> {
  const names = await expandNames(command, [name])
  if (names.length > 1) {
    command.error(
      `error: ${printable(name)} matches ${names.length} files, and one is wanted, such as ${quoted(names[0]!)}`,
    )
  }
  return names[0]!
}

/** Whether all stack lines are wanted. */
export function wantsStack({ stack }: { readonly stack?: true }): boolean {
  const { DEBUG = '' } = process.env
  return stack === true || !['', '0', 'false'].includes(DEBUG)
}
