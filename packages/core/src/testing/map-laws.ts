// The laws of chunk functions: the input stays as it is, the same chunk gives the same result, and results can be cloned.

import { isThenable } from '../base/check.js'
import { hasOwn } from '../base/own-members.js'
import { runtime } from '../base/runtime.js'
import type { TypedArray } from '../data/typed-array.js'
import { ResultCopier } from '../lane/result-copier.js'
import { findUncloneable } from '../serialize/uncloneable.js'
import { type Case, firstCases } from './cases.js'
import { exact, findDifference, memberAt } from './equality.js'
import type { Finding, Verdict } from './search.js'
import { attempt, type Outcome, type Watch } from './subject.js'
import { chunkSize, type Trial } from './trial.js'

/** Waits so long before it asks again, in ms, for the first cases: a clock has gone on by then. */
const clockMs = 3
const casesWithClock = 8

/** A map's result, or what it threw; waited for only if it is a promise. */
function settled(call: () => unknown, then: (outcome: Outcome) => unknown): unknown {
  const outcome = attempt(call)
  if (hasOwn(outcome, 'thrown') || !isThenable(outcome.value)) return then(outcome)
  return outcome.value.then(
    (value) => then({ value }),
    (thrown: unknown) => then({ thrown }),
  )
}

/** What goes on to the lane. */
function unwrap(outcome: Outcome): unknown {
  if (hasOwn(outcome, 'thrown')) throw outcome.thrown
  return outcome.value
}

/** A copy of what a typed array holds. */
function copyOf(array: TypedArray): TypedArray {
  // `as`: every typed array can be sliced; a slice of shared memory is not shared.
  return (array as TypedArray & { slice(): TypedArray }).slice()
}

export async function inputUntouched(trial: Trial, of: Case): Promise<Verdict> {
  let found: { readonly chunk: number; readonly before: TypedArray; readonly after: TypedArray } | undefined
  const watch: Watch = (call, bytes, { index }, data) => {
    const [before, beforeBytes] = [copyOf(data), copyOf(bytes)]
    return settled(call, (outcome) => {
      if (found === undefined && findDifference(before, data, exact) !== undefined) {
        found = { chunk: index, before, after: copyOf(data) }
      } else if (found === undefined && findDifference(beforeBytes, bytes, exact) !== undefined) {
        // A buffer of the plugin's own, in which the data was put for it.
        found = { chunk: index, before: beforeBytes, after: copyOf(bytes) }
      }
      return unwrap(outcome)
    })
  }
  const results = await trial.subject.results(trial.data(of), chunkSize(of), watch)
  if (found !== undefined) {
    const { chunk, before, after } = found
    return { given: { chunk }, found: { 'the input before map': before, 'the input after map': after } }
  }
  return hasOwn(results, 'thrown') ? { untold: results.thrown } : 'holds'
}

export async function deterministic(trial: Trial, of: Case): Promise<Verdict> {
  const data = trial.data(of)
  const waits = trial.isClockSeen || trial.count('deterministic') < casesWithClock
  let found: { readonly chunk: number; readonly first: Outcome; readonly second: Outcome } | undefined
  const watch: Watch = (call, _bytes, { index }) =>
    settled(call, (outcome) => {
      // A table that the plugin writes anew each time changes with the second call.
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
  const results = await trial.subject.results(data, chunkSize(of), watch)
  if (found !== undefined) {
    trial.isClockSeen ||= waits
    const { chunk, first, second } = found
    return { given: { chunk }, found: { 'the first result': shown(first), 'the second one': shown(second) } }
  }
  return hasOwn(results, 'thrown') ? { untold: results.thrown } : 'holds'
}

/** Whether a chunk of `data` has given the same twice. */
function isSameResult(trial: Trial, data: TypedArray, first: Outcome, second: Outcome): boolean {
  if (hasOwn(first, 'thrown') || hasOwn(second, 'thrown')) return hasOwn(first, 'thrown') && hasOwn(second, 'thrown')
  if (findDifference(first.value, second.value, exact) === undefined) return true
  // They may be other values for the same thing: what counts is the answer.
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
 * A chunk that gives another result after others have been run, in a module as it was loaded: a set of what was seen, a
 * largest so far. By the time that a search begins, little is left that such a module has not seen.
 */
export async function findMemory(trial: Trial): Promise<Finding | undefined> {
  const cases = firstCases(trial.material)
  const before = []
  for (const of of cases) before.push(await oneResult(trial, of))
  for (const [i, of] of cases.entries()) {
    const [first, second] = [before[i]!, await oneResult(trial, of)]
    if (isSameResult(trial, trial.data(of), first, second)) continue
    const found = { 'the first result': shown(first), 'that of the same chunk later': shown(second) }
    return { cases: cases.length, broken: { case: of, violation: { given: {}, found } }, untold: undefined }
  }
  return undefined
}

/** The result of a case's only chunk. */
async function oneResult(trial: Trial, of: Case): Promise<Outcome> {
  const results = await trial.subject.results(trial.data(of), chunkSize(of))
  return hasOwn(results, 'thrown') ? results : { value: snapshot(results.value[0]) }
}

/** A copy of a result; what cannot be cloned, as it is. */
function snapshot(value: unknown): unknown {
  const copy = attempt(() => runtime.structuredClone(detached(value)))
  return hasOwn(copy, 'thrown') ? value : copy.value
}

/** A result as a lane hands it over: views of larger or shared buffers copied. */
function detached(value: unknown): unknown {
  return new ResultCopier(() => undefined).detach(value)
}

/** What came of a call, for a counterexample. */
export function shown(outcome: Outcome): unknown {
  return hasOwn(outcome, 'thrown') ? outcome.thrown : outcome.value
}

export async function cloneable(trial: Trial, of: Case): Promise<Verdict> {
  const { subject } = trial
  const raw: unknown[] = []
  const watch: Watch = (call) =>
    settled(call, (outcome) => {
      if (hasOwn(outcome, 'value')) raw.push(outcome.value)
      // Whatever it is, the lane must not be the one to refuse it.
      return hasOwn(outcome, 'thrown') ? unwrap(outcome) : null
    })
  const results = await subject.results(trial.data(of), chunkSize(of), watch)
  if (hasOwn(results, 'thrown')) return { untold: results.thrown }
  for (const value of raw) {
    const lost = lostInClone('result', value)
    if (lost !== undefined) return { given: {}, found: lost }
  }
  if (subject.reduction === undefined || raw.length === 0) return 'holds'
  const acc = attempt(() => subject.fold(raw.map(snapshot)))
  if (hasOwn(acc, 'thrown')) return { untold: acc.thrown }
  const lost = lostInClone('accumulator', acc.value)
  return lost === undefined ? 'holds' : { given: {}, found: lost }
}

/** The part of `value` that a clone lacks, by its path, beside what the clone has. */
function lostInClone(name: string, value: unknown): Record<string, unknown> | undefined {
  const own = attempt(() => detached(value))
  if (hasOwn(own, 'thrown')) return { [`${name}${findUncloneable(value) ?? ''}`]: value, 'its clone': own.thrown }
  const clone = attempt(() => runtime.structuredClone(own.value))
  const path = hasOwn(clone, 'thrown') ? findUncloneable(own.value) : findDifference(own.value, clone.value, exact)
  if (path === undefined) return undefined
  return {
    [name + path]: memberAt(own.value, path),
    'its clone': hasOwn(clone, 'thrown') ? clone.thrown : memberAt(clone.value, path),
  }
}
