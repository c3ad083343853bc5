// Runs a lane from its beginning to its end: load what it needs, set it up, run its chunks, tear it down.
//
// A lane answers and does not throw. Whatever the chunk function does, short of ending the thread, is sent home as plain data.

import { memberOf } from '../base/own-members.js'
import type { DataDescription, DataReader } from '../data/contract.js'
import { isRange } from '../data/range.js'
import { openMemory } from '../data/shared-memory.js'
import type { TypedArray } from '../data/typed-array.js'
import { type LoadedFunction, loadFunction } from '../functions/load-function.js'
import { ControlBlock } from '../protocol/control-block.js'
import type { LaneFailure } from '../protocol/report.js'
import { type LaneEnvironment, type LaneTask, sentOutput } from '../protocol/task.js'
import { loadReducer } from '../reduce/reduction.js'
import { loadParams } from '../serialize/params.js'
import { describeThrown, summarize } from '../serialize/thrown.js'
import { isColumns } from '../tables/rows.js'
import type { LaneView } from './chunk.js'
import { ChunkNotes } from './chunk-notes.js'
import { ChunkReader } from './chunk-reader.js'
import { ChunkRunner } from './chunk-runner.js'
import { LaneData } from './data.js'
import { loadingFailure, noteOwn } from './failure.js'
import { LaneLoop } from './loop.js'
import { LaneOutput } from './output.js'

/** Run a lane to its end. Never rejects: its last message says how it went. */
export async function runLane(task: LaneTask, environment: LaneEnvironment<DataReader<TypedArray>>): Promise<void> {
  const control = memberOf(environment, 'control') ?? new ControlBlock(task.control)
  control.setWorker(task.lane, environment.worker)
  const opened: { close(): void }[] = []
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
    const runChunks = async (): Promise<boolean> => {
      const data = new LaneData(open(job.data), job.stream)
      const reduction = job.reducer === undefined ? undefined : loadReducer(job.reducer, loaded.reduce)
      const { buffer } = loaded
      // The chunks of a range and of columns have no bytes to place.
      const allocate =
        buffer === undefined || isRange(job.data) || isColumns(job.data)
          ? undefined
          : (byteLength: number) => buffer(state, byteLength)
      const reader = new ChunkReader(job.plan, data, allocate)
      const notes = new ChunkNotes(job.listedSkips, job.mostSkipped)
      const { plan, seed, prefixes, stream } = job
      const view: LaneView = { plan, params, state, control, data, seed, notes, prefixes, stream }
      const output = openOutput(task, environment, opened)
      const runner = new ChunkRunner(task, environment, view, reader, reduction, loaded, output)
      return new LaneLoop(task, environment, control, runner, loaded.teardown !== undefined).run()
    }
    const { teardown } = loaded
    if (teardown === undefined) {
      await runChunks()
      return
    }
    let hasFailed = true
    try {
      hasFailed = await runChunks()
    } catch (thrown) {
      postFailure(environment, loadingFailure(thrown), false)
    }
    control.beginTeardown(task.lane)
    const failure = await tearDown(teardown, state)
    postFailure(environment, hasFailed ? undefined : failure, true)
  } catch (thrown) {
    postFailure(environment, loadingFailure(thrown), true)
  } finally {
    for (const data of opened) data.close()
  }
}

function postFailure(environment: LaneEnvironment<unknown>, failure: LaneFailure | undefined, isLast: boolean): void {
  environment.post({ commit: undefined, failure, isLast }, [])
}

async function load({ job }: LaneTask, environment: LaneEnvironment<unknown>): Promise<LoadedFunction> {
  try {
    return await loadFunction(job.fn, memberOf(environment, 'load'))
  } catch (error) {
    throw noteOwn(error)
  }
}

/** Open what the run is written into; undefined if it is not written in place. */
function openOutput(
  { job: { into, plan, verify } }: LaneTask,
  environment: LaneEnvironment<unknown>,
  opened: { close(): void }[],
): LaneOutput | undefined {
  if (into === undefined) return undefined
  if (into.output.kind === sentOutput.kind) return new LaneOutput(into, plan, undefined, verify)
  try {
    const open = memberOf(environment, 'openOutput')
    const writer = open === undefined ? openMemory(into.output) : open.call(environment, into.output)
    opened.push(writer)
    return new LaneOutput(into, plan, writer, verify)
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
