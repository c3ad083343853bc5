// What results are inferred to be. Compiled, never run: each promise has a line that must compile and one that must not.

import {
  any,
  concat,
  count,
  countByKey,
  every,
  first,
  fixed,
  type MapRun,
  max,
  type Run,
  sequential,
  share,
  some as someOf,
  sum,
  sumArrays,
  take,
  topK,
} from '@onecopy/core'
import { type Equal, expectType } from './equal.js'

const engine = sequential()
const data = share('text')
const numbers = engine.map(data, (bytes) => bytes.length)
const texts = engine.map(data, () => 'text')

// A chunk function's result, awaited or not, is the run's.
expectType<Equal<typeof numbers, MapRun<number>>>(true)
expectType<Equal<Awaited<typeof numbers>, number[]>>(true)
const later = engine.map(data, async (bytes) => ({ first: bytes[0] }))
expectType<Equal<Awaited<typeof later>, { first: number | undefined }[]>>(true)
const some = engine.map(data, (_bytes, { index }) => (index === 0 ? 'text' : undefined))
expectType<Equal<Awaited<typeof some>, ('text' | undefined)[]>>(true)
// @ts-expect-error: its results are numbers
export const notTexts: PromiseLike<string[]> = numbers

// Iteration gives them one by one.
export async function iterate(): Promise<void> {
  for await (const each of numbers) expectType<Equal<typeof each, number>>(true)
  // @ts-expect-error: a reduced run has one value
  for await (const each of numbers.reduce(sum())) console.log(each)
}

// Ready-made reducers.
expectType<Equal<typeof total, Run<number>>>(true)
const total = numbers.reduce(sum())
const counted = texts.reduce(count())
expectType<Equal<typeof counted, Run<number>>>(true)
const largest = numbers.reduce(max())
expectType<Equal<typeof largest, Run<number | undefined>>>(true)
const listed = engine.map(data, (bytes) => [bytes[0]!]).reduce(concat())
expectType<Equal<typeof listed, Run<number[]>>>(true)
const histogram = engine.map(data, () => new Uint32Array(256)).reduce(sumArrays())
expectType<Equal<Awaited<typeof histogram>, Uint32Array | undefined>>(true)
const plain = engine.map(data, () => [1, 2]).reduce(sumArrays())
expectType<Equal<Awaited<typeof plain>, number[] | undefined>>(true)
const words = engine.map(data, () => new Map([['word', 1]])).reduce(countByKey<string>())
expectType<Equal<Awaited<typeof words>, Map<string, number>>>(true)
const best = numbers.reduce(topK<number>(3, (a, b) => a - b))
expectType<Equal<Awaited<typeof best>, number[]>>(true)
// @ts-expect-error: texts do not add up
texts.reduce(sum())
// @ts-expect-error: texts have no largest number
texts.reduce(max())
// @ts-expect-error: numbers are no arrays
numbers.reduce(sumArrays())
// @ts-expect-error: a Map of numbers is no count of texts
engine.map(data, () => new Map([[1, 1]])).reduce(countByKey<string>())

// A reducer's accumulator and its outcome.
const mean = numbers.reduce({
  init: () => ({ total: 0, n: 0 }),
  add: (acc, value) => ({ total: acc.total + value, n: acc.n + 1 }),
  merge: (left, right) => ({ total: left.total + right.total, n: left.n + right.n }),
  finish: (acc) => `${acc.total / acc.n}`,
})
expectType<Equal<typeof mean, Run<string>>>(true)
const unfinished = numbers.reduce({
  init: () => new Set<number>(),
  add: (acc, value) => acc.add(value),
  merge: (left, right) => new Set([...left, ...right]),
})
expectType<Equal<typeof unfinished, Run<Set<number>>>>(true)
const finished = numbers.reduce({ ...sum(), finish: (acc: number) => [acc] })
expectType<Equal<typeof finished, Run<number[]>>>(true)
// @ts-expect-error: add takes what the chunk function gives, a number
numbers.reduce({ init: () => 0, add: (acc: number, value: string) => acc + value.length, merge: (a, b) => a + b })
// @ts-expect-error: without init it has no identity
numbers.reduce({ add: (acc: number, value: number) => acc + value, merge: (a: number, b: number) => a + b })
// @ts-expect-error: there is no such order
numbers.reduce({ order: 'none', init: () => 0, add: (a: number, b: number) => a + b, merge: (a: number) => a })

// A bare function.
const joined = texts.reduce((left, right) => left + right)
expectType<Equal<typeof joined, Run<string>>>(true)
// @ts-expect-error: it merges results, and these are texts
texts.reduce((left: number, right: number) => left + right)
// @ts-expect-error: it has to give a result again
texts.reduce((left, right) => left.length + right.length)

// Reducers that end a run early.
const maybe = engine.map(data, (bytes) => (bytes.length > 1 ? bytes.length : undefined))
const firstFound = maybe.reduce(first())
expectType<Equal<typeof firstFound, Run<number | undefined>>>(true)
const anyFound = maybe.reduce(any())
expectType<Equal<typeof anyFound, Run<number | undefined>>>(true)
const taken = texts.reduce(take(3))
expectType<Equal<typeof taken, Run<string[]>>>(true)
const takenOfLists = engine.map(data, (bytes) => [...bytes]).reduce(take<number>(3))
expectType<Equal<typeof takenOfLists, Run<number[]>>>(true)
const isSome = engine.map(data, (bytes) => bytes.includes(0)).reduce(someOf())
expectType<Equal<typeof isSome, Run<boolean>>>(true)
// @ts-expect-error: it takes true or false, and these are texts
texts.reduce(every())
// @ts-expect-error: enough gives true or false
texts.reduce({ init: () => '', add: (a, b) => a + b, merge: (a, b) => a + b, enough: (acc: string) => acc })

// Events.
numbers.on('progress', ({ doneBytes }) => expectType<Equal<typeof doneBytes, number>>(true))
numbers.on('workerLost', ({ chunk }) => chunk?.index.toFixed()).on('done', ({ workers }) => workers.toFixed())
engine.on('runEnd', ({ stats }) => stats.elapsedMs.toFixed())
// @ts-expect-error: there is no 'error' event: a failure is the run's rejection
numbers.on('error', () => {})
// @ts-expect-error: there is no such event on an engine
engine.on('progress', () => {})
// @ts-expect-error: progress is no text
numbers.on('progress', (progress: string) => progress)

// Options.
engine.map(data, (bytes) => bytes.length, { chunks: fixed({ size: 1 }), workers: 1, signal: AbortSignal.timeout(1) })
// @ts-expect-error: there is no such option
engine.map(data, (bytes) => bytes.length, { chunkSize: 1 })
// @ts-expect-error: a chunker is no number
engine.map(data, (bytes) => bytes.length, { chunks: 8 })
// @ts-expect-error: there is no such option of a chunker
fixed({ sice: 1 })
// @ts-expect-error: bytes have to be shared first
engine.map(new Uint8Array(1), (bytes) => bytes.length)
// @ts-expect-error: a chunk function is no text
engine.map(data, '(bytes) => bytes.length')
