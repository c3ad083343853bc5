// What a check can be told, what it refuses, and what its report says.

import { definePlugin, type Engine, fixed, overlapping, records, sequential, share, sum } from '@onecopy/core'
import { checkPlugin, describeReport, findBrokenLaws, type LawReport, lawIds } from '@onecopy/core/testing'
import { createEngine } from '@onecopy/node'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { countsBordersOnce, keepsRecords } from './plugins/lawful.js'
import { relativeOffsets, splitsRecords } from './plugins/mistaken.js'

const here = import.meta.url

async function lawOf(law: LawReport['law'], ...args: Parameters<typeof findBrokenLaws>): Promise<LawReport> {
  const report = await findBrokenLaws(...args)
  return report.laws.find((each) => each.law === law) ?? expect.fail(`there is no ${law}`)
}

/** Parses JSON, and so throws on whatever is none. */
const parses = definePlugin(here, {
  name: 'parses',
  chunks: fixed(),
  map: (bytes) => (JSON.parse(new TextDecoder().decode(bytes)) as { n: number }).n,
  reduce: sum(),
})

test('data: a mistake that only the right data shows is found in it, whatever its form', async () => {
  const seven = definePlugin(here, {
    name: 'seven',
    map: (bytes) => (bytes.includes(201) && bytes.includes(202) ? 1 : 0),
    reduce: sum(),
  })
  const data = Uint8Array.of(201, 202, 203)
  for (const each of [data, share(data), [Uint8Array.of(), data]]) {
    await expect(checkPlugin(seven, { data: each })).rejects.toThrow(/for the data <(c9 ca|ca c9)> in chunks of 1/)
  }
})

test.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, '1s'])(
  'timeoutMs: %s is refused, because no timer takes it',
  async (timeoutMs) => {
    // `as`: a wrong type is one of the cases.
    const options = { timeoutMs: timeoutMs as number }
    await expect(checkPlugin(countsBordersOnce, options)).rejects.toThrow(
      /^options\.timeoutMs: expected an integer from 1 to 2147483647, got /,
    )
  },
)

test.each([1, 2 ** 31 - 1])('timeoutMs: %s is taken', async (timeoutMs) => {
  // The case in question is only whether the number is refused: in 1 ms a check may not come far.
  const outcome = await checkPlugin(countsBordersOnce, { timeoutMs, runs: 1 }).catch((error: unknown) => `${error}`)
  expect(`${outcome}`).not.toContain('options.timeoutMs')
})

test('data: a long sample is used as it is, and its counterexample is short all the same', async () => {
  const text = 'the quick brown fox jumps over the lazy dog 12345\n'.repeat(100)
  const { counterexample } = await lawOf('borders', splitsRecords, { data: text })
  expect(counterexample?.data.length).toBeLessThanOrEqual(4)
})

test('data on which the plugin throws tells nothing; a plugin that throws on all of it does not pass', async () => {
  const throws = definePlugin(here, {
    name: 'throws',
    map: (): number => {
      throw new Error('bad format')
    },
    reduce: sum(),
  })
  await expect(checkPlugin(throws)).rejects.toThrow(/no law could be checked.*bad format; give data/s)
})

test.each(['init', 'add', 'finish'] as const)('a reducer whose %s throws on all data does not pass', async (member) => {
  const broken = (): number => {
    throw new Error('not written yet')
  }
  const plugin = definePlugin(here, {
    name: `throws in ${member}`,
    map: (bytes) => bytes.length,
    reduce: { init: () => 0, add: (a, b: number) => a + b, merge: (a, b) => a + b, [member]: broken },
  })
  await expect(checkPlugin(plugin)).rejects.toThrow(/it gives no answer .*– workers: .*not written yet/s)
})

test('data on which it throws only when it is cut is a counterexample', async () => {
  const law = await lawOf('borders', parses, { data: '{"n":5}' })
  expect(law.status).toBe('broken')
  expect(law.counterexample?.text).toMatch(/SyntaxError/)
})

test('params: those of a run, and what they hold is in the data', async () => {
  await checkPlugin(countsBordersOnce, { params: { pattern: 'xyz' } })
  const finds = definePlugin(here, {
    name: 'finds',
    params: { pattern: 'ab' },
    map: (bytes, { params }) => new TextDecoder().decode(bytes).split(params.pattern).length - 1,
    reduce: sum(),
  })
  const { counterexample } = await lawOf('borders', finds, { params: { pattern: '#!' } })
  expect(counterexample?.text).toContain('the data "#!" in chunks of 1')
})

test('params: what a schema makes of them', async () => {
  const finds = definePlugin(here, {
    name: 'finds with a schema',
    params: z.object({ pattern: z.string().transform((text) => `${text}!`) }),
    chunks: ({ pattern }) => overlapping({ overlap: pattern.length - 1 }),
    map: (bytes, { params }) => new TextDecoder().decode(bytes).split(params.pattern).length - 1,
    reduce: sum(),
  })
  await checkPlugin(finds, { params: { pattern: 'ab' } })
  // @ts-expect-error: there is no such pattern
  await expect(checkPlugin(finds, { params: { pattern: 7 } })).rejects.toThrow(/^params of finds with a schema/)
})

test('equal: decides what the same answer is', async () => {
  await expect(checkPlugin(relativeOffsets)).rejects.toThrow(/✗ chunk-size/)
  await checkPlugin(relativeOffsets, { equal: (left, right) => left.length === right.length })
})

test('equal: floats can be held to their last bit', async () => {
  const total = definePlugin(here, {
    name: 'total',
    map: (part: Readonly<Float64Array>) => part.reduce((a, b) => a + b, 0),
    reduce: sum(),
  })
  const data = Float64Array.of(0.1, 0.2, 0.3, 0.7)
  await checkPlugin(total, { data })
  await expect(checkPlugin(total, { data, equal: Object.is })).rejects.toThrow(/✗ associative/)
})

test('an error that equal throws is the check’s', async () => {
  const equal = (): boolean => {
    throw new RangeError('no such answer')
  }
  await expect(checkPlugin(keepsRecords, { equal })).rejects.toThrow(new RangeError('no such answer'))
})

test('equal: has to say yes or no: a promise is neither', async () => {
  // @ts-expect-error: no boolean
  const later = checkPlugin(relativeOffsets, { equal: async () => true })
  await expect(later).rejects.toThrow(/^options\.equal: expected it to return true or false, got an object \(Promise\)/)
})

test('runs: more or fewer cases', async () => {
  const few = await checkPlugin(keepsRecords, { runs: 5 })
  const many = await checkPlugin(keepsRecords, { runs: 40 })
  expect(few.cases).toBeLessThan(many.cases)
})

test('runs: even one case has data in it, whatever the seed', async () => {
  const reads = definePlugin(here, {
    name: 'reads records',
    chunks: records({ length: 4, header: 2 }),
    map: (bytes) => bytes.length,
    reduce: sum(),
  })
  for (let seed = 0; seed < 60; seed++) {
    for (const [plugin, options] of [
      [countsBordersOnce, {}],
      [countsBordersOnce, { data: 'one\ntwo\nthree\n' }],
      [reads, {}],
      [reads, { data: Uint8Array.of(1, 2, 3) }],
    ] as const) {
      const { ok, cases } = await findBrokenLaws(plugin as typeof reads, { ...options, runs: 1, seed })
      expect({ seed, ok, isChecked: cases > 0 }).toEqual({ seed, ok: true, isChecked: true })
    }
  }
})

test('except: a law that is not promised, with the reason', async () => {
  const law = await lawOf('borders', splitsRecords, { except: { borders: 'close enough' } })
  expect(law).toMatchObject({ status: 'not checked', reason: 'close enough' })
})

test('engine: answers come from there, too', async () => {
  await using engine = createEngine({ workers: 2 })
  let runs = 0
  engine.on('runStart', () => runs++)
  await checkPlugin(keepsRecords, { engine })
  // How many, is a matter of time.
  expect(runs).toBeGreaterThan(0)
})

test('engine: another answer there is a breach', async () => {
  const alone = sequential()
  const liar = { run: (...args: [never, never, never]) => alone.run(...args).then((sum) => Number(sum) + 1) }
  // `as`: an engine that lies, and has no more than it takes to do so.
  const law = await lawOf('workers', keepsRecords, { engine: liar as unknown as Engine })
  expect(law.counterexample?.found).toEqual({ 'the answer of 1 worker': 0, 'that of the given engine': 1 })
})

const never = (): Promise<never> => new Promise<never>(() => {})

const waiting = {
  'its map': definePlugin(here, { name: 'waits-1', map: never }),
  'its map, over some data': definePlugin(here, {
    name: 'waits-2',
    map: async (bytes) => (bytes.length > 1 ? await never() : 0),
  }),
  'its setup': definePlugin(here, { name: 'waits-3', setup: (): Promise<number> => never(), map: () => 0 }),
  'its teardown': definePlugin(here, { name: 'waits-4', setup: () => 1, teardown: never, map: () => 0 }),
}

test.each(Object.entries(waiting))(
  'timeoutMs: of a plugin that waits for ever in %s, the check says so',
  async (_, plugin) => {
    await expect(checkPlugin(plugin, { timeoutMs: 20 })).rejects.toThrow(
      /^plugin "waits-\d": a run over the data (".*"|<.*>) in chunks of \d+ did not settle in 20 ms\. Usually: .*promise/,
    )
  },
)

test('timeoutMs: may be longer than what a law’s cases take together', async () => {
  const check = checkPlugin(waiting['its map, over some data'], { runs: 10, timeoutMs: 60 })
  await expect(check).rejects.toThrow(/did not settle in 60 ms/)
})

test('a plugin so slow that there is time for one case only is checked in that one', async () => {
  const slow = definePlugin(here, {
    name: 'slow',
    map: (bytes) => new Promise<number>((resolve) => setTimeout(() => resolve(bytes.length), 4)),
    reduce: sum(),
  })
  const laws = ['input-untouched', 'deterministic', 'workers'] as const
  for (const law of laws)
    expect(await lawOf(law, slow, { runs: 1, seed: 3 })).toMatchObject({ status: 'holds', cases: 1 })
})

test('timeoutMs: a run that only the given engine does not end is cancelled there', async () => {
  const cancelled: unknown[] = []
  const slow = {
    run: (...args: [never, never, never]) => Object.assign(never(), { cancel: () => cancelled.push(args) }),
  }
  // `as`: an engine that never ends a run, and has no more than it takes to do so.
  const check = checkPlugin(keepsRecords, { timeoutMs: 20, engine: slow as unknown as Engine })
  await expect(check).rejects.toThrow(/did not settle in 20 ms/)
  expect(cancelled).toHaveLength(1)
})

test('a report has every law once, and reads as text', async () => {
  const report = await findBrokenLaws(splitsRecords, { seed: 7 })
  expect(report.laws.map(({ law }) => law)).toEqual(lawIds)
  const text = describeReport(report)
  expect(text).toMatch(/^plugin "splits-records": 1 of 16 laws is broken \(\d+ cases, seed 7\)\n/)
  expect(text).toMatch(/\n✓ associative: merge\(merge\(a, b\), c\) equals merge\(a, merge\(b, c\)\)\n/)
  expect(text).toMatch(/\n– commutative: .*\n {4}not checked: the reducer does not promise it/)
  expect(text).toMatch(
    /\n✗ borders: .*\n {4}but the answer of one chunk is \d+, that of several is \d+, for the data ".*" in chunks of \d+\n {4}Usually: fixed\(\) cuts through records/,
  )
  expect(describeReport(report, 'broken').split('\n')).toHaveLength(4)
})

test('what is wrong with the call is said at once', async () => {
  // @ts-expect-error: no plugin
  await expect(checkPlugin({})).rejects.toThrow(/^plugin: expected what definePlugin returns/)
  // @ts-expect-error: no such option
  await expect(checkPlugin(keepsRecords, { sample: '' })).rejects.toThrow(/^options\.sample: there is no such option/)
  await expect(checkPlugin(keepsRecords, { runs: 0 })).rejects.toThrow(
    /^options\.runs: expected an integer >= 1, got 0/,
  )
  await expect(checkPlugin(keepsRecords, { timeoutMs: 0 })).rejects.toThrow(
    /^options\.timeoutMs: expected an integer from 1 to /,
  )
  await expect(checkPlugin(keepsRecords, { timeoutMs: 2 ** 31 })).rejects.toThrow(
    /^options\.timeoutMs: .* got 2147483648/,
  )
  // @ts-expect-error: no data
  await expect(checkPlugin(keepsRecords, { data: 7 })).rejects.toThrow(/^options\.data: expected text/)
  // @ts-expect-error: no engine
  await expect(checkPlugin(keepsRecords, { engine: {} })).rejects.toThrow(/^options\.engine: expected an engine, got/)
  // @ts-expect-error: no such law
  await expect(checkPlugin(keepsRecords, { except: { size: '' } })).rejects.toThrow(
    /^options\.except\.size: there is no/,
  )
  await expect(checkPlugin(keepsRecords, { except: { borders: '' } })).rejects.toThrow(/expected the reason as text/)
  // @ts-expect-error: lines() cut bytes only
  await expect(checkPlugin(keepsRecords, { data: Float64Array.of(1) })).rejects.toThrow(/this data is a Float64Array/)
})
