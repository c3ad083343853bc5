// Finds the parameters of a run for a plugin: the output of its schema, or its defaults overwritten by what the run gives.
//
// This happens once, on the caller's thread, before anything starts. Lanes use the parameters as they are.

import { isError, isMap } from '../base/built-in.js'
import { isThenable, printable, readOptions, show } from '../base/check.js'
import { memberOf } from '../base/own-members.js'
import type { DefinedPlugin } from './plugin-contract.js'
import type { SchemaIssue, StandardSchema } from './standard-schema.js'

/** An error message lists at most this many issues. */
const mostIssues = 8

/**
 * The parameters that `plugin` runs with.
 *
 * @throws {TypeError} its schema refuses them, or one of them does not exist
 */
export function pluginParams(plugin: DefinedPlugin, given: unknown): unknown {
  const { name, schema } = plugin
  if (schema !== undefined) return validated(name, schema, given)
  const { params: defaults } = plugin
  if (given === undefined) return defaults
  if (typeof defaults !== 'object' || defaults === null) return given
  // `as`: the defaults are an object, so the given parameters must be members of such an object.
  const known = Object.keys(defaults) as never[]
  return { ...defaults, ...readOptions(`params of ${name}`, given as object, known) }
}

/** The output of a schema if a run gives no parameters; undefined if the schema refuses that. */
export function schemaDefaults(name: string, schema: StandardSchema): unknown {
  try {
    return validated(name, schema, undefined)
  } catch {
    // Some parameters have to be given. That is an error only in a run that leaves them out.
    return undefined
  }
}

/**
 * Without parameters, the schema validates `undefined`, or else `{}`, because a schema for an object does not accept
 * `undefined` even if all its keys have defaults.
 */
function validated(name: string, schema: StandardSchema, given: unknown): unknown {
  const answer = validate(name, schema, given)
  if (hasValue(answer)) return answer.value
  if (given !== undefined) throw refusal(name, given, answer)
  const ofNone = validate(name, schema, {})
  if (hasValue(ofNone)) return ofNone.value
  // An issue with a path names the missing key. Without a path, the schema is not for an object.
  const isOfObject = ofNone.issues.some((issue) => (memberOf(issue, 'path') ?? []).length > 0)
  throw isOfObject ? refusal(name, {}, ofNone) : refusal(name, undefined, answer)
}

function hasValue(answer: { readonly value: unknown } | Refused): answer is { readonly value: unknown } {
  // Only an own member counts, because `Object.prototype` may be polluted.
  return Object.hasOwn(answer, 'value')
}

interface Refused {
  readonly issues: readonly SchemaIssue[]
  /** What the schema threw, if it threw. */
  readonly cause?: unknown
}

function validate(name: string, schema: StandardSchema, value: unknown): { readonly value: unknown } | Refused {
  let answer: unknown
  try {
    answer = schema['~standard'].validate(value)
  } catch (cause) {
    // Schemas should not throw, but if one does, it refuses the value.
    const message = isError(cause) ? `${cause.name}: ${cause.message}` : show(cause)
    return { issues: [{ message: `the schema threw ${message}` }], cause }
  }
  if (isThenable(answer)) {
    // Nobody waits for the promise, so its rejection must not end the process.
    Promise.resolve(answer).catch(() => {})
    throw new TypeError(`params of ${name}: the schema is asynchronous, which is not supported; use a synchronous one`)
  }
  if (typeof answer !== 'object' || answer === null) {
    throw new TypeError(`params of ${name}: expected the schema to answer with an object, got ${show(answer)}`)
  }
  // `as`: its members are checked one by one.
  const [issues, output] = [memberOf(answer, 'issues'), memberOf(answer, 'value')]
  if (issues === undefined) return { value: output }
  return { issues: Array.isArray(issues) ? issues : [{ message: `issues: ${show(issues)}` }] }
}

function refusal(name: string, given: unknown, refused: Refused): TypeError {
  const { issues } = refused
  const cause = memberOf(refused, 'cause')
  const listed = issues.slice(0, mostIssues).map((issue) => describeIssue(issue, given))
  if (issues.length === 0) listed.push('the schema refused them without giving a reason')
  if (issues.length > mostIssues) listed.push(`and ${issues.length - mostIssues} more`)
  return new TypeError(printable(`params of ${name}: ${listed.join('; ')}`), { cause: cause ?? issues })
}

/** One issue as text, such as `size: expected a number, got "8"`, from its path, its message and the value. */
function describeIssue(issue: SchemaIssue, given: unknown): string {
  const { message } = issue
  const path = memberOf(issue, 'path') ?? []
  const keys = path.map((segment) => (typeof segment === 'object' ? segment.key : segment))
  const shown = showPath(keys)
  // Some libraries start their messages with the path; others do not.
  const where = message.startsWith(shown) ? '' : `${shown}: `
  return `${where}${message} (given ${show(valueAt(given, keys))})`
}

function showPath(keys: readonly PropertyKey[]): string {
  const path = keys.map((key) => {
    if (typeof key === 'string' && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)) return `.${key}`
    return typeof key === 'string' ? `[${JSON.stringify(key)}]` : `[${String(key)}]`
  })
  return path.join('').replace(/^\./, '')
}

/** The value at a path; undefined if the path leads nowhere. */
function valueAt(given: unknown, keys: readonly PropertyKey[]): unknown {
  try {
    let value = given
    for (const key of keys) {
      if (typeof value !== 'object' || value === null) return undefined
      // `as`: any member of any object can be read.
      value = isMap(value) ? value.get(key) : (value as Record<PropertyKey, unknown>)[key]
    }
    return value
  } catch {
    // A getter or proxy may throw. That must not hide the error that is being reported.
    return undefined
  }
}
