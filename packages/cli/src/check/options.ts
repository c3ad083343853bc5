// The options and the help of `onecopy check`.

import type { Command } from 'commander'
import { collect, integer, longestMs } from '../input/option-values.js'
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

interface CheckOptions extends PluginOptions {
  readonly runs?: number
  readonly timeout?: number
  readonly seed?: number
  readonly except?: readonly string[]
  readonly json?: true
  readonly stack?: true
}

export function addCheck(program: Command, begin: (command: Command) => void, end: (exitCode: number) => void): void {
  const command = program
    .command('check')
    .summary('check the laws that a plugin must keep')
    .description(
      'Checks the laws that make a plugin give the same answer for any chunk size and any number of workers. It runs the ' +
        'plugin over many small inputs, in one thread and on two others. For a broken law it shows a small case and the usual cause.',
    )
    .usage('[options] PLUGIN [FILE]')
    .argument('<plugin>', pluginHelp)
    .argument(
      '[file]',
      'data that the plugin is made for: its first 4096 bytes and parts of them are used; - is standard input',
    )
  addPluginOptions(command)
    .option('--runs <n>', 'cases for each law (default: 100)', integer(1, 1e6))
    .option('--timeout <ms>', 'most milliseconds for one case (default: 10000)', integer(1, longestMs))
    .option('--seed <n>', 'use the same cases again: the number that an earlier check printed', integer(0, 2 ** 31 - 1))
    .option('--except <law=reason>', 'a law that the plugin does not promise, and why; may be repeated', collect)
    .option('--json', 'print one JSON document and nothing else')
    .option('--stack', 'show errors with their full stacks (also: DEBUG=1)')
    .addHelpText(
      'after',
      `
The JSON document: { plugin, ok, seed, cases, laws: [{ law, statement, status, cases, reason?, counterexample?,
usualCause? }] }; status is "holds", "broken" or "not checked".

Examples:
  onecopy check ./zeros.js
  onecopy check ./words.js access.log --param least=4
  onecopy check ./tree-hash.js --except chunk-size="the leaves of the tree are the chunks"

${exitCodesText}`,
    )
    .action(async (plugin: string, given: string | undefined, options: CheckOptions, command: Command) => {
      begin(command)
      if (given !== undefined) checkFiles(command, [given], options)
      const file = given === undefined ? undefined : await expandName(command, given)
      const { checkCommand } = await import('./check-command.js')
      end(
        await checkCommand({
          plugin,
          file,
          ...pluginWishes(options),
          runs: options.runs,
          timeoutMs: options.timeout,
          seed: options.seed,
          except: options.except ?? [],
          isJson: options.json === true,
          isFull: wantsStack(options),
        }),
      )
    })
}
