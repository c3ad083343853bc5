// The program: its commands, and what they have in common.

import { Command } from 'commander'
import { addCheck } from './check/options.js'
import { addHead } from './head/options.js'
import { addList } from './list/options.js'
import { addNew } from './new/options.js'
import { addMerge, addPart } from './parts/options.js'
import { addRun } from './run/options.js'
import { exitCodesText } from './terminal/exit-codes.js'
import { writeText } from './terminal/output.js'
import { ownVersion } from './terminal/own-version.js'
import { printable } from './terminal/printable.js'
import { addWorker } from './worker/options.js'

/** The events of the program. */
export interface ProgramEvents {
  /** A command starts. `name` is as it was called, such as `onecopy run`. */
  onCall(name: string): void
  /** A command has ended. */
  onEnd(exitCode: number): void
}

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
  addHead(program, begin, onEnd)
  addCheck(program, begin, onEnd)
  addPart(program, begin, onEnd)
  addMerge(program, begin, onEnd)
  addList(program, begin, onEnd)
  addNew(program, begin, onEnd)
  addWorker(program, begin, onEnd)
  return program
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
