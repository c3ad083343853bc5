// The parameters of a run as the command line gives them: `key=value`, typed by what the plugin says of its parameters.

import type { AnyPlugin } from '@onecopy/node'
import { UsageError } from '../usage-error.js'

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
 * as such and other text as text.
 *
 * @throws {UsageError} there is no such parameter, or its value is of another type
 */
export function readParams(plugin: AnyPlugin, given: GivenParams): unknown {
  const whole = given.params === undefined ? undefined : parseJson('--params', given.params)
  if (given.param.length === 0) return whole
  const defaults: unknown = plugin.params
  if (!isObject(defaults)) throw new UsageError(`--param: ${plugin.name} has no named parameters`)
  if (whole !== undefined && !isObject(whole)) throw new UsageError('--params: expected a JSON object beside --param')
  const params: Record<string, unknown> = { ...whole }
  for (const each of given.param) {
    const [key, text] = splitParam(each)
    if (!Object.hasOwn(defaults, key)) {
      const names = Object.keys(defaults).join(', ') || 'none'
      throw new UsageError(`--param ${key}: ${plugin.name} has no such parameter; it has ${names}`)
    }
    Object.defineProperty(params, key, {
      value: readValue(key, text, defaults[key]),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return params
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
      if (ArrayBuffer.isView(sample)) return readNumbers(sample, text) ?? wrong('a JSON list of numbers')
      return tryJson(text) ?? (sample === undefined || sample === null ? text : parseJson(`--param ${key}`, text))
  }
}

function readNumbers(sample: ArrayBufferView, text: string): unknown {
  const values = tryJson(text)
  if (!Array.isArray(values) || !values.every((each) => typeof each === 'number')) return undefined
  // `as`: a view's constructor makes views of its kind; those of bigints are not made from JSON.
  const Elements = sample.constructor as { from?(values: readonly number[]): unknown }
  return Elements.from?.(values)
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Then it is text.
    return undefined
  }
}

function parseJson(option: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replaceAll('\n', ' ') : String(cause)
    throw new UsageError(`${option}: expected JSON, got ${JSON.stringify(text)} (${why})`, { cause })
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
