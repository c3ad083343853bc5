// The parameters of a run as the command line gives them: `key=value`, typed by what the plugin says of its parameters.

import { types } from 'node:util'
import { defineOwn, isError } from '@onecopy/core/lane'
import type { AnyPlugin } from '@onecopy/node'
import { UsageError } from '../terminal/usage-error.js'

/** What the command line says of parameters. */
export interface GivenParams {
  /** Each `key=value`. */
  readonly param: readonly string[]
  /** A JSON object (or another value, for a plugin whose parameters are no object). */
  readonly params: string | undefined
}

/**
 * The parameters to run `plugin` with; undefined: its own.
 *
 * A value takes the type of the plugin's default: numbers, booleans, integers of any size and text as they are; a typed array
 * as a JSON list of numbers; anything else as JSON. Of a parameter without a default, or whose default is null, JSON is taken
 * as such and other text as text. A plugin with a schema decides itself: it is given JSON as JSON, and text where it refuses
 * that.
 *
 * @throws {UsageError} there is no such parameter, or its value is of another type
 */
export function readParams(plugin: AnyPlugin, given: GivenParams): unknown {
  const whole = given.params === undefined ? undefined : parseJson('--params', given.params)
  if (whole !== undefined) checkKeys(plugin, whole)
  if (given.param.length === 0) return whole
  if (plugin.schema !== undefined) return readBySchema(plugin.schema, whole, given.param)
  const defaults: unknown = plugin.params
  if (!isObject(defaults)) throw new UsageError(`--param: ${plugin.name} has no named parameters`)
  if (whole !== undefined && !isObject(whole)) throw new UsageError('--params: expected a JSON object beside --param')
  const params: Record<string, unknown> = { ...whole }
  for (const each of given.param) {
    const [key, text] = splitParam(each)
    if (!Object.hasOwn(defaults, key)) throw noSuchParam(`--param ${key}`, plugin.name, defaults)
    defineOwn(params, key, readValue(key, text, defaults[key]))
  }
  return params
}

function checkKeys({ name, params, schema }: AnyPlugin, whole: unknown): void {
  if (schema !== undefined || !isObject(params)) return
  if (!isObject(whole)) throw new UsageError('--params: expected a JSON object')
  const unknown = Object.keys(whole).find((key) => !Object.hasOwn(params, key))
  if (unknown !== undefined) throw noSuchParam(`--params: ${unknown}`, name, params)
}

function noSuchParam(where: string, name: string, params: object): UsageError {
  const names = Object.keys(params).join(', ') || 'none'
  return new UsageError(`${where}: ${name} has no such parameter; it has ${names}`)
}

type Schema = NonNullable<AnyPlugin['schema']>

/** Parameters that a schema accepts, if there are any: else as they are, for the engine to say what is wrong with them. */
function readBySchema(schema: Schema, whole: unknown, param: readonly string[]): unknown {
  if (whole !== undefined && !isObject(whole)) throw new UsageError('--params: expected a JSON object beside --param')
  const params: Record<string, unknown> = { ...whole }
  const texts = new Map(param.map(splitParam))
  for (const [key, text] of texts) defineOwn(params, key, fromJson(text, text))
  for (const key of refusedKeys(schema, params)) {
    const text = texts.get(key)
    if (text === undefined) continue
    const value = params[key]
    defineOwn(params, key, text)
    // Wrong either way: what is said of JSON says more than that text was not expected.
    if (refusedKeys(schema, params).includes(key)) defineOwn(params, key, value)
  }
  return params
}

/** The members that a schema has something against. */
function refusedKeys(schema: Schema, params: object): string[] {
  let answer: ReturnType<Schema['~standard']['validate']>
  try {
    answer = schema['~standard'].validate(params)
  } catch {
    // The engine asks again, and says what was thrown.
    return []
  }
  if (types.isPromise(answer) || answer.issues === undefined) return []
  return answer.issues.flatMap(({ path: [first] = [] }) => {
    if (first === undefined) return []
    return [String(typeof first === 'object' ? first.key : first)]
  })
}

/**
 * All parameters as the plugin's functions will see them: what its schema makes of the given ones, or its defaults with the
 * given ones in their place.
 */
export function completeParams({ params, schema }: AnyPlugin, given: unknown): unknown {
  if (given === undefined) return params
  if (schema === undefined) return isObject(params) ? { ...params, ...(given as object) } : given
  const answer = schema['~standard'].validate(given)
  // What it refuses, the engine will name.
  return types.isPromise(answer) || answer.issues !== undefined ? given : answer.value
}

function splitParam(each: string): [key: string, text: string] {
  const equals = each.indexOf('=')
  if (equals < 1) throw new UsageError(`--param: expected key=value, got ${JSON.stringify(each)}`)
  return [each.slice(0, equals), each.slice(equals + 1)]
}

function readValue(key: string, text: string, sample: unknown): unknown {
  const wrong = (kind: string): never => {
    throw new UsageError(`--param ${key}: expected ${kind}, got ${JSON.stringify(text)}`)
  }
  switch (typeof sample) {
    case 'string':
      return text
    case 'number':
      return text.trim() !== '' && (!Number.isNaN(Number(text)) || text === 'NaN') ? Number(text) : wrong('a number')
    case 'bigint':
      return /^-?\d+$/.test(text) ? BigInt(text) : wrong('an integer')
    case 'boolean':
      return text === 'true' || text === 'false' ? text === 'true' : wrong('true or false')
    default:
      if (ArrayBuffer.isView(sample))
        return readNumbers(sample, text) ?? wrong(`a JSON list of numbers that a ${sample.constructor.name} can hold`)
      return sample === undefined || sample === null ? fromJson(text, text) : parseJson(`--param ${key}`, text)
  }
}

/** Numbers of the kind that `sample` has, if `text` is a list of such numbers. */
function readNumbers(sample: ArrayBufferView, text: string): unknown {
  const values = fromJson(text, undefined)
  if (!Array.isArray(values) || !values.every((each) => typeof each === 'number')) return undefined
  if (types.isDataView(sample)) return undefined
  if (types.isBigInt64Array(sample) || types.isBigUint64Array(sample)) {
    if (!values.every(Number.isSafeInteger)) return undefined
    return held(sample, values.map(BigInt))
  }
  const isOfFloats = /Float/.test(sample.constructor.name)
  return isOfFloats ? arrayLike(sample, values) : held(sample, values)
}

/** The values as an array like `sample`; undefined if one of them would be another there. */
function held(sample: ArrayBufferView, values: readonly unknown[]): unknown {
  const array = arrayLike(sample, values)
  return values.every((value, at) => array[at] === value) ? array : undefined
}

function arrayLike(sample: ArrayBufferView, values: readonly unknown[]): ArrayLike<unknown> {
  // `as`: a view's constructor makes views of its kind from the values that such views have.
  const Elements = sample.constructor as unknown as { from(values: readonly unknown[]): ArrayLike<unknown> }
  return Elements.from(values)
}

/** The value that `text` is as JSON; `other` if it is none. */
function fromJson(text: string, other: unknown): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Then it is text.
    return other
  }
}

function parseJson(option: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const why = isError(cause) ? cause.message.replaceAll('\n', ' ') : String(cause)
    throw new UsageError(`${option}: expected JSON, got ${JSON.stringify(text)} (${why})`, { cause })
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
