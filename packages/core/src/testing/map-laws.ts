// The laws of chunk functions: the input stays as it is, the same chunk gives the same result, and results can be cloned.
//
// They hold for fold functions too. The result of a chunk is then what it gives when it is folded by itself.

import { isThenable } from '../base/check.js'
import { hasOwn } from '../base/own-members.js'
import { runtime } from '../base/runtime.js'
import { elementConstructor, kindOf, type TypedArray } from '../data/typed-array.js'
import { ResultCopier } from '../lane/result-copier.js'
import { cloneValue } from '../serialize/clone.js'
import { findUncloneable } from '../serialize/uncloneable.js'
import { type Case, firstCases } from './cases.js'
import { exact, findDifference, memberAt } from './equality.js'
import type { Finding, Verdict } from './search.js'
import { attempt, type Outcome, type Watch } from './subject.js'
import { chunkSize, type Trial } from './trial.js'

/** How long to wait, in ms, before calling `map` again in the first cases. By then a clock shows another time. */
const clockMs = 3
const casesWithClock = 8

/** Pass what `map` or `fold` returned or threw to `then`. Waits only if it is a promise. */
export function settled(call: () => unknown, then: (outcome: Outcome) => unknown): unknown {
  const outcome = attempt(call)
  if (hasOwn(outcome, 'thrown') || !isThenable(outcome.value)) return then(outcome)
  return outcome.value.then(
    (value) => then({ value }),
    (thrown: unknown) => then({ thrown }),
  )
}

/** Return the value or throw what was thrown: that is what the lane sees. */
export function unwrap(outcome: Outcome): unknown {
  if (hasOwn(outcome, 'thrown')) throw outcome.thrown
  return outcome.value
}

/** A copy of what a typed array holds. */
export function copyOf(array: TypedArray): TypedArray {
  // `as`: every typed array has `slice`; a slice of shared memory is not shared.
  return (array as TypedArray & { slice(): TypedArray }).slice()
}

export async function inputUntouched(trial: Trial, testCase: Case): Promise<Verdict> {
  let found: { readonly chunk: number; readonly before: TypedArray; readonly after: TypedArray } | undefined
  const watch: Watch = (call, bytes, { index }, data) => {
    const [before, beforeBytes] = [copyOf(data), copyOf(bytes)]
    return settled(call, (outcome) => {
      if (found === undefined && findDifference(before, data, exact) !== undefined) {
        found = { chunk: index, before, after: copyOf(data) }
      } else if (found === undefined && findDifference(beforeBytes, bytes, exact) !== undefined) {
        // The plugin wrote into its own buffer, into which the data had been copied.
        found = { chunk: index, before: beforeBytes, after: copyOf(bytes) }
      }
      return unwrap(outcome)
    })
  }
  const results = await trial.subject.results(trial.data(testCase), chunkSize(testCase), watch)
  if (found !== undefined) {
    const { chunk, before, after } = found
    const fn = trial.subject.isFold ? 'fold' : 'map'
    return { given: { chunk }, found: { [`the input before ${fn}`]: before, [`the input after ${fn}`]: after } }
  }
  return hasOwn(results, 'thrown') ? { untold: results.thrown } : 'holds'
}

export async function ownWindow(trial: Trial, testCase: Case): Promise<Verdict> {
  let found: { readonly chunk: number; readonly before: TypedArray; readonly after: TypedArray } | undefined
  const watch: Watch = (call, _bytes, { index, out }) => {
    // `as`: the run is written in place. The output is all of the memory that the window is in.
    const window = out as TypedArray
    const all = elementsAround(window)
    const before = copyOf(all)
    return settled(call, (outcome) => {
      // `as`: every typed array has `set`.
      ;(before as TypedArray & { set(source: TypedArray, at: number): void }).set(
        window,
        window.byteOffset / window.BYTES_PER_ELEMENT,
      )
      if (found === undefined && findDifference(before, all, exact) !== undefined) {
        found = { chunk: index, before, after: copyOf(all) }
      }
      return unwrap(outcome)
    })
  }
  const results = await trial.subject.results(trial.data(testCase), chunkSize(testCase), watch)
  if (found !== undefined) {
    const { chunk, before, after } = found
    const fn = trial.subject.isFold ? 'fold' : 'map'
    const expected = `the output if ${fn} had written chunk.out alone`
    return { given: { chunk }, found: { [expected]: before, [`the output after ${fn}`]: after } }
  }
  return hasOwn(results, 'thrown') ? { untold: results.thrown } : 'holds'
}

/** All elements of the memory that a window is in. */
function elementsAround(window: TypedArray): TypedArray {
  const { buffer, BYTES_PER_ELEMENT } = window
  const Elements = elementConstructor(kindOf(window))
  return new Elements(buffer, 0, buffer.byteLength / BYTES_PER_ELEMENT)
}

export async function deterministic(trial: Trial, testCase: Case): Promise<Verdict> {
  const data = trial.data(testCase)
  const waits = trial.isClockSeen || trial.count('deterministic') < casesWithClock
  let found: { readonly chunk: number; readonly first: Outcome; readonly second: Outcome } | undefined
  const watch: Watch = (call, _bytes, { index }) =>
    settled(call, (outcome) => {
      // Take a snapshot, because the plugin may return the same object each time and write into it again.
      const first: Outcome = hasOwn(outcome, 'thrown') ? outcome : { value: snapshot(outcome.value) }
      const again = (): unknown =>
        settled(call, (second) => {
          const other: Outcome = hasOwn(second, 'thrown') ? second : { value: snapshot(second.value) }
          if (found === undefined && !isSameResult(trial, data, first, other))
            found = { chunk: index, first, second: other }
          return unwrap(first)
        })
      if (!waits || index > 0) return again()
      return new Promise<void>((resolve) => runtime.setTimeout(resolve, clockMs)).then(again)
    })
  const results = await trial.subject.results(data, chunkSize(testCase), watch)
  if (found !== undefined) {
    trial.isClockSeen ||= waits
    const { chunk, first, second } = found
    return { given: { chunk }, found: { 'the first result': shown(first), 'the second one': shown(second) } }
  }
  return hasOwn(results, 'thrown') ? { untold: results.thrown } : 'holds'
}

/** Whether a chunk of `data` gave the same result twice. */
function isSameResult(trial: Trial, data: TypedArray, first: Outcome, second: Outcome): boolean {
  if (hasOwn(first, 'thrown') || hasOwn(second, 'thrown')) return hasOwn(first, 'thrown') && hasOwn(second, 'thrown')
  if (findDifference(first.value, second.value, exact) === undefined) return true
  // The results may differ and yet mean the same. What counts is the answer.
  const [left, right] = [first.value, second.value].map((value) => attempt(() => trial.subject.answerOf([value])))
  return (
    left !== undefined &&
    right !== undefined &&
    hasOwn(left, 'value') &&
    hasOwn(right, 'value') &&
    trial.subject.isSame(left.value, right.value, data)
  )
}

/**
 * Find a chunk that gives another result after other chunks have run, because the module remembers something: a set of what was
 * seen, or the largest value so far. It runs first, while the module is as it was loaded. Later, such a module has seen nearly
 * everything.
 */
export async function findMemory(trial: Trial): Promise<Finding | undefined> {
  const cases = firstCases(trial.material)
  const before = []
  for (const testCase of cases) before.push(await oneResult(trial, testCase))
  for (const [i, testCase] of cases.entries()) {
    const [first, second] = [before[i]!, await oneResult(trial, testCase)]
    if (isSameResult(trial, trial.data(testCase), first, second)) continue
    const found = { 'the first result': shown(first), 'that of the same chunk later': shown(second) }
    return { cases: cases.length, broken: { case: testCase, violation: { given: {}, found } }, untold: undefined }
  }
  return undefined
}

/** The result of the only chunk of a case. */
async function oneResult(trial: Trial, testCase: Case): Promise<Outcome> {
  const results = await trial.subject.results(trial.data(testCase), chunkSize(testCase))
  return hasOwn(results, 'thrown') ? results : { value: snapshot(results.value[0]) }
}

/** A copy of a result. What cannot be cloned is returned as it is. */
export function snapshot(value: unknown): unknown {
  const copy = attempt(() => cloneValue(detached(value)))
  return hasOwn(copy, 'thrown') ? value : copy.value
}

/** A result as a lane would post it: views of larger or shared buffers are copied. */
function detached(value: unknown): unknown {
  return new ResultCopier(() => undefined).detach(value)
}

/** The outcome of a call, for a counterexample. */
export function shown(outcome: Outcome): unknown {
  return hasOwn(outcome, 'thrown') ? outcome.thrown : outcome.value
}

export async function cloneable(trial: Trial, testCase: Case): Promise<Verdict> {
  const { subject } = trial
  const raw: unknown[] = []
  const watch: Watch = (call) =>
    settled(call, (outcome) => {
      if (hasOwn(outcome, 'value')) raw.push(outcome.value)
      // Return null, so that the lane does not refuse the value.
      return hasOwn(outcome, 'thrown') ? unwrap(outcome) : null
    })
  const results = await subject.results(trial.data(testCase), chunkSize(testCase), watch)
  if (hasOwn(results, 'thrown')) return { untold: results.thrown }
  for (const value of raw) {
    const lost = lostInClone(subject.isFold ? 'accumulator' : 'result', value)
    if (lost !== undefined) return { given: {}, found: lost }
  }
  if (subject.reduction === undefined || raw.length === 0) return 'holds'
  const acc = attempt(() => subject.fold(raw.map(snapshot)))
  if (hasOwn(acc, 'thrown')) return { untold: acc.thrown }
  const lost = lostInClone('accumulator', acc.value)
  return lost === undefined ? 'holds' : { given: {}, found: lost }
}

/** The part of `value` that cloning loses, by its path, together with what the clone has there. */
function lostInClone(name: string, value: unknown): Record<string, unknown> | undefined {
  const own = attempt(() => detached(value))
  if (hasOwn(own, 'thrown')) return { [`${name}${findUncloneable(value) ?? ''}`]: value, 'its clone': own.thrown }
  const clone = attempt(() => cloneValue(own.value))
  const path = hasOwn(clone, 'thrown') ? findUncloneable(own.value) : findDifference(own.value, clone.value, exact)
  if (path === undefined) return undefined
  return {
    [name + path]: memberAt(own.value, path),
    'its clone': hasOwn(clone, 'thrown') ? clone.thrown : memberAt(clone.value, path),
  }
}
