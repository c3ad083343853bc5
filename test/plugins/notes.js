// Skips and counts, by the bytes that it sees.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { concat, definePlugin, eachLine, fixed, lines } from '@onecopy/core'

/**
 * Lines with an `x` are skipped, and an `!` throws. Gives the other lines.
 *
 * @param {Readonly<Uint8Array>} bytes
 * @param {import('@onecopy/core').Chunk<unknown>} chunk
 */
function goodLines(bytes, chunk) {
  /** @type {string[]} */
  const good = []
  eachLine(bytes, (start, end) => {
    const line = String.fromCharCode(...bytes.subarray(start, end))
    chunk.count('lines')
    chunk.count(`of ${line.length}`, line.length)
    if (line.includes('x')) chunk.skip(chunk.start + start, chunk.start + end, `x in ${line}`)
    else if (line.includes('!')) throw new RangeError(`! in ${line}`)
    else good.push(line)
  })
  return good
}

export const notedLines = definePlugin(import.meta.url, {
  name: 'noted-lines',
  params: {},
  chunks: lines({ size: 8 }),
  map: goodLines,
  reduce: concat(),
})

/** The same as a fold, which changes its accumulator before it throws. */
export const foldedLines = definePlugin(import.meta.url, {
  name: 'folded-lines',
  params: {},
  chunks: lines({ size: 8 }),
  fold(acc, bytes, chunk) {
    for (const line of goodLines(bytes.subarray(0, bytes.indexOf(33) < 0 ? bytes.length : bytes.indexOf(33)), chunk)) {
      acc.push(line)
    }
    if (bytes.includes(33)) throw new RangeError(`! in ${chunk.index}`)
    return acc
  },
  reduce: { init: () => /** @type {string[]} */ ([]), merge: (left, right) => [...left, ...right] },
})

/**
 * Whether nobody has asked for this path before.
 *
 * @param {string} path
 */
function isFirst(path) {
  try {
    writeFileSync(path, '', { flag: 'wx' })
    return true
  } catch {
    return false
  }
}

/** Gives the number of each chunk, and counts it. Odd ones are skipped. Its worker may die, once per chunk. */
export const dyingNotes = definePlugin(import.meta.url, {
  name: 'dying-notes',
  params: {
    dies: /** @type {readonly number[]} */ ([]),
    folder: '',
  },
  chunks: fixed({ size: 1 }),
  map(_, chunk) {
    const { index, params } = chunk
    chunk.count('ran')
    if (index % 2 === 1) chunk.skip(chunk.start, chunk.end, `odd ${index}`)
    if (params.dies.includes(index) && isFirst(join(params.folder, `${index}`))) process.exit(1)
    if (index % 7 === 3) throw new Error(`seven ${index}`)
    return index
  },
})
