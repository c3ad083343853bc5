// Folds whose reducer has `enough`: which chunks fail and which give the answer decides how a run ends, and not the place where it runs.
// More than 512 chunks are folded in blocks, but not if the run may end early.

import { assemble, type Engine, fixed, isOnecopyError, type Plugin, sequential, share } from '@onecopy/core'
import { createEngine } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chooseSeed } from '../faults/seeded.js'
import { keptFirstFold, keptTakeFold } from '../plugins/kept.js'

const engines: Record<string, Engine> = { sequential: sequential() }
beforeAll(() => {
  engines.threads = createEngine({ workers: 2 })
  engines.processes = createEngine({ workers: 2, isolation: 'process' })
})
afterAll(() => Promise.all(Object.values(engines).map((engine) => engine.close())))

/** As many as make blocks of four. */
const count = 1100
const data = share(new Uint8Array(count))
const chunker = fixed({ size: 1 })

type Outcome = { readonly answer: unknown } | { readonly failed: number }

async function outcomeOf(answer: () => unknown): Promise<Outcome> {
  try {
    return { answer: await answer() }
  } catch (error) {
    if (!isOnecopyError(error, 'ERR_CHUNK_FAILED')) throw error
    return { failed: error.chunk!.index }
  }
}

/** Put the answer together from parts of `width` units. Of a part with a chunk that fails, the chunks before it are run. */
async function byParts(
  engine: Engine,
  plugin: Plugin<unknown, unknown, unknown>,
  params: object,
  width: number,
): Promise<unknown> {
  const assembly = assemble(data, plugin, { params })
  for (let at = 0; at < Math.min(count, assembly.needed); at += width * assembly.unit) {
    const end = Math.min(count, at + width * assembly.unit)
    try {
      assembly.add(await engine.part(data, plugin, { from: at, to: end }, { params }))
    } catch (error) {
      const failed = isOnecopyError(error, 'ERR_CHUNK_FAILED') ? error.chunk!.index : at
      const before = failed - (failed % assembly.unit)
      if (before > at) assembly.add(await engine.part(data, plugin, { from: at, to: before }, { params }))
      if (assembly.missing().length > 0) throw error
    }
  }
  return assembly.result()
}

/** What a loop gives that stops when it has `n` matches. */
function naive(at: readonly number[], bad: readonly number[], n: number): { failed: number } | { matches: number[] } {
  const matches: number[] = []
  for (let index = 0; index < count; index++) {
    if (bad.includes(index)) return { failed: index }
    if (at.includes(index)) matches.push(index)
    if (matches.length === n) break
  }
  return { matches }
}

test.each([
  ['first', keptFirstFold, 1],
  ['take', keptTakeFold, 2],
] as const)('%s: threads, processes, parts and sequential() end as a loop does', async (_, fold, n) => {
  // `as`: both take the same parameters.
  const plugin = fold as unknown as Plugin<unknown, unknown, unknown>
  const near = fc.uniqueArray(fc.oneof(fc.nat(9), fc.integer({ min: 505, max: 516 })), { maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(near, near, fc.integer({ min: 37, max: 600 }), async (at, bad, width) => {
      const params = { chunker, at, bad }
      const expected = naive(at, bad, n)
      const ended =
        'failed' in expected
          ? expected
          : { answer: plugin.name === keptFirstFold.name ? (expected.matches[0] ?? null) : expected.matches }
      for (const [place, engine] of Object.entries(engines)) {
        const outcome = await outcomeOf(() => engine.run(data, plugin, { params }))
        expect(outcome, place).toEqual(ended)
      }
      const { threads } = engines
      expect(await outcomeOf(() => byParts(threads!, plugin, params, width)), 'parts').toEqual(ended)
    }),
    { numRuns: 12, seed: chooseSeed() },
  )
})
