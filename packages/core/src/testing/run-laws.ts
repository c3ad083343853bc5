// The laws of whole runs: the answer depends neither on the chunk size, nor on the workers, nor on the order of arrival.

import { hasOwn } from '../base/own-members.js'
import type { Case } from './cases.js'
import { closenessFor, exact, findDifference } from './equality.js'
import { shown } from './map-laws.js'
import type { Element } from './material.js'
import { seededRandom } from './scheduled-host.js'
import { isViolation, type Verdict } from './search.js'
import type { Outcome } from './subject.js'
import { chunkSize, type Trial } from './trial.js'

/** A user's engine runs this many cases, because starting a run on threads takes longer than the run itself. */
const casesOnEngine = 25
/** How many orders of turns and arrivals are tried per case; more after one was found that changes the answer. */
const fewSchedules = 3
const manySchedules = 16
/** Pairs of rows made from random pieces. */
const mixedRows = 24
/** Longer overlaps are not filled. */
const longestOverlap = 64

function isSame(trial: Trial, testCase: Case, left: { readonly value: unknown }, right: Outcome): boolean {
  return hasOwn(right, 'value') && trial.subject.isSame(left.value, right.value, trial.data(testCase))
}

export async function workers(trial: Trial, testCase: Case): Promise<Verdict> {
  const { subject, engine } = trial
  const size = chunkSize(testCase)
  const alone = await subject.answer(trial.data(testCase), size)
  if (hasOwn(alone, 'thrown')) return { untold: alone.thrown }
  const schedules = trial.isOrderSeen ? manySchedules : fewSchedules
  for (let schedule = 0; schedule < schedules; schedule++) {
    const several = { workers: testCase.workers, random: seededRandom(testCase.seed + schedule) }
    const together = await subject.answer(trial.data(testCase), size, several)
    if (isSame(trial, testCase, alone, together)) continue
    trial.isOrderSeen = true
    const found = { 'the answer of 1 worker': alone.value, [`that of ${testCase.workers} workers`]: shown(together) }
    return { given: {}, found }
  }
  if (engine === undefined || (trial.count('workers') >= casesOnEngine && !trial.isEngineOff)) return 'holds'
  const there = await subject.answerOn(engine, trial.data(testCase), size)
  if (isSame(trial, testCase, alone, there)) return 'holds'
  trial.isEngineOff = true
  return { given: {}, found: { 'the answer of 1 worker': alone.value, 'that of the given engine': shown(there) } }
}

export async function chunkSizes(trial: Trial, testCase: Case): Promise<Verdict> {
  const { subject } = trial
  const whole = await subject.answer(trial.data(testCase), Math.max(1, testCase.elements.length))
  if (hasOwn(whole, 'thrown')) return { untold: whole.thrown }
  const parts = await subject.answer(trial.data(testCase), chunkSize(testCase))
  if (isSame(trial, testCase, whole, parts)) return 'holds'
  return { given: {}, found: { 'the answer of one chunk': whole.value, 'that of several': shown(parts) } }
}

export async function skips(trial: Trial, testCase: Case): Promise<Verdict> {
  const { subject } = trial
  const whole = await subject.skipped(trial.data(testCase), Math.max(1, testCase.elements.length))
  if (hasOwn(whole, 'thrown')) return { untold: whole.thrown }
  const parts = await subject.skipped(trial.data(testCase), chunkSize(testCase))
  if (hasOwn(parts, 'thrown')) {
    // A plugin that skips nothing may throw for other reasons, which other laws tell of.
    if (whole.value.count === 0) return { untold: parts.thrown }
    return { given: {}, found: { 'what one chunk skips': whole.value.ranges, 'several chunks': shown(parts) } }
  }
  if (whole.value.count === 0 && parts.value.count === 0) return { untold: undefined }
  if (findDifference(whole.value, parts.value, exact) === undefined) return 'holds'
  return { given: {}, found: { 'what one chunk skips': whole.value.ranges, 'what several skip': parts.value.ranges } }
}

export async function prefixCuts(trial: Trial, testCase: Case): Promise<Verdict> {
  const { subject } = trial
  const whole = await subject.firstAnswer(trial.data(testCase), Math.max(1, testCase.elements.length))
  if (hasOwn(whole, 'thrown')) return { untold: whole.thrown }
  const parts = await subject.firstAnswer(trial.data(testCase), chunkSize(testCase))
  const isEqual =
    hasOwn(parts, 'value') && findDifference(whole.value, parts.value, closenessFor(trial.data(testCase))) === undefined
  if (isEqual) return 'holds'
  return { given: {}, found: { 'the prefix behind one chunk': whole.value, 'that behind several': shown(parts) } }
}

/**
 * Whether the answer depends on the chunk size because of what is at a border. To find out, pieces of the same data are put one
 * after the other, possibly with something between them such as the end of a record, and cut exactly between the pieces. If the
 * answer is then right, the border is to blame.
 *
 * If results do not add up at all, as with a mean of means, no such cut helps.
 */
export async function isBorderToBlame(trial: Trial, testCase: Case): Promise<boolean> {
  // The whole can be read, but its parts cannot. So it was cut at a wrong place.
  const parts = await trial.subject.answer(trial.data(testCase), chunkSize(testCase))
  if (hasOwn(parts, 'thrown')) return true
  const header = trial.material.layout?.header ?? 0
  const unit = trial.material.layout?.length ?? 1
  const records = Math.floor((testCase.elements.length - header) / unit)
  if (records < 1) return false
  const head = testCase.elements.slice(0, header)
  const body = testCase.elements.slice(header, header + records * unit)
  for (const seam of seamsOf(trial)) {
    const verdicts: Verdict[] = []
    for (const row of rowsOf(trial, body, seam.times, testCase.seed)) {
      const pieces = row.map((piece, i) => [...seam.before, ...piece, ...(i < row.length - 1 ? seam.behind : [])])
      const size = pieces[0]!.length / unit
      const verdict = await chunkSizes(trial, { ...testCase, elements: [...head, ...pieces.flat()], size })
      verdicts.push(verdict)
      if (isViolation(verdict)) break
    }
    if (verdicts.includes('holds') && !verdicts.some(isViolation)) return true
  }
  return false
}

/** Pieces of data, one after the other. */
type Row = readonly (readonly Element[])[]

/** What is between two pieces. */
interface Seam {
  /** Elements before each piece. */
  readonly before: readonly Element[]
  /** Elements after each piece but the last. */
  readonly behind: readonly Element[]
  /** How often each piece is repeated, because the plugin may read longer records than the chunker cuts. */
  readonly times: number
}

function seamsOf(trial: Trial): readonly Seam[] {
  const { chunker } = trial.subject
  const none: readonly Element[] = []
  if (trial.material.layout !== undefined) {
    return [1, 2, 3, 4, 5, 6].map((times) => ({ before: none, behind: none, times }))
  }
  if (chunker.kind !== 'overlapping') {
    return separatorsOf(trial).map((behind) => ({ before: none, behind, times: 1 }))
  }
  // So what a chunk sees beyond its end is also the same for each piece.
  const overlap = Math.min(Math.max(1, chunker.overlap), longestOverlap)
  return separatorsOf(trial).map((separator) => {
    const margin = Array.from({ length: overlap }, () => separator).flat()
    return { before: margin, behind: margin, times: 1 }
  })
}

/**
 * Rows of pieces made from a body's records. All pieces have one length, except the last. A figure that does not add up may by
 * chance be right for parts that are equal or equally long. So most rows have different content, and their last piece is
 * shorter.
 */
function rowsOf(trial: Trial, body: readonly Element[], times: number, seed: number): readonly Row[] {
  const { layout, alphabets } = trial.material
  const unit = layout?.length ?? 1
  const records: (readonly Element[])[] = []
  for (let at = 0; at < body.length; at += unit) records.push(body.slice(at, at + unit))
  const length = records.length * times
  // A small counterexample may hold only one element.
  const others =
    layout === undefined
      ? [...new Set(alphabets.flat())].filter((each) => !body.includes(each)).slice(0, length + 1)
      : []
  const pool = [...records, ...others.map((element) => [element])]
  const random = seededRandom(seed)
  const anyOf = (count: number): readonly Element[] =>
    Array.from({ length: count }, () => pool[Math.floor(random() * pool.length)]!).flat()
  const same = Array.from({ length: times }, () => body).flat()
  const rows: Row[] = [
    [same, same],
    [same, [...same.slice(1), ...same.slice(0, 1)]],
    [same, same, records[0]!],
  ]
  for (let row = 0; row < mixedRows; row++) {
    const pieces = Array.from({ length: 1 + (row % 3) }, () => anyOf(length))
    rows.push([...pieces, anyOf(1 + Math.floor(random() * length))], [anyOf(length), same, anyOf(1)])
  }
  return rows
}

/** What may end a record: the chunker's delimiter, usual delimiters, and elements of the data. */
function separatorsOf(trial: Trial): readonly (readonly Element[])[] {
  const { chunker } = trial.subject
  const { elementType, alphabets } = trial.material
  const own = [...new Set(alphabets.flat().slice(0, 32))].map((element) => [element])
  const usual = elementType === 'Uint8Array' ? [[10], [10, 10], [32], [44], [0]] : []
  const ends = chunker.kind === 'delimited' ? [chunker.delimiter] : []
  return [[], ...ends, ...usual, ...own]
}
