// What the commands that run a plugin have in common: their arguments, and some of their options.

import { type Command, Option } from 'commander'
import { elementTypes } from './element-types.js'
import { collect, integer } from './option-values.js'

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
    .option('--no-decompress', 'read gzip, zstd, Brotli (.br), xz and bzip2 as they are')
}

/** Return `files` if they can be read as given; else end the command with a message. */
export function checkFiles(command: Command, files: readonly string[]): readonly string[] {
  if (files.filter((file) => file === '-').length > 1) command.error('error: standard input (-) can be read only once')
  if (files.includes('')) command.error('error: expected a file, got an empty name')
  return files
}

/** Whether all stack lines are wanted. */
export function wantsStack({ stack }: { readonly stack?: true }): boolean {
  const { DEBUG = '' } = process.env
  return stack === true || !['', '0', 'false'].includes(DEBUG)
}
