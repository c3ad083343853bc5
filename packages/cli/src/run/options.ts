// The options and the help of `onecopy run`.

import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { bytes, chunkNumbers, integer, milliseconds, seed, share } from '../input/option-values.js'
import {
  addPluginOptions,
  checkFiles,
  expandNames,
  type PluginOptions,
  pluginHelp,
  pluginWishes,
  wantsStack,
} from '../input/plugin-options.js'
import { isUrlName } from '../input/url-name.js'
import type { Sort } from '../result/entries.js'
import { exitCodesText } from '../terminal/exit-codes.js'
import { standardOutput } from '../terminal/output.js'
import type { ClusterWishes } from './cluster-runs.js'

/** More threads than this are a mistake. */
const mostWorkers = 1024

interface RunOptions extends PluginOptions {
  readonly cluster?: string
  readonly runId?: string
  readonly root?: string
  readonly store?: string
  readonly detach?: true
  readonly workers?: number
  readonly chunkSize?: number
  readonly timeout?: number
  readonly retries?: number
  readonly seed?: number
  readonly maxSkipped?: number
  readonly skipped?: string
  readonly out?: string
  readonly only?: readonly number[]
  readonly sample?: number
  readonly trace?: string
  readonly resume?: string
  readonly follow?: string
  readonly verifyPrefix?: true
  readonly sort?: Sort
  readonly together?: true
  readonly byFile?: true
  readonly json?: true
  readonly quiet?: true
  readonly stack?: true
}

export function addRun(program: Command, begin: (command: Command) => void, end: (exitCode: number) => void): void {
  const command = program
    .command('run')
    .summary('run a plugin over files')
    .description(
      'Runs a plugin over each FILE and prints one result per file. Files are read chunk by chunk and never loaded whole. ' +
        'Standard input and pipes are run while they arrive.',
    )
    .usage('[options] PLUGIN FILE…')
    .argument('<plugin>', pluginHelp)
    .argument('<file...>', 'the files, or quoted patterns such as "logs/*.log"; - is standard input')
  addPluginOptions(command)
    .option('-w, --workers <n>', 'most threads, 1 to 1024 (default: one per core)', integer(1, mostWorkers))
    .option(
      '--chunk-size <bytes>',
      'bytes per chunk, with K, M or G for powers of 1024 (default: from the plugin or the size)',
      bytes,
    )
    .option('--timeout <ms>', 'most milliseconds for one chunk (default: no limit)', milliseconds)
    .option('--retries <n>', 'how often a chunk is run again after its thread died (default: 2)', integer(0, 1e6))
    .option('--seed <n>', 'the seed of the random numbers of chunks (default: 0)', seed)
    .option(
      '--max-skipped <n>',
      'go on without broken records and chunks, at most so many (default: a chunk that throws fails the run)',
      integer(0, Number.MAX_SAFE_INTEGER),
    )
    .option('--skipped <file>', 'write what was skipped into the file: per line { file, start, end, why } as JSON')
    .option(
      '--out <file>',
      'write the results into the file, in order: text and bytes as they are; - is standard output',
    )
    .option(
      '--only <chunks>',
      'run only these chunks, such as 53 or 0,7,20-23: the one that an error names',
      chunkNumbers,
    )
    .option('--sample <share>', 'run only a share of the chunks, such as 1%, spread over the file', share)
    .option('--trace <file>', 'write a Chrome trace: what took how long (chrome://tracing, ui.perfetto.dev)')
    .option('--resume <folder>', 'keep finished parts in the folder; after a crash, the same command goes on')
    .option('--follow <folder>', 'the same for a file that grows: only what is new is computed')
    .option('--verify-prefix', 'with --follow: prove by SHA-256 that no old byte has changed')
    .addOption(
      new Option(
        '--sort <order>',
        'order of a table by key: key, value (largest first) or none (default: from the entries)',
      ).choices(['key', 'value', 'none']),
    )
    .option(
      '--cluster <url>',
      'run on the workers (onecopy worker) that share the Redis or Valkey at redis://HOST:PORT',
    )
    .option('--run-id <id>', 'with --cluster: the same id again resumes the run')
    .option('--root <dir>', 'with --cluster: workers look for FILE at the same path below their own root')
    .option(
      '--detach',
      'with --cluster: put the job into the queue and end; the same command without it waits for the answer',
    )
    .option('--store <dir>', 'with --cluster: a folder that all machines share, for large parts (default: Redis)')
    .option('--together', 'one run over all files, and one result; no chunk crosses from one file to the next')
    .option('--by-file', 'print the results of all files as one table, in the order of the files')
    .option('--json', 'print one JSON document and nothing else')
    .option('-q, --quiet', 'no progress, no summary, no notes; errors are still printed')
    .option('--stack', 'show errors with their full stacks (also: DEBUG=1)')
    .addHelpText(
      'after',
      `
On a terminal, progress and a summary go to standard error; standard output has only the results.
The JSON document: { plugin, url, params, workers, results: [{ file, bytes, stats, result | error }], ok };
with --together, the one result has files in the place of file.
In it typed arrays and Sets are lists, a Map is a list of [key, value], a bigint is a string of digits,
NaN and Infinity are strings.

Examples:
  onecopy run ./zeros.js disk.img
  onecopy run my-plugins#words --param least=4 *.txt
  onecopy run ./errors.js "logs/*.log*" --together
  onecopy run ./zeros.js disk.img --resume zeros.parts
  onecopy run ./keep-lines.js access.log --out kept.log
  zcat log.gz | onecopy run ./errors.js - --json
  onecopy run ./errors.js /data/huge.log --cluster redis://queue:6379 --run-id nightly

${exitCodesText}`,
    )
    .action(async (plugin: string, given: string[], options: RunOptions, command: Command) => {
      begin(command)
      const named = await expandNames(command, checkFiles(command, given, options))
      const together = options.together ? named : undefined
      const files = together === undefined ? named : [`${named.length} files`]
      checkTogether(command, named, options)
      checkFolders(command, files, options)
      checkOut(command, files, options)
      checkCloserLook(command, files, options)
      if (options.skipped === '') command.error('error: --skipped: expected a file, got an empty name')
      const { runCommand } = await import('./run-command.js')
      end(
        await runCommand({
          plugin,
          files,
          together,
          isByFile: options.byFile === true,
          ...pluginWishes(options),
          workers: options.workers,
          chunkBytes: options.chunkSize,
          timeoutMs: options.timeout,
          retries: options.retries,
          seed: options.seed,
          maxSkipped: options.maxSkipped,
          skipped: folderOf(options.skipped),
          out: options.out === standardOutput ? options.out : folderOf(options.out),
          only: options.only,
          sample: options.sample,
          trace: folderOf(options.trace),
          resume: folderOf(options.resume),
          follow: folderOf(options.follow),
          verifyPrefix: options.verifyPrefix === true,
          sort: options.sort,
          cluster: clusterWishes(command, files, options),
          isJson: options.json === true,
          isQuiet: options.quiet === true,
          isFull: wantsStack(options),
        }),
      )
    })
}

/** End the command with a message if files cannot be taken together, or their results not be shown together. */
function checkTogether(command: Command, files: readonly string[], options: RunOptions): void {
  const { together, byFile, cluster, follow, out } = options
  if (byFile && together) command.error('error: give only one of --together and --by-file')
  if (byFile && out !== undefined) command.error('error: --by-file is not possible with --out')
  if (byFile && options.detach) command.error('error: --by-file is not possible with --detach')
  if (!together) return
  if (files.some(isUrlName)) command.error('error: --together takes files, and not URLs')
  if (files.includes('-')) command.error('error: --together takes files, and not standard input (-)')
  if (follow !== undefined) command.error('error: --follow needs one file, so it is not possible with --together')
  if (cluster !== undefined) command.error('error: --together is not possible with --cluster')
  if (options.encoding !== undefined)
    command.error(
      "error: --encoding is not possible with --together; let the plugin cut the text: lines({ encoding: '…' })",
    )
}

/** End the command with a message if options that look closer do not go together, or not with the files. */
function checkCloserLook(command: Command, files: readonly string[], options: RunOptions): void {
  const { only, sample, trace, resume, follow, cluster } = options
  if (trace === '') command.error('error: --trace: expected a file, got an empty name')
  if (only !== undefined && sample !== undefined) command.error('error: give only one of --only and --sample')
  if (trace !== undefined && files.length > 1) command.error('error: --trace takes one file')
  const looks = { '--only': only, '--sample': sample, '--trace': trace }
  const look = Object.entries(looks).find(([, value]) => value !== undefined)
  if (look === undefined) return
  for (const [option, value] of Object.entries({ '--resume': resume, '--follow': follow, '--cluster': cluster })) {
    if (value !== undefined) command.error(`error: ${look[0]} is not possible with ${option}`)
  }
}

/** An absolute path. Made before the plugin is loaded, because its module may change the working folder. */
function folderOf(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path)
}

/** End the command with a message if the results cannot go into the file. */
function checkOut(command: Command, files: readonly string[], { out, json }: RunOptions): void {
  if (out === undefined) return
  if (out === '') command.error('error: --out: expected a file, got an empty name')
  if (out === standardOutput && json) command.error('error: --out - and --json both write to standard output')
  if (files.length > 1)
    command.error('error: --out takes one file of input; call the command once per file, or give --together')
}

/** End the command with a message if the options about folders do not go together, or not with the files. */
function checkFolders(command: Command, files: readonly string[], { resume, follow, verifyPrefix }: RunOptions): void {
  if (resume === '' || follow === '') command.error('error: expected a folder, got an empty name')
  if (verifyPrefix && follow === undefined) command.error('error: --verify-prefix is only possible with --follow')
  if (resume !== undefined && follow !== undefined) {
    command.error('error: --follow resumes as well, so give only one of --resume and --follow')
  }
  const option = resume !== undefined ? '--resume' : '--follow'
  if (resume === undefined && follow === undefined) return
  if (files.length > 1) {
    command.error(`error: ${option} takes one file; call the command once per file, each with a folder of its own`)
  }
  if (follow !== undefined && (files[0] === '-' || isUrlName(files[0] ?? ''))) {
    command.error('error: --follow needs a file, and not standard input or a URL')
  }
}

/** What is wished of a cluster; undefined if there is none. Ends the command if options do not fit together. */
function clusterWishes(command: Command, files: readonly string[], options: RunOptions): ClusterWishes | undefined {
  if (options.cluster !== undefined && files.some(isUrlName)) {
    command.error('error: --cluster takes files that all machines have, and not URLs')
  }
  const { cluster: url, runId, root, store, detach } = options
  if (url === undefined) {
    const alone = Object.entries({ '--run-id': runId, '--root': root, '--store': store, '--detach': detach }).find(
      ([, value]) => value !== undefined,
    )
    if (alone !== undefined) command.error(`error: ${alone[0]} needs --cluster`)
    return undefined
  }
  if (options.resume !== undefined || options.follow !== undefined) {
    command.error('error: with --cluster, --run-id resumes: --resume and --follow are for one machine')
  }
  if (runId !== undefined && files.length > 1) command.error('error: --run-id names one run: give one file')
  if (options.workers !== undefined) command.error('error: --workers is an option of onecopy worker')
  if (detach && (options.json || options.out !== undefined)) {
    command.error('error: with --detach there is no result yet that --json or --out could write')
  }
  return { url, runId, root, store, isDetached: detach === true }
}
