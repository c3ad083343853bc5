// The tables on the terminal: the contestants and the targets of a run.

import Table from 'cli-table3'
import { format, formatRatio } from './units.js'

/** @typedef {import('./record.js').Record} Record */

// Without the library's colours, because the output may go to a file.
const style = { head: [], border: [], compact: true }

/**
 * All contestants: median, spread, and the ratio to the first contestant of the case.
 *
 * @param {Record} record
 */
export function contestantsTable({ cases }) {
  const table = new Table({
    head: ['contestant', 'median', 'min', 'max', 'to the first', ''],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'left'],
    style,
  })
  for (const { title, measures, contestants } of Object.values(cases)) {
    table.push([{ content: title, colSpan: 6 }])
    const first = contestants.find(({ median }) => median !== undefined)?.median
    for (const { name, median, min, max, missing, note = '' } of contestants) {
      if (median === undefined || min === undefined || max === undefined) {
        table.push([`  ${name}`, { content: missing ?? '', colSpan: 5 }])
        continue
      }
      const ratio = first === undefined || first <= 0 ? '' : `${formatRatio(median / first)}×`
      table.push([`  ${name}`, ...[median, min, max].map((value) => format(measures, value)), ratio, note])
    }
  }
  return table.toString()
}

/**
 * The targets, and whether they were reached.
 *
 * @param {Record} record
 */
export function targetsTable({ cases }) {
  const table = new Table({
    head: ['target', 'wanted', 'measured', ''],
    colAligns: ['left', 'right', 'right', 'left'],
    style,
  })
  for (const { title, targets } of Object.values(cases)) {
    if (targets.length > 0) table.push([{ content: title, colSpan: 4 }])
    for (const { what, relation, bound, unit, value, reached } of targets) {
      const measured = value === undefined ? 'not measured' : `${formatRatio(value)} ${unit}`
      const verdict = reached === undefined ? '' : reached ? 'reached' : 'MISSED'
      table.push([`  ${what}`, `${relation} ${bound} ${unit}`, measured, verdict])
    }
  }
  return table.toString()
}

/**
 * The contestants whose answers were checked. A wrong answer never gets this far.
 *
 * @param {Record['cases']} cases
 */
export function answersTable(cases) {
  const table = new Table({ head: ['contestant', 'answer'], style })
  for (const { title, contestants } of Object.values(cases)) {
    table.push([{ content: title, colSpan: 2 }])
    for (const { name, missing } of contestants) table.push([`  ${name}`, missing ?? 'right'])
  }
  return table.toString()
}
