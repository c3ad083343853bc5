// Results put together to one value, by a reducer of any form.

import {
  concat,
  count,
  countByKey,
  type Engine,
  fixed,
  max,
  min,
  type Reducer,
  records,
  share,
  sum,
  sumArrays,
  topK,
} from '@onecopy/core'
import { expect, test } from 'vitest'
import { countByte } from '../plugins/count-byte.js'
import { joinTexts, meanLength } from '../plugins/reducing.js'

/** A class as users write one: a field, a method that calls another, a getter-free inheritance. */
class Joined {
  readonly between: string = '-'

  init(): string[] {
    return []
  }

  add(acc: string[], value: string): string[] {
    return this.merge(acc, [value])
  }

  merge(left: string[], right: string[]): string[] {
    return left.concat(right)
  }
}

class JoinedText extends Joined {
  finish(acc: string[]): string {
    return acc.join(this.between)
  }
}

export function promiseReductions(engine: () => Engine): void {
  const data = share('abcdefghij')
  const chunks = fixed({ size: 3 })
  const text = (bytes: Readonly<Uint8Array>): string => String.fromCharCode(...bytes)
  const size = (bytes: Readonly<Uint8Array>): number => bytes.length

  test('a view of a large buffer in a reducer is sent without the rest of the buffer', async () => {
    const table = new Uint8Array(1_000_000).fill(7).subarray(8, 12)
    const reducer = {
      table,
      init: (): number[] => [0, 0],
      // A lane calls it: here `this` is the reducer as it was sent.
      add(_acc: number[], _size: number): number[] {
        return [this.table[3]!, this.table.buffer.byteLength]
      },
      merge: (left: number[]): number[] => left,
    }
    const [seven, held] = await engine().map(data, size, { chunks }).reduce(reducer)
    expect(seven).toBe(7)
    expect(held).toBeLessThanOrEqual(16)
  })

  test('sum', async () => {
    expect(await engine().map(data, size, { chunks }).reduce(sum())).toBe(10)
  })

  test('count', async () => {
    expect(await engine().map(data, size, { chunks }).reduce(count())).toBe(4)
  })

  test('min and max', async () => {
    expect(await engine().map(data, size, { chunks }).reduce(min())).toBe(1)
    expect(await engine().map(data, size, { chunks }).reduce(max())).toBe(3)
  })

  test('concat', async () => {
    const listed = engine().map(data, (bytes) => [...bytes], { chunks })
    expect(await listed.reduce(concat())).toEqual([...data.view()])
  })

  test('sumArrays', async () => {
    const ones = engine().map(data, (bytes) => Uint32Array.of(bytes.length, 1), { chunks })
    expect(await ones.reduce(sumArrays())).toEqual(Uint32Array.of(10, 4))
  })

  test('countByKey', async () => {
    expect(await engine().map(data, size, { chunks }).reduce(countByKey())).toEqual(
      new Map([
        [3, 3],
        [1, 1],
      ]),
    )
  })

  test('topK, with an order of its own', async () => {
    const smallest = engine()
      .map(data, (bytes) => [...bytes], { chunks })
      .reduce(topK(2, (a: number, b: number) => a - b))
    expect(await smallest).toEqual([97, 98])
  })

  test('an inline object', async () => {
    const mean = await engine()
      .map(data, size, { chunks })
      .reduce({
        init: () => ({ total: 0, n: 0 }),
        add: (acc, value) => ({ total: acc.total + value, n: acc.n + 1 }),
        merge: (left, right) => ({ total: left.total + right.total, n: left.n + right.n }),
        finish: (acc) => acc.total / acc.n,
      })
    expect(mean).toBe(2.5)
  })

  test('an object whose functions use `this`', async () => {
    const joined = await engine()
      .map(data, text, { chunks })
      .reduce({
        separator: '/',
        init(): string {
          return ''
        },
        add(acc: string, value: string): string {
          return this.merge(acc, value)
        },
        merge(left: string, right: string): string {
          return left === '' || right === '' ? left + right : left + this.separator + right
        },
      } as Reducer<string, string> & { separator: string })
    expect(joined).toBe('abc/def/ghi/j')
  })

  test('an instance of a class, with what it inherits', async () => {
    expect(await engine().map(data, text, { chunks }).reduce(new JoinedText())).toBe('abc-def-ghi-j')
  })

  test('a bare function', async () => {
    const joined = engine().map(data, text, { chunks })
    expect(await joined.reduce((left, right) => `${left}|${right}`)).toBe('abc|def|ghi|j')
  })

  test('a bare function is not called for one chunk', async () => {
    expect(
      await engine()
        .map(data, text)
        .reduce(() => 'called'),
    ).toBe('abcdefghij')
  })

  test("order 'any' folds all that a lane runs into one accumulator", async () => {
    const total = engine()
      .map(share(new Uint8Array(1000).fill(1)), size, { chunks: fixed({ size: 1 }) })
      .reduce({ order: 'any', init: () => 0, add: (acc, value) => acc + value, merge: (left, right) => left + right })
    expect(await total).toBe(1000)
  })

  test("a plugin's own reducer, which uses what its module has", async () => {
    expect(await engine().run(data, joinTexts)).toBe('ab+cd+ef+gh+ij')
    expect(await engine().run(data, meanLength)).toBe(10 / 3)
  })

  test('a plugin under another reducer', async () => {
    expect(
      await engine()
        .map(data, countByte, { params: { wanted: 99 } })
        .reduce(concat()),
    ).toEqual([1, 0, 0])
  })

  test('finish runs once, on the caller’s thread, and may use what surrounds it', async () => {
    const finished: number[] = []
    const total = await engine()
      .map(data, size, { chunks })
      .reduce({
        ...sum(),
        finish: (acc) => {
          finished.push(acc)
          return `${acc} bytes`
        },
      })
    expect(total).toBe('10 bytes')
    expect(finished).toEqual([10])
  })

  test('undefined is a value like any other', async () => {
    const seen = engine()
      .map(data, (): string | undefined => undefined, { chunks })
      .reduce((left, right) => (left === undefined && right === undefined ? undefined : 'lost'))
    expect(await seen).toBeUndefined()
  })

  test('init is called for each accumulator: one may be changed in place', async () => {
    const listed = engine()
      .map(data, text, { chunks })
      .reduce({
        init: (): string[] => [],
        add: (acc, value) => {
          acc.push(value)
          return acc
        },
        merge: (left, right) => {
          left.push(...right)
          return left
        },
      })
    expect(await listed).toEqual(['abc', 'def', 'ghi', 'j'])
  })

  test('over empty data map gives an empty list', async () => {
    expect(await engine().map(share(''), size)).toEqual([])
  })

  test('over empty data a reducer gives finish(init())', async () => {
    const run = engine()
      .map(share(''), size)
      .reduce({ ...sum(), finish: (acc) => `nothing: ${acc + 0}` })
    expect(await run).toBe('nothing: 0')
  })

  test('over empty data a bare function rejects with ERR_EMPTY_INPUT', async () => {
    const run = engine()
      .map(share(''), size)
      .reduce((left, right) => left + right)
    await expect(run).rejects.toMatchObject({ name: 'OnecopyError', code: 'ERR_EMPTY_INPUT' })
  })

  test('data that holds no whole record is empty too', async () => {
    const piece = engine().map(data, size, { chunks: records({ length: 11 }) })
    expect(await piece).toEqual([])
    await expect(
      engine()
        .map(data, size, { chunks: records({ length: 11 }) })
        .reduce((a, b) => a + b),
    ).rejects.toMatchObject({
      code: 'ERR_EMPTY_INPUT',
    })
  })
}
