// Describes a plugin's parameters, as far as its defaults or its schema tell.

import { types } from 'node:util'
import { memberOf } from '@onecopy/core/lane'
import type { AnyPlugin } from '@onecopy/node'
import { toJson } from '../result/json.js'
import { cell } from '../result/result-text.js'

/** One parameter, as plain data. */
export interface ListedParam {
  readonly name: string
  /** For example `number`, `string` or `"a" | "b"`. */
  readonly type: string
  /** Its default as JSON; undefined if it has none. */
  readonly default?: unknown
  /** The default as text for people. */
  readonly shown?: string
  /** Set if a run has to give it. */
  readonly required?: true
  /** The schema's description of it. */
  readonly description?: string
}

/** The part of JSON Schema that is listed. */
interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly default?: unknown
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
}

/** The parameters of a plugin; empty if it has none, or does not tell. */
export function describeParams({ params, schema }: AnyPlugin): ListedParam[] {
  const defaults = isObject(params) ? params : {}
  if (schema === undefined)
    return Object.entries(defaults).map(([name, value]) => ofDefault(name, typeOf(value), value))
  const known: JsonSchema = jsonSchemaOf(schema) ?? entriesOf(schema) ?? {}
  const properties = memberOf(known, 'properties') ?? {}
  const required = memberOf(known, 'required') ?? []
  const missing = missingKeys(schema)
  const names = new Set([...Object.keys(properties), ...Object.keys(defaults), ...missing])
  return [...names].map((name) => {
    const field: JsonSchema = Object.hasOwn(properties, name) ? properties[name]! : {}
    const value = Object.hasOwn(defaults, name) ? defaults[name] : field.default
    const type = textOf(field) ?? (value === undefined ? 'any' : typeOf(value))
    const isRequired = value === undefined && (missing.includes(name) || required.includes(name))
    return {
      ...(value === undefined ? { name, type } : ofDefault(name, type, value)),
      ...(isRequired ? { required: true as const } : {}),
      ...(typeof field.description === 'string' ? { description: field.description } : {}),
    }
  })
}

function ofDefault(name: string, type: string, value: unknown): ListedParam {
  const shown = typeof value === 'string' ? JSON.stringify(value) : cell(value)
  return { name, type, default: JSON.parse([...toJson(value)].join('')), shown }
}

/** The type of a parameter, as `--param` reads it. */
function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'any'
  if (Array.isArray(value)) return 'list'
  return typeof value === 'object' ? (value.constructor?.name ?? 'object').replace(/^Object$/, 'object') : typeof value
}

/**
 * The schema as JSON Schema, if its library can make one. zod, arktype and others can.
 *
 * @see https://standardschema.dev/json-schema
 */
function jsonSchemaOf(schema: object): JsonSchema | undefined {
  try {
    // `as`: this throws if the method is missing, or if JSON Schema cannot express the schema.
    const { jsonSchema } = (schema as { '~standard': { jsonSchema: { input(options: object): unknown } } })['~standard']
    const made = jsonSchema.input({ target: 'draft-2020-12' })
    return isObject(made) ? (made as JsonSchema) : undefined
  } catch {
    // The caller then tries other ways.
    return undefined
  }
}

/** The fields of a schema that holds a schema per field, as valibot's do. */
function entriesOf(schema: object): JsonSchema | undefined {
  // `as`: any member of any object can be read.
  const { entries } = schema as { readonly entries?: unknown }
  if (!isObject(entries)) return undefined
  const properties: Record<string, JsonSchema> = {}
  for (const [name, field] of Object.entries(entries)) {
    if (!isObject(field)) continue
    const inner = isObject(field.wrapped) ? field.wrapped : field
    const options = Array.isArray(inner.options) && inner.options.every((each) => typeof each !== 'object')
    properties[name] = {
      ...(options ? { enum: inner.options as unknown[] } : typeof inner.type === 'string' ? { type: inner.type } : {}),
      ...(field.default === undefined || typeof field.default === 'function' ? {} : { default: field.default }),
    }
  }
  return { properties }
}

/** The keys that the schema reports as missing in an empty object. */
function missingKeys(schema: NonNullable<AnyPlugin['schema']>): string[] {
  try {
    const answer = schema['~standard'].validate({})
    if (types.isPromise(answer) || answer.issues === undefined) return []
    return answer.issues.flatMap(({ path = [] }) => {
      const [first] = path
      if (first === undefined || path.length > 1) return []
      return [String(typeof first === 'object' ? first.key : first)]
    })
  } catch {
    // A schema that throws names no keys.
    return []
  }
}

function textOf({ type, enum: values, const: only, anyOf, items }: JsonSchema): string | undefined {
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(' | ')
  if (only !== undefined) return JSON.stringify(only)
  if (anyOf !== undefined) return [...new Set(anyOf.map((each) => textOf(each) ?? 'any'))].join(' | ')
  if (type === 'array') return items === undefined ? 'list' : `list of ${textOf(items) ?? 'any'}`
  return typeof type === 'string' ? type : type?.join(' | ')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
