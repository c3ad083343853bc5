// The README's table, made from a record.

const begin = '<!-- measured: begin -->'
const end = '<!-- measured: end -->'

/**
 * @param {any} record
 * @returns {string} Markdown
 */
export function renderTable(record) {
  const { chunkCost, lanes, memoryLoad, memoryFile } = record
  const rows = [
    ['measured', 'onecopy', 'beside it'],
    ['---', '---', '---'],
    [
      `${count(chunkCost.chunks)} chunks of 64 bytes, mapped and summed, 2 workers`,
      `${micro(chunkCost.onecopyMs, chunkCost.chunks)} µs a chunk`,
      `${micro(chunkCost.tinypoolMs, chunkCost.tasks)} µs: bare tinypool, one task a chunk`,
    ],
    [
      'count line feeds in 1 GiB of shared memory, plain JS',
      `${rate(lanes.bytes, lanes.manyMs)} GB/s on ${lanes.workers} lanes`,
      `${rate(lanes.bytes, lanes.oneMs)} GB/s on 1 lane, ${rate(lanes.bytes, lanes.loopMs)} GB/s in a plain loop`,
    ],
    [
      '1 GiB loaded, 4 workers: memory added',
      `${mebi(memoryLoad.addedBytes)} MiB`,
      `${mebi(4 * memoryLoad.bytes)} MiB: a copy for each of 4 workers`,
    ],
    [
      '1 GiB file read chunk by chunk, 4 workers: memory added',
      `${mebi(memoryFile.addedBytes)} MiB`,
      `${mebi(memoryFile.bytes)} MiB: the file read whole`,
    ],
  ]
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  const runs = `Medians of ${chunkCost.runs} interleaved runs; memory is the peak of the resident set while the job ran`
  return `${table}\n\n${runs}. Node ${record.node}, ${record.cores} cores (${record.cpu}), page cache warm.`
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

/** @param {number} value */
const count = (value) => value.toLocaleString('en-US')
/** @param {number} ms @param {number} parts */
const micro = (ms, parts) => ((ms * 1000) / parts).toPrecision(2)
/** @param {number} bytes @param {number} ms */
const rate = (bytes, ms) => (bytes / ms / 1e6).toPrecision(2)
/** @param {number} bytes */
const mebi = (bytes) => count(Math.round(bytes / 2 ** 20))
