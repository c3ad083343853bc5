// Describes what was thrown in a lane as plain data, and makes it an error again on the caller's side.
//
// Structured clone loses an error's class, code and own properties, and refuses functions. So nothing thrown is posted as it
// is.

import { isError } from '../base/built-in.js'
import { show } from '../base/check.js'
import { defineOwn, memberOf } from '../base/own-members.js'
import { cloneCut } from './survey.js'

/** At most this many errors are described. An error may have many causes and `errors`, or they may form a circle. */
const mostErrors = 100

interface Budget {
  errors: number
}

/** A thrown value as plain data. */
export type Thrown =
  | { readonly kind: 'value'; readonly value: unknown }
  | {
      readonly kind: 'error'
      readonly name: string
      readonly message: string
      readonly stack: string | undefined
      /** The own properties that can be cloned, and the code of a DOMException. */
      readonly properties: Readonly<Record<string, unknown>>
      readonly cause: Thrown | undefined
      readonly errors: readonly Thrown[] | undefined
    }

/** Describe a thrown value of any kind. Never throws. */
export function describeThrown(thrown: unknown): Thrown {
  return describeWithin({ errors: mostErrors }, thrown)
}

function describeWithin(budget: Budget, thrown: unknown): Thrown {
  try {
    if (isError(thrown)) return describeError(budget, thrown)
    if (typeof thrown === 'object' && thrown !== null && typeof memberOf(thrown, 'message') === 'string') {
      return describeError(budget, thrown as Error)
    }
    return { kind: 'value', value: cloneCut(thrown) }
  } catch {
    // A function, a symbol, or a getter that throws: a short text must do.
    return { kind: 'value', value: fallback(thrown) }
  }
}

function fallback(thrown: unknown): string {
  try {
    return show(thrown)
  } catch {
    // A proxy may throw on any access.
    return 'a value that cannot be looked at'
  }
}

/** Members that a description holds outside `properties`. */
const toldApart: readonly string[] = ['name', 'message', 'stack', 'cause', 'errors']

function describeError(budget: Budget, error: Error): Thrown {
  budget.errors--
  const properties: Record<string, unknown> = {}
  for (const key of ['code', ...Object.keys(error)]) {
    if (toldApart.includes(key)) continue
    const value = cloneOf(property(error, key))
    if (value !== undefined) defineOwn(properties, key, value)
  }
  const errors = property(error, 'errors')
  return {
    kind: 'error',
    name: text(property(error, 'name')) ?? 'Error',
    message: text(property(error, 'message')) ?? '',
    stack: text(property(error, 'stack')),
    properties,
    cause: Object.hasOwn(error, 'cause') ? describeNext(budget, property(error, 'cause')) : undefined,
    errors: Array.isArray(errors) ? errors.flatMap((each) => describeNext(budget, each) ?? []) : undefined,
  }
}

/** Describe a cause or a member of `errors`; undefined if enough errors have been described. */
function describeNext(budget: Budget, thrown: unknown): Thrown | undefined {
  return budget.errors > 0 ? describeWithin(budget, thrown) : undefined
}

/** A property; undefined if its getter throws. */
function property(object: object, key: string): unknown {
  try {
    return memberOf(object, key)
  } catch {
    // The rest of the error is still worth reporting.
    return undefined
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A copy that can surely be posted. The value itself may have getters that answer once and then throw. */
function cloneOf(value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') return undefined
  if (typeof value !== 'object' || value === null) return value
  try {
    return cloneCut(value)
  } catch {
    // The property is left out, and the error still travels.
    return undefined
  }
}

const errorClasses: Readonly<Record<string, ErrorConstructor>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
}

/** Make the thrown value again: an error with the same name, message, stack, properties and causes, or the plain value. */
export function reviveThrown(thrown: Thrown): unknown {
  if (thrown.kind === 'value') return thrown.value
  const options = thrown.cause === undefined ? undefined : { cause: reviveThrown(thrown.cause) }
  const Class = Object.hasOwn(errorClasses, thrown.name) ? errorClasses[thrown.name]! : Error
  const error =
    thrown.errors === undefined
      ? new Class(thrown.message, options)
      : new AggregateError(thrown.errors.map(reviveThrown), thrown.message, options)
  for (const [key, value] of Object.entries(thrown.properties)) defineOwn(error, key, value, true)
  if (error.name !== thrown.name) defineOwn(error, 'name', thrown.name, false)
  if (thrown.stack !== undefined) defineOwn(error, 'stack', thrown.stack, false)
  return error
}

/** Other messages quote at most this many characters of a thrown error's text. The cause has all of it. */
const longestQuote = 1000

/** A short text for a thrown value, for messages: `TypeError: no such thing`. */
export function summarize(thrown: Thrown): string {
  if (thrown.kind !== 'error') return show(thrown.value)
  const text = `${thrown.name}: ${thrown.message}`
  return text.length > longestQuote ? `${text.slice(0, longestQuote - 1)}…` : text
}
