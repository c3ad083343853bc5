// Checks chunkers of any kind. Each is made again by its own function.

import { show } from '../base/check.js'
import { type Chunker, delimited, fixed, overlapping, records } from './chunkers.js'
import { csvRecords } from './csv-records.js'

/**
 * Check `chunker`, and return it as its own function would have made it. Hand-written descriptions get the same checks.
 *
 * @throws {TypeError | RangeError} it is not a chunker, or one of its values is wrong
 */
export function checkChunker(argument: string, chunker: Chunker): Chunker {
  if (typeof chunker !== 'object' || chunker === null) {
    const cure = typeof chunker === 'function' ? '; call it' : ''
    throw new TypeError(`${argument}: expected a chunker such as fixed() or lines(), got ${show(chunker)}${cure}`)
  }
  const { kind, ...options } = chunker as unknown as { kind: unknown } & Record<string, never>
  // `as`: each of these functions checks its argument.
  switch (kind) {
    case 'fixed':
      return fixed(options as object as Parameters<typeof fixed>[0])
    case 'records':
      return records(options as object as Parameters<typeof records>[0])
    case 'overlapping':
      return overlapping(options as object as Parameters<typeof overlapping>[0])
    case 'delimited':
      return delimited(options as object as Parameters<typeof delimited>[0])
    case 'csv':
      return csvRecords(options as object as Parameters<typeof csvRecords>[0])
    default:
      throw new TypeError(`${argument}: expected a chunker such as fixed() or lines(), got ${show(chunker)}`)
  }
}
