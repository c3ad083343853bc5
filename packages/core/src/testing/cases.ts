// The cases in which laws are tested: data, how it is cut, and how the work is divided.

import type fc from 'fast-check'
import type { Element, Material } from './material.js'

/** One case. */
export interface Case {
  readonly elements: readonly Element[]
  /** Elements per chunk; for `records()`: records per chunk. */
  readonly size: number
  /** Where the list of results is split into the parts `a`, `b` and `c`. Taken modulo the number of possible places. */
  readonly splits: readonly [number, number]
  /** The number of lanes. */
  readonly workers: number
  /** Decides the order in which lanes take turns. */
  readonly seed: number
}

/** fast-check's module. */
export type FastCheck = typeof fc

const mostElements = 24
const mostPieces = 10
const longestWindow = 64
const mostFirst = 4

/** Make cases from `material`. Kinds of cases that shrink best come first. */
export function casesOf(check: FastCheck, material: Material): fc.Arbitrary<Case> {
  return check.record({
    elements: elementsOf(check, material),
    // Small chunks are likely, because they make more borders.
    size: check.oneof(check.constant(1), check.integer({ min: 1, max: 4 }), check.integer({ min: 1, max: 32 })),
    splits: check.tuple(check.nat(100), check.nat(100)),
    workers: check.integer({ min: 2, max: 4 }),
    seed: check.nat(),
  })
}

/** A few cases of one small chunk each, with different content. */
export function firstCases({ alphabets, words, records, samples, layout }: Material): readonly Case[] {
  const simple = alphabets[0]!.slice(0, mostFirst)
  const only = { splits: [0, 0], workers: 2, seed: 0 } as const
  if (layout === undefined) {
    const whole = [...words, ...records].filter(({ length }) => length <= longestWindow).slice(0, mostFirst)
    return [...simple.map((element) => [element]), ...whole].map((elements) => ({
      ...only,
      elements,
      size: elements.length,
    }))
  }
  const { header, length } = layout
  return simple.map((element) => {
    const fill = (count: number): Element[] => Array.from({ length: count }, () => element)
    const head = samples.find(({ length }) => length >= header)?.slice(0, header) ?? fill(header)
    return { ...only, elements: [...head, ...fill(length)], size: 1 }
  })
}

function elementsOf(check: FastCheck, material: Material): fc.Arbitrary<readonly Element[]> {
  const { alphabets, pieces, words, records, samples, layout } = material
  if (layout !== undefined) return recordsOf(check, material, layout)
  const kinds: Weighted[] = alphabets.map((alphabet) => ({
    arbitrary: check.array(check.constantFrom(...alphabet), { maxLength: mostElements, size: 'max' }),
    weight: 1,
  }))
  const joined = (parts: readonly (readonly Element[])[], weight: number): void => {
    if (parts.length === 0) return
    const lists = check.array(check.constantFrom(...parts), { maxLength: mostPieces, size: 'max' })
    kinds.push({ arbitrary: lists.map((list) => list.flat()), weight })
  }
  joined(words, 2)
  joined(pieces, 2)
  // Records get more weight, because a plugin for records does little with data that holds few of them.
  joined(records, alphabets.length)
  for (const sample of samples) {
    if (sample.length === 0) continue
    const window = check.tuple(check.nat(sample.length - 1), check.nat(longestWindow))
    kinds.push({ arbitrary: window.map(([start, length]) => sample.slice(start, start + length)), weight: 2 })
    kinds.push({ arbitrary: check.constant(sample), weight: 1 })
  }
  return check.oneof(...kinds)
}

interface Weighted {
  readonly arbitrary: fc.Arbitrary<readonly Element[]>
  readonly weight: number
}

/** Whole records after a header, and sometimes a part of one more. */
function recordsOf(
  check: FastCheck,
  { alphabets, samples }: Material,
  { header, length }: { readonly header: number; readonly length: number },
): fc.Arbitrary<readonly Element[]> {
  const element = check.oneof(...alphabets.map((alphabet) => check.constantFrom(...alphabet)))
  const fill = (count: number): fc.Arbitrary<Element[]> =>
    check.array(element, { minLength: count, maxLength: count, size: 'max' })
  const sampled = samples.filter((sample) => sample.length >= header + length)
  const sampledRecords: fc.Arbitrary<Element[]>[] = []
  const headers: fc.Arbitrary<Element[]>[] = []
  for (const sample of sampled) {
    const count = Math.floor((sample.length - header) / length)
    sampledRecords.push(check.nat(count - 1).map((i) => sample.slice(header + i * length, header + (i + 1) * length)))
    headers.push(check.constant(sample.slice(0, header)))
  }
  if (headers.length === 0) headers.push(fill(header))
  const listOf = (...kinds: fc.Arbitrary<Element[]>[]): fc.Arbitrary<Element[][]> =>
    check.array(check.oneof(...kinds), { maxLength: mostPieces, size: 'max' })
  // If the plugin needs valid records, only those of the user's samples tell anything. So they are more likely.
  const lists = sampledRecords.length === 0 ? [] : [listOf(...sampledRecords), listOf(...sampledRecords)]
  return check
    .tuple(
      check.oneof(...headers),
      check.oneof(...lists, listOf(fill(length), ...sampledRecords)),
      check.nat(length - 1),
    )
    .map(([head, list, rest]) => [...head, ...list.flat(), ...(list[0] ?? []).slice(0, rest)])
}
