// What onecopy uses of Standard Schema, which zod, valibot, arktype and others implement: types, and how to tell a schema.
//
// See https://standardschema.dev: the specification is made to be written down anew rather than depended on.

import { show } from '../base/check.js'
import { memberOf } from '../base/own-members.js'

/**
 * A schema that validates values and gives them their defaults: any that implements Standard Schema, version 1.
 *
 * @typeParam Input - what it accepts
 * @typeParam Output - what it makes of that
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  /** What the specification asks for. */
  readonly '~standard': {
    /** Of the specification. */
    readonly version: 1
    /** The library's name. */
    readonly vendor: string
    /** Validates a value; onecopy takes an answer only at once, no promise of one. */
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    /** Types only: never there at run time. */
    readonly types?:
      | {
          /** What it accepts. */
          readonly input: Input
          /** What it makes of that. */
          readonly output: Output
        }
      | undefined
  }
}

/** What validating gives: the value, or why there is none. */
export type SchemaResult<Output> =
  | {
      /** What it made of the value. */
      readonly value: Output
      /** There are none. */
      readonly issues?: undefined
    }
  | {
      /** What is wrong. */
      readonly issues: readonly SchemaIssue[]
    }

/** One thing that is wrong with a value. */
export interface SchemaIssue {
  /** For people. */
  readonly message: string
  /** Where in the value; empty or undefined: the value itself. */
  readonly path?:
    | readonly (
        | PropertyKey
        | {
            /** The key itself. */
            readonly key: PropertyKey
          }
      )[]
    | undefined
}

/**
 * `value`, if it is a schema; undefined if it is anything else.
 *
 * @throws {TypeError} it is a schema of another version, or says to be one and cannot validate
 */
export function asSchema(argument: string, value: unknown): StandardSchema | undefined {
  // arktype's are functions.
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || !('~standard' in value))
    return undefined
  // `as`: its members are looked at one by one.
  const standard = memberOf(value, '~standard') as Partial<StandardSchema['~standard']> | undefined
  if (standard === undefined && '~standard' in Object.prototype) return undefined
  if (standard?.version !== 1) {
    throw new TypeError(`${argument}: expected a Standard Schema of version 1, got version ${show(standard?.version)}`)
  }
  if (typeof standard.validate !== 'function') {
    throw new TypeError(`${argument}: expected a schema that can validate, got ${show(standard.validate)} as validate`)
  }
  return value as StandardSchema
}
