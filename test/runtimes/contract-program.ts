// Runs the contract of engines in the runtime that runs this program, on one kind of engine. Prints a line of JSON per test.
//
// vitest itself does not run the contract in Bun and Deno.

import { type Engine, share } from '@onecopy/core'
import { createEngine } from '@onecopy/node'
import { expect, test } from 'vitest'
import { promiseAll } from '../contract/all.js'
import { collected, runTest } from '../support/collected-tests.js'
import { engineKinds } from '../support/engines.js'

/** How long a test may take, in ms. */
const testMs = 30_000

/** The outcome of a test: its failure, or undefined if it passed. */
interface Outcome {
  readonly name: string
  readonly failure?: string
}

const [wanted] = process.argv.slice(2)
const make = engineKinds.find(({ name }) => name === wanted)?.make
if (make === undefined) throw new Error(`there is no engine ${wanted}`)
const engine: Engine = make()
promiseAll(() => engine, make)
test('processes work in Node, and are refused elsewhere', async () => {
  const runtime = process.versions.bun ?? process.versions.deno
  const processes = (): Engine => createEngine({ workers: 1, isolation: 'process' })
  if (runtime !== undefined) {
    expect(processes).toThrow("isolation: 'process' needs Node")
    return
  }
  const other = processes()
  expect(await other.map(share('abc'), (bytes) => bytes.length)).toEqual([3])
  await other.close()
})
for (const [index, { name }] of collected.entries()) {
  const failure = await failureOf(index)
  console.log(JSON.stringify({ name, ...(failure === undefined ? {} : { failure }) } satisfies Outcome))
}
// Not by closing the engine: threads that cannot be ended would keep the program alive.
process.exit(0)

async function failureOf(index: number): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, testMs, new Error(`it takes longer than ${testMs} ms`))
  })
  try {
    await Promise.race([runTest(index), late])
    return undefined
  } catch (error) {
    return String((error as Error)?.stack ?? error)
  } finally {
    clearTimeout(timer)
  }
}
