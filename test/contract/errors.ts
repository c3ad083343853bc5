// A failed run rejects with one OnecopyError that says what happened, where and why.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  type Engine,
  fixed,
  isOnecopyError,
  moduleFunction,
  type OnecopyError,
  type Run,
  share,
  sum,
  topK,
} from '@onecopy/core'
import { expect, test } from 'vitest'
import { countByte } from '../plugins/count-byte.js'
import { definedButNotExported, failingSetup } from '../plugins/reducing.js'
import { createGate } from '../support/gate.js'
import { tempDir } from '../support/temp-dir.js'

/** What a run rejects with. */
async function failureOf(run: Run<unknown>): Promise<OnecopyError> {
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isOnecopyError(error)) throw new Error('expected the run to reject with an OnecopyError', { cause: error })
  return error
}

/** Functions whose results cannot be cloned, and the path to what is to blame. */
const uncloneable: readonly (readonly [name: string, fn: () => unknown, path: string])[] = [
  ['the result itself', () => () => 1, 'result '],
  ['a symbol', () => Symbol('s'), 'result '],
  ['a function in a list in an object', () => ({ items: [1, { call: () => 1 }] }), 'result.items[1].call '],
  ['a function in a Map', () => new Map([['key', () => 1]]), 'result.get("key") '],
  ['a key that is no name', () => ({ 'a b': () => 1 }), 'result["a b"] '],
]

export function promiseErrors(engine: () => Engine): void {
  const dir = tempDir()
  const data = share('0123456789')
  const chunks = fixed({ size: 4 })

  test('a view of a large buffer in a thrown error arrives without the rest of the buffer', async () => {
    const error = await failureOf(
      engine().map(data, () => {
        const large = new Uint8Array(1_000_000).fill(7)
        throw Object.assign(new Error('bad bytes'), {
          bytes: large.subarray(8, 12),
          deep: [{ at: large.subarray(0, 2) }],
        })
      }),
    )
    // `as`: it is what was thrown.
    const { bytes, deep } = error.cause as { bytes: Uint8Array; deep: [{ at: Uint8Array }] }
    expect([...bytes, ...deep[0].at]).toEqual([7, 7, 7, 7, 7, 7])
    expect(bytes.buffer.byteLength + deep[0].at.buffer.byteLength).toBeLessThanOrEqual(16)
  })

  test('a chunk function that throws rejects with ERR_CHUNK_FAILED and the chunk', async () => {
    const run = engine().map(
      data,
      (_bytes, { index }) => {
        if (index === 1) throw new Error('no')
      },
      { chunks },
    )
    await expect(run).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', chunk: { index: 1, start: 4, end: 8 } })
  })

  test('an async chunk function that rejects is a failed chunk, too', async () => {
    const run = engine().map(data, (_bytes, { index }) => (index === 2 ? Promise.reject(new Error('no')) : 0), {
      chunks,
    })
    await expect(run).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', chunk: { index: 2, start: 8, end: 10 } })
  })

  test('the cause is an error with the name, message, stack, code and own properties of what was thrown', async () => {
    const { cause } = await failureOf(
      engine().map(data, () => {
        class TooWide extends Error {
          override readonly name: string = 'TooWide'
          readonly code: string = 'E_WIDE'
          readonly details: unknown = { width: 7, at: [1, 2] }
          readonly helper: unknown = () => 1
          readonly own: unknown = this.stack
        }
        throw new TooWide('too wide')
      }),
    )
    expect(cause).toBeInstanceOf(Error)
    expect(cause).toMatchObject({
      name: 'TooWide',
      message: 'too wide',
      code: 'E_WIDE',
      details: { width: 7, at: [1, 2] },
    })
    // Not every engine of JavaScript has the message in it.
    const { stack, own } = cause as { readonly stack: string; readonly own: string }
    const lastOf = (lines: string) => lines.trimEnd().split('\n').at(-1)
    expect(lastOf(stack)).toMatch(/./)
    expect(lastOf(stack)).toBe(lastOf(own))
    expect(cause).not.toHaveProperty('helper')
  })

  test('an error of the language’s own kind keeps its class', async () => {
    const { cause } = await failureOf(engine().map(data, () => new Array(-1)))
    expect(cause).toBeInstanceOf(RangeError)
  })

  test('the causes of a cause come along', async () => {
    const { cause } = await failureOf(
      engine().map(data, () => {
        throw new Error('outer', { cause: new TypeError('middle', { cause: { plain: [1n] } }) })
      }),
    )
    expect(cause).toMatchObject({ message: 'outer', cause: { name: 'TypeError', message: 'middle' } })
    expect((cause as { cause: Error }).cause.cause).toEqual({ plain: [1n] })
  })

  test('an AggregateError keeps its errors', async () => {
    const { cause } = await failureOf(
      engine().map(data, () => {
        throw new AggregateError([new RangeError('one'), 'two'], 'both')
      }),
    )
    expect(cause).toBeInstanceOf(AggregateError)
    expect((cause as AggregateError).errors).toMatchObject([{ name: 'RangeError', message: 'one' }, 'two'])
  })

  test('a DOMException keeps its name, message and code', async () => {
    const { cause } = await failureOf(
      engine().map(data, () => {
        throw new DOMException('stop', 'AbortError')
      }),
    )
    expect(cause).toMatchObject({ name: 'AbortError', message: 'stop', code: 20 })
  })

  test.each([
    ['null', null],
    ['undefined', undefined],
    ['text', 'just text'],
    ['a BigInt', 12n],
    ['a plain object', { status: 404 }],
  ])('a chunk function that throws %s rejects with ERR_CHUNK_FAILED and that as the cause', async (_name, thrown) => {
    const run = engine().map(
      data,
      (_bytes, { params }) => {
        throw params.thrown
      },
      { params: { thrown } },
    )
    const error = await failureOf(run)
    expect(error.code).toBe('ERR_CHUNK_FAILED')
    expect(error).toHaveProperty('cause')
    expect(error.cause).toEqual(thrown)
  })

  test.each([
    [
      'a function',
      () => {
        throw () => 1
      },
    ],
    [
      'a symbol',
      () => {
        throw Symbol('s')
      },
    ],
    [
      'a proxy that throws whatever is asked',
      () => {
        const refuse = (): never => {
          throw new Error('do not look at me')
        }
        throw new Proxy({}, { get: refuse, getPrototypeOf: refuse, ownKeys: refuse, has: refuse })
      },
    ],
  ])('a chunk function that throws %s rejects with ERR_CHUNK_FAILED', async (_name, fn) => {
    expect(await failureOf(engine().map(data, fn))).toMatchObject({ code: 'ERR_CHUNK_FAILED' })
  })

  test('of several failures the one with the lowest chunk index is reported, even if it comes last', async () => {
    const lanes = engine().workers
    const run = engine().map(
      data,
      (_bytes, { index, params }) => {
        const { gate, lanes } = params
        if (typeof gate === 'string') {
          const { existsSync, writeFileSync } = process.getBuiltinModule('node:fs')
          if (index === 1) writeFileSync(gate, '')
          const pause = new Int32Array(new SharedArrayBuffer(4))
          while (!existsSync(gate)) Atomics.wait(pause, 0, 0, 1)
        } else if (index === 1) {
          Atomics.store(gate.view(), 0, 1)
          Atomics.notify(gate.view(), 0)
        } else if (lanes > 1) {
          Atomics.wait(gate.view(), 0, 0, 30_000)
        }
        throw new Error(`chunk ${index}`)
      },
      { chunks: fixed({ size: 5 }), params: { gate: createGate(), lanes } },
    )
    expect(await failureOf(run)).toMatchObject({ chunk: { index: 0, start: 0, end: 5 }, cause: { message: 'chunk 0' } })
  })

  test('the lowest of many failing chunks is reported', async () => {
    const run = engine().map(
      share(new Uint8Array(1000)),
      (_bytes, { index }) => {
        if (index >= 333) throw new Error(`chunk ${index}`)
      },
      { chunks: fixed({ size: 1 }) },
    )
    expect(await failureOf(run)).toMatchObject({ chunk: { index: 333 }, cause: { message: 'chunk 333' } })
  })

  test.each(uncloneable)(
    'a result that cannot be cloned rejects with ERR_RESULT_NOT_CLONEABLE and the path: %s',
    async (_n, fn, path) => {
      const error = await failureOf(engine().map(data, fn, { chunks }))
      expect(error).toMatchObject({ code: 'ERR_RESULT_NOT_CLONEABLE', chunk: { index: 0, start: 0, end: 4 } })
      expect(error.message).toContain(path)
    },
  )

  test('the chunk whose result cannot be cloned is named, not its neighbours', async () => {
    const run = engine().map(data, (_bytes, { index }) => (index === 1 ? { no: () => 1 } : index), { chunks })
    expect(await failureOf(run)).toMatchObject({
      code: 'ERR_RESULT_NOT_CLONEABLE',
      chunk: { index: 1, start: 4, end: 8 },
    })
  })

  test('an accumulator that cannot be cloned rejects with ERR_RESULT_NOT_CLONEABLE', async () => {
    const run = engine()
      .map(data, (bytes) => bytes.length, { chunks })
      .reduce({ init: () => ({ f: () => 1 }), add: (acc) => acc, merge: (left) => left })
    expect(await failureOf(run)).toMatchObject({ code: 'ERR_RESULT_NOT_CLONEABLE' })
  })

  // Here and below no constants are captured, because Bun writes constants into the functions that use them.
  test('an inline function with a free name rejects with ERR_INLINE_CAPTURE and that name', async () => {
    const outside = Number('3')
    const error = await failureOf(engine().map(data, (bytes) => bytes.length * outside))
    expect(error).toMatchObject({ code: 'ERR_INLINE_CAPTURE', chunk: { index: 0 } })
    expect(error.message).toContain('outside')
    expect(error.message).toContain('chunk.params.outside')
  })

  test('an async inline function with a free name rejects with ERR_INLINE_CAPTURE', async () => {
    const outside = Number('3')
    const error = await failureOf(engine().map(data, async (bytes) => (await bytes.length) * outside))
    expect(error).toMatchObject({ code: 'ERR_INLINE_CAPTURE' })
  })

  test('an inline reducer with a free name rejects with ERR_INLINE_CAPTURE and that name', async () => {
    const factor = Number('3')
    const run = engine()
      .map(data, (bytes) => bytes.length, { chunks })
      .reduce({ init: () => 0, add: (acc, value) => acc + value * factor, merge: (left, right) => left + right })
    const error = await failureOf(run)
    expect(error).toMatchObject({ code: 'ERR_INLINE_CAPTURE' })
    expect(error.message).toContain('factor')
  })

  test('an order of topK with a free name rejects with ERR_INLINE_CAPTURE and that name', async () => {
    const sign = Number('-1')
    const run = engine()
      .map(data, (bytes) => [...bytes], { chunks })
      .reduce(topK(2, (a: number, b: number) => sign * (a - b)))
    const error = await failureOf(run)
    expect(error).toMatchObject({ code: 'ERR_INLINE_CAPTURE' })
    expect(error.message).toContain('sign')
  })

  test('a merge function with a free name rejects with ERR_INLINE_CAPTURE, whichever thread merges', async () => {
    const outside = Number('1')
    const run = engine()
      .map(
        data,
        (bytes, { params }) => {
          // Both chunks are at work at the same time if there are lanes for that: then no lane has two to merge.
          const { gate, lanes } = params
          if (typeof gate === 'string') {
            const { existsSync, writeFileSync } = process.getBuiltinModule('node:fs')
            writeFileSync(`${gate} ${bytes[0]}`, '')
            const pause = new Int32Array(new SharedArrayBuffer(4))
            while (!existsSync(`${gate} ${bytes[0] === 48 ? 53 : 48}`)) Atomics.wait(pause, 0, 0, 1)
            return bytes.length
          }
          const word = gate.view()
          const arrived = Atomics.add(word, 0, 1) + 1
          Atomics.notify(word, 0)
          if (arrived === 1 && lanes > 1) Atomics.wait(word, 0, 1, 30_000)
          return bytes.length
        },
        { chunks: fixed({ size: 5 }), params: { gate: createGate(), lanes: engine().workers } },
      )
      .reduce((left, right) => left + right * outside)
    expect(await failureOf(run)).toMatchObject({ code: 'ERR_INLINE_CAPTURE' })
  })

  test('a name that is used before it is defined inside of the function is a failed chunk', async () => {
    const run = engine().map(data, () => {
      // @ts-expect-error: that is the point
      // biome-ignore lint/correctness/noInvalidUseBeforeDeclaration: that is the point
      const seen = later
      const later = 1
      return seen
    })
    expect(await failureOf(run)).toMatchObject({ code: 'ERR_CHUNK_FAILED', cause: { name: 'ReferenceError' } })
  })

  test('an undefined name in a module is a failed chunk: a module captures what it likes', async () => {
    const url = new URL('../plugins/count-byte.js', import.meta.url)
    const fn = moduleFunction<typeof import('../plugins/count-byte.js'), 'usesUndefinedName'>(url, 'usesUndefinedName')
    expect(await failureOf(engine().map(data, fn))).toMatchObject({ code: 'ERR_CHUNK_FAILED' })
    expect(await failureOf(engine().map(data, fn).reduce(sum()))).toMatchObject({ code: 'ERR_CHUNK_FAILED' })
  })

  test('a reducer that throws in add or merge rejects with ERR_CHUNK_FAILED and the cause', async () => {
    const run = engine()
      .map(data, (bytes) => bytes.length, { chunks })
      .reduce(() => {
        throw new RangeError('cannot merge')
      })
    expect(await failureOf(run)).toMatchObject({ code: 'ERR_CHUNK_FAILED', cause: { message: 'cannot merge' } })
  })

  test('a reducer whose finish throws rejects with ERR_CHUNK_FAILED and the very error', async () => {
    const thrown = new Error('cannot finish')
    const run = engine()
      .map(data, (bytes) => bytes.length, { chunks })
      .reduce({
        ...sum(),
        finish: () => {
          throw thrown
        },
      })
    const error = await failureOf(run)
    expect(error.code).toBe('ERR_CHUNK_FAILED')
    expect(error.cause).toBe(thrown)
  })

  test('a setup that throws rejects with the cause', async () => {
    const error = await failureOf(engine().run(data, failingSetup))
    expect(error.cause).toMatchObject({ name: 'RangeError', message: 'no such table' })
    expect(error.chunk).toBeUndefined()
  })

  test('a module without that export rejects with ERR_PLUGIN_LOAD and names what it looked for', async () => {
    const url = new URL('../plugins/count-byte.js', import.meta.url)
    const load = (name: string): Run<unknown> =>
      // `as`: the types would not let a missing export pass.
      engine().map(data, moduleFunction<{ missing: () => number }>(url, name as 'missing'))
    for (const name of ['missing', 'notAFunction']) {
      const error = await failureOf(load(name))
      expect(error.code).toBe('ERR_PLUGIN_LOAD')
      expect(error.message).toContain(name)
    }
  })

  test('a plugin that its module does not export rejects with ERR_PLUGIN_LOAD and names it', async () => {
    const error = await failureOf(engine().run(data, definedButNotExported()))
    expect(error.code).toBe('ERR_PLUGIN_LOAD')
    expect(error.message).toContain('not-exported')
  })

  test('a module that throws when it is loaded rejects with ERR_PLUGIN_LOAD and the cause', async () => {
    const url = new URL('../plugins/throws-on-import.js', import.meta.url)
    const error = await failureOf(engine().map(data, moduleFunction<{ any: () => number }>(url, 'any')))
    expect(error).toMatchObject({ code: 'ERR_PLUGIN_LOAD', cause: { message: 'this module never loads' } })
  })

  test('a module that is not there rejects with ERR_PLUGIN_LOAD', async () => {
    const url = new URL('../plugins/nowhere.js', import.meta.url)
    const error = await failureOf(engine().map(data, moduleFunction<{ any: () => number }>(url, 'any')))
    expect(error.code).toBe('ERR_PLUGIN_LOAD')
    expect(error.message).toContain('nowhere.js')
  })

  test('a module with a syntax error rejects with ERR_PLUGIN_LOAD and the cause', async () => {
    const path = join(dir, 'syntax-error.mjs')
    writeFileSync(path, 'export function broken( {')
    const error = await failureOf(
      engine().map(data, moduleFunction<{ broken: () => number }>(pathToFileURL(path), 'broken')),
    )
    expect(error.code).toBe('ERR_PLUGIN_LOAD')
    expect(error.message).toContain('syntax-error.mjs')
    expect(error.cause).toBeInstanceOf(Error)
  })

  test('an engine goes on after a failed run', async () => {
    await failureOf(
      engine().map(data, () => {
        throw null
      }),
    )
    expect(await engine().run(data, countByte, { params: { wanted: 48 } })).toBe(1)
  })

  test('isOnecopyError tells codes apart', async () => {
    const error: unknown = await failureOf(
      engine().map(data, () => {
        throw null
      }),
    )
    expect(isOnecopyError(error, 'ERR_CHUNK_FAILED', 'ERR_WORKER_LOST')).toBe(true)
    expect(isOnecopyError(error, 'ERR_WORKER_LOST')).toBe(false)
    expect(isOnecopyError(new Error('another'))).toBe(false)
    expect(isOnecopyError(undefined)).toBe(false)
  })
}
