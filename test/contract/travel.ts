// How chunk functions get to the lanes: as source text, as a module's export, as a plugin.

import { alloc, type Engine, fixed, moduleFunction, share, sum } from '@onecopy/core'
import { expect, test } from 'vitest'
import { countByte, countByteList } from '../plugins/count-byte.js'
import { withoutThis, withState } from '../plugins/reducing.js'

type CountByte = typeof import('../plugins/count-byte.js')

export function promiseTravel(engine: () => Engine): void {
  const data = share('abcaabbbcc')
  const url = new URL('../plugins/count-byte.js', import.meta.url)
  const chunks = fixed({ size: 5 })

  test('an inline arrow function', async () => {
    expect(await engine().map(data, (bytes) => bytes.length)).toEqual([10])
  })

  test('an inline function expression', async () => {
    const fn = (bytes: Readonly<Uint8Array>): number => bytes.length
    expect(await engine().map(data, fn)).toEqual([10])
  })

  test('a method', async () => {
    const holder = {
      measure(bytes: Readonly<Uint8Array>): number {
        return bytes.length
      },
      async 'measure later'(bytes: Readonly<Uint8Array>): Promise<number> {
        return bytes.length
      },
    }
    expect(await engine().map(data, holder.measure)).toEqual([10])
    expect(await engine().map(data, holder['measure later'])).toEqual([10])
  })

  test('an inline function with functions inside of it', async () => {
    const seen = engine().map(data, (bytes) => {
      const double = (n: number): number => 2 * n
      function half(n: number): number {
        return n / 2
      }
      return half(double(bytes.length))
    })
    expect(await seen).toEqual([10])
  })

  test('an inline function may use the globals of its thread', async () => {
    expect(await engine().map(share('[1,2]'), (bytes) => JSON.parse(new TextDecoder().decode(bytes.slice())))).toEqual([
      [1, 2],
    ])
  })

  test('an inline function has no this', async () => {
    const run = engine().map(data, new Function('return function () { return this === undefined }')())
    expect(await run).toEqual([true])
    const merged = engine().map(data, (bytes) => bytes.length, { chunks: fixed({ size: 2 }) })
    expect(await merged.reduce(new Function('return function () { return this === undefined }')())).toBe(true)
  })

  test('the functions of a plugin have no this', async () => {
    expect(await engine().run(data, withoutThis)).toEqual({ chunks: 'undefined', setup: 'undefined', map: 'undefined' })
  })

  test('moduleFunction: an export by its name', async () => {
    const countZeros = moduleFunction<CountByte, 'countZeros'>(url, 'countZeros')
    expect(await engine().map(share(Uint8Array.of(0, 1, 0)), countZeros)).toEqual([2])
  })

  test('moduleFunction: the default export', async () => {
    const firstByte = moduleFunction<CountByte, 'default'>(url, 'default')
    expect(await engine().map(data, firstByte, { chunks })).toEqual([97, 98])
  })

  test('moduleFunction: with params', async () => {
    const countWanted = moduleFunction<CountByte, 'countWanted'>(url.href, 'countWanted')
    const run = engine().map(data, countWanted, { chunks, params: { wanted: 98 } })
    expect(await run.reduce(sum())).toBe(4)
  })

  test('run: a plugin with its own chunker, params and reducer', async () => {
    expect(await engine().run(share(Uint8Array.of(0, 1, 0)), countByte)).toBe(2)
  })

  test('run: params take the place of a plugin’s defaults, one by one', async () => {
    expect(await engine().run(data, countByte, { params: { wanted: 98 } })).toBe(4)
  })

  test('run: a plugin without a reducer gives the list of results', async () => {
    expect(await engine().run(data, countByteList, { params: { wanted: 98 } })).toEqual([1, 3, 0])
  })

  test('map: a plugin’s results alone', async () => {
    expect(await engine().map(data, countByte, { params: { wanted: 98 } })).toEqual([1, 3, 0])
  })

  test('a plugin’s chunker follows from its params', async () => {
    expect(await engine().map(data, countByte, { params: { wanted: 98, size: 5 } })).toEqual([1, 3])
  })

  test('the run’s own chunker goes before the plugin’s', async () => {
    expect(await engine().map(data, countByte, { params: { wanted: 98 }, chunks: fixed({ size: 10 }) })).toEqual([4])
  })

  test('setup gives each chunk its state', async () => {
    expect(await engine().map(data, withState)).toEqual([100, 101, 102])
    expect(await engine().map(data, withState, { params: { base: 0 } })).toEqual([0, 1, 2])
  })

  test('setup runs once in each lane of a run', async () => {
    const setups = alloc(Int32Array, 1)
    await engine().map(data, withState, { params: { setups }, workers: 1 })
    expect(setups.view()[0]).toBe(1)
    await engine().map(data, withState, { params: { setups }, workers: 1 })
    expect(setups.view()[0]).toBe(2)
  })
}
