// How a case runs: in turns, with every answer checked.

import { describe, expect, test } from 'vitest'
import { Timed, timesAsFast, timesAsLong } from '../../bench/case.js'
import { judge, takeTurns } from '../../bench/take-turns.js'

describe('a case', () => {
  test('runs its contestants in turns, once to warm up and then as often as is said', async () => {
    let order = ''
    const runner = (name: string) => ({
      name,
      run: () => {
        order += name
      },
    })
    await takeTurns({ expected: undefined, contestants: [runner('A'), runner('B')] }, 2)
    expect(order).toBe('AB AB AB'.replaceAll(' ', ''))
  })

  test('of one round has no warm-up', async () => {
    let runs = 0
    await takeTurns({ expected: 1, contestants: [{ name: 'A', run: () => ++runs }] }, 1)
    expect(runs).toBe(1)
  })

  test('keeps the value of each round, and their median and spread', async () => {
    const values = [99, 3, 1, 2]
    const run = (): Timed => new Timed('yes', values.shift() ?? 0)
    const [result] = await takeTurns({ expected: 'yes', contestants: [{ name: 'A', run }] }, 3)
    expect(result).toEqual({ name: 'A', values: [3, 1, 2], median: 2, min: 1, max: 3 })
  })

  test('multiplies the values of who does a part of the job', async () => {
    const contestant = { name: 'A', scale: 5, run: () => new Timed(1, 2) }
    const [result] = await takeTurns({ expected: 1, contestants: [contestant] }, 1)
    expect(result).toMatchObject({ values: [10], scale: 5 })
  })

  test('fails with the name of who gives a wrong answer, in whatever round', async () => {
    let runs = 0
    const contestants = [
      { name: 'right', run: () => [1, 2] },
      { name: 'wrong at last', run: () => (++runs === 3 ? [1, 3] : [1, 2]) },
    ]
    await expect(takeTurns({ expected: [1, 2], contestants }, 2)).rejects.toThrow(/^wrong at last: .*\[1,2\].*\[1,3\]/)
  })

  test('may expect another answer of one that is asked another question, also none', async () => {
    const contestants = [
      { name: 'A', run: () => 2, expected: 2 },
      { name: 'B', run: () => undefined, expected: undefined },
    ]
    await expect(takeTurns({ expected: 1, contestants }, 1)).resolves.toHaveLength(2)
  })

  test('lists who is missing, without values', async () => {
    const contestants = [{ name: 'A', missing: 'A is not installed' }]
    expect(await takeTurns({ expected: 1, contestants }, 1)).toEqual([{ name: 'A', missing: 'A is not installed' }])
  })
})

describe('a target', () => {
  const results = [
    { name: 'own', median: 10 },
    { name: 'slow', median: 40 },
    { name: 'fast', median: 20 },
    { name: 'none', missing: 'not installed' },
  ]

  test('of speed is measured against the fastest', () => {
    expect(judge([timesAsFast('own', ['slow', 'fast', 'none'], 2)], results)).toMatchObject([
      { value: 2, reached: true },
    ])
    expect(judge([timesAsFast('own', 'fast', 2.01)], results)).toMatchObject([{ value: 2, reached: false }])
  })

  test('of cost is reached up to its bound', () => {
    expect(judge([timesAsLong('slow', 'fast', 2)], results)).toMatchObject([{ value: 2, reached: true }])
    expect(judge([timesAsLong('slow', 'fast', 1.99)], results)).toMatchObject([{ value: 2, reached: false }])
  })

  test('against somebody who is missing is neither reached nor missed', () => {
    const [verdict] = judge([timesAsFast('own', 'none', 2)], results)
    expect(verdict).not.toHaveProperty('value')
    expect(verdict).not.toHaveProperty('reached')
  })

  test('that names nobody is a mistake', () => {
    expect(() => judge([timesAsFast('own', 'nobody', 2)], results)).toThrow('nobody')
  })
})
