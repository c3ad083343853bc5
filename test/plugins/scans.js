// Plugins with a first pass.

import { mkdirSync } from 'node:fs'
import { concat, csvRecords, definePlugin, eachCsvRecord, eachLine, fixed, lines, sum } from '@onecopy/core'

/** The number of lines in a chunk. */
function countLines(/** @type {Readonly<Uint8Array>} */ bytes) {
  let n = 0
  eachLine(bytes, () => {
    n++
  })
  return n
}

/** The numbers of the lines that contain a byte. */
export const lineNumbers = definePlugin(import.meta.url, {
  name: 'line-numbers',
  params: { byte: 97 },
  chunks: lines(),
  setup: ({ byte }) => byte,
  prefix: { map: countLines, reduce: sum() },
  map(bytes, { prefix, state }) {
    /** @type {number[]} */
    const found = []
    let line = prefix
    eachLine(bytes, (start, end) => {
      if (bytes.subarray(start, end).includes(state)) found.push(line)
      line++
    })
    return found
  },
  reduce: concat(),
})

const csv = csvRecords({ size: 5, malformed: 'keep' })

/** The number of records in a chunk. */
function countRecords(/** @type {Readonly<Uint8Array>} */ bytes) {
  let n = 0
  eachCsvRecord(bytes, csv, () => {
    n++
  })
  return n
}

/** The first field of each record of CSV, with the record's number. */
export const numberedRecords = definePlugin(import.meta.url, {
  name: 'numbered-records',
  chunks: csv,
  prefix: { map: countRecords, reduce: sum() },
  map(bytes, { prefix }) {
    /** @type {string[]} */
    const found = []
    eachCsvRecord(bytes, csv, (record) => found.push(`${prefix + found.length}: ${record.text(0)}`))
    return found
  },
  reduce: concat(),
})

/** Which words were seen before each chunk, of one letter each. Its reducer changes what it has given. */
export const seenBefore = definePlugin(import.meta.url, {
  name: 'seen-before',
  chunks: fixed({ size: 3 }),
  prefix: {
    map: (bytes) => [...bytes],
    reduce: {
      init: () => /** @type {Set<number>} */ (new Set()),
      add(seen, /** @type {number[]} */ letters) {
        for (const letter of letters) seen.add(letter)
        return seen
      },
      merge: (left, right) => new Set([...left, ...right]),
      finish(seen) {
        const letters = String.fromCharCode(...seen)
        seen.clear()
        return letters
      },
    },
  },
  map: (_, { prefix }) => prefix,
})

/** Cumulative sums, whose worker ends once in the first pass and once in the second. */
export const sumsThatDie = definePlugin(import.meta.url, {
  name: 'sums-that-die',
  params: { folder: '' },
  chunks: fixed({ size: 10 }),
  into: { elements: Float64Array },
  prefix: {
    map(bytes, { index, params }) {
      if (index === 20 && isFirst(`${params.folder}/first`)) process.exit(1)
      return bytes.reduce((a, b) => a + b, 0)
    },
    reduce: sum(),
  },
  map(bytes, { index, out, params, prefix }) {
    let total = prefix
    for (const [i, byte] of bytes.entries()) {
      total += byte
      out[i] = total
      if (i === 5 && index === 40 && isFirst(`${params.folder}/second`)) process.exit(1)
    }
  },
})

/** Whether this is the first call with this path, in all threads and processes. */
function isFirst(/** @type {string} */ path) {
  try {
    mkdirSync(path)
    return true
  } catch {
    return false
  }
}
