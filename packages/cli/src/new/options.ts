// The options and the help of `onecopy new`.

import type { Command } from 'commander'
import { exitCodesText } from '../terminal/exit-codes.js'
import { ownVersion } from '../terminal/own-version.js'

export function addNew(program: Command, begin: (command: Command) => void, end: (exitCode: number) => void): void {
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
      const { newCommand } = await import('./new-command.js')
      end(await newCommand(name, process.cwd(), ownVersion(), options.ts === true))
    })
}
