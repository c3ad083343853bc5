// A failure names the chunk that made it. It also tells whether the run itself failed, or an inner run in user code.

import { appendFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { concat, type Engine, fixed, type Reducer, type Run, share, sum, topK } from '@onecopy/core'
import { file } from '@onecopy/node'
import { expect, test } from 'vitest'
import { innerRunFails, innerRunFailsInSetup } from '../plugins/inner-run-fails.js'
import { createSharedGate } from '../support/gate.js'
import { tempDir } from '../support/temp-dir.js'

/** What a run rejects with. */
async function failureOf(run: Run<unknown>): Promise<unknown> {
  return await run.then(
    () => undefined,
    (reason: unknown) => reason,
  )
}

/** Keeps all results in a list, in any order. */
const gather: Reducer<unknown, unknown[]> = {
  order: 'any',
  init: () => [],
  add: (acc, value) => [...acc, value],
  merge: (left, right) => [...left, ...right],
}

export function promiseBlame(engine: () => Engine): void {
  const dir = tempDir()
  const data = share('0123456789')

  test('chunks that are skipped are not blamed for a result of another chunk that cannot be cloned', async () => {
    const chunks = fixed({ size: 1 })
    const skip = { most: 9 }
    const run = engine().map(
      share(new Uint8Array(9)),
      (_bytes, { index }): unknown => {
        if (index % 4 === 1) throw new Error('broken')
        return index === 6 ? () => index : index
      },
      { chunks, skip },
    )
    const refused = { code: 'ERR_RESULT_NOT_CLONEABLE', chunk: { index: 6 } }
    expect(await failureOf(run.reduce(concat()))).toMatchObject(refused)
    const fold = engine().fold(
      share(new Uint8Array(9)),
      (acc: unknown[], _bytes, { index }) => {
        if (index % 4 === 1) throw new Error('broken')
        return [...acc, index === 6 ? () => index : index]
      },
      { init: (): unknown[] => [], merge: (left, right) => [...left, ...right] },
      { chunks, skip },
    )
    expect(await failureOf(fold)).toMatchObject(refused)
  })

  test.each<readonly [name: string, reducer: Reducer<unknown, unknown[]>]>([
    ['concat()', concat<unknown>()],
    ['topK()', topK<unknown>(200, () => 0)],
    ['a reducer of any order', gather],
  ])('behind %s the lowest chunk whose result cannot be cloned is blamed', async (_name, reducer) => {
    const run = engine()
      .map(
        share(new Uint8Array(200)),
        (_bytes, { index }): unknown => (index === 123 || index === 177 ? { callback: () => index } : index),
        { chunks: fixed({ size: 1 }) },
      )
      .reduce(reducer)
    expect(await failureOf(run)).toMatchObject({
      code: 'ERR_RESULT_NOT_CLONEABLE',
      chunk: { index: 123, start: 123, end: 124 },
      message: expect.stringContaining('result.callback'),
    })
  })

  test('an async chunk function is blamed alike', async () => {
    const run = engine()
      .map(
        share(new Uint8Array(50)),
        async (_bytes, { index }): Promise<unknown> => (index === 23 ? [() => index] : index),
        { chunks: fixed({ size: 1 }) },
      )
      .reduce(concat<unknown>())
    expect(await failureOf(run)).toMatchObject({ code: 'ERR_RESULT_NOT_CLONEABLE', chunk: { index: 23 } })
  })

  test('a result that its reducer does not keep need not be cloned', async () => {
    const run = engine()
      .map(data, (bytes) => ({ size: bytes.length, helper: () => 1 }), { chunks: fixed({ size: 4 }) })
      .reduce({ init: () => 0, add: (acc, { size }) => acc + size, merge: (left, right) => left + right })
    expect(await run).toBe(10)
  })

  test('an accumulator that cannot be cloned is blamed on the first chunk', async () => {
    const run = engine()
      .map(data, (bytes) => bytes.length, { chunks: fixed({ size: 4 }) })
      .reduce({ init: () => ({ f: () => 1 }), add: (acc) => acc, merge: (left) => left })
    expect(await failureOf(run)).toMatchObject({ code: 'ERR_RESULT_NOT_CLONEABLE', chunk: { index: 0 } })
  })

  test('a result that can be cloned when its chunk is run again is blamed on none', async () => {
    const run = engine()
      .map(
        data,
        (_bytes, { params, index }): unknown =>
          index === 2 && Atomics.add(params.runs.view(), 0, 1) === 0 ? () => 1 : index,
        { chunks: fixed({ size: 2 }), params: { runs: createSharedGate() } },
      )
      .reduce(concat<unknown>())
    expect(await failureOf(run)).toMatchObject({ code: 'ERR_RESULT_NOT_CLONEABLE', chunk: undefined })
  })

  test('the failure of a run inside of a chunk function is the cause of the chunk’s failure', async () => {
    const path = join(dir, 'inner.txt')
    writeFileSync(path, 'inner')
    expect(await failureOf(engine().run(data, innerRunFails, { params: { path } }))).toMatchObject({
      code: 'ERR_CHUNK_FAILED',
      chunk: { index: 0 },
      cause: { name: 'OnecopyError', code: 'ERR_DATA_CHANGED' },
    })
  })

  test('the failure of a run inside of setup is the cause, too', async () => {
    const path = join(dir, 'inner-setup.txt')
    writeFileSync(path, 'inner')
    expect(await failureOf(engine().run(data, innerRunFailsInSetup, { params: { path } }))).toMatchObject({
      code: 'ERR_PLUGIN_LOAD',
      message: expect.stringContaining('setup failed'),
      cause: { name: 'OnecopyError', code: 'ERR_DATA_CHANGED' },
    })
  })

  test.each(['ERR_PLUGIN_LOAD', 'ERR_DATA_CHANGED', 'ERR_ENGINE_CLOSED'])(
    'an error of the user’s with the name and code %s is the cause',
    async (code) => {
      const lookalike = engine().map(
        data,
        (_bytes, { params }) => {
          throw Object.assign(new Error('mine'), { name: 'OnecopyError', code: params.code })
        },
        { params: { code } },
      )
      expect(await failureOf(lookalike)).toMatchObject({ code: 'ERR_CHUNK_FAILED', cause: { message: 'mine', code } })
      const inReducer = engine()
        .map(data, (_bytes, { params }) => params.code, { params: { code } })
        .reduce({
          init: () => 0,
          add: (_acc: number, value: string): number => {
            throw Object.assign(new Error('mine'), { name: 'OnecopyError', code: value })
          },
          merge: (left) => left,
        })
      expect(await failureOf(inReducer)).toMatchObject({ code: 'ERR_CHUNK_FAILED', cause: { message: 'mine', code } })
    },
  )

  test('a file that ends too early under chunk.view is the data’s failure', async () => {
    const path = join(dir, 'outer.txt')
    writeFileSync(path, new Uint8Array(1000))
    const begun = createSharedGate()
    const changed = createSharedGate()
    const run = engine()
      .map(
        file(path),
        async (_bytes, chunk) => {
          const { begun, changed } = chunk.params
          Atomics.store(begun.view(), 0, 1)
          Atomics.notify(begun.view(), 0)
          await Atomics.waitAsync(changed.view(), 0, 0).value
          return chunk.view(900, 1000).length
        },
        { chunks: fixed({ size: 1000 }), params: { begun, changed } },
      )
      .start()
    await Atomics.waitAsync(begun.view(), 0, 0).value
    truncateSync(path, 500)
    Atomics.store(changed.view(), 0, 1)
    Atomics.notify(changed.view(), 0)
    expect(await failureOf(run)).toMatchObject({ code: 'ERR_DATA_CHANGED', chunk: { index: 0 } })
    appendFileSync(path, new Uint8Array(500))
  })

  test('what a message quotes cannot act on a terminal; the cause is what was thrown', async () => {
    const evil = 'a\u001b[2Jb\u009bc\u202ed\u2066e\rf'
    const run = engine().map(
      data,
      (_bytes, { params }) => {
        throw new Error(params.evil)
      },
      { params: { evil } },
    )
    const error = (await failureOf(run)) as Error
    expect(error.message).toContain(String.raw`a\u001b[2Jb\u009bc\u202ed\u2066e\u000df`)
    expect((error.cause as Error).message).toBe(evil)
  })

  test('a very long message is quoted in part, and whole in the cause', async () => {
    const run = engine().map(data, () => {
      throw new Error('x'.repeat(100_000))
    })
    const error = (await failureOf(run)) as Error
    expect(error.message.length).toBeLessThan(2000)
    expect((error.cause as Error).message).toHaveLength(100_000)
  })

  test.each(['init', 'add', 'merge', 'finish'])('an async %s is reported with ERR_CHUNK_FAILED', async (member) => {
    const reducer: Reducer<number, number> = {
      init: () => 0,
      add: (acc, value) => acc + value,
      merge: (left, right) => left + right,
      finish: (acc) => acc,
    }
    const asynchronous: Record<string, (a: number, b: number) => Promise<number>> = {
      init: async () => 0,
      add: async (acc, value) => acc + value,
      merge: async (left, right) => left + right,
      finish: async (acc) => acc,
    }
    for (const order of ['index', 'any'] as const) {
      // `as`: the types would not let a promise pass as an accumulator.
      const wrong = { ...reducer, order, [member]: asynchronous[member] } as Reducer<number, number>
      const run = engine()
        .map(data, (bytes) => bytes.length, { chunks: fixed({ size: 4 }) })
        .reduce(wrong)
      // With order 'any' one lane may run all chunks: then nothing is merged.
      if (member === 'merge' && order === 'any') await failureOf(run)
      else
        expect(await failureOf(run)).toMatchObject({
          code: 'ERR_CHUNK_FAILED',
          message: expect.stringContaining(`${member} returned a promise`),
        })
    }
  })

  test('an async merge function whose promise rejects is reported, and ends no worker', async () => {
    const run = engine()
      .map(data, (bytes) => bytes.length, { chunks: fixed({ size: 4 }) })
      // `as`: see above.
      .reduce((async () => {
        throw new Error('nobody awaits this')
      }) as unknown as (left: number, right: number) => number)
    expect(await failureOf(run)).toMatchObject({ code: 'ERR_CHUNK_FAILED' })
    expect(
      await engine()
        .map(data, (bytes) => bytes.length)
        .reduce(sum()),
    ).toBe(10)
  })
}
