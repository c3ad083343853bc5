// The contract, for every engine alike: the sequential one and threads with 1, 2 and 4 workers.

import type { Engine } from '@onecopy/core'
import { afterAll, beforeAll, describe } from 'vitest'
import { engineKinds } from '../support/engines.js'
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
import { promiseTeardown } from './teardown.js'
import { promiseToolNames } from './tool-names.js'
import { promiseTravel } from './travel.js'

describe.each(engineKinds)('$name', ({ make }) => {
  let engine: Engine
  beforeAll(() => {
    engine = make()
  })
  afterAll(() => engine.close())
  const current = (): Engine => engine

  describe('chunks', () => promiseChunks(current))
  describe('params', () => promiseParams(current))
  describe('results', () => promiseResults(current))
  describe('reductions', () => promiseReductions(current))
  describe('folds', () => promiseFolds(current))
  describe('skips and counters', () => promiseNotes(current))
  describe('closer looks', () => promiseCloserLooks(current))
  describe('random numbers', () => promiseRandom(current))
  describe('early ends', () => promiseEarlyEnds(current))
  describe('written in place', () => promiseInto(current))
  describe('scans', () => promiseScans(current))
  describe('mistakes with reducers', () => promiseReducerMistakes(current))
  describe('functions travel', () => promiseTravel(current))
  describe('names of tools', () => promiseToolNames(current))
  describe('landing buffers', () => promiseLanding(current))
  describe('schemas', () => promiseSchemas(current))
  describe('teardown', () => promiseTeardown(current, make))
  describe('errors', () => promiseErrors(current))
  describe('blame', () => promiseBlame(current))
  describe('iteration', () => promiseIteration(current))
  describe('a run', () => promiseLifecycle(current, make))
  describe('events', () => promiseEvents(current, make))
  describe('the same answer, byte for byte', () => promiseSameAnswers(current))
})
