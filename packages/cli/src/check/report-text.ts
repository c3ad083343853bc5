// The report of a check, for people.

import type { CheckReport, LawReport } from '@onecopy/core/testing'
import type { Colors } from '../terminal/colors.js'
import { formatCount } from '../terminal/numbers.js'
import { printable, printableLines } from '../terminal/printable.js'

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
  // Not by the member: objects whose prototype has that name seem to have it as well. `!`: a broken law has one.
  if (status !== 'broken') return line
  return `${line}\n${margin}but ${printableLines(counterexample!.text)}\n${margin}usually: ${usualCause}`
}
