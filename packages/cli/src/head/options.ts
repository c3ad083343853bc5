// The options and the help of `onecopy head`.

import type { Command } from 'commander'
import { bytes, integer, milliseconds, seed } from '../input/option-values.js'
import {
  addPluginOptions,
  checkFiles,
  expandName,
  type PluginOptions,
  pluginHelp,
  pluginWishes,
  wantsStack,
} from '../input/plugin-options.js'
import { exitCodesText } from '../terminal/exit-codes.js'

interface HeadOptions extends PluginOptions {
  readonly chunks?: number
  readonly workers?: number
  readonly chunkSize?: number
  readonly timeout?: number
  readonly seed?: number
  readonly stack?: true
}

export function addHead(program: Command, begin: (command: Command) => void, end: (exitCode: number) => void): void {
  const command = program
    .command('head')
    .summary('try a plugin on the first chunks of a file')
    .description(
      'Runs a plugin on the first chunks of FILE, one by one. Prints what came of each chunk and how long it took, and an estimate for the whole.',
    )
    .usage('[options] PLUGIN FILE')
    .argument('<plugin>', pluginHelp)
    .argument('<file>', 'the file, or a quoted pattern that matches one; - is standard input')
  addPluginOptions(command)
    .option('--chunks <n>', 'how many chunks, 1 to 1000 (default: 3)', integer(1, 1000))
    .option('-w, --workers <n>', 'the workers of the estimate, 1 to 1024 (default: one per core)', integer(1, 1024))
    .option('--chunk-size <bytes>', 'bytes per chunk, with K, M or G (default: from the plugin or the size)', bytes)
    .option('--timeout <ms>', 'most milliseconds for one chunk (default: no limit)', milliseconds)
    .option('--seed <n>', 'the seed of the random numbers of chunks (default: 0)', seed)
    .option('--stack', 'show errors with their full stacks (also: DEBUG=1)')
    .addHelpText(
      'after',
      `
Examples:
  onecopy head ./zeros.js disk.img
  onecopy head ./errors.js https://example.org/access.log --allow-http --chunks 5

${exitCodesText}`,
    )
    .action(async (plugin: string, given: string, options: HeadOptions, command: Command) => {
      begin(command)
      checkFiles(command, [given], options)
      const file = await expandName(command, given)
      const { headCommand } = await import('./head-command.js')
      end(
        await headCommand({
          plugin,
          file,
          ...pluginWishes(options),
          chunks: options.chunks ?? 3,
          workers: options.workers,
          chunkBytes: options.chunkSize,
          timeoutMs: options.timeout,
          seed: options.seed,
          isFull: wantsStack(options),
        }),
      )
    })
}
