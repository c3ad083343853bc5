// The contract of engines, for processes. What cannot hold for them is left out by name, with the reason.

import type { Engine } from '@onecopy/core'
import { createEngine } from '@onecopy/node'
import { afterAll, beforeAll, beforeEach, describe } from 'vitest'
import { promiseBlame } from '../contract/blame.js'
import { promiseChunks } from '../contract/chunks.js'
import { promiseCloserLooks } from '../contract/closer.js'
import { promiseEarlyEnds } from '../contract/early-ends.js'
import { promiseErrors } from '../contract/errors.js'
import { promiseEvents } from '../contract/events.js'
import { promiseFolds } from '../contract/folds.js'
import { promiseInto } from '../contract/into.js'
import { promiseIteration } from '../contract/iteration.js'
import { promiseLanding } from '../contract/landing.js'
import { promiseLifecycle } from '../contract/lifecycle.js'
import { promiseNotes } from '../contract/notes.js'
import { promiseParams } from '../contract/params.js'
import { promiseRandom } from '../contract/random.js'
import { promiseReducerMistakes } from '../contract/reducer-mistakes.js'
import { promiseReductions } from '../contract/reductions.js'
import { promiseResults } from '../contract/results.js'
import { promiseSameAnswers } from '../contract/same-answers.js'
import { promiseScans } from '../contract/scans.js'
import { promiseSchemas } from '../contract/schemas.js'
import { promiseTeardown } from '../contract/teardown.js'
import { promiseToolNames } from '../contract/tool-names.js'
import { promiseTravel } from '../contract/travel.js'
import { makeGatesOfFiles } from '../support/gate.js'
import { tempDir } from '../support/temp-dir.js'

const make = (): Engine => createEngine({ workers: 2, isolation: 'process' })
let engine: Engine
beforeAll(() => {
  engine = make()
})
afterAll(() => engine.close())
makeGatesOfFiles(tempDir())

const copies = 'processes have copies of shared memory: what they write there is seen by nobody else'
const counts = 'it counts in shared memory what chunk functions do; processes have copies of it'
const waits = 'its chunks tell the test by shared memory that they have begun; processes have copies of it'
/** What does not hold for processes, or cannot be seen, and why. */
const left: Readonly<Record<string, string>> = {
  'verify also sees a write into the bytes of another chunk': copies,
  'shared data in params stays shared: all chunks write into the one copy': copies,
  'shared data stays shared inside of arrays and maps': copies,
  'params and shared data of another realm are what they are': copies,
  'a view of the input in a result stays a view of the one copy': copies,
  'verify finds a chunk that writes into the window of another one': copies,
  'what is kept is moved together, in its order': copies,
  'setup runs once in each lane of a run': counts,
  'starts once, however often it is awaited': counts,
  'a result that can be cloned when its chunk is run again is blamed on none': counts,
  'runs once, behind the lane’s last chunk, with what setup returned': counts,
  'it runs when the run was cancelled, and the reason is the run’s': waits,
  'one that hangs: the run can be cancelled': waits,
  'one that hangs: the engine can be closed': waits,
  'a file that ends too early under chunk.view is the data’s failure': waits,
}
beforeEach(({ task, skip }) => {
  const reason = left[task.name]
  if (reason !== undefined) skip(reason)
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
describe('skips and counters', () => promiseNotes(current))
describe('teardown', () => promiseTeardown(current, make))
describe('blame', () => promiseBlame(current))
describe('a run', () => promiseLifecycle(current, make))
describe('early ends', () => promiseEarlyEnds(current, 'in a file'))
describe('closer looks', () => promiseCloserLooks(current))
describe('random numbers', () => promiseRandom(current))
describe('landing buffers', () => promiseLanding(current))
describe('written in place', () => promiseInto(current))
describe('scans', () => promiseScans(current))
describe('iteration', () => promiseIteration(current))
describe('events', () => promiseEvents(current, make))
describe('the same answer, byte for byte', () => promiseSameAnswers(current))
