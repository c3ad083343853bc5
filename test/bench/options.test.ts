// The command line of the benchmark.

import { expect, test } from 'vitest'
import { parseOptions } from '../../bench/options.js'

test('without options the run is a whole one, on inputs of 1 GiB', () => {
  expect(parseOptions([])).toMatchObject({ isWhole: true, quick: false, inputBytes: 2 ** 30 })
})

test.each([['--quick'], ['--only', 'memory'], ['--size', '1024']])('with %s it is not a whole one', (...args) => {
  expect(parseOptions(args).isWhole).toBe(false)
})

test('--size is in MiB', () => {
  expect(parseOptions(['--size', '16']).inputBytes).toBe(16 * 2 ** 20)
})

test.each(['0', '-1', '1.5', 'x', ''])('--size=%s is refused', (size) => {
  expect(() => parseOptions([`--size=${size}`])).toThrow(RangeError)
})

test('--record names a file of the folder and no path', () => {
  expect(parseOptions(['--record', 'node-24']).record).toBe('node-24')
  expect(() => parseOptions(['--record', '../x'])).toThrow(RangeError)
})

test('an option that is not there is refused', () => {
  expect(() => parseOptions(['--qick'])).toThrow(TypeError)
})
