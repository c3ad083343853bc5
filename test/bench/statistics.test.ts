// What the benchmark says about a list of measured values.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { summarize } from '../../bench/statistics.js'

test('the median of an odd number of values is the middle one', () => {
  expect(summarize([30, 10, 20])).toEqual({ median: 20, min: 10, max: 30 })
})

test('the median of an even number of values is the mean of the two in the middle', () => {
  expect(summarize([40, 10, 20, 31])).toEqual({ median: 25.5, min: 10, max: 40 })
})

test('no value has no median', () => {
  expect(() => summarize([])).toThrow(RangeError)
})

test('as many values are below the median as above it, and none is outside of the spread', () => {
  const list = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1 })
  fc.assert(
    fc.property(list, (values) => {
      const { median, min, max } = summarize(values)
      const below = values.filter((value) => value < median).length
      const above = values.filter((value) => value > median).length
      expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2)
      expect([min, max]).toEqual([Math.min(...values), Math.max(...values)])
    }),
  )
})

test('values keep their order: it is the order of the rounds', () => {
  const values = [3, 1, 2]
  summarize(values)
  expect(values).toEqual([3, 1, 2])
})
