// The gallery's report for people: a table, the answers in full, and how each was checked.

import { styleText } from 'node:util'
import Table from 'cli-table3'
import { formatCount, formatMegabytes, formatTime } from './format.js'
import type { MachineLoad } from './machine-load.js'
import type { Measured } from './measure.js'
import type { Report } from './report.js'
import type { Timing } from './timing.js'

type Style = Parameters<typeof styleText>[0]

/**
 * The report as text, with a line feed at the end. It is coloured only if standard output is a terminal that has colours and
 * wants them.
 */
export function toText(report: Report): string {
  const { input, workers, examples, load } = report
  const held =
    input.held === 'memory'
      ? `held once, in shared memory (resident memory ${formatSigned(input.residentBytesAdded)})`
      : 'not held in memory: each worker reads its chunks'
  const look = { hasColors: process.stdout.isTTY && process.stdout.hasColors(256) }
  const parts = [
    `${paint('bold', input.path)}\n${formatCount(input.data.byteLength, 'byte')}, ${held}`,
    `${table(examples, workers)}\n${legend}${loadText(load)}`,
    ...examples.map((each) => `${paint('bold', each.name)}${source(each)}\n${each.details(look)}`),
    `${paint('bold', 'Checked')}\n${examples.map(describeCheck).join('\n')}`,
  ]
  return `${parts.join('\n\n')}\n`
}

/** What the example's data is, to be put after its name. */
function source({ generated }: Measured): string {
  return generated === undefined ? '' : ` over generated data: ${generated}`
}

/** The row of an example, or of its variant with kernels. */
function rowOf(name: string, { summary, bytes }: Measured, timing: Timing): string[] {
  return [
    name,
    summary,
    formatCount(bytes),
    formatTime(timing.oneWorkerMs),
    formatTime(timing.allWorkersMs),
    `${timing.speedUp.toFixed(2)}×`,
    timing.gigabytesPerSecond.toFixed(2),
    formatSigned(timing.residentBytesAdded),
  ]
}

const legend = `Example: the plugin in plain JavaScript; the row below it, if there is one: plugins of @onecopy/kernels (WebAssembly SIMD).
Times: the median of 3 runs after one that does not count (of 1 run, or the first run itself, if they take long).
All examples together should take about half a minute.
Memory added: the most by which the runs raised the resident memory, without the input.`

/** A warning if the machine was busy with other programs. */
function loadText(load: MachineLoad | undefined): string {
  if (load === undefined || !load.isBusy) return ''
  const { cores, coresOfOthers } = load
  const busy = `The machine was busy: other programs used ${coresOfOthers.toFixed(1)} of its ${formatCount(cores, 'core')} meanwhile.`
  return `\n${paint('yellow', `${busy} These times and speed-ups mean nothing; the answers and checks hold.`)}`
}

function table(examples: readonly Measured[], workers: number): string {
  const head = [
    'example',
    'answer',
    'bytes',
    '1 worker',
    workers === 1 ? 'all (1)' : `${workers} workers`,
    'speed-up',
    'GB/s',
    'memory\nadded',
  ].map((title) => paint('bold', title))
  const lines = new Table({
    head,
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right'],
    // The table's own colours come from another library, which does not know what the terminal wants.
    style: { head: [], border: [], compact: true },
  })
  for (const each of examples) {
    lines.push(rowOf(each.name, each, each))
    if (each.kernels !== undefined) lines.push(rowOf('  with kernels', { ...each, summary: 'the same' }, each.kernels))
  }
  return lines.toString()
}

function describeCheck({ name, check, answer }: Measured): string {
  if (check.agrees) return `  ${paint('green', '✓')} ${name} agrees with ${check.against}`
  const values = `     here     ${JSON.stringify(answer)}\n     expected ${JSON.stringify(check.expected)}`
  return `  ${paint('red', '✗')} ${name} does not agree with ${check.against}\n${values}`
}

function formatSigned(bytes: number): string {
  return `${bytes < 0 ? '−' : '+'}${formatMegabytes(Math.abs(bytes))}`
}

/** `text` in a style. `hasColors` exists only on terminals. It respects NO_COLOR, FORCE_COLOR and TERM. */
function paint(style: Style, text: string): string {
  const { stdout } = process
  return stdout.isTTY && stdout.hasColors() ? styleText(style, text) : text
}
