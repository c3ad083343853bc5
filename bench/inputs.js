// Makes the input files from seeds, in their own folder, so that every machine measures the same bytes.

import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { randomBlocks } from './random.js'
import { csvRows, paymentLines, rowsOfFewKeys, rowsOfManyKeys, wordBlocks } from './rows.js'
import { patternBlocks, textBlocks } from './text.js'

/**
 * The inputs that cases may ask for. Inputs that no case asks for are not made.
 *
 * @typedef {object} Inputs
 * @property {{ path: string, byteLength: number, lines: number, rare: number, frequentPath: string }} [text] `frequentPath`: a
 *   file of float64 numbers, where the frequent needle starts
 * @property {{ path: string, byteLength: number }} [random]
 * @property {{ path: string, byteLength: number, lines: number }} [sparse]
 * @property {{ path: string, groupsPath: string }} [rows] `groupsPath`: the groups as JSON
 * @property {{ path: string, keys: number, digest: number }} [manyKeys]
 * @property {{ path: string, sumsPath: string }} [payments] `sumsPath`: users and sums as JSON, by user
 * @property {{ path: string, top: [word: string, count: number][] }} [words]
 * @property {{ path: string, records: number, cents: number }} [csv]
 * @property {{ path: string, counts: number[] }} [patterns] `counts`: how often each of the patterns occurs
 */

/** @typedef {keyof Inputs} InputName */

const gibibyte = 2 ** 30

/** @type {{ [Name in InputName]: (folder: string, byteLength: number) => Required<Inputs>[Name] }} */
const makers = {
  text(folder, byteLength) {
    const path = join(folder, 'text.log')
    const { lines, rare, frequent } = writeBlocks(path, textBlocks(byteLength, 1))
    const frequentPath = join(folder, 'frequent.f64')
    writeFileSync(frequentPath, Float64Array.from(frequent))
    return { path, byteLength, lines, rare, frequentPath }
  },
  random(folder, byteLength) {
    const path = join(folder, 'random.bin')
    writeBlocks(path, randomBlocks(byteLength, 2))
    return { path, byteLength }
  },
  // The numbers of rows and bytes are those of 1 GiB, and fewer for smaller inputs.
  rows(folder, byteLength) {
    const path = join(folder, 'rows.txt')
    const groupsPath = join(folder, 'rows.json')
    writeFileSync(groupsPath, JSON.stringify(writeBlocks(path, rowsOfFewKeys(share(30_000_000, byteLength), 3))))
    return { path, groupsPath }
  },
  manyKeys(folder, byteLength) {
    const path = join(folder, 'many-keys.txt')
    return { path, ...writeBlocks(path, rowsOfManyKeys(share(10_000_000, byteLength), 4)) }
  },
  payments(folder, byteLength) {
    const path = join(folder, 'payments.ndjson')
    const sumsPath = join(folder, 'payments.json')
    const sums = writeBlocks(path, paymentLines(share(3_000_000, byteLength), 5))
    writeFileSync(sumsPath, JSON.stringify([...sums].sort(([a], [b]) => (a < b ? -1 : 1))))
    return { path, sumsPath }
  },
  words(folder, byteLength) {
    const path = join(folder, 'words.txt')
    return { path, top: writeBlocks(path, wordBlocks(share(300_000_000, byteLength), 6)) }
  },
  // One string must hold it, for those who parse strings.
  csv(folder, byteLength) {
    const path = join(folder, 'records.csv')
    return { path, ...writeBlocks(path, csvRows(share(3_000_000, byteLength), 8)) }
  },
  patterns(folder, byteLength) {
    const path = join(folder, 'patterns.log')
    return { path, counts: writeBlocks(path, patternBlocks(byteLength, 7)) }
  },
  // Always 6 GiB, regardless of the other sizes, because a view on Node 20 ends at 4 GiB.
  sparse(folder) {
    const path = join(folder, 'sparse.bin')
    const byteLength = 6 * gibibyte
    const lineFeedsAt = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, byteLength - 1]
    const fd = openSync(path, 'w')
    try {
      ftruncateSync(fd, byteLength)
      for (const at of lineFeedsAt) writeSync(fd, Buffer.from('\n'), 0, 1, at)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    return { path, byteLength, lines: lineFeedsAt.length }
  },
}

/**
 * Make the requested inputs.
 *
 * @param {string} folder an existing, empty folder
 * @param {ReadonlySet<InputName>} names
 * @param {number} byteLength of the text and of the random bytes
 * @returns {Inputs}
 */
export function makeInputs(folder, names, byteLength) {
  const made = [...names].map((name) => [name, makers[name](folder, byteLength)])
  return Object.fromEntries(made)
}

/**
 * @param {number} ofGibibyte how many there are in an input of 1 GiB
 * @param {number} byteLength
 */
function share(ofGibibyte, byteLength) {
  return Math.ceil((ofGibibyte * byteLength) / gibibyte)
}

/** @param {string} path  of float64 numbers */
export function readNumbers(path) {
  const { buffer, byteOffset, byteLength } = readFileSync(path)
  return new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength))
}

/**
 * @template Facts
 * @param {string} path
 * @param {Generator<Uint8Array, Facts>} blocks
 * @returns {Facts} what the generator returns
 */
function writeBlocks(path, blocks) {
  const fd = openSync(path, 'w')
  try {
    for (;;) {
      const { value, done } = blocks.next()
      if (done) {
        // The cases measure reading from the page cache, so the disk must not be busy with writing.
        fsyncSync(fd)
        return value
      }
      for (let at = 0; at < value.length; ) at += writeSync(fd, value, at)
    }
  } finally {
    closeSync(fd)
  }
}
