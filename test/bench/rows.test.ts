// The benchmark's rows, JSON, words and patterns: what is said to be in them is in them.

import { describe, expect, test } from 'vitest'
import { digestOf, paymentLines, rowsOfFewKeys, rowsOfManyKeys, wordBlocks } from '../../bench/rows.js'
import { patternBlocks, patterns } from '../../bench/text.js'

/** All that a generator writes, as text, and what it says of it. */
function written<Facts>(blocks: Generator<Uint8Array, Facts>): { text: string; facts: Facts } {
  const copies: Buffer[] = []
  for (;;) {
    const { value, done } = blocks.next()
    if (done) return { text: Buffer.concat(copies).toString('latin1'), facts: value }
    copies.push(Buffer.from(value))
  }
}

/** The groups of rows, values in tenths, by key. */
function groupsOf(text: string): [key: string, count: number, sum: number, min: number, max: number][] {
  const groups = new Map<string, number[]>()
  for (const line of text.trimEnd().split('\n')) {
    const [key = '', value = ''] = line.split(';')
    groups.set(key, [...(groups.get(key) ?? []), Math.round(Number(value) * 10)])
  }
  const described = [...groups].map(([key, values]): [string, number, number, number, number] => [
    key,
    values.length,
    values.reduce((a, b) => a + b, 0),
    Math.min(...values),
    Math.max(...values),
  ])
  return described.sort(([a], [b]) => (a < b ? -1 : 1))
}

test('rows with few keys', () => {
  const { text, facts } = written(rowsOfFewKeys(5000, 3))
  expect(text.match(/\n/g)?.length).toBe(5000)
  expect(groupsOf(text)).toEqual(facts)
  expect(facts.length).toBe(413)
  expect(written(rowsOfFewKeys(5000, 3)).text).toBe(text)
})

test('rows with many keys', () => {
  const { text, facts } = written(rowsOfManyKeys(5000, 4))
  const groups = groupsOf(text)
  const digest = groups.reduce((sum, [key, ...values]) => sum + digestOf(Number(key.slice(5)), ...values), 0)
  expect({ keys: groups.length, digest }).toEqual(facts)
})

test('lines of JSON', () => {
  const { text, facts } = written(paymentLines(3000, 5))
  const sums = new Map<string, number>()
  for (const line of text.trimEnd().split('\n')) {
    const { user, amount } = JSON.parse(line)
    sums.set(user, (sums.get(user) ?? 0) + amount)
  }
  expect(sums).toEqual(facts)
})

test('words', () => {
  const { text, facts } = written(wordBlocks(200_000, 6))
  const counts = new Map<string, number>()
  for (const word of text.split(/[ \n]/)) if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1)
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  expect(facts).toEqual(sorted.slice(0, 10))
  expect(text).toMatch(/\n/)
})

describe('patterns', () => {
  test('are fifty, and none is in another', () => {
    expect(patterns.length).toBe(50)
    for (const pattern of patterns) expect(patterns.filter((other) => other.includes(pattern))).toEqual([pattern])
  })

  test('occur as often as is said, at most one in a line', () => {
    const { text, facts } = written(patternBlocks(1_000_000, 7))
    const lines = text.split('\n')
    expect(patterns.map((pattern) => lines.filter((line) => line.includes(pattern)).length)).toEqual(facts)
    expect(facts.reduce((sum, count) => sum + count, 0)).toBe(
      lines.filter((line) => patterns.some((pattern) => line.includes(pattern))).length,
    )
  })
})
