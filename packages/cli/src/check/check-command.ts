// `onecopy check`: the laws that a plugin has to keep, each with its verdict.

import type { CheckReport, LawId, LawReport } from '@onecopy/core/testing'
import { createEngine, isOnecopyError, loadPlugin, type SharedData } from '@onecopy/node'
import { type Colors, colorsOf } from '../colors.js'
import { exitFailed, exitOk } from '../exit-codes.js'
import { guardExit } from '../exit-guard.js'
import { failureText } from '../failure-text.js'
import { readerLeft, writeNote, writeOut } from '../output.js'
import { toJson } from '../result/json.js'
import { formatCount } from '../result/numbers.js'
import { printable, printableLines } from '../result/printable.js'
import { nameOf, openInput } from '../run/open-input.js'
import { readParams } from '../run/read-params.js'
import { UsageError } from '../usage-error.js'

/** What the command line says. */
export interface CheckWishes {
  readonly plugin: string
  readonly file: string | undefined
  readonly param: readonly string[]
  readonly params: string | undefined
  readonly runs: number | undefined
  readonly timeoutMs: number | undefined
  readonly seed: number | undefined
  /** Each `law=reason`. */
  readonly except: readonly string[]
  readonly isJson: boolean
  readonly isFull: boolean
}

/** Check it; the exit code. */
export async function checkCommand(wishes: CheckWishes): Promise<number> {
  const except = readExceptions(wishes.except)
  let report: CheckReport
  try {
    report = await check(wishes, except)
  } catch (error) {
    if (error instanceof UsageError) throw error
    // A wrong call, in the words of the check: nothing has been tried.
    if ((error instanceof TypeError || error instanceof RangeError) && !isOnecopyError(error)) {
      throw new UsageError(error.message, { cause: error })
    }
    writeNote(failureText(error, { isFull: wishes.isFull }, colorsOf(process.stderr)))
    return exitFailed
  }
  await writeOut(wishes.isJson ? toJson(report) : reportText(report, colorsOf(process.stdout)))
  await writeOut('\n')
  if (wishes.file === undefined && report.ok && !wishes.isJson) {
    writeNote(
      `The data was made up. With data as the plugin is made for, more is found: onecopy check ${printable(wishes.plugin)} FILE`,
    )
  }
  return report.ok ? exitOk : exitFailed
}

async function check(wishes: CheckWishes, except: Readonly<Partial<Record<LawId, string>>>): Promise<CheckReport> {
  const plugin = await guardExit(`${wishes.plugin} was loaded`, () => loadPlugin(wishes.plugin))
  const params = readParams(plugin, wishes)
  // fast-check takes its time to load, and only this command needs it.
  const { findBrokenLaws } = await import('@onecopy/core/testing')
  const data = wishes.file === undefined ? undefined : await openNamed(wishes.file)
  const engine = createEngine({ workers: 2 })
  try {
    const { runs, timeoutMs, seed } = wishes
    // `as`: of what the plugin's parameters are, only the plugin knows; the check looks at them.
    const options = { data, params: params as object | undefined, runs, timeoutMs, seed, engine, except }
    return await guardExit(`${wishes.plugin} was checked`, () => findBrokenLaws(plugin, options))
  } finally {
    await engine.close()
  }
}

/** Open FILE; what is wrong with it is told with its name. */
async function openNamed(file: string): Promise<SharedData> {
  try {
    return await openInput(file, readerLeft)
  } catch (cause) {
    // `as`: what cannot be opened has a code.
    const { code, message } = cause as NodeJS.ErrnoException
    throw Object.assign(new Error(`${nameOf(file)}: ${message}`, { cause }), { code })
  }
}

function readExceptions(given: readonly string[]): Readonly<Partial<Record<LawId, string>>> {
  const exceptions = given.map((each) => {
    const equals = each.indexOf('=')
    if (equals < 1 || equals === each.length - 1) {
      throw new UsageError(`--except: expected law=reason, got ${JSON.stringify(each)}`)
    }
    return [each.slice(0, equals), each.slice(equals + 1)]
  })
  // `as`: the check knows its laws, and refuses others.
  return Object.fromEntries(exceptions) as Partial<Record<LawId, string>>
}

/** The report for people; without a line feed at the end. */
export function reportText(report: CheckReport, colors: Colors): string {
  const { plugin, ok, cases, seed, laws } = report
  const verdict = ok ? colors.green(verdictText(report)) : colors.red(verdictText(report))
  const width = Math.max(...laws.map(({ law }) => law.length))
  const lines = laws.map((law) => lawText(law, width, colors))
  const again = ok ? '' : `\n\nThe same cases again: --seed ${seed}`
  return `${colors.bold(printable(plugin))}: ${verdict} (${formatCount(cases, 'case')}, seed ${seed})\n\n${lines.join('\n')}${again}`
}

function verdictText({ ok, laws }: CheckReport): string {
  if (ok) return 'no law is broken'
  const broken = laws.filter(({ status }) => status === 'broken').length
  if (broken > 0) return `${formatCount(broken, 'law')} ${broken === 1 ? 'is' : 'are'} broken`
  return laws.some(({ status }) => status === 'holds') ? 'it gives no answer' : 'no law could be checked'
}

function lawText(report: LawReport, width: number, colors: Colors): string {
  const { law, statement, status, reason, counterexample, usualCause } = report
  const marks = { holds: colors.green('✓'), broken: colors.red('✗'), 'not checked': colors.dim('–') }
  const name = law.padEnd(width)
  const line = `${marks[status]} ${status === 'broken' ? colors.bold(name) : name}  ${statement}`
  const margin = ' '.repeat(width + 4)
  if (status === 'not checked') return `${line}\n${margin}${colors.dim(`not checked: ${printable(String(reason))}`)}`
  if (counterexample === undefined) return line
  return `${line}\n${margin}but ${printableLines(counterexample.text)}\n${margin}usually: ${usualCause}`
}
