// The laws of reducers, tried on the results of real chunks: parts of one run's results, in their order.
//
// `merge` may use up what it is given, so every accumulator is folded anew. Accumulators are compared by what `finish` makes
// of them: two that differ in form and lead to the same answer are the same.

import { runtime } from '../runtime.js'
import type { Case } from './cases.js'
import { exact, findDifference } from './equality.js'
import { shown } from './map-laws.js'
import type { Verdict } from './search.js'
import { attempt, type Outcome } from './subject.js'
import { chunkSize, type Trial } from './trial.js'

/** The results of a case's chunks, or why there are none. */
async function resultsOf(trial: Trial, of: Case): Promise<Outcome<readonly unknown[]>> {
  return await trial.subject.results(trial.data(of), chunkSize(of))
}

/** A fresh copy of results: a reducer that writes into them must not reach the next fold. */
function copy(values: readonly unknown[]): readonly unknown[] {
  return runtime.structuredClone(values)
}

/** Compare what two ways of merging lead to. */
function compare(
  trial: Trial,
  of: Case,
  given: Readonly<Record<string, readonly unknown[]>>,
  ways: Readonly<Record<string, () => unknown>>,
): Verdict {
  const { subject } = trial
  const [[leftName, left], [rightName, right]] = Object.entries(ways).map(
    ([name, way]) => [name, attempt(() => subject.reduction!.finish(way()))] as const,
  ) as [[string, Outcome], [string, Outcome]]
  if ('thrown' in left && 'thrown' in right) return { untold: left.thrown }
  if ('value' in left && 'value' in right && subject.isSame(left.value, right.value, trial.data(of))) return 'holds'
  return {
    given: Object.fromEntries(Object.entries(given).map(([name, part]) => [name, subject.fold(copy(part))])),
    found: { [leftName]: shown(left), [rightName]: shown(right) },
  }
}

export async function freshValues(trial: Trial, of: Case): Promise<Verdict> {
  const { init, add, merge } = trial.subject.reduction!
  const results = await resultsOf(trial, of)
  if ('thrown' in results) return { untold: results.thrown }
  const values = copy(results.value)
  if (values.length === 0 || init === undefined) return { untold: undefined }
  const first = attempt(() => {
    const identity = runtime.structuredClone(init())
    let acc = init()
    for (const value of values) acc = add(acc, value)
    merge(acc, add(init(), values[0]))
    return identity
  })
  const again = attempt(init)
  if ('value' in first && 'value' in again && findDifference(first.value, again.value, exact) !== undefined) {
    return { given: {}, found: { 'init() at first': first.value, 'init() after add and merge': again.value } }
  }
  const changed = values.findIndex((value, i) => findDifference(value, results.value[i], exact) !== undefined)
  if (changed >= 0) {
    return {
      given: {},
      found: { 'a result before add': results.value[changed], 'the same result later': values[changed] },
    }
  }
  return 'thrown' in first ? { untold: first.thrown } : 'holds'
}

export async function identity(trial: Trial, of: Case): Promise<Verdict> {
  const { subject } = trial
  const results = await resultsOf(trial, of)
  if ('thrown' in results) return { untold: results.thrown }
  if (results.value.length === 0) return { untold: undefined }
  const { init, merge } = subject.reduction!
  const parts = { a: results.value.slice(0, 1 + (of.splits[0] % results.value.length)) }
  const a = (): unknown => subject.fold(copy(parts.a))
  const left = compare(trial, of, parts, { 'merge(init(), a)': () => merge(init!(), a()), a })
  return left === 'holds' ? compare(trial, of, parts, { 'merge(a, init())': () => merge(a(), init!()), a }) : left
}

export async function associative(trial: Trial, of: Case): Promise<Verdict> {
  const { subject } = trial
  const results = await resultsOf(trial, of)
  if ('thrown' in results) return { untold: results.thrown }
  const { value } = results
  if (value.length < 3) return { untold: undefined }
  // Three parts of at least one result each.
  const first = 1 + (of.splits[0] % (value.length - 2))
  const second = first + 1 + (of.splits[1] % (value.length - first - 1))
  const parts = { a: value.slice(0, first), b: value.slice(first, second), c: value.slice(second) }
  const { merge } = subject.reduction!
  const [a, b, c] = [parts.a, parts.b, parts.c].map((part) => () => subject.fold(copy(part)))
  return compare(trial, of, parts, {
    'merge(merge(a, b), c)': () => merge(merge(a!(), b!()), c!()),
    'merge(a, merge(b, c))': () => merge(a!(), merge(b!(), c!())),
  })
}

export async function commutative(trial: Trial, of: Case): Promise<Verdict> {
  const { subject } = trial
  const results = await resultsOf(trial, of)
  if ('thrown' in results) return { untold: results.thrown }
  const { value } = results
  if (value.length < 2) return { untold: undefined }
  const at = 1 + (of.splits[0] % (value.length - 1))
  const parts = { a: value.slice(0, at), b: value.slice(at) }
  const { merge } = subject.reduction!
  const [a, b] = [parts.a, parts.b].map((part) => () => subject.fold(copy(part)))
  return compare(trial, of, parts, { 'merge(a, b)': () => merge(a!(), b!()), 'merge(b, a)': () => merge(b!(), a!()) })
}
