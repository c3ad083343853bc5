// The contract of engines: all groups of promises. Left out are the names that tools give to functions (tool-names.ts), because their tests
// need such a tool.

import type { Engine } from '@onecopy/core'
import { describe } from 'vitest'
import { promiseBlame } from './blame.js'
import { promiseChunks } from './chunks.js'
import { promiseCloserLooks } from './closer.js'
import { promiseEarlyEnds } from './early-ends.js'
import { promiseErrors } from './errors.js'
import { promiseEvents } from './events.js'
import { promiseFolds } from './folds.js'
import { promiseInto } from './into.js'
import { promiseIteration } from './iteration.js'
import { promiseLanding } from './landing.js'
import { promiseLifecycle } from './lifecycle.js'
import { promiseNotes } from './notes.js'
import { promiseParams } from './params.js'
import { promiseRandom } from './random.js'
import { promiseReducerMistakes } from './reducer-mistakes.js'
import { promiseReductions } from './reductions.js'
import { promiseResults } from './results.js'
import { promiseSameAnswers } from './same-answers.js'
import { promiseScans } from './scans.js'
import { promiseSchemas } from './schemas.js'
import { promiseStreams } from './streams.js'
import { promiseTeardown } from './teardown.js'
import { promiseTravel } from './travel.js'

/**
 * Collect the tests of all promises.
 *
 * @param engine - the engine that most of them use
 * @param make - makes another one, for tests that close it
 * @param early - where chunk functions note that they ran
 */
export function promiseAll(engine: () => Engine, make: () => Engine, early?: 'in a file'): void {
  describe('chunks', () => promiseChunks(engine))
  describe('params', () => promiseParams(engine))
  describe('results', () => promiseResults(engine))
  describe('reductions', () => promiseReductions(engine))
  describe('folds', () => promiseFolds(engine))
  describe('skips and counters', () => promiseNotes(engine))
  describe('closer looks', () => promiseCloserLooks(engine))
  describe('random numbers', () => promiseRandom(engine))
  describe('early ends', () => promiseEarlyEnds(engine, early))
  describe('written in place', () => promiseInto(engine))
  describe('scans', () => promiseScans(engine))
  describe('mistakes with reducers', () => promiseReducerMistakes(engine))
  describe('functions travel', () => promiseTravel(engine))
  describe('landing buffers', () => promiseLanding(engine))
  describe('schemas', () => promiseSchemas(engine))
  describe('streams', () => promiseStreams(engine))
  describe('teardown', () => promiseTeardown(engine, make))
  describe('errors', () => promiseErrors(engine))
  describe('blame', () => promiseBlame(engine))
  describe('iteration', () => promiseIteration(engine))
  describe('a run', () => promiseLifecycle(engine, make))
  describe('events', () => promiseEvents(engine, make))
  describe('the same answer, byte for byte', () => promiseSameAnswers(engine))
}
