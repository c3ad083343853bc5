// The README's table, made from a record.

import { formatMebibytes, formatMs } from './units.js'

/** @typedef {import('./record.js').Record} Record */

const begin = '<!-- measured: begin -->'
const end = '<!-- measured: end -->'

/**
 * @param {Record} record  with all cases
 * @returns {string} Markdown
 */
export function renderTable(record) {
  const { machine, inputBytes, workers } = record
  const size = formatMebibytes(inputBytes).replace('1,024 MiB', '1 GiB')
  const all = `onecopy, ${workers} lanes`
  /** @param {string} name */
  const medians = (name) => mediansOf(record, name)
  /** @param {number | undefined} ms */
  const rate = (ms) => (ms === undefined ? undefined : `${(inputBytes / ms / 1e6).toPrecision(2)} GB/s`)
  /** @param {string} name @param {string[]} others @param {string} [own] */
  const speeds = (name, others, own = all) => {
    const of = medians(name)
    return [rate(of(own)), ...others.map((other) => beside(rate(of(other)), other))]
  }
  const chunkCost = medians('chunk-cost')
  const pools = ['tinypool', 'piscina', 'workerpool', 'poolifier']
  const [bestPool = '', bestMs] = pools
    .map((pool) => /** @type {const} */ ([pool, chunkCost(`${pool}, a task a chunk`) ?? Number.POSITIVE_INFINITY]))
    .reduce((best, each) => (each[1] < best[1] ? each : best))
  /** @param {number | undefined} ms  for 100,000 chunks */
  const chunkTime = (ms) => (ms === undefined ? undefined : `${formatMs(ms / 100_000)} a chunk`)
  /** @param {string} name @param {string} own @param {string} other */
  const times = (name, own, other) => {
    const of = medians(name)
    const [ownMs, otherMs] = [of(own), of(other)]
    return [ownMs && formatMs(ownMs), beside(otherMs && formatMs(otherMs), other)]
  }
  const memory = medians('memory')
  const rows = [
    ['measured', 'onecopy', 'beside it'],
    ['---', '---', '---'],
    row(`count lines, ${size} file`, speeds('count-lines', ['wc -l'])),
    row(`search a rare needle, count, ${size} file`, speeds('search-rare', ['rg -c -F', 'grep -c -F'])),
    row(`search a frequent needle, all offsets, ${size} file`, speeds('search-frequent', ['rg -ob -F', 'grep -ob -F'])),
    row(`byte histogram, ${size} in memory`, speeds('histogram', ['C -O3, OpenMP, memory'], `${all}, memory`)),
    row(`the same in plain JavaScript`, speeds('plain-histogram', ['onecopy, 1 lane', 'hand-written threads'])),
    row(`SHA-256 tree hash and CRC-32, ${size} file`, speeds('tree-hash', ['sha256sum', 'b3sum'])),
    row('100,000 chunks of 64 bytes, summed', [
      chunkTime(chunkCost('onecopy')),
      beside(chunkTime(bestMs), `${bestPool}, a task a chunk`),
      beside(chunkTime(chunkCost('hand-written threads')), 'hand-written threads'),
    ]),
    row('first result from cold, as a process', times('first-result', 'onecopy', 'tinypool')),
    row(`memory added, ${size}, 4 lanes`, [
      `${formatMebibytes(memory('load, count lines') ?? 0)} with \`load\`, ${formatMebibytes(memory('file, count lines') ?? 0)} with \`file\``,
      beside(formatMebibytes(4 * inputBytes), 'a copy for each of 4 workers'),
    ]),
  ]
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  const cores = `${machine.cores} cores (${machine.cpu}), ${workers} lanes`
  return `${table}\n\nMedians of at least 5 interleaved runs, every answer checked. Node ${machine.node}, ${cores}, page cache warm, commit ${machine.commit}.`
}

/**
 * `readme` with `table` between its markers.
 *
 * @param {string} readme
 * @param {string} table
 */
export function replaceTable(readme, table) {
  const from = readme.indexOf(begin)
  const to = readme.indexOf(end)
  if (from < 0 || to < from) throw new Error(`README.md: there is no ${begin} … ${end}`)
  return `${readme.slice(0, from)}${begin}\n${table}\n${readme.slice(to)}`
}

/**
 * The medians of a case by contestant; undefined for one that is missing on that machine.
 *
 * @param {Record} record
 * @param {string} name
 */
function mediansOf({ cases }, name) {
  const contestants = cases[name]?.contestants
  if (contestants === undefined) throw new Error(`the record has no case ${name}`)
  return (/** @type {string} */ contestant) => {
    const found = contestants.find((each) => each.name === contestant)
    if (found === undefined) throw new Error(`${name}: the record has no contestant ${contestant}`)
    return found.median
  }
}

/**
 * @param {string | number | undefined} value
 * @param {string} name
 */
function beside(value, name) {
  return value === undefined
    ? undefined
    : `${value} ${name.includes(' -') && !name.includes(',') ? `\`${name}\`` : name}`
}

/**
 * @param {string} what
 * @param {(string | number | undefined)[]} values  the own one first; missing ones are left out
 */
function row(what, [own, ...others]) {
  return [what, String(own), others.filter((other) => other !== undefined).join(', ')]
}
