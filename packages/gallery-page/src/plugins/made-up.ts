// Made-up data of any size, written by the workers themselves into shared memory.
//
// The data has sections, as real files do: text, an access log, rows of measurements, padding, tables of numbers, code and
// random bytes. So there is something to see on every card.

import { generateLog, generateRows } from '@onecopy/examples'
import { definePlugin, fixed, type Plugin, type SharedMemory } from '@onecopy/web'

/** The parameters. */
export interface MadeUpParams {
  /** Where the data is written. It is also the data of the run. */
  readonly target: SharedMemory
}

interface Pools {
  readonly text: Uint8Array
  readonly log: Uint8Array
  readonly rows: Uint8Array
}

/** How the sections follow each other. */
const order = [
  'text',
  'log',
  'table',
  'zero',
  'code',
  'random',
  'rows',
  'text',
  'code',
  'table',
  'random',
  'log',
] as const
const sections = 30
const words = (
  'the of and to in is that it was for on are as with his they at be this from have or by one had not but what all were when ' +
  'we there can an your which their said if do will each about how up out them then she many some so these would other into ' +
  'has more her two like him see time could no make than first been its who now people my made over did down only way find ' +
  'use may water long little very after words called just where most know onecopy worker chunk memory shared'
).split(' ')

/** Writes made-up bytes into `params.target`. The result of a chunk is the number of its bytes. */
export const madeUp: Plugin<MadeUpParams, number, number, Uint8Array, MadeUpParams> = definePlugin(import.meta.url, {
  name: 'made-up',
  description: 'Writes made-up data into shared memory.',
  // `as`: the caller gives the target; there is no default.
  params: { target: undefined as unknown as SharedMemory },
  chunks: fixed({ size: 64 * 1024 }),
  setup: (): Pools => ({ text: makeText(1 << 18), log: generateLog(2000).view(), rows: generateRows(20_000).view() }),

  map(_, { index, start, end, length, params, state }): number {
    const bytes = params.target.view(start, end)
    // Not equally long.
    const place = start / length
    const section = Math.floor(sections * place + 1.4 * Math.sin(50 * place) + 2)
    const kind = order[section % order.length]!
    let seed = (index + 1) * 0x9e3779b1
    const random = (): number => {
      seed ^= seed << 13
      seed ^= seed >>> 17
      seed ^= seed << 5
      return seed >>> 0
    }
    if (kind === 'random') fillWords(bytes, random)
    else if (kind === 'table') fillTable(bytes, start)
    else if (kind === 'code') fillCode(bytes, random)
    else if (kind !== 'zero') copyFrom(bytes, state[kind], random())
    return bytes.length
  },
  reduce: { init: () => 0, add: (sum, bytes) => sum + bytes, merge: (left, right) => left + right },
})

/** Parameters of {@link madeLines}. */
export interface MadeLinesParams {
  readonly kind: 'log' | 'rows'
  /** How many lines all chunks make together. */
  readonly lines: number
}

/**
 * Makes lines, a part of them per chunk. The results are views of shared memory, so the lines are not copied on their way to the
 * page. The data has as many bytes as there shall be parts.
 */
export const madeLines: Plugin<MadeLinesParams, Uint8Array> = definePlugin(import.meta.url, {
  name: 'made-lines',
  description: 'Makes lines of an access log, or rows of measurements.',
  // `as`: the kind is one of two words.
  params: { kind: 'log', lines: 1000 } as MadeLinesParams,
  chunks: fixed({ size: 1 }),
  map: (_, { index, chunks, params: { kind, lines } }): Uint8Array => {
    const part = Math.floor((lines * (index + 1)) / chunks) - Math.floor((lines * index) / chunks)
    return (kind === 'log' ? generateLog(part, index + 1) : generateRows(part, index + 1)).view()
  },
})

function makeText(byteLength: number): Uint8Array {
  const encoder = new TextEncoder()
  const text = new Uint8Array(byteLength).fill(0x20)
  let seed = 12345
  let at = 0
  for (let inLine = 0; ; inLine++) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    // Earlier words are more frequent.
    const word = words[Math.floor(words.length * ((seed >>> 8) / 2 ** 24) ** 2)]!
    const end = inLine % 12 === 11 ? '.\n' : ' '
    const bytes = encoder.encode(word + end)
    if (at + bytes.length > byteLength) return text
    text.set(bytes, at)
    at += bytes.length
  }
}

/** Copies lines of a pool, from a place of its own for each chunk. */
function copyFrom(bytes: Uint8Array, pool: Uint8Array, place: number): void {
  let from = place % pool.length
  for (let at = 0; at < bytes.length; ) {
    const part = pool.subarray(from, from + bytes.length - at)
    bytes.set(part, at)
    at += part.length
    from = 0
  }
}

function fillWords(bytes: Uint8Array, random: () => number): void {
  const whole = bytes.length >> 2
  const numbers = new Uint32Array(bytes.buffer, bytes.byteOffset, whole)
  for (let i = 0; i < whole; i++) numbers[i] = random()
}

/** Records of 16 bytes: a growing number, small numbers and zeros. */
function fillTable(bytes: Uint8Array, start: number): void {
  const whole = bytes.length >> 2
  const numbers = new Uint32Array(bytes.buffer, bytes.byteOffset, whole)
  for (let i = 0; i < whole; i += 4) {
    numbers[i] = (start >> 4) + (i >> 2)
    numbers[i + 1] = (i * 7) % 1000
    numbers[i + 2] = 0
    numbers[i + 3] = 0
  }
}

/** Bytes that occur as in machine code: few opcodes very often, small operands, some zeros. */
function fillCode(bytes: Uint8Array, random: () => number): void {
  const opcodes = [0x48, 0x89, 0x8b, 0x0f, 0xe8, 0x83, 0xc3, 0x24, 0x55, 0x5d, 0x74, 0x75, 0xff, 0x85, 0xc0, 0x00]
  for (let i = 0; i < bytes.length; i++) {
    const number = random()
    bytes[i] = (number & 3) !== 0 ? opcodes[(number >>> 8) & 15]! : (number & 4) !== 0 ? (number >>> 8) & 255 : 0
  }
}
