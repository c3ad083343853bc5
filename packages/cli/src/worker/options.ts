// The options and the help of `onecopy worker`.

import type { Command } from 'commander'
import { integer } from '../input/option-values.js'
import { exitCodesText } from '../terminal/exit-codes.js'
import type { WorkerWishes } from './worker-command.js'

export function addWorker(program: Command, begin: (command: Command) => void, end: (exitCode: number) => void): void {
  program
    .command('worker')
    .summary('run spans of files for other machines')
    .description(
      'Takes work from a queue in Redis or Valkey, where onecopy run --cluster puts it, until it is ended. It runs only the ' +
        'plugins that it was started with, and only over files below its root. It needs the package @onecopy/cluster.',
    )
    .usage('[options] PLUGIN… --root DIR --redis URL')
    .argument('<plugin...>', 'a path, a file: URL or a package; #NAME after it selects one of several plugins')
    .requiredOption('--root <dir>', 'the folder with the data')
    .requiredOption('--redis <url>', 'redis://HOST:PORT, or with TLS rediss://USER:PASSWORD@HOST:PORT')
    .option('-w, --workers <n>', 'threads, 1 to 1024 (default: one per core)', integer(1, 1024))
    .option('--spans <n>', 'spans at the same time, 1 to 64 (default: 1)', integer(1, 64))
    .option('--store <dir>', 'a folder that all machines share, for large parts (default: Redis)')
    .option('--name <name>', 'the name of this worker (default: machine and process)')
    .option('-q, --quiet', 'print nothing but errors')
    .addHelpText(
      'after',
      `
ctrl-C and SIGTERM give the work back to the queue, where other workers take it at once.

Examples:
  onecopy worker ./errors.js --root /data --redis redis://queue:6379
  onecopy run ./errors.js /data/huge.log --cluster redis://queue:6379

${exitCodesText}`,
    )
    .action(async (plugins: string[], options: WorkerWishes, command: Command) => {
      begin(command)
      const { workerCommand } = await import('./worker-command.js')
      end(await workerCommand(plugins, options))
    })
}
