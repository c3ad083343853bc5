// The contract of engines, for processes. What cannot hold for them is left out by name, with the reason.

import type { Engine } from '@onecopy/core'
import { createEngine } from '@onecopy/node'
import { afterAll, beforeAll, beforeEach, describe } from 'vitest'
import { promiseAll } from '../contract/all.js'
import { promiseToolNames } from '../contract/tool-names.js'
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

promiseAll(current, make, 'in a file')
describe('names of tools', () => promiseToolNames(current))
