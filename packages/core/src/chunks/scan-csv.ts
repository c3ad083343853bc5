// The function that the first pass over CSV runs for each chunk.

import { memberOf } from '../base/own-members.js'
import type { TypedArray } from '../data/typed-array.js'
import { CsvAutomaton, type CsvForm, scanTail } from './csv-automaton.js'
import { markLength, unsigned } from './csv-cuts.js'

/** The members of a chunk that the scan needs. */
interface ScannedChunk {
  readonly start: number
  readonly end: number
  /** Where it is in its file, if the data consists of several. */
  readonly source: { readonly offset: number } | undefined
  /** The dialect; and where the data begins behind a byte order mark (`begin`), if that is known. */
  readonly params: unknown
  /** The elements `[start, end)`, valid until the next call. */
  read(start: number, end: number): TypedArray
  view(start: number, end: number): Readonly<TypedArray>
}

/** The automaton of the last dialect in this thread. */
let last: { readonly form: CsvForm; readonly automaton: CsvAutomaton } | undefined

/** The state at the end of a chunk for each state at its start, as {@link CsvAutomaton.scan} packs them. It reads what it needs. */
export function scanCsvChunk(_: unknown, chunk: ScannedChunk): number {
  // `as`: the engine runs this function with such parameters.
  const form = chunk.params as CsvForm
  if (last === undefined || !isSame(last.form, form)) last = { form, automaton: new CsvAutomaton(form) }
  const start = Math.min(chunk.end, chunk.start + markIn(chunk))
  return scanTail(last.automaton, start, chunk.end, (from, to) => unsigned(chunk.read(from, to)))
}

function isSame(one: CsvForm, other: CsvForm): boolean {
  return one.delimiter === other.delimiter && one.quote === other.quote && one.escape === other.escape
}

/** How many of a chunk's bytes belong to the byte order mark. */
function markIn(chunk: ScannedChunk): number {
  const offset = chunk.source?.offset ?? chunk.start
  // `as`: see above. A chunk of a stream does not see where its source begins.
  const begun = memberOf(chunk.params as object, 'begin') as number | undefined
  if (begun !== undefined) return Math.max(0, begun - chunk.start)
  if (offset >= 3) return 0
  const begin = chunk.start - offset
  return Math.max(0, markLength(unsigned(chunk.view(begin, begin + 3))) - offset)
}
