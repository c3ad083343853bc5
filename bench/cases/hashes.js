// Hashes of a file: Node's native code on every core, compared with the same code on one thread and with other programs.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { crc32 as crc32Of } from 'node:zlib'
import { hash } from '@onecopy/examples'
import { createEngine, file, sequential } from '@onecopy/node'
import { timesAsFast } from '../case.js'
import { crc32 } from '../contestants/crc32.js'
import { readPieces } from '../contestants/read-pieces.js'
import { isInstalled, leadingWord, tool } from '../contestants/tools.js'

const mebibyte = 2 ** 20

/** @type {import('../case.js').Case} */
export const treeHash = {
  title: 'SHA-256 tree hash (and CRC-32, in the same pass), random file',
  measures: 'time',
  inputs: ['random'],
  prepare({ inputs, workers }) {
    const { path } = /** @type {NonNullable<typeof inputs.random>} */ (inputs.random)
    const engine = createEngine({ workers })
    const alone = sequential()
    const data = file(path)
    const all = `onecopy, ${workers} workers`
    const plain = { expected: sha256Of(path), note: 'a plain hash, not a tree' }
    return {
      expected: { treeHash: treeHashOf(path), crc32: wholeCrc32(path) },
      contestants: [
        { name: all, run: () => engine.run(data, hash) },
        { name: 'onecopy, 1 worker', run: () => engine.run(data, hash, { workers: 1 }) },
        { name: 'onecopy, sequential engine', run: () => alone.run(data, hash) },
        { name: 'createHash, one thread', run: () => sha256Of(path), ...plain },
        tool('sha256sum', ['sha256sum', path], leadingWord, plain),
        blake3(path),
      ],
      targets: [timesAsFast(all, 'sha256sum', 6), timesAsFast(all, 'onecopy, 1 worker', 1.85)],
      close: () => Promise.all([engine.close(), alone.close()]),
    }
  },
}

/** @type {import('../case.js').Case} */
export const crc = {
  title: 'CRC-32 of a whole file, random bytes',
  measures: 'time',
  inputs: ['random'],
  prepare({ inputs, workers }) {
    const { path } = /** @type {NonNullable<typeof inputs.random>} */ (inputs.random)
    const engine = createEngine({ workers })
    const alone = sequential()
    const data = file(path)
    const all = `onecopy, ${workers} workers`
    return {
      expected: wholeCrc32(path),
      contestants: [
        { name: all, run: () => engine.run(data, crc32) },
        { name: 'onecopy, 1 worker', run: () => engine.run(data, crc32, { workers: 1 }) },
        { name: 'onecopy, sequential engine', run: () => alone.run(data, crc32) },
        { name: 'zlib.crc32, one thread', run: () => wholeCrc32(path) },
      ],
      targets: [timesAsFast(all, 'zlib.crc32, one thread', 1.8)],
      close: () => Promise.all([engine.close(), alone.close()]),
    }
  },
}

/** @param {string} path */
function wholeCrc32(path) {
  let value = 0
  for (const piece of readPieces(path, mebibyte)) value = crc32Of(piece, value)
  return value
}

/** @param {string} path */
function sha256Of(path) {
  const sum = createHash('sha256')
  for (const piece of readPieces(path, mebibyte)) sum.update(piece)
  return sum.digest('hex')
}

/**
 * The same tree by another method: built from the root, while the plugin builds it from the leaves.
 *
 * @param {string} path
 */
function treeHashOf(path) {
  const leaves = []
  for (const piece of readPieces(path, mebibyte)) leaves.push(createHash('sha256').update(piece).digest())
  return rootOf(leaves).toString('hex')
}

/**
 * The left subtree has as many leaves as the largest power of two that is less than their number.
 *
 * @param {Buffer[]} leaves not empty
 * @returns {Buffer}
 */
function rootOf(leaves) {
  const [first] = leaves
  if (first !== undefined && leaves.length === 1) return first
  let left = 1
  while (left * 2 < leaves.length) left *= 2
  const parts = [leaves.slice(0, left), leaves.slice(left)]
  return createHash('sha256')
    .update(Buffer.concat(parts.map(rootOf)))
    .digest()
}

/**
 * BLAKE3 is another hash: a tree by design, with SIMD and threads.
 *
 * @param {string} path
 */
function blake3(path) {
  const name = 'b3sum'
  if (!isInstalled(name)) return { name, missing: 'b3sum is not installed' }
  // Node has no BLAKE3. So the expected value is b3sum's own, on one thread, reading and not mapping the file.
  const output = execFileSync(name, ['--num-threads', '1', '--no-mmap', path], { encoding: 'utf8' })
  return tool(name, [name, path], leadingWord, { expected: leadingWord(output), note: 'another hash, on all cores' })
}
