// A function that takes a fixed number of arguments refuses others: it would ignore them, and its caller relies on them.

import * as core from '@onecopy/core'
import * as node from '@onecopy/node'
import { describe, expect, test } from 'vitest'

/** Those that are not asked, each with the reason. */
const others: Readonly<Record<string, string>> = {
  isOnecopyError: 'takes any number of codes',
  isPlugin: 'a predicate, made to be given to filter',
  openMemory: 'called by hosts alone',
  runLane: 'called by hosts alone, and never rejects',
  workerOf: 'called by hosts alone',
}

// `as`: they are called with what they do not take.
type AnyFunction = (...args: unknown[]) => unknown
const functions = Object.entries({ ...core, ...node })
  .filter(([name, value]) => typeof value === 'function' && !/^[A-Z]/.test(name) && !(name in others))
  .map(([name, value]) => [name, value as AnyFunction] as const)

/** What a call throws, or rejects with. */
async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    return await call()
  } catch (error) {
    return error
  }
}

describe('exported functions', () => {
  test.each(functions)('%s', async (name, fn) => {
    const error = await failureOf(() => fn(...Array.from({ length: 20 })))
    expect(error).toBeInstanceOf(TypeError)
    expect((error as Error).message).toMatch(new RegExp(`^${name}: takes .*, got 20`))
  })
})

test('an initial value behind a reducer, and an encoding behind a path', async () => {
  const run = core.sequential().map(core.share('abc'), (bytes) => bytes.length)
  const reduce = run.reduce.bind(run) as unknown as AnyFunction
  expect(() => reduce(core.sum(), 0)).toThrow(/^reduce: takes 1 argument, got 2/)
  expect(() => (node.share as AnyFunction)('abc', 'latin1')).toThrow(/^share: takes 1 argument, got 2/)
  await expect((node.load as AnyFunction)('x', Float64Array, {}, 'utf8')).rejects.toThrow(/^load: takes at most 3/)
})

test('methods: map, run, view and chunk.view', async () => {
  const data = core.share('abc')
  const engine = core.sequential()
  const length = (bytes: Readonly<Uint8Array>): number => bytes.length
  expect(() => (engine.map as AnyFunction).call(engine, data, length, {}, {})).toThrow(/^map: takes at most 3/)
  expect(() => (engine.run as AnyFunction).call(engine, data, length, {}, {})).toThrow(/^run: takes at most 3/)
  expect(() => (data.view as AnyFunction).call(data, 0, 1, 2)).toThrow(/^view: takes at most 2/)
  const viewing = engine.map(data, (_, chunk) => (chunk.view as AnyFunction)(0, 1, 2))
  await expect(viewing).rejects.toThrow(/chunk\.view: takes at most 2/)
})
