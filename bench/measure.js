// Measures what the README says, keeps the raw record, and writes the README's table from it.
//
//   npm run measure               measure, write bench/record/readme.json, rewrite the table
//   npm run measure -- --table    rewrite the table from the record alone
//   npm run measure -- --check    exit with 1 if the README's table is not what the record gives
//
// Contestants take turns within one process (A B A B …); a figure is the median of its runs. Memory is measured in a process
// of its own for each figure.

import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderTable, replaceTable } from './readme-table.js'

const recordPath = fileURLToPath(new URL('./record/readme.json', import.meta.url))
const readmePath = fileURLToPath(new URL('../README.md', import.meta.url))
const casesPath = fileURLToPath(new URL('./cases.js', import.meta.url))

const [option] = process.argv.slice(2)
if (option === undefined) writeFileSync(recordPath, `${JSON.stringify(measure(), undefined, 2)}\n`)
const readme = readFileSync(readmePath, 'utf8')
const wanted = replaceTable(readme, renderTable(JSON.parse(readFileSync(recordPath, 'utf8'))))
if (option === '--check') {
  if (readme !== wanted) {
    process.stderr.write(
      'README.md: the table is not what bench/record/readme.json gives; run: npm run measure -- --table\n',
    )
    process.exit(1)
  }
} else {
  writeFileSync(readmePath, wanted)
}

function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'onecopy-bench-'))
  try {
    const path = join(folder, '1 GiB of lines.txt')
    const lines = writeLines(path, 2 ** 30)
    /** @type {(name: string) => Record<string, unknown>} */
    const measured = (name) => {
      process.stderr.write(`${name} …\n`)
      const { stdout, status } = spawnSync(process.execPath, ['--expose-gc', casesPath, name, path, String(lines)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      if (status !== 0) throw new Error(`${name}: ended with exit code ${status}`)
      return JSON.parse(stdout)
    }
    return {
      node: process.version,
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
      chunkCost: measured('chunk-cost'),
      lanes: measured('lanes'),
      memoryLoad: measured('memory-load'),
      memoryFile: measured('memory-file'),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * A file of `byteLength` bytes, in lines of pseudo-random length; how many lines it has.
 *
 * @param {string} path
 * @param {number} byteLength
 */
function writeLines(path, byteLength) {
  const block = Buffer.alloc(2 ** 24, 'x')
  let linesInBlock = 0
  // A linear congruential generator (Numerical Recipes): the same file on every machine.
  for (let at = 0, state = 1; at < block.length; linesInBlock++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    at += 1 + (state >>> 25)
    block[Math.min(at, block.length) - 1] = 10
  }
  const fd = openSync(path, 'w')
  for (let written = 0; written < byteLength; written += block.length) writeSync(fd, block)
  closeSync(fd)
  return (linesInBlock * byteLength) / block.length
}
