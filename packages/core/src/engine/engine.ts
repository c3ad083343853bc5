// The engine: checks what it is given at the door, makes runs of it, and executes them on a host.

import { checkCount, readOptions } from '../base/check.js'
import { createEmitter, type Emitter } from '../base/emitter.js'
import { OnecopyError } from '../base/errors.js'
import { memberOf } from '../base/own-members.js'
import { runtime, type Timer } from '../base/runtime.js'
import type { SharedData } from '../data/contract.js'
import type { TypedArray } from '../data/typed-array.js'
import { isPlugin, notAPlugin } from '../functions/plugin.js'
import type { Host } from '../protocol/host.js'
import { type BoundReducer, bindPluginReducer } from '../reduce/reduction.js'
import { onAbort } from './abort.js'
import type { AbortSignalLike, Engine, EngineEvents, MapRun, Run, RunEvents, RunInfo } from './contract.js'
import { Execution } from './execution.js'
import { type AnyOptions, checkNumber, type Draft, draftJob, type Job, longestMs } from './job.js'
import type { ResultStream } from './result-stream.js'
import { createMapRun, createRun, type Launch, type Launched } from './run.js'
import { LaneSlots } from './slots.js'

/** Settings of an engine that do not depend on its host. */
export interface EngineSettings {
  /**
   * How long a lane that is asked to stop may take to finish its chunk, in milliseconds; then its worker is ended.
   * A number >= 0, default 500.
   */
  readonly graceMs?: number | undefined
}
const defaultGraceMs = 500

/**
 * An engine whose lanes run on `host`.
 *
 * For users of a host's package there is a shorter way, such as `createEngine()` of `@onecopy/node`.
 *
 * @throws {RangeError} a setting is out of its range
 */
export function createHostEngine(host: Host, settings?: EngineSettings): Engine {
  checkCount('engineOn', 2, arguments.length)
  const { graceMs = defaultGraceMs } = readOptions('settings', settings, ['graceMs'])
  checkNumber('graceMs', graceMs, 0, longestMs)
  return new HostEngine(host, graceMs)
}

/** How long `close` waits for lanes, and then for workers, that do not end though told to; then it leaves them behind. */
const closeMs = 2000

/** Wait for `promise`, but no longer than `ms`. */
async function withinMs(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: Timer | undefined
  const deadline = new Promise<void>((resolve) => {
    timer = runtime.setTimeout(resolve, Math.min(ms, longestMs))
  })
  await Promise.race([promise, deadline])
  runtime.clearTimeout(timer)
}

const runEvents = ['progress', 'retry', 'workerLost', 'done'] as const satisfies (keyof RunEvents)[]
const engineEvents = ['runStart', 'runEnd', 'workerLost', 'idle'] as const satisfies (keyof EngineEvents)[]

class HostEngine implements Engine {
  readonly workers: number
  readonly #host: Host
  readonly #graceMs: number
  readonly #slots: LaneSlots
  readonly #events = createEmitter<EngineEvents>(engineEvents)
  readonly #launched = new Set<Launched>()
  #runs = 0
  #closed: Promise<void> | undefined

  constructor(host: Host, graceMs: number) {
    this.workers = host.workers
    this.#host = host
    this.#graceMs = graceMs
    this.#slots = new LaneSlots(host.workers)
  }

  map<R>(data: SharedData<TypedArray>, fn: unknown, options?: AnyOptions): MapRun<R> {
    checkCount('map', 3, arguments.length)
    return createMapRun<R>(this.#launcher(data, fn, options), createEmitter<RunEvents>(runEvents))
  }

  run<Out>(data: SharedData<TypedArray>, plugin: unknown, options?: AnyOptions): Run<Out> {
    checkCount('run', 3, arguments.length)
    if (!isPlugin(plugin)) throw notAPlugin('plugin', 'what definePlugin returns', plugin)
    const reducer = plugin.reduce === undefined ? undefined : bindPluginReducer(plugin.reduce)
    return createRun<Out>(this.#launcher(data, plugin, options), createEmitter<RunEvents>(runEvents), reducer)
  }

  on<E extends keyof EngineEvents>(event: E, listener: EngineEvents[E]): this {
    this.#events.on(event, listener)
    return this
  }

  off<E extends keyof EngineEvents>(event: E, listener: EngineEvents[E]): this {
    this.#events.off(event, listener)
    return this
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    const closed = new OnecopyError('ERR_ENGINE_CLOSED', 'the engine was closed while the run was at work')
    for (const launched of this.#launched) launched.stop(closed)
    const settled = Promise.allSettled([...this.#launched].map((launched) => launched.settled))
    // A lane may use up its grace twice: in its last chunk and in its plugin's teardown.
    await withinMs(settled, 2 * this.#graceMs + closeMs)
    await withinMs(this.#host.close(), closeMs)
  }

  /** Check everything, at once; what it returns starts the job. */
  #launcher(data: SharedData<TypedArray>, fn: unknown, options: AnyOptions | undefined): Launch {
    const draft = draftJob(data, fn, options, this.workers)
    const refuse = memberOf(this.#host, 'admitRun')?.call(this.#host)
    return (events, reducer, stream) => this.#launch(draft, refuse?.(), events, reducer, stream)
  }

  #launch(
    draft: Draft,
    refusal: Error | undefined,
    events: Emitter<RunEvents>,
    reducer: BoundReducer | undefined,
    stream: ResultStream | undefined,
  ): Launched {
    const { description, signal, ...rest } = draft
    const job: Job = {
      ...rest,
      description: { ...description, reducer: reducer?.description },
      reduction: reducer?.reduction,
      inContext: memberOf(this.#host, 'captureContext')?.call(this.#host) ?? ((call) => call()),
    }
    const execution = new Execution(job, this.#host, this.#slots, this.#graceMs, events, stream)
    if (stream !== undefined) stream.onTaken = () => execution.moveWindow()
    const launched: Launched = {
      settled: this.#settle(execution, refusal, job.name, events, signal, () => this.#launched.delete(launched)),
      stop: (reason) => execution.stop(reason),
      stats: () => execution.stats(),
    }
    this.#launched.add(launched)
    return launched
  }

  async #settle(
    execution: Execution,
    refusal: Error | undefined,
    name: string,
    events: Emitter<RunEvents>,
    signal: AbortSignalLike | undefined,
    leave: () => void,
  ): Promise<unknown> {
    // Begins in a microtask: `#launch` has entered the run into the books by then.
    await undefined
    try {
      if (refusal !== undefined) throw refusal
      if (this.#closed !== undefined) throw new OnecopyError('ERR_ENGINE_CLOSED', 'the engine is closed')
      if (signal?.aborted) execution.stop(signal.reason)
      // Cancelled before it began: nothing begins.
      execution.throwIfStopped()
      return await this.#execute(execution, name, events, signal)
    } finally {
      leave()
      if (this.#launched.size === 0) this.#events.emit('idle')
    }
  }

  async #execute(
    execution: Execution,
    name: string,
    events: Emitter<RunEvents>,
    signal: AbortSignalLike | undefined,
  ): Promise<unknown> {
    const info: RunInfo = { id: ++this.#runs, name }
    const forget = signal === undefined ? undefined : onAbort(signal, () => execution.stop(signal.reason))
    const onWorkerLost: RunEvents['workerLost'] = (event) => this.#events.emit('workerLost', { run: info, ...event })
    events.on('workerLost', onWorkerLost)
    this.#events.emit('runStart', info)
    let outcome: { readonly error: unknown } | undefined
    try {
      const preparing = execution.isEmpty
        ? undefined
        : memberOf(this.#host, 'prepare')?.call(this.#host, execution.workers)
      if (preparing !== undefined) await preparing
      return await execution.execute()
    } catch (error) {
      outcome = { error }
      throw error
    } finally {
      forget?.()
      events.off('workerLost', onWorkerLost)
      this.#events.emit('runEnd', { ...info, stats: execution.stats(), ...outcome })
    }
  }
}
