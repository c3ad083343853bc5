// The contract, for every engine alike: the sequential one and threads with 1, 2 and 4 workers.

import type { Engine } from '@onecopy/core'
import { afterAll, beforeAll, describe } from 'vitest'
import { promiseBlame } from './contract/blame.js'
import { promiseChunks } from './contract/chunks.js'
import { promiseErrors } from './contract/errors.js'
import { promiseEvents } from './contract/events.js'
import { promiseIteration } from './contract/iteration.js'
import { promiseLanding } from './contract/landing.js'
import { promiseLifecycle } from './contract/lifecycle.js'
import { promiseParams } from './contract/params.js'
import { promiseReducerMistakes } from './contract/reducer-mistakes.js'
import { promiseReductions } from './contract/reductions.js'
import { promiseResults } from './contract/results.js'
import { promiseSameAnswers } from './contract/same-answers.js'
import { promiseSchemas } from './contract/schemas.js'
import { promiseTeardown } from './contract/teardown.js'
import { promiseToolNames } from './contract/tool-names.js'
import { promiseTravel } from './contract/travel.js'
import { engineKinds } from './support/engines.js'

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
