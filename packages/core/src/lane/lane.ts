// A lane from its beginning to its end: what it needs is loaded and set up, its chunks are run, and what setup took is given back.
//
// It answers and does not throw: whatever the chunk function does, short of ending the thread, comes back as plain data.

import { memberOf } from '../base/own-members.js'
import type { DataDescription, DataReader } from '../data/contract.js'
import type { TypedArray } from '../data/typed-array.js'
import { type LoadedFunction, loadFunction } from '../functions/load-function.js'
import { ControlBlock } from '../protocol/control-block.js'
import type { LaneFailure, LaneReport } from '../protocol/report.js'
import type { LaneEnvironment, LaneTask } from '../protocol/task.js'
import { loadReducer } from '../reduce/reduction.js'
import { loadParams } from '../serialize/params.js'
import { describeThrown, summarize } from '../serialize/thrown.js'
import type { LaneView } from './chunk.js'
import { ChunkReader } from './chunk-reader.js'
import { createCollector } from './collector.js'
import { LaneData } from './data.js'
import { loadingFailure, noteOwn } from './failure.js'
import { LaneLoop } from './loop.js'

/** Run a lane to its end. Never rejects. */
export async function runLane(
  task: LaneTask,
  environment: LaneEnvironment<DataReader<TypedArray>>,
): Promise<LaneReport> {
  const control = new ControlBlock(task.control)
  control.setWorker(task.lane, environment.worker)
  const opened: DataReader<TypedArray>[] = []
  const open = (description: DataDescription): DataReader<TypedArray> => {
    try {
      const data = environment.open(description)
      opened.push(data)
      return data
    } catch (error) {
      throw noteOwn(error)
    }
  }
  try {
    const { job } = task
    const loaded = await load(task, environment)
    const params = loadParams(job.params, open)
    const state = await setUp(loaded, params)
    const runChunks = async (): Promise<LaneFailure | undefined> => {
      const data = new LaneData(open(job.data))
      const reduction = job.reducer === undefined ? undefined : loadReducer(job.reducer, loaded.reduce)
      const collector = createCollector(job.plan.count, reduction)
      const { buffer } = loaded
      const allocate = buffer === undefined ? undefined : (byteLength: number) => buffer(state, byteLength)
      const landing = new ChunkReader(job.plan, data, allocate)
      const view: LaneView = { plan: job.plan, params, state, control, data }
      return new LaneLoop(task, environment, view, landing, collector, loaded).run()
    }
    const { teardown } = loaded
    if (teardown === undefined) return { failure: await runChunks() }
    const failure = await runChunks().catch(loadingFailure)
    control.beginTeardown(task.lane)
    // Told before the teardown, which may never end: the run is over, whatever becomes of it.
    if (failure !== undefined) environment.post({ ranges: [], payload: undefined, weight: 0, failure }, [], undefined)
    const failureOfTeardown = await tearDown(teardown, state)
    return { failure: failure ?? failureOfTeardown }
  } catch (thrown) {
    return { failure: loadingFailure(thrown) }
  } finally {
    for (const data of opened) data.close()
  }
}

async function load({ job }: LaneTask, environment: LaneEnvironment<unknown>): Promise<LoadedFunction> {
  try {
    return await loadFunction(job.fn, memberOf(environment, 'load'))
  } catch (error) {
    throw noteOwn(error)
  }
}

async function setUp({ setup }: LoadedFunction, params: unknown): Promise<unknown> {
  return setup === undefined ? undefined : await setup(params)
}

async function tearDown(
  teardown: NonNullable<LoadedFunction['teardown']>,
  state: unknown,
): Promise<LaneFailure | undefined> {
  try {
    await teardown(state)
    return undefined
  } catch (thrown) {
    const described = describeThrown(thrown)
    const message = `teardown failed: ${summarize(described)}`
    return { code: 'ERR_CHUNK_FAILED', message, chunk: undefined, thrown: described, inTeardown: true }
  }
}
