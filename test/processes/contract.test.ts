// The contract of engines, for processes. Left out are the parts in which chunk functions write into shared memory, because
// processes have copies of it.

import type { Engine } from '@onecopy/core'
import { createEngine } from '@onecopy/node'
import { afterAll, beforeAll, beforeEach, describe } from 'vitest'
import { promiseChunks } from '../contract/chunks.js'
import { promiseEarlyEnds } from '../contract/early-ends.js'
import { promiseErrors } from '../contract/errors.js'
import { promiseEvents } from '../contract/events.js'
import { promiseFolds } from '../contract/folds.js'
import { promiseInto } from '../contract/into.js'
import { promiseIteration } from '../contract/iteration.js'
import { promiseLanding } from '../contract/landing.js'
import { promiseNotes } from '../contract/notes.js'
import { promiseParams } from '../contract/params.js'
import { promiseRandom } from '../contract/random.js'
import { promiseReducerMistakes } from '../contract/reducer-mistakes.js'
import { promiseReductions } from '../contract/reductions.js'
import { promiseResults } from '../contract/results.js'
import { promiseSameAnswers } from '../contract/same-answers.js'
import { promiseScans } from '../contract/scans.js'
import { promiseSchemas } from '../contract/schemas.js'
import { promiseToolNames } from '../contract/tool-names.js'
import { promiseTravel } from '../contract/travel.js'

const make = (): Engine => createEngine({ workers: 2, isolation: 'process' })
let engine: Engine
beforeAll(() => {
  engine = make()
})
afterAll(() => engine.close())
/** Their chunk functions write into shared memory, or wait for each other there. */
const sharing: readonly string[] = [
  'verify also sees a write into the bytes of another chunk',
  'a getter in params is called once, wherever it is',
  'shared data in params stays shared: all chunks write into the one copy',
  'shared data stays shared inside of arrays and maps',
  'params and shared data of another realm are what they are',
  'a view of the input in a result stays a view of the one copy',
  'verify finds a chunk that writes into the window of another one',
  'what is kept is moved together, in its order',
  'setup runs once in each lane of a run',
  'of several failures the one with the lowest chunk index is reported, even if it comes last',
  'a listener that is added while the run is at work hears progress',
  'listeners are called in the async context of the run’s caller, whichever run had the slot before',
  'first: the lowest match, and at most two chunks per worker more are read',
  'a plugin says with which parameters a run may end early',
  'a merge function with a free name rejects with ERR_INLINE_CAPTURE, whichever thread merges',
]
beforeEach(({ task, skip }) => {
  if (sharing.includes(task.name)) skip('processes share no memory that they could write')
})
const current = (): Engine => engine

describe('chunks', () => promiseChunks(current))
describe('params', () => promiseParams(current))
describe('results', () => promiseResults(current))
describe('reductions', () => promiseReductions(current))
describe('folds', () => promiseFolds(current))
describe('mistakes with reducers', () => promiseReducerMistakes(current))
describe('functions travel', () => promiseTravel(current))
describe('names of tools', () => promiseToolNames(current))
describe('schemas', () => promiseSchemas(current))
describe('errors', () => promiseErrors(current))
// A process is told late that there is enough. Until then it runs the spans that it has been given.
describe('early ends', () => promiseEarlyEnds(current, Number.POSITIVE_INFINITY))
describe('skips and counters', () => promiseNotes(current))
describe('random numbers', () => promiseRandom(current))
describe('landing buffers', () => promiseLanding(current))
describe('written in place', () => promiseInto(current))
describe('scans', () => promiseScans(current))
describe('iteration', () => promiseIteration(current))
describe('events', () => promiseEvents(current, make))
describe('the same answer, byte for byte', () => promiseSameAnswers(current))
