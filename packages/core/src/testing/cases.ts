// The cases that laws are tried in: data, how it is cut, and how the work is shared.

import type fc from 'fast-check'
import type { Element, Material } from './material.js'

/** One case. */
export interface Case {
  readonly elements: readonly Element[]
  /** Elements a chunk; records a chunk for `records()`. */
  readonly size: number
  /** Where the list of results is cut into parts `a`, `b` and `c`: taken modulo what is possible. */
  readonly splits: readonly [number, number]
  /** Lanes. */
  readonly workers: number
  /** Decides whose turn it is. */
  readonly seed: number
}

/** fast-check's module. */
export type FastCheck = typeof fc

const mostElements = 24
const mostPieces = 10
const longestWindow = 64

/** Cases made of `material`. Those that shrink best come first. */
export function casesOf(check: FastCheck, material: Material): fc.Arbitrary<Case> {
  return check.record({
    elements: elementsOf(check, material),
    size: check.oneof(check.integer({ min: 1, max: 4 }), check.integer({ min: 1, max: 32 })),
    splits: check.tuple(check.nat(100), check.nat(100)),
    workers: check.integer({ min: 2, max: 4 }),
    seed: check.nat(),
  })
}

function elementsOf(check: FastCheck, material: Material): fc.Arbitrary<readonly Element[]> {
  const { alphabets, pieces, records, samples, layout } = material
  if (layout !== undefined) return recordsOf(check, material, layout)
  const arrays = alphabets.map((alphabet) =>
    check.array(check.constantFrom(...alphabet), { maxLength: mostElements, size: 'max' }),
  )
  const kinds: fc.Arbitrary<readonly Element[]>[] = [...arrays]
  for (const parts of [pieces, records]) {
    if (parts.length === 0) continue
    const joined = check.array(check.constantFrom(...parts), { maxLength: mostPieces, size: 'max' })
    kinds.push(joined.map((list) => list.flat()))
  }
  for (const sample of samples) {
    if (sample.length === 0) continue
    const window = check.tuple(check.nat(sample.length - 1), check.nat(longestWindow))
    kinds.push(
      window.map(([start, length]) => sample.slice(start, start + length)),
      check.constant(sample),
    )
  }
  return check.oneof(...kinds)
}

/** Whole records behind a header, and sometimes a piece of one more. */
function recordsOf(
  check: FastCheck,
  { alphabets, samples }: Material,
  { header, size }: { readonly header: number; readonly size: number },
): fc.Arbitrary<readonly Element[]> {
  const lists = alphabets.map((alphabet) => check.constantFrom(...alphabet))
  const element = check.oneof(...lists)
  const fill = (length: number): fc.Arbitrary<Element[]> =>
    check.array(element, { minLength: length, maxLength: length, size: 'max' })
  const sampled = samples.filter((sample) => sample.length >= header + size)
  const records: fc.Arbitrary<Element[]>[] = [fill(size)]
  const headers: fc.Arbitrary<Element[]>[] = []
  for (const sample of sampled) {
    const count = Math.floor((sample.length - header) / size)
    records.push(check.nat(count - 1).map((i) => sample.slice(header + i * size, header + (i + 1) * size)))
    headers.push(check.constant(sample.slice(0, header)))
  }
  if (headers.length === 0) headers.push(fill(header))
  // A user's records may have to be valid: then there are no others.
  const record = sampled.length === 0 ? records[0]! : check.oneof(...records)
  return check
    .tuple(check.oneof(...headers), check.array(record, { maxLength: 8, size: 'max' }), check.nat(size - 1))
    .map(([head, list, rest]) => [...head, ...list.flat(), ...(list[0] ?? []).slice(0, rest)])
}
