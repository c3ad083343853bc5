// Reads the parameters of a run from the command line: `key=value`, with types from the plugin's parameters.

import { types } from 'node:util'
import { defineOwn, isError } from '@onecopy/core/lane'
import type { AnyPlugin } from '@onecopy/node'
import { UsageError } from '../terminal/usage-error.js'

/** The options about parameters. */
export interface GivenParams {
  /** Each `key=value`. */
  readonly param: readonly string[]
  /** A JSON object, or another value for a plugin whose parameters are not an object. */
  readonly params: string | undefined
}

/**
 * The parameters for a run of `plugin`; undefined to use the plugin's defaults.
 *
 * A value gets the type of the plugin's default. Numbers, booleans, integers of any size and text are written as they are; a
 * typed array is written as a JSON list of numbers; anything else as JSON. If the parameter has no default, or the default is
 * null, the value is JSON if it can be parsed, and else text. A plugin with a schema decides itself: it gets the parsed JSON,
 * and the text if it refuses that.
 *
 * @throws {UsageError} there is no such parameter, or its value has another type
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

/** Parameters that the schema accepts, if there are any. Otherwise the engine gets them as they are and says what is wrong. */
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
    // Both are refused. Keep the JSON value, because the message about it says more.
    if (refusedKeys(schema, params).includes(key)) defineOwn(params, key, value)
  }
  return params
}

/** The members that a schema refuses. */
function refusedKeys(schema: Schema, params: object): string[] {
  let answer: ReturnType<Schema['~standard']['validate']>
  try {
    answer = schema['~standard'].validate(params)
  } catch {
    // The engine asks the schema again, and reports what was thrown.
    return []
  }
  if (types.isPromise(answer) || answer.issues === undefined) return []
  return answer.issues.flatMap(({ path: [first] = [] }) => {
    if (first === undefined) return []
    return [String(typeof first === 'object' ? first.key : first)]
  })
}

/**
 * All parameters as the plugin's functions will see them: the output of its schema, or its defaults overwritten by the given
 * ones.
 */
export function completeParams({ params, schema }: AnyPlugin, given: unknown): unknown {
  if (given === undefined) return params
  if (schema === undefined) return isObject(params) ? { ...params, ...(given as object) } : given
  const answer = schema['~standard'].validate(given)
  // The engine will report what the schema refuses.
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

/** Numbers of the same type as `sample`, if `text` is a list of such numbers. */
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

/** The values as an array like `sample`; undefined if such an array cannot hold one of them exactly. */
function held(sample: ArrayBufferView, values: readonly unknown[]): unknown {
  const array = arrayLike(sample, values)
  return values.every((value, at) => array[at] === value) ? array : undefined
}

function arrayLike(sample: ArrayBufferView, values: readonly unknown[]): ArrayLike<unknown> {
  // `as`: the constructor of a view makes such views from lists of their values.
  const Elements = sample.constructor as unknown as { from(values: readonly unknown[]): ArrayLike<unknown> }
  return Elements.from(values)
}

/** Parse `text` as JSON; return `other` if it is not JSON. */
function fromJson(text: string, other: unknown): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // It is plain text.
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
