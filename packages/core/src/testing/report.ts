// What a check has found, as data, as text, and as the error with which a test fails.

import type { TypedArray } from '../data/typed-array.js'
import { exact, findDifference, memberAt } from './equality.js'
import type { LawId } from './laws.js'
import { printCut, printValue, type SizedChunker } from './print.js'

/** The smallest case that was found in which a law does not hold. */
export interface Counterexample {
  /** The whole data. */
  readonly data: TypedArray
  /** How it was cut: elements per chunk. */
  readonly chunkSize: number
  /** The values for which the law was tested, by name: `{ a: 1, b: 2, c: 1 }`. */
  readonly given: Readonly<Record<string, unknown>>
  /** The values that should have been equal, by name: `{ 'merge(a, b)': 1.5, 'merge(b, a)': 2 }`. */
  readonly found: Readonly<Record<string, unknown>>
  /** All of that in one line. */
  readonly text: string
}

/** What was found about one law. */
export interface LawReport {
  /** Its stable name. */
  readonly law: LawId
  /** What the law says, in one line. */
  readonly statement: string
  /** `'holds'` in all tested cases, `'broken'` in one, or `'not checked'` for the given reason. */
  readonly status: 'holds' | 'broken' | 'not checked'
  /** The number of cases that told something about the law. */
  readonly cases: number
  /** Why it was not checked. */
  readonly reason?: string | undefined
  /** Set if the law is broken. */
  readonly counterexample?: Counterexample | undefined
  /** What usually breaks the law, in one sentence. Set if the law is broken. */
  readonly usualCause?: string | undefined
}

/** What was found about a plugin. */
export interface CheckReport {
  /** The plugin's name. */
  readonly plugin: string
  /** Whether no law is broken and the plugin gives answers. It is false for a plugin or reducer that throws for every input. */
  readonly ok: boolean
  /** The seed of all cases. Give it as an option to test the same cases again. */
  readonly seed: number
  /** The number of cases that told something, summed over all laws. */
  readonly cases: number
  /** One entry for each law, in a fixed order. */
  readonly laws: readonly LawReport[]
}

/** The error with which `checkPlugin` rejects. The message lists each broken law. */
export class BrokenLawsError extends Error {
  /** `'BrokenLawsError'` */
  override readonly name: string = 'BrokenLawsError'
  /** What was found about each law. */
  readonly report: CheckReport

  /** Made by `checkPlugin`. */
  constructor(report: CheckReport) {
    super(describeReport(report, 'broken'))
    this.report = report
  }
}

/**
 * A report as text, with one paragraph per law.
 *
 * @param which - `'all'` laws (default), or only the `'broken'` ones
 * @example console.log(describeReport(await findBrokenLaws(plugin)))
 */
export function describeReport(report: CheckReport, which: 'all' | 'broken' = 'all'): string {
  const { plugin, laws, seed, cases } = report
  const title = `plugin ${printValue(plugin)}: ${describeVerdict(report)} (${cases} cases, seed ${seed})`
  const shown = which === 'all' ? laws : decisive(report)
  return [title, ...shown.map(describeLaw)].join('\n')
}

/** The verdict in a few words. */
function describeVerdict({ laws, ok }: CheckReport): string {
  const broken = laws.filter(({ status }) => status === 'broken').length
  if (broken > 0) return `${broken} of ${laws.length} laws ${broken === 1 ? 'is' : 'are'} broken`
  if (ok) return 'no law is broken'
  return laws.some(({ status }) => status === 'holds') ? 'it gives no answer' : 'no law could be checked'
}

/** The laws for which a plugin fails: the broken ones, or the one that shows what prevents checking all the others. */
function decisive({ laws, ok }: CheckReport): readonly LawReport[] {
  const broken = laws.filter(({ status }) => status === 'broken')
  if (broken.length > 0 || ok) return broken
  return laws.some(({ status }) => status === 'holds') ? laws.filter(({ law }) => law === 'workers') : laws.slice(0, 1)
}

const marks = { holds: '✓', broken: '✗', 'not checked': '–' } as const

function describeLaw({ law, statement, status, reason, counterexample, usualCause }: LawReport): string {
  const line = `${marks[status]} ${law}: ${statement}`
  if (status === 'not checked') return `${line}\n    not checked: ${reason}`
  // Not by the member: objects whose prototype has that name seem to have it as well. `!`: a broken law has one.
  return status !== 'broken' ? line : `${line}\n    but ${counterexample!.text}\n    Usually: ${usualCause}`
}

/** A counterexample, with its text. */
export function counterexampleOf(
  details: Omit<Counterexample, 'text' | 'chunkSize'>,
  chunker: SizedChunker,
): Counterexample {
  const { data, given, found } = details
  const givenText = Object.entries(given).map(([name, value]) => `${name} = ${printValue(value)}`)
  const cut = printCut(data, chunker)
  const where = givenText.length === 0 ? `for ${cut}` : `for ${givenText.join(', ')}, from ${cut}`
  return { ...details, chunkSize: chunker.size, text: `${printFound(found)}, ${where}` }
}

/** The values that should have been equal, as text. If the texts are equal, the first place where the values differ is added. */
function printFound(found: Readonly<Record<string, unknown>>): string {
  const values = Object.values(found)
  const texts = values.map(printValue)
  const place = new Set(texts).size > 1 ? '' : (findDifference(values[0], values[1], exact) ?? '')
  const isPlain = /^(\.[^.[\]()]+|\[\d+\])+$/.test(place)
  return Object.keys(found)
    .map((name, i) => {
      const at = isPlain ? `, with ${printValue(memberAt(values[i], place))} at ${place}` : ''
      return `${name} is ${texts[i]}${at}`
    })
    .join(', ')
}
