// The contract, for every engine alike: the sequential one and threads with 1, 2 and 4 workers.

import type { Engine } from '@onecopy/core'
import { afterAll, beforeAll, describe } from 'vitest'
import { engineKinds } from '../support/engines.js'
import { promiseAll } from './all.js'
import { promiseToolNames } from './tool-names.js'

describe.each(engineKinds)('$name', ({ make }) => {
  let engine: Engine
  beforeAll(() => {
    engine = make()
  })
  afterAll(() => engine.close())
  const current = (): Engine => engine

  promiseAll(current, make)
  describe('names of tools', () => promiseToolNames(current))
})
