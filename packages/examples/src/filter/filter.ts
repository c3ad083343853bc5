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
  setup: ({ pattern }) => ({ pattern: new TextEncoder().encode(pattern), kept: new Uint8Array(0) }),

  map(bytes, { state }): Uint8Array {
    if (state.kept.length < bytes.length) state.kept = new Uint8Array(bytes.length)
    const { kept, pattern } = state
    const next = createFinder(bytes, pattern)
    let length = 0
    for (let at = next(0); at >= 0; ) {
      let from = at
      while (from > 0 && bytes[from - 1] !== lineFeed) from--
      // Lines are short. Copying one byte after the other is quicker than a call of set() with a view of its own.
      let byte = -1
      while (byte !== lineFeed && from < bytes.length) {
        byte = bytes[from++]!
        kept[length++] = byte
      }
      at = next(from)
    }
    // This part is copied before the next chunk runs.
    return kept.subarray(0, length)
  },
})
