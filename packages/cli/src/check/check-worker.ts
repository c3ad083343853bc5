// The thread that checks a plugin. It is a thread of its own, so that a plugin that never returns can be ended.

import { once } from 'node:events'
import { workerData } from 'node:worker_threads'
import type { DefinedPlugin } from '@onecopy/core'
import type { CheckOptions, LawId } from '@onecopy/core/testing'
import {
  type AnyPlugin,
  alloc,
  type Chunk,
  createEngine,
  type Engine,
  fixed,
  isOnecopyError,
  loadPlugin,
  range,
  type SharedMemory,
} from '@onecopy/node'
import pc from 'picocolors'
import { readParams } from '../input/read-params.js'
import { toJson } from '../result/json.js'
import { failureData, failureText } from '../terminal/failure-text.js'
import type { ThreadData } from '../terminal/plugin-thread.js'
import { UsageError } from '../terminal/usage-error.js'
import { reportText } from './report-text.js'

/** What the thread is asked to do. */
export interface CheckRequest {
  readonly plugin: string
  readonly param: readonly string[]
  readonly params: string | undefined
  readonly runs: number | undefined
  readonly timeoutMs: number | undefined
  readonly seed: number | undefined
  readonly except: Readonly<Partial<Record<LawId, string>>>
  readonly isFull: boolean
  readonly isColored: boolean
  readonly isErrorColored: boolean
  /** One word, which the thread increments as long as it makes progress. */
  readonly pulse: SharedArrayBuffer
}

/** The messages of the thread: `loaded`, and, after it got the data, the result. */
export type CheckMessage =
  | { readonly kind: 'loaded'; readonly name: string }
  | { readonly kind: 'report'; readonly isOk: boolean; readonly text: string; readonly json: string }
  | { readonly kind: 'usage'; readonly message: string }
  | { readonly kind: 'failure'; readonly text: string; readonly error: object }

/** The longest time between two increments while the event loop runs, in ms. */
const pulseMs = 10

// `as`: the command starts this thread with such data.
const { input, port } = workerData as ThreadData<CheckRequest>
const pulse = new Int32Array(input.pulse)
const beat = (): void => {
  Atomics.add(pulse, 0, 1)
}
setInterval(beat, pulseMs).unref()

port.postMessage(await check(input).catch(explain))
port.close()

async function check(request: CheckRequest): Promise<CheckMessage> {
  // All code is loaded before the plugin, because its module may change built-in objects. Loading fast-check takes a while.
  const [{ findBrokenLaws }] = await Promise.all([import('@onecopy/core/testing'), import('fast-check')])
  const engine = createEngine({ workers: 2 })
  try {
    // For the same reason its threads start now. If none can start, the check says so.
    await startThreads(engine).catch(() => {})
    return await checkOn(engine, findBrokenLaws, request)
  } finally {
    await engine.close()
  }
}

/** Give both workers a chunk. The first one waits for the second one, but not for ever: there may be one thread only. */
async function startThreads(engine: Engine): Promise<void> {
  const meet = (_: unknown, { params }: Chunk<SharedMemory<Int32Array>>): void => {
    const begun = params.view()
    Atomics.add(begun, 0, 1)
    Atomics.notify(begun, 0)
    Atomics.wait(begun, 0, 1, 1000)
  }
  await engine.map(range(2), meet, { chunks: fixed({ size: 1 }), params: alloc(Int32Array, 1) })
}

async function checkOn(
  engine: Engine,
  findBrokenLaws: typeof import('@onecopy/core/testing').findBrokenLaws,
  request: CheckRequest,
): Promise<CheckMessage> {
  const plugin = await loadPlugin(request.plugin)
  const params = readParams(plugin, request)
  port.postMessage({ kind: 'loaded', name: plugin.name } satisfies CheckMessage)
  const [data] = await once(port, 'message')
  const { runs, timeoutMs, seed, except } = request
  // `as`: only the plugin knows the types of its parameters and data; the check verifies them.
  const options = { data, params, runs, timeoutMs, seed, engine, except } as CheckOptions
  const report = await findBrokenLaws(beating(plugin), options)
  const text = reportText(report, pc.createColors(request.isColored))
  return { kind: 'report', isOk: report.ok, text, json: [...toJson(report)].join('') }
}

/** The plugin, which also increments the pulse at each chunk, because many small cases may not let the event loop run. */
function beating(plugin: AnyPlugin): AnyPlugin {
  // `as`: a plugin has all that it was defined with.
  const { map, fold, ...rest } = plugin as AnyPlugin & DefinedPlugin
  const beatingMap: typeof map = (bytes, chunk) => {
    beat()
    return map!(bytes, chunk)
  }
  const beatingFold: typeof fold = (acc, bytes, chunk) => {
    beat()
    return fold!(acc, bytes, chunk)
  }
  return Object.freeze({ ...rest, map: map && beatingMap, fold: fold && beatingFold })
}

function explain(error: unknown): CheckMessage {
  // A wrong call. Nothing has been tested, and the message of the error explains it. Our packages made it, in this realm.
  const isWrongCall = (error instanceof TypeError || error instanceof RangeError) && !isOnecopyError(error)
  if (error instanceof UsageError || isWrongCall) return { kind: 'usage', message: error.message }
  const text = failureText(error, { isFull: input.isFull }, pc.createColors(input.isErrorColored))
  return { kind: 'failure', text, error: JSON.parse([...toJson(failureData(error))].join('')) }
}
