// The benchmark's inputs: the same everywhere, and what is said to be in them is in them.

import { describe, expect, test } from 'vitest'
import { randomBlocks, randomNumbers } from '../../bench/random.js'
import { frequentNeedle, rareNeedle, type TextFacts, textBlocks } from '../../bench/text.js'

function written(byteLength: number, seed: number): { text: Buffer; facts: TextFacts } {
  const blocks = textBlocks(byteLength, seed)
  const copies: Buffer[] = []
  for (;;) {
    const { value, done } = blocks.next()
    if (done) return { text: Buffer.concat(copies), facts: value }
    copies.push(Buffer.from(value))
  }
}

const random = (byteLength: number, seed: number, blockBytes?: number): Buffer =>
  Buffer.concat([...randomBlocksCopied(byteLength, seed, blockBytes)])

function* randomBlocksCopied(byteLength: number, seed: number, blockBytes?: number): Generator<Buffer> {
  for (const block of randomBlocks(byteLength, seed, blockBytes)) yield Buffer.from(block)
}

function placesOf(needle: string, text: Buffer): number[] {
  const places = []
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) places.push(at)
  return places
}

describe('random numbers', () => {
  test('are the same on every machine', () => {
    const next = randomNumbers(1)
    expect([next(), next(), next()]).toMatchInlineSnapshot(`
      [
        3568522572,
        2118479590,
        2258263061,
      ]
    `)
  })

  test('are integers of 32 bits', () => {
    const next = randomNumbers(7)
    const numbers = Array.from({ length: 1000 }, next)
    expect(numbers.map((n) => n >>> 0)).toEqual(numbers)
  })
})

describe('random bytes', () => {
  test('have the length that is asked for, also when it is no whole number of blocks', () => {
    for (const length of [0, 1, 63, 64, 65, 1000]) expect(random(length, 1, 64)).toHaveLength(length)
  })

  test('do not depend on the size of the blocks', () => {
    expect(random(1000, 1, 64)).toEqual(random(1000, 1, 256))
  })

  test('of another seed are others', () => {
    expect(random(64, 1)).not.toEqual(random(64, 2))
  })

  test('have every value about equally often', () => {
    const counts = new Array<number>(256).fill(0)
    for (const byte of random(2 ** 20, 1)) counts[byte]!++
    expect(Math.min(...counts)).toBeGreaterThan(3800)
    expect(Math.max(...counts)).toBeLessThan(4400)
  })
})

describe('the text', () => {
  // More than one block of 4 MiB.
  const { text, facts } = written(10_000_019, 1)

  test('has the length that is asked for, and ends with a line feed', () => {
    for (const length of [1, 2, 100, 5000]) expect(written(length, 3).text).toHaveLength(length)
    expect(text).toHaveLength(10_000_019)
    expect(text.at(-1)).toBe(10)
  })

  test('has as many lines as it says', () => {
    expect(text.filter((byte) => byte === 10)).toHaveLength(facts.lines)
  })

  test('has the frequent needle where it says', () => {
    expect(facts.frequent.length).toBeGreaterThan(1000)
    expect(placesOf(frequentNeedle, text)).toEqual(facts.frequent)
  })

  test('has the rare needle as often as it says, and at least once', () => {
    expect(placesOf(rareNeedle, text)).toHaveLength(facts.rare)
    expect(written(5000, 2).facts.rare).toBe(1)
  })

  test('has no line with a needle twice: lines and matches are as many', () => {
    const lines = text.toString('latin1').split('\n')
    expect(lines.filter((line) => line.includes(frequentNeedle))).toHaveLength(facts.frequent.length)
    expect(lines.filter((line) => line.includes(rareNeedle))).toHaveLength(facts.rare)
  })

  test('is the same each time, and another one with another seed', () => {
    expect(written(5000, 1).text).toEqual(written(5000, 1).text)
    expect(written(5000, 1).text).not.toEqual(written(5000, 2).text)
  })
})
