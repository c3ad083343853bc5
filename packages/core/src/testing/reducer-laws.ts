// The laws of reducers, tested with the results of real chunks: parts of one run's results, in their order.
//
// `merge` may change what it is given, so every accumulator is folded again from the results. Accumulators are compared by the
// answer that `finish` makes of them. Two that differ but lead to the same answer count as equal.

import { hasOwn } from '../base/own-members.js'
import { cloneValue } from '../serialize/clone.js'
import type { Case } from './cases.js'
import { exact, findDifference } from './equality.js'
import { settled, shown, snapshot, unwrap } from './map-laws.js'
import type { Verdict } from './search.js'
import { attempt, type Outcome, type Watch } from './subject.js'
import { chunkSize, type Trial } from './trial.js'

/** At most this many results of a case are merged with `init()`. */
const mostSwallowed = 4
/** Longer lists are not searched. */
const longestList = 1000

/** The results of a case's chunks, or what was thrown instead. */
async function resultsOf(trial: Trial, testCase: Case): Promise<Outcome<readonly unknown[]>> {
  return await trial.subject.results(trial.data(testCase), chunkSize(testCase))
}

/** Copy the results, so that a reducer that writes into them does not affect the next fold. */
function copy(values: readonly unknown[]): readonly unknown[] {
  return cloneValue(values)
}

/** Compare the answers of two ways of merging. */
function compare(
  trial: Trial,
  testCase: Case,
  given: Readonly<Record<string, readonly unknown[]>>,
  ways: Readonly<Record<string, () => unknown>>,
): Verdict {
  const { subject } = trial
  const [[leftName, left], [rightName, right]] = Object.entries(ways).map(
    ([name, way]) => [name, attempt(() => subject.reduction!.finish(way()))] as const,
  ) as [[string, Outcome], [string, Outcome]]
  if (hasOwn(left, 'thrown') && hasOwn(right, 'thrown')) return { untold: left.thrown }
  if (hasOwn(left, 'value') && hasOwn(right, 'value') && subject.isSame(left.value, right.value, trial.data(testCase)))
    return 'holds'
  return {
    given: Object.fromEntries(Object.entries(given).map(([name, part]) => [name, subject.fold(copy(part))])),
    found: { [leftName]: shown(left), [rightName]: shown(right) },
  }
}

export async function freshValues(trial: Trial, testCase: Case): Promise<Verdict> {
  const { subject } = trial
  const { init, add, merge } = subject.reduction!
  if (init === undefined) return { untold: undefined }
  // Taken before the run, because a fold function writes into what `init` returned.
  const identity = attempt(() => cloneValue(init()))
  const raw: unknown[] = []
  const before: unknown[] = []
  const watch: Watch = (call) =>
    settled(call, (outcome) => {
      const value = unwrap(outcome)
      raw.push(value)
      before.push(snapshot(value))
      return value
    })
  const results = await subject.results(trial.data(testCase), chunkSize(testCase), subject.isFold ? watch : undefined)
  if (hasOwn(results, 'thrown')) return { untold: results.thrown }
  const reused = raw.findIndex((value, i) => findDifference(before[i], snapshot(value), exact) !== undefined)
  if (reused >= 0) {
    const found = { 'an accumulator after fold': before[reused], 'the same one after another block': raw[reused] }
    return { given: {}, found }
  }
  const values = copy(results.value)
  if (values.length === 0) return { untold: undefined }
  const used = attempt(() => {
    let acc = init()
    for (const value of values) acc = add(acc, value)
    merge(acc, add(init(), subject.isFold ? copy(results.value)[0] : values[0]))
  })
  const again = attempt(init)
  if (
    hasOwn(identity, 'value') &&
    hasOwn(used, 'value') &&
    hasOwn(again, 'value') &&
    findDifference(identity.value, again.value, exact) !== undefined
  ) {
    const after = `init() after ${subject.isFold ? 'fold' : 'add'} and merge`
    return { given: {}, found: { 'init() at first': identity.value, [after]: again.value } }
  }
  const verdict = hasOwn(used, 'thrown') ? { untold: used.thrown } : 'holds'
  // The results of a fold are accumulators, and merge may change those.
  if (subject.isFold) return verdict
  const changed = values.findIndex((value, i) => findDifference(value, results.value[i], exact) !== undefined)
  if (changed >= 0) {
    return {
      given: {},
      found: { 'a result before add': results.value[changed], 'the same result later': values[changed] },
    }
  }
  return verdict
}

export async function identity(trial: Trial, testCase: Case): Promise<Verdict> {
  const { subject } = trial
  const results = await resultsOf(trial, testCase)
  if (hasOwn(results, 'thrown')) return { untold: results.thrown }
  if (results.value.length === 0) return { untold: undefined }
  const { init, merge } = subject.reduction!
  const parts = { a: results.value.slice(0, 1 + (testCase.splits[0] % results.value.length)) }
  const a = (): unknown => subject.fold(copy(parts.a))
  const left = compare(trial, testCase, parts, { 'merge(init(), a)': () => merge(init!(), a()), a })
  if (left !== 'holds') return left
  const right = compare(trial, testCase, parts, { 'merge(a, init())': () => merge(a(), init!()), a })
  // The results of a fold are accumulators, and were merged above.
  return right === 'holds' && !subject.isFold ? swallowing(trial, testCase, results.value) : right
}

/**
 * A wrong identity can hide: a minimum that starts from 0 stays 0 for all positive numbers. Then every accumulator is 0, and
 * among those all laws hold. So the results themselves are used as accumulators, if they have the form of one.
 */
function swallowing(trial: Trial, testCase: Case, values: readonly unknown[]): Verdict {
  const { subject } = trial
  const { init, add, merge, finish } = subject.reduction!
  for (const value of values.slice(0, mostSwallowed)) {
    const a = (): unknown => cloneValue(value)
    const told = attempt(() => {
      const zero = cloneValue(init!())
      const merged = merge(init!(), a())
      if (!isSwallowed({ zero, value, added: add(init!(), a()), merged, twice: merge(a(), a()) })) return undefined
      return { merged: finish(merged), alone: finish(a()) }
    })
    // If it throws, it was not made for such a value. That breaks no law.
    if (hasOwn(told, 'thrown') || told.value === undefined) continue
    const { merged, alone } = told.value
    if (subject.isSame(merged, alone, trial.data(testCase))) continue
    return { given: { 'the result a': value }, found: { 'merge(init(), a)': merged, a: alone } }
  }
  return 'holds'
}

interface Swallowed {
  readonly zero: unknown
  readonly value: unknown
  readonly added: unknown
  readonly merged: unknown
  readonly twice: unknown
}

/**
 * Whether a result, or a member of it, disappears in `init()`, both by `add` and by `merge`, although it counts: merged with
 * itself it does not disappear. (256 disappears in a sum of bytes modulo 256, but merged with itself it still does.)
 */
function isSwallowed(merges: Swallowed): boolean {
  const { zero, value, added, merged, twice } = merges
  if (typeof zero !== typeof value || zero === null || value === null) return false
  if (typeof zero !== 'object') {
    return !Object.is(value, zero) && Object.is(added, zero) && Object.is(merged, zero) && !Object.is(twice, zero)
  }
  const [keys, ...others] = [zero, value, added, merged, twice].map(membersOf)
  if (keys === undefined || others.some((other) => other?.join() !== keys.join())) return false
  // `as`: all of them have these members.
  const member = (whole: unknown, key: string): unknown => (whole as Record<string, unknown>)[key]
  return keys.some((key) =>
    isSwallowed({
      zero: member(zero, key),
      value: member(value, key),
      added: member(added, key),
      merged: member(merged, key),
      twice: member(twice, key),
    }),
  )
}

/** The names of the members of a list, a typed array or a plain object; undefined for anything else, and for a long list. */
function membersOf(value: unknown): readonly string[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    // `as`: all of these but a DataView have a length, and a DataView has no members.
    const { length } = value as Uint8Array
    return length > longestList ? undefined : Object.keys(value)
  }
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype ? Object.keys(value).sort() : undefined
}

export async function associative(trial: Trial, testCase: Case): Promise<Verdict> {
  const { subject } = trial
  const results = await resultsOf(trial, testCase)
  if (hasOwn(results, 'thrown')) return { untold: results.thrown }
  const { value } = results
  if (value.length < 3) return { untold: undefined }
  // Three parts with at least one result each.
  const first = 1 + (testCase.splits[0] % (value.length - 2))
  const second = first + 1 + (testCase.splits[1] % (value.length - first - 1))
  const parts = { a: value.slice(0, first), b: value.slice(first, second), c: value.slice(second) }
  const { merge } = subject.reduction!
  const [a, b, c] = [parts.a, parts.b, parts.c].map((part) => () => subject.fold(copy(part)))
  return compare(trial, testCase, parts, {
    'merge(merge(a, b), c)': () => merge(merge(a!(), b!()), c!()),
    'merge(a, merge(b, c))': () => merge(a!(), merge(b!(), c!())),
  })
}

export async function commutative(trial: Trial, testCase: Case): Promise<Verdict> {
  const { subject } = trial
  const results = await resultsOf(trial, testCase)
  if (hasOwn(results, 'thrown')) return { untold: results.thrown }
  const { value } = results
  if (value.length < 2) return { untold: undefined }
  const at = 1 + (testCase.splits[0] % (value.length - 1))
  const parts = { a: value.slice(0, at), b: value.slice(at) }
  const { merge } = subject.reduction!
  const [a, b] = [parts.a, parts.b].map((part) => () => subject.fold(copy(part)))
  return compare(trial, testCase, parts, {
    'merge(a, b)': () => merge(a!(), b!()),
    'merge(b, a)': () => merge(b!(), a!()),
  })
}

export async function enough(trial: Trial, testCase: Case): Promise<Verdict> {
  const { subject } = trial
  const results = await resultsOf(trial, testCase)
  if (hasOwn(results, 'thrown')) return { untold: results.thrown }
  const { value } = results
  if (value.length === 0) return { untold: undefined }
  const { merge, enough: isEnough } = subject.reduction!
  // The first results that are enough, from a drawn number of them on. No results at all must not be enough either. A smaller case
  // draws another number. It must still find them, or else a counterexample would not become small.
  for (let i = 0; i < value.length; i++) {
    const at = (testCase.splits[0] + i) % value.length
    const parts = { a: value.slice(0, at), b: value.slice(at) }
    const [a, b] = [parts.a, parts.b].map((part) => () => subject.fold(copy(part)))
    const told = attempt(() => isEnough!(a!()))
    if (hasOwn(told, 'thrown')) return { untold: told.thrown }
    if (told.value) return compare(trial, testCase, parts, { 'merge(a, b)': () => merge(a!(), b!()), a: a! })
  }
  return { untold: undefined }
}
