// The README's table, made from a record.

import { formatMebibytes } from './units.js'

/** @typedef {import('./record.js').Record} Record */

const begin = '<!-- measured: begin -->'
const end = '<!-- measured: end -->'

const byHand = 'hand-written threads'
const pools = ['tinypool', 'piscina', 'workerpool', 'poolifier']

/**
 * A contestant, and its label in the table.
 *
 * @typedef {[contestant: string, label: string]} Shown
 */

/**
 * @param {Record} record  with all cases
 * @returns {string} Markdown
 */
export function renderTable(record) {
  const { machine, inputBytes, workers } = record
  const size = inputBytes === 2 ** 30 ? '1 GiB' : formatMebibytes(inputBytes)
  const all = `onecopy, ${workers} workers`
  /** @param {number} ms */
  const rate = (ms) => `${(inputBytes / ms / 1e6).toPrecision(2)} GB/s`
  /** @param {number} ms  for 100,000 chunks */
  const chunkTime = (ms) => `${((ms * 1000) / 100_000).toPrecision(2)} µs per chunk`
  /** @param {number} ms */
  const seconds = (ms) => `${(ms / 1000).toPrecision(2)} s`
  /** @param {number} ms */
  const wholeMs = (ms) => `${ms.toFixed(0)} ms`
  /**
   * @param {string} what
   * @param {string} name  of the case
   * @param {(value: number) => string} form
   * @param {string} own
   * @param {Shown[]} others  those that were missing are left out
   */
  const row = (what, name, form, own, others) => {
    const median = mediansOf(record, name)
    /** @param {string} contestant */
    const shown = (contestant) => {
      const value = median(contestant)
      return value === undefined ? undefined : form(value)
    }
    const beside = others.map(([contestant, label]) => [label, shown(contestant)])
    const present = beside.filter(([, value]) => value !== undefined)
    return [what, shown(own) ?? '', present.map(([label, value]) => `${label}: ${value}`).join('; ')]
  }
  const bestPool = fastest(
    record,
    'chunk-cost',
    pools.map((pool) => `${pool}, a task per chunk`),
  )
  const memory = mediansOf(record, 'memory')
  const rows = [
    ['measured', 'onecopy', 'beside it'],
    ['---', '---', '---'],
    row('sum of 3 million lines of JSON by 10,000 users', 'group-json', seconds, `${all}, fold`, [
      ['plain loop, one thread', 'plain loop, one thread'],
      ['DuckDB', 'DuckDB'],
    ]),
    row('30 million rows by 413 keys: count, sum, min, max', 'group-few-keys', seconds, all, [
      ['DuckDB', 'DuckDB'],
      ['C++ -O3, 2 threads', 'C++, 2 threads'],
    ]),
    row('10 million rows by 4.3 million keys, read as rows', 'group-many-keys', seconds, all, [['DuckDB', 'DuckDB']]),
    row('words of 300 MB of text, the ten most frequent', 'words', seconds, all, [
      ['plain loop, one thread, strings in a Map', 'plain loop with a Map, one thread'],
      ['DuckDB', 'DuckDB'],
    ]),
    row('sum of a column of quoted CSV', 'csv', seconds, all, [['uDSV, one thread', 'uDSV, one thread']]),
    row('lines with a text into a new file', 'filter', seconds, `${all}, search by kernel`, [
      ['grep -F', '`grep -F`'],
      ['rg -F', '`rg -F`'],
    ]),
    row(`count lines, ${size} file`, 'count-lines', rate, all, [['wc -l', '`wc -l`']]),
    row(`count lines, BGZF of a ${size} text`, 'bgzf', seconds, all, [['zcat | wc -l', '`zcat \\| wc -l`']]),
    row(`count lines, gzip of a ${size} text`, 'gzip', seconds, all, [['zcat | wc -l', '`zcat \\| wc -l`']]),
    row(`count lines, ${size} through a pipe`, 'stream', seconds, all, [
      ['a plain loop of Node', 'plain loop of Node'],
      ['cat | wc -l', '`cat \\| wc -l`'],
    ]),
    row('count lines, 5,000 files of 1 KB, one answer', 'many-files', wholeMs, all, [
      ['a plain loop, one thread', 'plain loop, one thread'],
    ]),
    row('build a map of a million names in shared memory', 'shared-map', wholeMs, 'build with text, sharedMap', [
      ['build with text, Map', 'a `Map` in one thread'],
    ]),
    row('a million look-ups in it', 'shared-map', wholeMs, 'look up text, sharedMap', [
      ['look up text, Map', 'a `Map` in one thread'],
    ]),
    row(`search 50 texts at once, all counts, ${size} file`, 'search-patterns', rate, all, [
      ['rg -F -c', '`rg -F -c`'],
    ]),
    row(`search a rare needle, count, ${size} file`, 'search-rare', rate, all, [
      ['rg -c -F', '`rg -c -F`'],
      ['grep -c -F', '`grep -c -F`'],
    ]),
    row(`search a frequent needle, all offsets, ${size} file`, 'search-frequent', rate, all, [
      ['rg -ob -F', '`rg -ob -F`'],
      ['grep -ob -F', '`grep -ob -F`'],
    ]),
    row(`byte histogram, ${size} in memory`, 'histogram', rate, `${all}, memory`, [
      ['C -O3, OpenMP, memory', `C with OpenMP, ${workers} threads`],
    ]),
    row('the same with a plain JavaScript loop', 'plain-histogram', rate, all, [
      ['onecopy, 1 worker', '1 worker'],
      [byHand, 'threads by hand'],
    ]),
    row(`SHA-256 tree hash and CRC-32, ${size} file`, 'tree-hash', rate, all, [
      ['sha256sum', '`sha256sum`'],
      ['b3sum', '`b3sum` (another hash)'],
    ]),
    row('100,000 chunks of 64 bytes, mapped and summed', 'chunk-cost', chunkTime, 'onecopy', [
      [bestPool, `${bestPool}, the best pool`],
      [byHand, 'threads by hand'],
    ]),
    row('first result of a new process, start to end', 'first-result', wholeMs, 'onecopy', [
      ['tinypool', 'bare tinypool'],
    ]),
    [
      `${size}, 4 workers: memory added`,
      `${formatMebibytes(memory('load, count lines') ?? 0)} with \`load\`, ${formatMebibytes(memory('file, count lines') ?? 0)} with \`file\``,
      `a copy for each of 4 workers: ${formatMebibytes(4 * inputBytes)}`,
    ],
  ]
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  const cores = `${machine.cores} cores (${machine.cpu}), ${workers} workers`
  return `${table}\n\nMedians of at least 5 interleaved runs, every answer checked. Node ${machine.node}, ${cores}, page cache warm, commit ${machine.commit}.`
}

/**
 * Put `table` between the markers of `readme`.
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
 * The medians of a case by contestant; undefined for a contestant that was missing on that machine.
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
 * The fastest of several contestants.
 *
 * @param {Record} record
 * @param {string} name of the case
 * @param {string[]} contestants not empty
 */
function fastest(record, name, contestants) {
  const median = mediansOf(record, name)
  /** @param {string} contestant */
  const time = (contestant) => median(contestant) ?? Number.POSITIVE_INFINITY
  return contestants.reduce((best, each) => (time(each) < time(best) ? each : best))
}
