// The laws of whole runs: neither the size of chunks, nor who runs them, nor the order of arrival shows in the answer.

import type { Case } from './cases.js'
import { shown } from './map-laws.js'
import type { Element } from './material.js'
import { seededRandom } from './scheduled-host.js'
import type { Verdict } from './search.js'
import type { Outcome } from './subject.js'
import { chunkSize, type Trial } from './trial.js'

/** A user's engine is asked in so many cases: starting a run on threads takes longer than the run. */
const casesOnEngine = 25
/** Orders of turns and arrivals that are tried in a case. */
const schedules = 3

function isSame(trial: Trial, of: Case, left: { readonly value: unknown }, right: Outcome): boolean {
  return 'value' in right && trial.subject.isSame(left.value, right.value, trial.data(of))
}

export async function workers(trial: Trial, of: Case): Promise<Verdict> {
  const { subject, engine } = trial
  const size = chunkSize(of)
  const alone = await subject.answer(trial.data(of), size)
  if ('thrown' in alone) return { untold: alone.thrown }
  for (let schedule = 0; schedule < schedules; schedule++) {
    const several = { workers: of.workers, random: seededRandom(of.seed + schedule) }
    const together = await subject.answer(trial.data(of), size, several)
    if (isSame(trial, of, alone, together)) continue
    const found = { 'the answer of 1 worker': alone.value, [`that of ${of.workers} workers`]: shown(together) }
    return { given: {}, found }
  }
  if (engine === undefined || trial.count('workers') >= casesOnEngine) return 'holds'
  const there = await subject.answerOn(engine, trial.data(of), size)
  if (isSame(trial, of, alone, there)) return 'holds'
  return { given: {}, found: { 'the answer of 1 worker': alone.value, 'that of the given engine': shown(there) } }
}

export async function chunkSizes(trial: Trial, of: Case): Promise<Verdict> {
  const { subject } = trial
  const whole = await subject.answer(trial.data(of), Math.max(1, of.elements.length))
  if ('thrown' in whole) return { untold: whole.thrown }
  const parts = await subject.answer(trial.data(of), chunkSize(of))
  if (isSame(trial, of, whole, parts)) return 'holds'
  return { given: {}, found: { 'the answer of one chunk': whole.value, 'that of several': shown(parts) } }
}

/**
 * Whether an answer depends on the chunk size because of what lies at a border: then the same data, twice and cut where the
 * second copy begins, gives the right answer. Something may have to lie between them, such as the end of a record.
 *
 * Where results do not add up at all, as with a mean of means, no such place helps.
 */
export async function isBorderToBlame(trial: Trial, of: Case): Promise<boolean> {
  // What can be read as a whole, and not in parts, was cut where it must not be.
  const parts = await trial.subject.answer(trial.data(of), chunkSize(of))
  if ('thrown' in parts) return true
  const { layout } = trial.material
  const { header = 0, size: unit = 1 } = layout ?? {}
  const head = of.elements.slice(0, header)
  const records = Math.floor((of.elements.length - header) / unit)
  if (records < 1) return false
  const body = of.elements.slice(header, header + records * unit)
  // Other data of the same length: a figure that does not add up may come out right for two parts that are alike.
  const other = Array.from({ length: records }, () => body.slice(-unit)).flat()
  const pairs = [
    [body, body],
    [body, other],
    [other, body],
  ] as const
  for (const separator of layout === undefined ? separatorsOf(trial) : [[]]) {
    // The first of two chunks ends behind the separator.
    const size = records + separator.length
    const verdicts: Verdict[] = []
    for (const [left, right] of pairs) {
      verdicts.push(await chunkSizes(trial, { ...of, elements: [...head, ...left, ...separator, ...right], size }))
    }
    const told = verdicts.filter((verdict) => verdict === 'holds' || 'found' in verdict)
    if (told.length > 0 && told.every((verdict) => verdict === 'holds')) return true
  }
  return false
}

/** What may end a record: the chunker's delimiter, what usually does, and elements of the data. */
function separatorsOf(trial: Trial): readonly (readonly Element[])[] {
  const { chunker } = trial.subject
  const { elementType, alphabets } = trial.material
  const own = [...new Set(alphabets.flat().slice(0, 32))].map((element) => [element])
  const usual = elementType === 'Uint8Array' ? [[10], [32], [44], [0]] : []
  return [[], ...(chunker.kind === 'delimited' ? [chunker.delimiter] : []), ...usual, ...own]
}
