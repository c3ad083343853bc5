// Plugins whose chunks land in a buffer of their own.

import { runInNewContext } from 'node:vm'
import { concat, decodeText, definePlugin, lines, overlapping } from '@onecopy/core'

/** Memory like WebAssembly's: it can only grow, and then every view of what it was is dead. */
class Memory {
  buffer = new ArrayBuffer(65536)
  /** What the plugin was asked for, in bytes. */
  asked = /** @type {number[]} */ ([])

  /** @param {number} byteLength */
  window(byteLength) {
    this.asked.push(byteLength)
    if (byteLength + 64 > this.buffer.byteLength) this.grow(byteLength)
    return new Uint8Array(this.buffer, 64, byteLength)
  }

  /** @param {number} byteLength */
  grow(byteLength) {
    const old = this.buffer
    this.buffer = new ArrayBuffer(old.byteLength + byteLength)
    structuredClone(old, { transfer: [old] })
  }
}

/** The bytes of the chunk, and whether they lie in the plugin's memory. */
export const landed = definePlugin(import.meta.url, {
  name: 'landed',
  params: { size: 4, overlap: 0 },
  chunks: ({ size, overlap }) => overlapping({ size, overlap }),
  setup: () => new Memory(),
  buffer: (state, byteLength) => state.window(byteLength),
  map: (bytes, { state, start, end, index }) => ({
    elements: Array.from(/** @type {Iterable<number | bigint>} */ (/** @type {unknown} */ (bytes)), Number),
    kind: /** @type {string} */ (bytes[Symbol.toStringTag]),
    isInPlace: bytes.buffer === state.buffer && bytes.byteOffset === 64,
    asked: [...state.asked],
    range: [index, start, end],
  }),
})

/** Lines, whole: their chunks are longer than the chunker's size says. */
export const landedLines = definePlugin(import.meta.url, {
  name: 'landed-lines',
  params: { size: 4 },
  chunks: ({ size }) => lines({ size }),
  setup: () => new Memory(),
  buffer: (state, byteLength) => state.window(byteLength),
  map: (bytes, { state }) => [bytes.buffer === state.buffer ? decodeText(bytes) : 'elsewhere'],
  reduce: concat(),
})

/** Grows its memory in each chunk, which takes the landing buffer away. */
export const growing = definePlugin(import.meta.url, {
  name: 'growing',
  setup: () => new Memory(),
  buffer: (state, byteLength) => state.window(byteLength),
  map(bytes, { state }) {
    const copy = bytes.slice()
    state.grow(1)
    return copy
  },
})

/** Gives back views of what the chunks land in. */
export const returnsItsBuffer = definePlugin(import.meta.url, {
  name: 'returns-its-buffer',
  setup: () => new Memory(),
  buffer: (state, byteLength) => state.window(byteLength),
  map: (bytes) => ({ bytes, nested: [bytes.subarray(1)] }),
})

/** Writes into what landed. */
export const writesIntoIts = definePlugin(import.meta.url, {
  name: 'writes-into-its',
  setup: () => new Memory(),
  buffer: (state, byteLength) => state.window(byteLength),
  map(bytes) {
    // @ts-expect-error: the input is read-only
    bytes[0] = 1
    return 0
  },
})

/** A `buffer` that returns what it is told to. */
export const wrongBuffer = definePlugin(import.meta.url, {
  name: 'wrong-buffer',
  params: { answer: 'nothing' },
  setup: ({ answer }) => answer,
  // @ts-expect-error: not all of them are what `buffer` has to return
  buffer(answer, byteLength) {
    if (answer === 'nothing') return undefined
    if (answer === 'a promise') return Promise.resolve(new Uint8Array(byteLength))
    if (answer === 'another kind') return new Uint16Array(byteLength)
    if (answer === 'too short') return new Uint8Array(byteLength - 1)
    if (answer === 'shifted') return new Uint8Array(byteLength + 1).subarray(1)
    throw new Error('no memory left')
  },
  map: (bytes) => bytes.length,
})

/** Its buffer is an array of another realm, as test runners with a realm of their own make them. */
export const landsInAnotherRealm = definePlugin(import.meta.url, {
  name: 'lands-in-another-realm',
  buffer: (_, byteLength) => runInNewContext(`new Uint8Array(${byteLength})`),
  map: (bytes) => decodeText(bytes),
})
