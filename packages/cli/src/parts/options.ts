// The options and the help of `onecopy part` and `onecopy merge`.

import type { Command } from 'commander'
import { bytes, integer, milliseconds, seed } from '../input/option-values.js'
import {
  addPluginOptions,
  checkFiles,
  type PluginOptions,
  pluginHelp,
  pluginWishes,
  wantsStack,
} from '../input/plugin-options.js'
import { exitCodesText } from '../terminal/exit-codes.js'
import type { JobWishes } from './job.js'
import { parseSpan, type WrittenSpan } from './span.js'

interface JobOptions extends PluginOptions {
  readonly chunkSize?: number
  readonly seed?: number
  readonly identity?: string
  readonly quiet?: true
  readonly stack?: true
}

interface PartOptions extends JobOptions {
  readonly span: WrittenSpan
  readonly out: string
  readonly workers?: number
  readonly timeout?: number
  readonly retries?: number
}

interface MergeOptions extends JobOptions {
  readonly sort?: 'key' | 'value' | 'none'
  readonly json?: true
}

export function addPart(program: Command, begin: (command: Command) => void, end: (exitCode: number) => void): void {
  const command = program
    .command('part')
    .summary('run a plugin over a part of a file')
    .description(
      'Runs a plugin over span I of N of the chunks of FILE, and writes what came of them into a file. onecopy merge puts the parts ' +
        'together, which may come from any number of processes and machines, in any order and more than once.',
    )
    .usage('[options] PLUGIN FILE --span I/N --out PART')
    .argument('<plugin>', pluginHelp)
    .argument('<file>', 'the file; it is the same for all parts')
    .requiredOption('--span <i/n>', 'which span: 0/N to N-1/N; or chunk numbers FROM-TO, TO not included', parseSpan)
    .requiredOption('-o, --out <part>', 'the file to write; it is there as a whole or not at all')
  addJobOptions(command)
    .option('-w, --workers <n>', 'most threads, 1 to 1024 (default: one per core)', integer(1, 1024))
    .option('--timeout <ms>', 'most milliseconds for one chunk (default: no limit)', milliseconds)
    .option('--retries <n>', 'how often a chunk is run again after its thread died (default: 2)', integer(0, 1e6))
    .addHelpText(
      'after',
      `
Examples:
  onecopy part ./zeros.js disk.img --span 0/8 --out parts/0.part
  seq 0 7 | xargs -P 4 -I{} onecopy part ./zeros.js disk.img --span {}/8 --out parts/{}.part

${exitCodesText}`,
    )
    .action(async (plugin: string, file: string, options: PartOptions, command: Command) => {
      begin(command)
      const job = jobWishes(command, plugin, file, options)
      const { span, out, workers, timeout: timeoutMs, retries } = options
      if (out === '') command.error('error: --out: expected a file, got an empty name')
      const { partCommand } = await import('./part-command.js')
      end(await partCommand({ ...job, span, out, workers, timeoutMs, retries }))
    })
}

export function addMerge(program: Command, begin: (command: Command) => void, end: (exitCode: number) => void): void {
  const command = program
    .command('merge')
    .summary('put parts together to the result')
    .description(
      'Puts the parts that onecopy part has written together, and prints the result: the same as that of onecopy run, bit for bit. ' +
        'If parts are missing, it names the commands that make them. Of FILE, only the size and the time are read.',
    )
    .usage('[options] PLUGIN FILE PART…')
    .argument('<plugin>', pluginHelp)
    .argument('<file>', 'the file that the parts are of')
    .argument('<part...>', 'the parts; a folder stands for all files in it')
  addJobOptions(command)
    .option('--sort <order>', 'order of a table by key: key, value (largest first) or none (default: from the entries)')
    .option('--json', 'print one JSON document and nothing else')
    .addHelpText('after', `\nExample:\n  onecopy merge ./zeros.js disk.img parts/*\n\n${exitCodesText}`)
    .action(async (plugin: string, file: string, parts: string[], options: MergeOptions, command: Command) => {
      begin(command)
      const job = jobWishes(command, plugin, file, options)
      const { sort, json } = options
      if (sort !== undefined && !['key', 'value', 'none'].includes(sort)) {
        command.error(`error: --sort: expected key, value or none, got ${sort}`)
      }
      const { mergeCommand } = await import('./merge-command.js')
      end(await mergeCommand({ ...job, parts, sort, isJson: json === true }))
    })
}

/** The options that must be the same for all parts of a job and for their merge. */
function addJobOptions(command: Command): Command {
  return addPluginOptions(command)
    .option('--chunk-size <bytes>', 'bytes per chunk, with K, M or G (default: from the plugin or the size)', bytes)
    .option('--seed <n>', 'the seed of the random numbers of chunks (default: 0)', seed)
    .option(
      '--identity <text>',
      'what identifies the file, if copies of it have other modification times (default: size and time)',
    )
    .option('-q, --quiet', 'no progress, no notes; errors are still printed')
    .option('--stack', 'show errors with their full stacks (also: DEBUG=1)')
}

function jobWishes(command: Command, plugin: string, file: string, options: JobOptions): JobWishes {
  if (file === '-') command.error('error: parts are of a file, and not of standard input')
  checkFiles(command, [file], options)
  return {
    plugin,
    file,
    ...pluginWishes(options),
    chunkBytes: options.chunkSize,
    seed: options.seed,
    identity: options.identity,
    isQuiet: options.quiet === true,
    isFull: wantsStack(options),
  }
}
