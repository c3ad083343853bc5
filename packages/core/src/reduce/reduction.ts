// A reducer in the form in which runs use it: on the caller's thread, or described there and loaded again in a lane.

import { show } from '../base/check.js'
import { memberOf } from '../base/own-members.js'
import { compile, functionSource } from '../serialize/function-source.js'
import { cloneCut } from '../serialize/survey.js'
import type { AnyReducer, MergeFn, Reducer } from './contract.js'
import { fromRecipe, makesReducer, recipeOf, recipeOfMember } from './recipes.js'
import { refusePromise } from './refuse-promise.js'
import type { InnerReducers, Recipe } from './with-recipe.js'

/** A reducer of either form (object or merge function), in one shape. */
export interface Reduction {
  readonly order: 'index' | 'any'
  /** Turn a result into a value of the tree. */
  leaf(value: unknown): unknown
  /** Add one more result to an accumulator. */
  add(acc: unknown, value: unknown): unknown
  merge(left: unknown, right: unknown): unknown
  /** Whether nothing to the right of an accumulator matters any more; undefined if that is never so. */
  readonly enough: ((acc: unknown) => boolean) | undefined
  finish(value: unknown): unknown
  /** Make the value for no results; undefined for a bare merge function, which has none. */
  readonly init: (() => unknown) | undefined
}

/** Make the reduction of a reducer or a bare merge function. */
function toReduction(reducer: AnyReducer): Reduction {
  if (typeof reducer === 'function') {
    const merge: MergeFn<unknown> = (left, right) => refusePromise('the merge function', reducer(left, right))
    const [enough, init] = [undefined, undefined]
    return { order: 'index', leaf: (value) => value, add: merge, merge, enough, finish: (value) => value, init }
  }
  const [finish, enough] = [memberOf(reducer, 'finish'), memberOf(reducer, 'enough')]
  const init = (): unknown => refusePromise('init', reducer.init())
  // `as`: only a fold's reducer has no `add`, and there nothing is added.
  const add = (acc: unknown, value: unknown): unknown =>
    refusePromise('add', (reducer as Reducer<unknown, unknown>).add(acc, value))
  return {
    order: memberOf(reducer, 'order') ?? 'index',
    leaf: (value) => add(init(), value),
    add,
    merge: (left, right) => refusePromise('merge', reducer.merge(left, right)),
    enough: enough === undefined ? undefined : (acc) => Boolean(refusePromise('enough', enough.call(reducer, acc))),
    finish: (value) => (finish === undefined ? value : refusePromise('finish', finish.call(reducer, value))),
    init,
  }
}

/** A reducer as plain data. A plugin's reducer is found with the plugin. */
export type ReducerDescription =
  | { readonly kind: 'plugin' }
  | { readonly kind: 'merge'; readonly source: string }
  | ObjectDescription

/** A ready-made reducer, by name. */
interface ReadyDescription {
  readonly kind: 'ready'
  readonly name: string
  readonly args: readonly Member[]
  /** The reducers that it is made of. */
  readonly inner: InnerReducers<ObjectDescription> | undefined
}

/** A reducer that is an object, and not a bare merge function. */
type ObjectDescription = ReadyDescription | MembersDescription

/** A reducer of the user's own, member by member. */
interface MembersDescription {
  readonly kind: 'object'
  readonly members: Readonly<Record<string, Member>>
}

/** A member of a reducer: a function as source text, a function of a ready-made reducer, or a plain value. */
type Member =
  | { readonly source: string }
  | { readonly value: unknown }
  | { readonly ready: ReadyDescription; readonly key: string }

/**
 * Describe a reducer for the lanes.
 *
 * @throws {TypeError} a member cannot be sent
 */
function describeReducer(reducer: AnyReducer): ReducerDescription {
  return typeof reducer === 'function'
    ? { kind: 'merge', source: functionSource('reducer', reducer) }
    : describeObject('reducer', reducer)
}

function describeObject(argument: string, reducer: object): ObjectDescription {
  const recipe = recipeOf(reducer)
  if (recipe !== undefined) return describeRecipe(recipe)
  const members: Record<string, Member> = Object.create(null)
  for (const key of memberNames(reducer)) {
    // `finish` runs on the caller's thread, which has the reducer itself.
    if (key === 'finish') continue
    const ofReady = recipeOfMember(reducer, key)
    members[key] =
      ofReady === undefined
        ? describeMember(`${argument}.${key}`, (reducer as unknown as Record<string, unknown>)[key])
        : { ready: describeRecipe(ofReady), key }
  }
  return { kind: 'object', members }
}

function describeRecipe({ name, args, inner }: Recipe): ReadyDescription {
  return {
    kind: 'ready',
    name,
    args: args.map((arg, i) => describeMember(`${name}, argument ${i + 1}`, arg)),
    inner: inner === undefined ? undefined : mapInner(inner, (each, place) => describeObject(`${name}${place}`, each)),
  }
}

/** The same inner reducers in another form. `place` says which one it is: `.latency`, or nothing. */
function mapInner<From, To>(inner: InnerReducers<From>, map: (each: From, place: string) => To): InnerReducers<To> {
  return inner.kind === 'one'
    ? { kind: 'one', reducer: map(inner.reducer, '') }
    : { kind: 'named', reducers: inner.reducers.map(([key, each]) => [key, map(each, `.${key}`)]) }
}

/** The names of the reducer's members, own and inherited from its classes. */
function memberNames(reducer: object): Set<string> {
  const names = new Set<string>()
  for (let at = reducer; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) if (name !== 'constructor') names.add(name)
  }
  return names
}

function describeMember(argument: string, member: unknown): Member {
  if (typeof member === 'function') return { source: functionSource(argument, member) }
  try {
    return { value: cloneCut(member) }
  } catch (cause) {
    throw new TypeError(`${argument}: cannot be sent to a worker`, { cause })
  }
}

/** Load in a lane what {@link describeReducer} described. */
export function loadReducer(description: ReducerDescription, ofPlugin: AnyReducer | undefined): Reduction {
  // `as`: these descriptions were made from a reducer that had been checked.
  switch (description.kind) {
    case 'plugin':
      return toReduction(ofPlugin!)
    case 'merge':
      return toReduction(compile(description.source) as unknown as MergeFn<unknown>)
    case 'ready':
      return loadReadyReduction(description)
    case 'object':
      return toReduction(loadObject(description))
  }
}

function loadObject(description: ObjectDescription): Reducer<unknown, unknown, unknown> {
  if (description.kind === 'ready') return loadReady(description)
  const members = Object.entries(description.members).map(([key, member]) => [key, loadMember(member)])
  // `as`: these members were taken from a reducer.
  return Object.fromEntries(members) as Reducer<unknown, unknown>
}

/** Reductions by the name of their ready-made reducer, which has no arguments. The code that was compiled for one run serves the next. */
const readyReductions = new Map<string, Reduction>()

function loadReadyReduction(description: ReadyDescription): Reduction {
  const { name, args, inner } = description
  const isPlain = args.length === 0 && inner === undefined
  const known = isPlain ? readyReductions.get(name) : undefined
  if (known !== undefined) return known
  const reduction = toReduction(loadReady(description))
  if (isPlain) readyReductions.set(name, reduction)
  return reduction
}

function loadReady({ name, args, inner }: ReadyDescription): Reducer<unknown, unknown, unknown> {
  const loaded = inner === undefined ? undefined : mapInner(inner, loadObject)
  return fromRecipe({ name, args: args.map(loadMember), inner: loaded })
}

function loadMember(member: Member): unknown {
  // Read own members only, because `Object.prototype` may be polluted. `as`: a member has one of the three forms.
  const { ready, key, source, value } = Object.assign(Object.create(null), member) as Record<string, unknown>
  if (ready !== undefined)
    return (loadReady(ready as ReadyDescription) as unknown as Record<string, unknown>)[key as string]
  return source === undefined ? value : compile(source as string)
}

/** A reducer for both sides: described for the lanes, and loaded for the caller's thread. */
export interface BoundReducer {
  readonly description: ReducerDescription
  readonly reduction: Reduction
}

/**
 * Prepare an inline reducer for both sides. On the caller's thread, too, `init`, `add` and `merge` are compiled from their
 * text: which thread merges varies from run to run, and captured variables must not make a difference.
 *
 * @throws {TypeError} it is not a reducer, or a member cannot be sent
 */
export function bindReducer(reducer: unknown, isFold: boolean): BoundReducer {
  // `as`: the map takes any key, and has objects only.
  const known = bound.get(reducer as object)
  if (known !== undefined) return known
  const checked = isFold ? checkFoldReducer('reducer', reducer) : checkReducer('reducer', reducer)
  const description = describeReducer(checked)
  const made = {
    description,
    reduction: { ...loadReducer(description, undefined), finish: toReduction(checked).finish },
  }
  // A ready-made reducer cannot change. Any other may be another one at its next run.
  if (description.kind === 'ready' && Object.isFrozen(checked)) bound.set(checked, made)
  return made
}

/** What was made of ready-made reducers. */
const bound = new WeakMap<object, BoundReducer>()

/** Prepare a plugin's reducer for both sides. Lanes find it with the plugin. */
export function bindPluginReducer(reducer: AnyReducer): BoundReducer {
  return { description: { kind: 'plugin' }, reduction: toReduction(reducer) }
}

/**
 * Return `reducer` if it is one.
 *
 * @throws {TypeError} it is neither a function nor an object with `init`, `add` and `merge`; or it is a function that makes a
 *   reducer
 */
export function checkReducer(argument: string, reducer: unknown): AnyReducer {
  return typeof reducer === 'function' && !makesReducer(reducer)
    ? (reducer as MergeFn<unknown>)
    : checkMembers(argument, reducer, ['init', 'add', 'merge'])
}

/**
 * Return `reducer` if a fold can use it: it has `init` and `merge`, and needs no `add`.
 *
 * @throws {TypeError} it has no `init` or no `merge`; or it is a function
 */
export function checkFoldReducer(argument: string, reducer: unknown): AnyReducer {
  if (typeof reducer === 'function' && !makesReducer(reducer)) {
    throw new TypeError(
      `${argument}: expected an object with init and merge, got ${show(reducer)}; a fold begins with init()`,
    )
  }
  return checkMembers(argument, reducer, ['init', 'merge'])
}

function checkMembers(argument: string, reducer: unknown, needed: readonly ('init' | 'add' | 'merge')[]): AnyReducer {
  if (makesReducer(reducer)) throw new TypeError(`${argument}: expected a reducer, got ${show(reducer)}; call it`)
  if (typeof reducer !== 'object' || reducer === null) {
    throw new TypeError(`${argument}: expected a reducer or a function that merges two results, got ${show(reducer)}`)
  }
  // `as`: its members are checked one by one.
  const given = reducer as Reducer<unknown, unknown>
  const [finish, enough, order] = [memberOf(given, 'finish'), memberOf(given, 'enough'), memberOf(given, 'order')]
  for (const key of needed) {
    const member: unknown = memberOf(given, key)
    if (typeof member !== 'function')
      throw new TypeError(`${argument}.${key}: expected a function, got ${show(member)}`)
  }
  if (finish !== undefined && typeof finish !== 'function') {
    throw new TypeError(`${argument}.finish: expected a function, got ${show(finish)}`)
  }
  if (enough !== undefined && typeof enough !== 'function') {
    throw new TypeError(`${argument}.enough: expected a function, got ${show(enough)}`)
  }
  if (order !== undefined && order !== 'index' && order !== 'any') {
    throw new TypeError(`${argument}.order: expected 'index' or 'any', got ${show(order)}`)
  }
  return reducer as Reducer<unknown, unknown>
}
