// Makes the input files from seeds, in their own folder, so that every machine measures the same bytes.

import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { randomBlocks } from './random.js'
import { textBlocks } from './text.js'

/**
 * The inputs that cases may ask for. Inputs that no case asks for are not made.
 *
 * @typedef {object} Inputs
 * @property {{ path: string, byteLength: number, lines: number, rare: number, frequentPath: string }} [text] `frequentPath`: a
 *   file of float64 numbers, where the frequent needle starts
 * @property {{ path: string, byteLength: number }} [random]
 * @property {{ path: string, byteLength: number, lines: number }} [sparse]
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
