// The part of Standard Schema that onecopy uses: its types, and how to recognize a schema. zod, valibot, arktype and others
// implement it.
//
// See https://standardschema.dev. The specification is meant to be copied rather than depended on.

import { show } from '../base/check.js'
import { memberOf } from '../base/own-members.js'

/**
 * A schema that validates values and fills in defaults: any that implements Standard Schema, version 1.
 *
 * @typeParam Input - what it accepts
 * @typeParam Output - what it returns for that
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  /** The member that the specification requires. */
  readonly '~standard': {
    /** The version of the specification. */
    readonly version: 1
    /** The library's name. */
    readonly vendor: string
    /** Validates a value. onecopy needs the answer at once and does not accept a promise. */
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    /** For types only: it does not exist at run time. */
    readonly types?:
      | {
          /** What it accepts. */
          readonly input: Input
          /** What it returns for that. */
          readonly output: Output
        }
      | undefined
  }
}

/** The result of validating: the value, or why it is refused. */
export type SchemaResult<Output> =
  | {
      /** The value, converted and with defaults. */
      readonly value: Output
      /** Undefined, because nothing is wrong. */
      readonly issues?: undefined
    }
  | {
      /** What is wrong. */
      readonly issues: readonly SchemaIssue[]
    }

/** One thing that is wrong with a value. */
export interface SchemaIssue {
  /** A message for people. */
  readonly message: string
  /** The path to the wrong part; empty or undefined if it is the value itself. */
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
 * `value` if it is a schema; undefined if it is anything else.
 *
 * @throws {TypeError} it is a schema of another version, or claims to be a schema but cannot validate
 */
export function asSchema(argument: string, value: unknown): StandardSchema | undefined {
  // Schemas of arktype are functions.
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || !('~standard' in value))
    return undefined
  // `as`: its members are checked one by one.
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
