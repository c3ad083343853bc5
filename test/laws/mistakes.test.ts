// Each common mistake is found, under the name of the law that it breaks and with a small counterexample. The same plugin
// without the mistake passes.

import type { Plugin } from '@onecopy/core'
import { BrokenLawsError, type CheckReport, checkPlugin, findBrokenLaws, type LawId } from '@onecopy/core/testing'
import { describe, expect, test } from 'vitest'
import * as lawful from './plugins/lawful.js'
import * as mistaken from './plugins/mistaken.js'

/** The laws that a report says are broken. */
function broken(report: CheckReport): LawId[] {
  return report.laws.filter(({ status }) => status === 'broken').map(({ law }) => law)
}

/** The plugins of a module, by the names of its exports. */
function pluginsOf(
  exports: Readonly<Record<string, Plugin<unknown, unknown, unknown>>>,
): Map<string, Plugin<unknown, unknown, unknown>> {
  return new Map(Object.entries(exports))
}

const plugins = pluginsOf(mistaken)

interface Mistake {
  readonly name: keyof typeof mistaken
  readonly laws: readonly LawId[]
  /** Most bytes of each counterexample. */
  readonly size: number
  /** In the message. */
  readonly says: RegExp
  readonly seed?: number
}

const mistakes: readonly Mistake[] = [
  { name: 'meanOfMeans', laws: ['associative', 'chunk-size'], size: 4, says: /keep a sum and a count/ },
  { name: 'concatInAnyOrder', laws: ['commutative', 'workers'], size: 8, says: /leave out order: 'any'/ },
  { name: 'forgetsToCopy', laws: ['fresh-values'], size: 2, says: /copy in add\(\)/ },
  { name: 'sharesItsIdentity', laws: ['fresh-values'], size: 2, says: /make a new object in init\(\)/ },
  { name: 'countsBordersTwice', laws: ['borders'], size: 4, says: /start before chunk\.end/ },
  { name: 'missesBorders', laws: ['borders'], size: 8, says: /the pattern's length minus one/ },
  { name: 'writesItsInput', laws: ['input-untouched'], size: 3, says: /bytes\.slice\(\)/ },
  { name: 'splitsRecords', laws: ['borders'], size: 4, says: /use lines\(\), delimited\(\) or records\(\)/ },
  { name: 'countsCalls', laws: ['deterministic'], size: 1, says: /a counter/ },
  {
    name: 'countsTheNew',
    laws: ['deterministic'],
    size: 1,
    says: /first result is 1, that of the same chunk later is 0/,
  },
  { name: 'largestSoFar', laws: ['deterministic'], size: 1, says: /left behind/ },
  { name: 'readsTheClock', laws: ['deterministic'], size: 2, says: /a clock/ },
  { name: 'carriesOver', laws: ['deterministic'], size: 2, says: /an earlier call left behind/ },
  { name: 'reusesItsResult', laws: ['workers'], size: 8, says: /results share an object/ },
  { name: 'returnsFunction', laws: ['cloneable'], size: 1, says: /result\.counts\[1\]\.get is function get/ },
  {
    name: 'returnsInstance',
    laws: ['cloneable'],
    size: 1,
    says: /result\[0\] is Point \{ x: 1 \}, its clone is \{ x: 1 \}/,
  },
  { name: 'countsInClass', laws: ['cloneable'], size: 1, says: /accumulator is Counter \{.*\}, its clone is Map \{/ },
  { name: 'namesBySymbol', laws: ['cloneable'], size: 1, says: /is \{ \[Symbol\(length\)\]: 1 \}, its clone is \{\}/ },
  { name: 'minimumFromZero', laws: ['identity'], size: 1, says: /merge\(init\(\), a\) is 0, a is \d+/ },
  {
    name: 'smallestIsZero',
    laws: ['identity'],
    size: 1,
    says: /merge\(init\(\), a\) is 0, a is \d+, for the result a = /,
  },
  { name: 'leastIsZero', laws: ['identity'], size: 1, says: /merge\(init\(\), a\) is \{ least: 0, n: 1 \}/ },
  { name: 'relativeOffsets', laws: ['chunk-size'], size: 3, says: /chunk\.start \+ i/ },
  { name: 'medianOfMedians', laws: ['chunk-size'], size: 8, says: /does not follow from those of the parts/ },
  { name: 'meanOfChunks', laws: ['chunk-size'], size: 8, says: /does not follow from those of the parts/ },
  { name: 'skipsHeaders', laws: ['chunk-size'], size: 8, says: /something counted once per chunk/ },
  { name: 'countsByteTwice', laws: ['borders'], size: 4, says: /start before chunk\.end/ },
  { name: 'readsOtherRecords', laws: ['borders'], size: 16, says: /records of another length than the chunker cuts/ },
  { name: 'splitsParagraphs', laws: ['borders'], size: 8, says: /another delimiter than the chunker/ },
  { name: 'throwsOnHalves', laws: ['borders'], size: 2, says: /half a record/ },
  { name: 'foldKeepsView', laws: ['own-bytes'], size: 2, says: /after bytes was overwritten .*\n.*bytes\.slice\(\)/ },
  { name: 'foldKeepsItsBuffer', laws: ['own-bytes'], size: 2, says: /keep a copy/ },
  { name: 'foldIgnoresAcc', laws: ['fresh-values'], size: 2, says: /an object that it uses again/ },
  { name: 'foldCarriesOver', laws: ['deterministic'], size: 2, says: /the state/ },
  {
    name: 'foldReadsTheChunkBefore',
    laws: ['folding'],
    size: 2,
    says: /one accumulator for a and b is 1, merge\(a, b\) is 0, for a = \{ last: (\d+), repeats: 0 \}, b = \{ last: \1/,
  },
  { name: 'foldNumbersLines', laws: ['folding'], size: 4, says: /what the chunk before left there/ },
  { name: 'foldMeanOfMeans', laws: ['associative', 'folding'], size: 4, says: /keep a sum and a count/ },
  {
    name: 'foldSharesItsIdentity',
    laws: ['fresh-values'],
    size: 2,
    says: /✗ fresh-values: init\(\) gives a fresh value each time.*\n.*after fold and merge/,
  },
  { name: 'foldReusesItsResult', laws: ['fresh-values'], size: 4, says: /return acc or a new object from fold/ },
  { name: 'foldWritesItsInput', laws: ['input-untouched'], size: 3, says: /fold leaves its input as it is/ },
  {
    name: 'foldMinimumFromZero',
    laws: ['identity', 'folding'],
    size: 2,
    says: /merge\(init\(\), a\) is 0, a is \d+/,
    // Not every seed makes a case that breaks `folding`.
    seed: 1,
  },
  { name: 'foldInAnyOrder', laws: ['commutative', 'workers'], size: 8, says: /leave out order: 'any'/ },
  {
    name: 'foldCountsInClass',
    laws: ['cloneable'],
    size: 1,
    says: /accumulator is Counter \{.*\}, its clone is Map \{/,
  },
  {
    name: 'writesBeyondItsWindow',
    laws: ['own-window'],
    size: 2,
    says: /the output after map is .*\n.*write by index, out\[i\]/,
  },
  { name: 'numbersItsWindow', laws: ['chunk-size'], size: 3, says: /chunk\.start \+ i/ },
  {
    name: 'numbersChunks',
    laws: ['prefix'],
    size: 4,
    says: /the prefix behind one chunk is 1, that behind several is \d.*\n.*counts something once per chunk/,
  },
  { name: 'takesTooMuch', laws: ['enough'], size: 3, says: /enough\(a\) is true too early/ },
  { name: 'isEnoughTooEarly', laws: ['enough'], size: 2, says: /merge return its left argument/ },
  { name: 'drawsFromMath', laws: ['deterministic'], size: 1, says: /chunk\.random\(\)/ },
  { name: 'skipsChunks', laws: ['skips'], size: 4, says: /a whole chunk instead of a record/ },
  { name: 'skipsRelatively', laws: ['skips'], size: 8, says: /chunk\.start \+ i/ },
  { name: 'foldRelativeOffsets', laws: ['chunk-size'], size: 3, says: /chunk\.start \+ i/ },
  { name: 'foldSplitsRecords', laws: ['borders'], size: 4, says: /use lines\(\), delimited\(\) or records\(\)/ },
]

describe('a plugin with a mistake', () => {
  test.each(mistakes)('$name breaks $laws', async ({ name, laws, size, says, seed }) => {
    const error: unknown = await checkPlugin(plugins.get(name)!, seed === undefined ? {} : { seed }).then(
      () => 'passed',
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(BrokenLawsError)
    const { message, report } = error as BrokenLawsError
    expect(broken(report), message).toEqual(laws)
    for (const { counterexample } of report.laws) {
      expect(counterexample?.data.length ?? 0, message).toBeLessThanOrEqual(size)
    }
    expect(message).toMatch(says)
    for (const law of laws) expect(message).toContain(`✗ ${law}: `)
  })

  test('every one is listed here', () => {
    expect(mistakes.map(({ name }) => name).sort()).toEqual([...plugins.keys()].sort())
  })
})

describe('a plugin without it', () => {
  test.each([...pluginsOf(lawful)])('%s keeps the laws', async (_name, plugin) => {
    const report = await checkPlugin(plugin)
    expect(report.ok).toBe(true)
    for (const { status, reason, cases } of report.laws) {
      if (status === 'not checked') expect(reason).not.toBe('')
      // The number depends on the time, which is limited.
      else expect(cases).toBeGreaterThan(0)
    }
  })
})

test('the same seed finds the same counterexample', async () => {
  // How many cases there is time for, is another matter.
  const found = ({ laws }: CheckReport) =>
    laws.map(({ law, status, counterexample }) => ({ law, status, counterexample }))
  const report = await findBrokenLaws(mistaken.meanOfMeans)
  expect(found(await findBrokenLaws(mistaken.meanOfMeans, { seed: report.seed }))).toEqual(found(report))
})
