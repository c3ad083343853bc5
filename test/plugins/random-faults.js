// A chunk function that fails as its parameters say: inline, by its module's name, and as a plugin with a setup and a reducer.

import { alloc, definePlugin, lines } from '@onecopy/core'

/**
 * What one chunk does in its first `times` calls; after that it is healthy.
 *
 * @typedef {'exit' | 'timer' | 'rejection' | 'throw' | 'function' | 'loop' | 'pending' | 'stall' | 'late'} FaultKind
 * @typedef {{ readonly kind: FaultKind, readonly times: number, readonly ms: number }} Fault
 *
 * `counts`: calls of each faulty chunk, by its index; then those of the setup, then whether chunk `beginAt` has begun.
 *
 * @typedef {object} FaultParams
 * @property {Readonly<Record<number, Fault>>} faults - by chunk index
 * @property {import('@onecopy/core').SharedMemory<Int32Array>} counts
 * @property {number} beginAt - the chunk that reports its start; -1: none
 * @property {'text' | 'float' | 'floats' | 'int' | 'heavy'} result - what comes of a healthy chunk
 * @property {number} setupDeaths - how often the plugin's setup ends its worker
 * @property {number} size - bytes per chunk, if the plugin cuts the data itself
 */

/**
 * Captures nothing: it travels as source text, too.
 *
 * @param {Readonly<Uint8Array>} bytes
 * @param {import('@onecopy/core').Chunk<FaultParams, Uint8Array, unknown>} chunk
 */
export function work(bytes, chunk) {
  const { faults, counts, beginAt, result } = chunk.params
  const words = counts.view()
  chunk.count('ran')
  if (chunk.index % 2 === 1) chunk.skip(chunk.start, chunk.end, 'odd')
  if (chunk.index === beginAt) {
    Atomics.store(words, words.length - 1, 1)
    Atomics.notify(words, words.length - 1)
  }
  const around = chunk.view(Math.max(0, chunk.start - 3), chunk.end + 3)
  let hash = 0x811c9dc5 ^ chunk.index
  for (const part of [bytes, around]) for (const byte of part) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  /** @type {string | number | Uint8Array | Float64Array} */
  let value = `[${chunk.index} ${chunk.start} ${chunk.end} ${hash.toString(16)}]`
  // Of very different magnitudes: sums of them depend on the order.
  if (result === 'float') value = (hash / 2 ** 32 - 0.5) * 10 ** (hash % 30)
  if (result === 'floats') value = Float64Array.of(hash / 3, (hash / 2 ** 32 - 0.5) * 10 ** (hash % 30), -0)
  if (result === 'int') value = hash >>> 8
  if (result === 'heavy') value = new Uint8Array(512 * 1024).fill(hash & 255)

  const fault = faults[chunk.index]
  if (fault === undefined || Atomics.add(words, chunk.index, 1) >= fault.times) return value
  switch (fault.kind) {
    case 'exit':
      return process.exit(fault.ms)
    case 'timer':
      return new Promise(() =>
        setTimeout(() => {
          throw new Error(`a timer of chunk ${chunk.index}`)
        }, fault.ms),
      )
    case 'rejection':
      Promise.reject(new Error(`a promise of chunk ${chunk.index}`))
      return new Promise(() => {})
    case 'throw':
      throw chunk.index % 2 === 0 ? new Error(`chunk ${chunk.index}`) : `chunk ${chunk.index}`
    case 'function':
      return { bad: () => value }
    case 'loop':
      for (;;);
    case 'pending':
      return new Promise(() => {})
    case 'stall':
      for (const end = performance.now() + fault.ms; performance.now() < end; );
      return value
    default:
      return new Promise((resolve) => setTimeout(resolve, fault.ms, value))
  }
}

/** @type {FaultParams} */
const healthy = { faults: {}, counts: alloc(Int32Array, 2), beginAt: -1, result: 'text', setupDeaths: 0, size: 64 }

export const randomFaults = definePlugin(import.meta.url, {
  name: 'random-faults',
  params: healthy,
  chunks: ({ size }) => lines({ size }),
  setup: ({ counts, setupDeaths }) => {
    const words = counts.view()
    if (setupDeaths > 0 && Atomics.add(words, words.length - 2, 1) < setupDeaths) process.exit(3)
    return 'set up'
  },
  map: work,
  reduce: {
    init: () => '',
    add: (acc, value) => `${acc}${String(value)}`,
    merge: (left, right) => left + right,
    finish: (acc) => `<${acc}>`,
  },
})
