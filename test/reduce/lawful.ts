// The laws of ready-made reducers, as tests: `merge` is associative, `init()` is its identity, and a plain loop gives the same.

import { fixed, type Reducer, sequential, share } from '@onecopy/core'
import { createEngine } from '@onecopy/node'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fingerprint } from '../support/fingerprint.js'

export interface Lawful<R> {
  readonly name: string
  readonly make: () => Reducer<R, unknown>
  /** Results as a chunk function may return them. */
  readonly values: fc.Arbitrary<R>
  /** What a plain loop over all results gives. */
  readonly naive: (values: readonly R[]) => unknown
}

/** Keeps the types of one reducer together, in a list of many. */
export function lawful<R>(each: Lawful<R>): Lawful<unknown> {
  // `as`: values of `R` only ever meet the reducer that they were made for.
  return each as unknown as Lawful<unknown>
}

/** An accumulator over `values`. */
function fold({ make }: Lawful<unknown>, values: readonly unknown[]): unknown {
  const reducer = make()
  return values.reduce((acc, value) => reducer.add(acc, value), reducer.init())
}

function finish(reducer: Reducer<unknown, unknown>, acc: unknown): unknown {
  return reducer.finish === undefined ? acc : reducer.finish(acc)
}

export function promiseLaws(each: Lawful<unknown>): void {
  const lists = fc.array(each.values, { maxLength: 8 })
  const { merge, init } = each.make()

  // `merge` may consume both of its arguments: each use folds its own.
  test('init() is the identity of merge', () => {
    fc.assert(
      fc.property(lists, (values) => {
        const expected = fingerprint(fold(each, values))
        expect(fingerprint(merge(init(), fold(each, values)))).toBe(expected)
        expect(fingerprint(merge(fold(each, values), init()))).toBe(expected)
      }),
    )
  })

  test('merge is associative', () => {
    fc.assert(
      fc.property(lists, lists, lists, (a, b, c) => {
        const leftFirst = merge(merge(fold(each, a), fold(each, b)), fold(each, c))
        const rightFirst = merge(fold(each, a), merge(fold(each, b), fold(each, c)))
        expect(fingerprint(leftFirst)).toBe(fingerprint(rightFirst))
      }),
    )
  })

  test('merging two parts is folding all of it', () => {
    fc.assert(
      fc.property(lists, lists, (a, b) => {
        expect(fingerprint(merge(fold(each, a), fold(each, b)))).toBe(fingerprint(fold(each, [...a, ...b])))
      }),
    )
  })

  test('it gives what a loop gives', () => {
    fc.assert(
      fc.property(lists, (values) => {
        expect(fingerprint(finish(each.make(), fold(each, values)))).toBe(fingerprint(each.naive(values)))
      }),
    )
  })

  test('it does not write into results', () => {
    fc.assert(
      fc.property(lists, lists, (a, b) => {
        const before = fingerprint([a, b])
        merge(fold(each, a), fold(each, b))
        expect(fingerprint([a, b])).toBe(before)
      }),
    )
  })

  test('init gives a fresh value each time', () => {
    const [first, second] = [init(), init()]
    expect(typeof first === 'object' && first !== null ? first !== second : Object.is(first, second)).toBe(true)
  })
}

/** On any number of workers each reducer gives what it gives in one thread, which is what a loop gives. */
export function promiseSameInLanes(reducers: readonly Lawful<unknown>[]): void {
  test('each ready-made reducer gives there what it gives here', async () => {
    await using one = createEngine({ workers: 1 })
    await using two = createEngine({ workers: 2 })
    for (const each of reducers) {
      const lists = fc.array(each.values.filter(isCloneable), { maxLength: 30 })
      await fc.assert(
        fc.asyncProperty(lists, fc.constantFrom(one, two, sequential()), async (values, engine) => {
          const run = engine
            .map(share(new Uint8Array(values.length)), (_bytes, { index, params }) => params.values[index], {
              chunks: fixed({ size: 1 }),
              params: { values },
            })
            .reduce(each.make())
          expect(fingerprint(await run)).toBe(fingerprint(each.naive(values)))
        }),
        { numRuns: 15 },
      )
    }
  })
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value)
    return true
  } catch {
    // What cannot be cloned cannot be a parameter.
    return false
  }
}
