// The commands, their options and their help.

import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import { elementTypes } from './input/element-types.js'
import type { Sort } from './result/entries.js'
import { exitCodesText } from './terminal/exit-codes.js'
import { parseBytes } from './terminal/numbers.js'
import { writeText } from './terminal/output.js'
import { printable } from './terminal/printable.js'

/** The events of the program. */
export interface ProgramEvents {
  /** A command starts. `name` is as it was called, such as `onecopy run`. */
  onCall(name: string): void
  /** A command has ended. */
  onEnd(exitCode: number): void
}

/** The longest delay of a timer, in ms. Not imported from core, because core is loaded only when a command needs it. */
const longestMs = 2 ** 31 - 1

/** More threads than this are a mistake. */
const mostWorkers = 1024

/** The program with all its commands. The code of a command is loaded when the command is called. */
export function createProgram({ onCall, onEnd }: ProgramEvents): Command {
  const program = new Command('onecopy')
    .description('Plugins over large files, on every core, with one copy of the data or none.')
    .version(ownVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this text')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
  program.configureOutput({
    writeOut: writeText,
    outputError: (text, write) => write(`onecopy: ${printable(oneLine(text))} (see ${calledName(program)} --help)\n`),
  })
  program.addHelpText(
    'after',
    `
Examples:
  onecopy new zeros && cd zeros && npm install && npm test
  onecopy run ./zeros.js disk.img
  onecopy check ./zeros.js

${exitCodesText}`,
  )
  const begin = (command: Command): void => onCall(`onecopy ${command.name()}`)
  addRun(program, begin, onEnd)
  addCheck(program, begin, onEnd)
  addList(program, begin, onEnd)
  addNew(program, begin, onEnd)
  return program
}

type Begin = (command: Command) => void
type End = (exitCode: number) => void

function addRun(program: Command, begin: Begin, end: End): void {
  program
    .command('run')
    .summary('run a plugin over files')
    .description(
      'Runs a plugin over each FILE and prints one result per file. Files are read chunk by chunk and never loaded whole. ' +
        'Standard input and pipes are read into shared memory first.',
    )
    .usage('[options] PLUGIN FILE…')
    .argument('<plugin>', pluginHelp)
    .argument('<file...>', 'the files; - is standard input')
    .option('-p, --param <key=value>', 'a parameter of the plugin, typed by its default; may be repeated', collect)
    .option('--params <json>', 'parameters as one JSON object')
    .addOption(typeOption())
    .option(
      '--offset <bytes>',
      'bytes of a header before the first element (default: 0)',
      integer(0, Number.MAX_SAFE_INTEGER),
    )
    .option('-w, --workers <n>', 'most threads, 1 to 1024 (default: one per core)', integer(1, mostWorkers))
    .option(
      '--chunk-size <bytes>',
      'bytes per chunk, with K, M or G for powers of 1024 (default: from the plugin or the size)',
      bytes,
    )
    .option('--timeout <ms>', 'most milliseconds for one chunk (default: no limit)', milliseconds)
    .option('--retries <n>', 'how often a chunk is run again after its thread died (default: 2)', integer(0, 1e6))
    .addOption(
      new Option(
        '--sort <order>',
        'order of a table by key: key, value (largest first) or none (default: from the entries)',
      ).choices(['key', 'value', 'none']),
    )
    .option('--json', 'print one JSON document and nothing else')
    .option('-q, --quiet', 'no progress, no summary, no notes; errors are still printed')
    .option('--stack', 'show errors with their full stacks (also: DEBUG=1)')
    .addHelpText(
      'after',
      `
On a terminal, progress and a summary go to standard error; standard output has only the results.
The JSON document: { plugin, url, params, workers, results: [{ file, bytes, stats, result | error }], ok }.
In it typed arrays and Sets are lists, a Map is a list of [key, value], a bigint is a string of digits,
NaN and Infinity are strings.

Examples:
  onecopy run ./zeros.js disk.img
  onecopy run my-plugins#words --param least=4 *.txt
  zcat log.gz | onecopy run ./errors.js - --json

${exitCodesText}`,
    )
    .action(async (plugin: string, files: string[], options: RunOptions, command: Command) => {
      begin(command)
      const { runCommand } = await import('./run/run-command.js')
      end(
        await runCommand({
          plugin,
          files: checkFiles(command, files),
          param: options.param ?? [],
          params: options.params,
          type: options.type,
          offset: options.offset,
          // Read before the plugin is loaded, because its module may change it.
          folder: process.cwd(),
          workers: options.workers,
          chunkBytes: options.chunkSize,
          timeoutMs: options.timeout,
          retries: options.retries,
          sort: options.sort,
          isJson: options.json === true,
          isQuiet: options.quiet === true,
          isFull: wantsStack(options),
        }),
      )
    })
}

interface RunOptions {
  readonly param?: readonly string[]
  readonly params?: string
  readonly type?: string
  readonly offset?: number
  readonly workers?: number
  readonly chunkSize?: number
  readonly timeout?: number
  readonly retries?: number
  readonly sort?: Sort
  readonly json?: true
  readonly quiet?: true
  readonly stack?: true
}

function addCheck(program: Command, begin: Begin, end: End): void {
  program
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
    .option('-p, --param <key=value>', 'a parameter of the plugin, typed by its default; may be repeated', collect)
    .option('--params <json>', 'parameters as one JSON object')
    .addOption(typeOption())
    .option(
      '--offset <bytes>',
      'bytes of a header before the first element (default: 0)',
      integer(0, Number.MAX_SAFE_INTEGER),
    )
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
    .action(async (plugin: string, file: string | undefined, options: CheckOptions, command: Command) => {
      begin(command)
      if (file !== undefined) checkFiles(command, [file])
      const { checkCommand } = await import('./check/check-command.js')
      end(
        await checkCommand({
          plugin,
          file,
          param: options.param ?? [],
          params: options.params,
          type: options.type,
          offset: options.offset,
          // Read before the plugin is loaded, because its module may change it.
          folder: process.cwd(),
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

interface CheckOptions {
  readonly param?: readonly string[]
  readonly params?: string
  readonly type?: string
  readonly offset?: number
  readonly runs?: number
  readonly timeout?: number
  readonly seed?: number
  readonly except?: readonly string[]
  readonly json?: true
  readonly stack?: true
}

const pluginHelp =
  'a path, a file: URL or a package; #NAME after it selects one of several plugins; .ts if Node or an installed tsx reads it'

function addList(program: Command, begin: Begin, end: End): void {
  program
    .command('list')
    .summary('list the plugins of a package, folder or file')
    .description(
      'Lists plugins with their parameters and defaults. To find plugins, modules are loaded, and their code runs: for a ' +
        'package or file that module; for a folder the module that its package.json names, and those of its modules (.js, .mjs, ' +
        '.ts, .mts; in it and one folder deeper) that mention definePlugin. Tests, configurations, hidden folders and ' +
        'node_modules are left out. A module that fails to load is listed with the reason.',
    )
    .usage('[options] [PACKAGE|FOLDER|FILE]')
    .argument('[place]', 'a package, a folder or a file', '.')
    .option('--json', 'print one JSON document and nothing else')
    .addHelpText(
      'after',
      `
The JSON document: { plugins: [{ name, description, reference, params }], failed: [{ file, reason }] }.

Examples:
  onecopy list
  onecopy list my-plugins
  onecopy list ./plugins --json

${exitCodesText}`,
    )
    .action(async (place: string, options: { json?: true }, command: Command) => {
      begin(command)
      const { listCommand } = await import('./list/list-command.js')
      end(await listCommand(place, options.json === true))
    })
}

function addNew(program: Command, begin: Begin, end: End): void {
  program
    .command('new')
    .summary('create a folder with a plugin and its test')
    .description(
      'Creates a folder with a plugin of ten lines, its test, a package.json and a README, ready to run. ' +
        'Existing files are not overwritten.',
    )
    .usage('[options] NAME')
    .argument('<name>', 'the name of the package and of the folder: zeros, or @me/zeros (folder zeros)')
    .option('--ts', 'a plugin and a test in TypeScript (Node >= 22.18 runs them)')
    .addHelpText('after', `\nExample:\n  onecopy new zeros && cd zeros && npm install && npm test\n\n${exitCodesText}`)
    .action(async (name: string, options: { ts?: true }, command: Command) => {
      begin(command)
      const { newCommand } = await import('./new/new-command.js')
      end(await newCommand(name, process.cwd(), ownVersion(), options.ts === true))
    })
}

function typeOption(): Option {
  return new Option(
    '--type <kind>',
    'the type of the elements: bytes (u8), or numbers in this machine’s byte order (default: u8)',
  ).choices(Object.keys(elementTypes))
}

function checkFiles(command: Command, files: readonly string[]): readonly string[] {
  if (files.filter((file) => file === '-').length > 1) command.error('error: standard input (-) can be read only once')
  if (files.includes('')) command.error('error: expected a file, got an empty name')
  return files
}

/** Whether all stack lines are wanted. */
function wantsStack({ stack }: { readonly stack?: true }): boolean {
  const { DEBUG = '' } = process.env
  return stack === true || !['', '0', 'false'].includes(DEBUG)
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`Expected an integer from ${least} to ${most}.`)
    return value
  }
}

function milliseconds(text: string): number {
  const value = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > longestMs)
    throw new InvalidArgumentError(`Expected milliseconds, more than 0 and at most ${longestMs}.`)
  return value
}

function bytes(text: string): number {
  const value = parseBytes(text)
  if (value === undefined) throw new InvalidArgumentError('Expected bytes, at least 1, such as 65536, 64K, 4M or 1G.')
  return value
}

/** Commander's message without its prefix, in one line. */
function oneLine(text: string): string {
  return text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
}

/** The command that the arguments name, for the hint to its help. */
function calledName(program: Command): string {
  const [first] = process.argv.slice(2)
  const isCommand = program.commands.some((command) => command.name() === first)
  return isCommand ? `onecopy ${first}` : 'onecopy'
}

function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return version
}
