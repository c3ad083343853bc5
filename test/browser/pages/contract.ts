// The contract of engines, in a page.

import './globals.js'
import { createEngine, type Engine, sequential } from '@onecopy/web'
import { promiseBlame } from '../../contract/blame.js'
import { promiseChunks } from '../../contract/chunks.js'
import { promiseEarlyEnds } from '../../contract/early-ends.js'
import { promiseErrors } from '../../contract/errors.js'
import { promiseEvents } from '../../contract/events.js'
import { promiseFolds } from '../../contract/folds.js'
import { promiseInto } from '../../contract/into.js'
import { promiseIteration } from '../../contract/iteration.js'
import { promiseLanding } from '../../contract/landing.js'
import { promiseLifecycle } from '../../contract/lifecycle.js'
import { promiseParams } from '../../contract/params.js'
import { promiseRandom } from '../../contract/random.js'
import { promiseReducerMistakes } from '../../contract/reducer-mistakes.js'
import { promiseReductions } from '../../contract/reductions.js'
import { promiseResults } from '../../contract/results.js'
import { promiseSameAnswers } from '../../contract/same-answers.js'
import { promiseSchemas } from '../../contract/schemas.js'
import { promiseTeardown } from '../../contract/teardown.js'
import { promiseTravel } from '../../contract/travel.js'
import { collected, describe, runTest } from './vitest.js'

const worker = (): Worker => new Worker(new URL('./lanes.js', import.meta.url), { type: 'module' })

const kinds: Readonly<Record<string, () => Engine>> = {
  sequential,
  '1 worker': () => createEngine({ workers: 1, worker }),
  '2 workers': () => createEngine({ workers: 2, worker }),
  '4 workers': () => createEngine({ workers: 4, worker }),
  '2 workers that share nothing': () => createEngine({ workers: 2, worker, shared: false }),
}

const wanted = new URLSearchParams(location.search).get('kind') ?? ''
const make =
  kinds[wanted] ??
  (() => {
    throw new Error(`no such engine: ${wanted}`)
  })
const made = make()
const current = (): Engine => made

describe('chunks', () => promiseChunks(current))
describe('params', () => promiseParams(current))
describe('results', () => promiseResults(current))
describe('reductions', () => promiseReductions(current))
describe('folds', () => promiseFolds(current))
describe('random numbers', () => promiseRandom(current))
describe('written in place', () => promiseInto(current))
describe('early ends', () => promiseEarlyEnds(current))
describe('mistakes with reducers', () => promiseReducerMistakes(current))
describe('functions travel', () => promiseTravel(current))
// Left out: the names of tools, whose tests compile functions with a tool of Node.
describe('landing buffers', () => promiseLanding(current))
describe('schemas', () => promiseSchemas(current))
describe('teardown', () => promiseTeardown(current, make))
describe('errors', () => promiseErrors(current))
describe('blame', () => promiseBlame(current))
describe('iteration', () => promiseIteration(current))
describe('a run', () => promiseLifecycle(current, make))
describe('events', () => promiseEvents(current, make))
describe('the same answer, byte for byte', () => promiseSameAnswers(current))

Object.assign(globalThis, {
  cases: {
    list: () => collected.map(({ name }) => name),
    run: async (index: number) => {
      try {
        await runTest(index)
        return undefined
      } catch (error) {
        return String((error as Error)?.stack ?? error)
      }
    },
  },
})
document.title = 'ready'
