// Schemas at the door: what they refuse, and what is no schema, is a clear error at once.

import { definePlugin, type SchemaResult, type StandardSchema, sequential, share } from '@onecopy/core'
import { type } from 'arktype'
import * as v from 'valibot'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { countByte } from '../plugins/count-byte.js'
import { withRequired, withZod } from '../plugins/with-schema.js'

const engine = sequential()
afterAll(() => engine.close())
const data = share('0123456789')
const { url } = import.meta
// Wrong programs do not compile; these are written all the same, as untyped callers can.
// biome-ignore lint/suspicious/noExplicitAny: see above
const wrong = (value: unknown): any => value

/** A schema that answers as it is told to. */
function schemaOf<I, O>(
  validate: (value: unknown) => SchemaResult<O> | Promise<SchemaResult<O>>,
): StandardSchema<I, O> {
  return { '~standard': { version: 1, vendor: 'test', validate } }
}

/** Run a plugin with that schema; never awaited: what is tested happens at once. */
function mapWith(params: StandardSchema, given?: unknown): unknown {
  const plugin = definePlugin(url, { name: 'p', params, map: () => 0 })
  return engine.map(data, plugin, wrong(given === undefined ? undefined : { params: given }))
}

/** What `call` throws. */
function thrownBy(call: () => unknown): TypeError {
  try {
    call()
  } catch (error) {
    if (error instanceof TypeError) return error
    throw new Error('expected a TypeError', { cause: error })
  }
  throw new Error('expected it to throw')
}

describe('parameters that a schema refuses', () => {
  test.each<readonly [name: string, schema: StandardSchema]>([
    ['zod', z.object({ size: z.number(), list: z.array(z.string()) })],
    ['valibot', v.object({ size: v.number(), list: v.array(v.string()) })],
    ['arktype', type({ size: 'number', list: 'string[]' })],
  ])('%s: each is named by the plugin, its path and its value', (_name, schema) => {
    const { message } = thrownBy(() => mapWith(schema, { size: '8', list: ['a', 7] }))
    expect(message).toMatch(/^params of p: /)
    expect(message.replace('params of p: ', '').split('; ').sort()).toEqual([
      expect.stringMatching(/^list\[1\].*string.* \(given 7\)$/),
      expect.stringMatching(/^size.*number.* \(given "8"\)$/),
    ])
  })

  test('a key that is no name is quoted', () => {
    const run = (): unknown => engine.map(data, withRequired, { params: { needle: 'x', 'odd key': wrong('8') } })
    expect(thrownBy(run).message).toMatch(/^params of with-required: \["odd key"\]: .*\(given "8"\)$/)
  })

  test('a long value is cut short', () => {
    const { message } = thrownBy(() => mapWith(z.number(), 'x'.repeat(10_000)))
    expect(message).toContain('(10000 characters)')
    expect(message.length).toBeLessThan(200)
  })

  test('many issues are counted, not listed', () => {
    const { message } = thrownBy(() => mapWith(z.array(z.number()), Array(100).fill('x')))
    expect(message).toMatch(/\[7\]: .*; and 92 more$/)
    expect(message).not.toContain('[8]')
  })

  test('run refuses what map refuses', () => {
    expect(() => engine.run(data, withRequired, { params: { needle: '' } })).toThrow(
      /^params of with-required: needle: /,
    )
  })

  test('a schema that gives no reason', () => {
    const { message } = thrownBy(() =>
      mapWith(
        schemaOf(() => ({ issues: [] })),
        1,
      ),
    )
    expect(message).toBe('params of p: the schema refused them without giving a reason')
  })

  test('the issues are the error’s cause', () => {
    const issues = [{ message: 'no' }]
    expect(
      thrownBy(() =>
        mapWith(
          schemaOf(() => ({ issues })),
          1,
        ),
      ).cause,
    ).toBe(issues)
  })

  test('a path of objects with keys, a symbol and a Map’s key', () => {
    const path = [{ key: 'map' }, 'k', Symbol('s')]
    const schema = schemaOf(() => ({ issues: [{ message: 'no', path }] }))
    expect(thrownBy(() => mapWith(schema, { map: new Map([['k', 1]]) })).message).toBe(
      'params of p: map.k[Symbol(s)]: no (given undefined)',
    )
  })

  test('a value that throws when it is looked at hides nothing', () => {
    const schema = schemaOf(() => ({ issues: [{ message: 'no', path: ['a'] }] }))
    const given = Object.defineProperty({}, 'a', {
      get() {
        throw new Error('do not look')
      },
    })
    expect(thrownBy(() => mapWith(schema, given)).message).toBe('params of p: a: no (given undefined)')
  })
})

describe('params that are not given', () => {
  const defaultsOf = (schema: StandardSchema): unknown =>
    definePlugin(url, { name: 'p', params: schema, map: () => 0 }).params

  test.each<readonly [name: string, schema: StandardSchema, defaults: unknown]>([
    ['the defaults of an object’s keys', z.object({ n: z.number().default(7) }), { n: 7 }],
    ['a whole default goes before its keys’', z.object({ n: z.number().default(7) }).default({ n: 8 }), { n: 8 }],
    ['what an optional object is', z.object({ n: z.number().default(7) }).optional(), undefined],
    ['the default of a schema that is of no object', z.string().default('x'), 'x'],
    ['valibot’s', v.object({ n: v.optional(v.number(), 7) }), { n: 7 }],
    ['arktype’s', type({ n: 'number = 7' }), { n: 7 }],
  ])('%s', async (_name, schema, defaults) => {
    expect(defaultsOf(schema)).toEqual(defaults)
  })

  test('a schema that throws for undefined is asked for an empty object', () => {
    const schema = schemaOf((value) => ({ value: { n: (value as { n?: number }).n ?? 7 } }))
    expect(defaultsOf(schema)).toEqual({ n: 7 })
  })

  test('a run without params that have to be given says which', () => {
    expect(thrownBy(() => engine.map(data, withRequired, wrong(undefined))).message).toMatch(
      /^params of with-required: needle: .*\(given undefined\)$/,
    )
  })

  test('a run without params says what a schema of no object expects', () => {
    expect(thrownBy(() => mapWith(z.string())).message).toMatch(/^params of p: .*string.* \(given undefined\)$/)
  })

  test('a plugin lists its defaults, and none where params have to be given', () => {
    expect(withZod.params).toEqual({ size: 5, label: 'none' })
    expect(withRequired.params).toBeUndefined()
    expect(countByte.params).toEqual({ wanted: 0, size: 4 })
  })

  test('defining a plugin validates nothing', () => {
    const values: unknown[] = []
    const schema = schemaOf((value) => {
      values.push(value)
      return { value }
    })
    const plugin = definePlugin(url, { name: 'p', params: schema, map: () => 0 })
    expect(values).toEqual([])
    expect([plugin.params, plugin.params]).toEqual([undefined, undefined])
    expect(values).toEqual([undefined])
  })
})

describe('schemas that do not answer', () => {
  test('an asynchronous schema is a TypeError, and what comes of it is nobody’s', async () => {
    const unhandled: unknown[] = []
    const listen = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', listen)
    onTestFinished(() => void process.off('unhandledRejection', listen))
    const rejecting = schemaOf(() => Promise.reject(new Error('later')))
    const asynchronous = [rejecting, z.object({ a: z.string().refine(async () => false) }), v.pipeAsync(v.string())]
    for (const schema of asynchronous) {
      // A turn of its own for each: in one, a module cannot define two plugins of one name.
      await undefined
      expect(thrownBy(() => mapWith(schema, { a: 'x' })).message).toMatch(/^params of p: .*asynchronous/)
    }
    expect(definePlugin(url, { name: 'async', params: rejecting, map: () => 0 }).params).toBeUndefined()
    // Unhandled rejections are reported before the next turn.
    await new Promise((resolve) => setImmediate(resolve))
    expect(unhandled).toEqual([])
  })

  test('one that throws is a TypeError with the cause', () => {
    const cause = new RangeError('broken')
    const schema = schemaOf(() => {
      throw cause
    })
    const error = thrownBy(() => mapWith(schema, 7))
    expect(error.message).toBe('params of p: the schema threw RangeError: broken (given 7)')
    expect(error.cause).toBe(cause)
  })

  test('one that answers nothing is a TypeError', () => {
    expect(thrownBy(() => mapWith(schemaOf(wrong(() => undefined)), 7)).message).toMatch(/^params of p: .*undefined/)
  })

  test('a schema of another version, or one that cannot validate, is refused when the plugin is defined', () => {
    const define = (standard: unknown) => () =>
      definePlugin(url, { name: 'p', params: wrong({ '~standard': standard }), map: () => 0 })
    expect(define({ version: 2, vendor: 'test', validate: () => ({ value: 1 }) })).toThrow(
      /^plugin\.params: .*version 2/,
    )
    expect(define({ version: 1, vendor: 'test' })).toThrow(/^plugin\.params: .*undefined as validate/)
    expect(define(undefined)).toThrow(/^plugin\.params: .*undefined/)
  })

  test('what a schema makes has to travel to a lane', () => {
    const schema = z.object({ at: z.string().transform((text) => () => text) })
    expect(thrownBy(() => mapWith(schema, { at: 'x' })).message).toMatch(/^params\.at: cannot be sent to a worker/)
  })
})
