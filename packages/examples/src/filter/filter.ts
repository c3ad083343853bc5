// The filter plugin: the lines that contain a pattern, to be written into a file.

import { definePlugin, lines, type Plugin } from '@onecopy/core'
import { createFinder } from '../finder.js'

/** The parameters. */
export interface FilterParams {
  /** What a line must contain: text, which is taken as UTF-8, of at least one character and without line feeds. */
  readonly pattern: string
}

const lineFeed = 0x0a
const noPattern: FilterParams = { pattern: '' }

/**
 * The lines that contain `params.pattern`, whole, each with its line feed, in their order. The result of a chunk is the bytes of its
 * lines, so `writeResults` of `@onecopy/node` makes a file of them.
 *
 * @throws {RangeError} the pattern is empty, or contains a line feed
 * @example await writeResults(engine.map(file('access.log'), filter, { params: { pattern: 'ERROR' } }), 'errors.log')
 */
export const filter: Plugin<FilterParams, Uint8Array, Uint8Array[]> = definePlugin(import.meta.url, {
  name: 'filter',
  description: 'The lines that contain a pattern, from a file into a file.',
  params: noPattern,
  chunks({ pattern }) {
    if (pattern !== '' && !pattern.includes('\n')) return lines({ size: 2 ** 20 })
    throw new RangeError(`pattern: expected text without line feeds, got ${JSON.stringify(pattern)}`)
  },
  setup: ({ pattern }) => new TextEncoder().encode(pattern),

  map(bytes, { state: pattern }): Uint8Array {
    const next = createFinder(bytes, pattern)
    const kept: Uint8Array[] = []
    for (let at = next(0); at >= 0; ) {
      const start = bytes.lastIndexOf(lineFeed, at) + 1
      const feed = bytes.indexOf(lineFeed, at)
      const end = feed < 0 ? bytes.length : feed + 1
      kept.push(bytes.subarray(start, end))
      at = next(end)
    }
    return join(kept)
  },
})

function join(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
