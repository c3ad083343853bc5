// The options and the help of `onecopy list`.

import type { Command } from 'commander'
import { exitCodesText } from '../terminal/exit-codes.js'

export function addList(program: Command, begin: (command: Command) => void, end: (exitCode: number) => void): void {
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
      const { listCommand } = await import('./list-command.js')
      end(await listCommand(place, options.json === true))
    })
}
