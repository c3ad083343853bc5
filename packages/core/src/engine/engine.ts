// The engine: checks its arguments, makes runs, and executes them on a host.

import { checkCount, readOptions, show } from '../base/check.js'
import { createEmitter } from '../base/emitter.js'
import { OnecopyError } from '../base/errors.js'
import { memberOf } from '../base/own-members.js'
import { longestMs, runtime, type Timer } from '../base/runtime.js'
import type { SharedData } from '../data/contract.js'
import { isStreamed } from '../data/stream.js'
import type { TypedArray } from '../data/typed-array.js'
import { isPlugin, notAPlugin } from '../functions/plugin.js'
import type { Host } from '../protocol/host.js'
import type { Part, Span } from '../protocol/part.js'
import { unitLength } from '../protocol/task.js'
import { bindPluginReducer, bindReducer } from '../reduce/reduction.js'
import { type AnyOptions, checkNumber } from './check-options.js'
import type { Engine, MapRun, Run } from './contract.js'
import { ControlBlocks } from './control-blocks.js'
import { Execution, type ExecutionOwner } from './execution.js'
import { type Draft, describeJob, draftJob, type Job } from './job.js'
import { type AnyPartOptions, checkIdentities, checkSpan, originOf, partOptions } from './part.js'
import { createMapRun, createRun, type RunWork, runEvents, type StartRun } from './run.js'
import type { EngineEvents, RunEvents, RunInfo } from './run-events.js'
import { LaneSlots } from './slots.js'
import { isOfStream, StreamRun } from './stream-run.js'

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
 * Create an engine whose lanes run on `host`.
 *
 * Packages with a host have a shorter way for their users, such as `createEngine()` of `@onecopy/node`.
 *
 * @throws {RangeError} a setting is out of its range
 */
export function createHostEngine(host: Host, settings?: EngineSettings): Engine {
  checkCount('createHostEngine', 2, arguments.length)
  const { graceMs = defaultGraceMs } = readOptions('settings', settings, ['graceMs'])
  checkNumber('graceMs', graceMs, 0, longestMs)
  return new HostEngine(host, graceMs)
}

/** How long `close` waits for lanes that do not end, and then for workers, in ms. After that it leaves them behind. */
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

const engineEvents = ['runStart', 'runEnd', 'workerLost', 'idle'] as const satisfies (keyof EngineEvents)[]

class HostEngine implements Engine {
  readonly workers: number
  readonly #host: Host
  readonly #graceMs: number
  readonly #owner: ExecutionOwner
  readonly #events = createEmitter<EngineEvents>(engineEvents)
  readonly #runsAtWork = new Set<RunWork>()
  #runs = 0
  #closed: Promise<void> | undefined

  constructor(host: Host, graceMs: number) {
    this.workers = host.workers
    this.#host = host
    this.#graceMs = graceMs
    this.#owner = this.#ownExecutions(host, graceMs)
  }

  map<R>(data: SharedData<TypedArray>, fn: unknown, options?: AnyOptions): MapRun<R> {
    checkCount('map', 3, arguments.length)
    if (isPlugin(fn) && fn.fold !== undefined) {
      throw new TypeError(`plugin: ${show(fn.name)} folds, so it gives no list of results; use run(data, plugin)`)
    }
    const draft = draftJob(data, fn, options, this.#host, false)
    const [start, events] = [this.#starterOf(draft, undefined), createEmitter<RunEvents>(runEvents)]
    // `as`: a run that is written in place has no list, and gives the output. The overloads of `map` say so.
    if (draft.into !== undefined) return createRun(start, events, undefined) as unknown as MapRun<R>
    return createMapRun<R>(start, events)
  }

  run<Out>(data: SharedData<TypedArray>, plugin: unknown, options?: AnyOptions): Run<Out> {
    checkCount('run', 3, arguments.length)
    if (!isPlugin(plugin)) throw notAPlugin('plugin', 'what definePlugin returns', plugin)
    const reducer = plugin.reduce === undefined ? undefined : bindPluginReducer(plugin.reduce)
    const start = this.#starter(data, plugin, options, plugin.fold !== undefined)
    return createRun<Out>(start, createEmitter<RunEvents>(runEvents), reducer)
  }

  fold<Out>(data: SharedData<TypedArray>, fn: unknown, reducer: unknown, options?: AnyOptions): Run<Out> {
    checkCount('fold', 4, arguments.length)
    if (isPlugin(fn)) {
      throw new TypeError(`fn: expected a fold function, got the plugin ${show(fn.name)}; use run(data, plugin)`)
    }
    const bound = bindReducer(reducer, true)
    return createRun<Out>(this.#starter(data, fn, options, true), createEmitter<RunEvents>(runEvents), bound)
  }

  part(data: SharedData<TypedArray>, plugin: unknown, span: Span, options?: AnyPartOptions): Run<Part> {
    checkCount('part', 4, arguments.length)
    if (!isPlugin(plugin)) throw notAPlugin('plugin', 'what definePlugin returns', plugin)
    if (plugin.into !== undefined)
      throw new TypeError(`plugin: ${show(plugin.name)} writes in place, so it has no parts`)
    if (isStreamed(data)) {
      throw new TypeError(
        'data: a stream has no parts, because nobody knows how many chunks it has before it has ended',
      )
    }
    const { digest, identity, only, sample, ...rest } = readOptions('options', options, partOptions)
    checkIdentities({ digest, identity })
    if (only !== undefined || sample !== undefined) {
      throw new TypeError('options.only: a part runs the chunks of its span; only and sample are for whole runs')
    }
    const reducer = plugin.reduce === undefined ? undefined : bindPluginReducer(plugin.reduce)
    const draft = draftJob(data, plugin, rest, this.#host, plugin.fold !== undefined)
    const { plan, params, seed } = draft.description
    const part = {
      span: checkSpan(span, plan, unitLength(describeJob(draft, reducer, true, false))),
      origin: originOf(data, plugin, plan, params, { digest, identity, seed }),
    }
    return createRun<Part>(this.#starterOf(draft, part), createEmitter<RunEvents>(runEvents), reducer)
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
    for (const run of this.#runsAtWork) run.stop(closed)
    const settled = Promise.allSettled([...this.#runsAtWork].map(({ ended }) => ended))
    // A lane may use its grace period twice: in its last chunk, and in the teardown.
    await withinMs(settled, 2 * this.#graceMs + closeMs)
    await withinMs(this.#host.close(), closeMs)
  }

  /** Check everything at once. Returns what starts the run. */
  #starter(data: SharedData<TypedArray>, fn: unknown, options: AnyOptions | undefined, isFold: boolean): StartRun {
    return this.#starterOf(draftJob(data, fn, options, this.#host, isFold), undefined)
  }

  #starterOf(draft: Draft, part: Job['part']): StartRun {
    const refuse = memberOf(this.#host, 'admitRun')?.call(this.#host)
    return (events, reducer, stream) => {
      const job: Job = {
        ...draft,
        description: describeJob(draft, reducer, part !== undefined, events.has('trace')),
        reduction: reducer?.reduction,
        part,
        inContext: memberOf(this.#host, 'captureContext')?.call(this.#host) ?? ((call) => call()),
      }
      const execution = isOfStream(job)
        ? new StreamRun(job, this.#owner, events, refuse?.(), stream)
        : new Execution(job, this.#owner, events, refuse?.(), stream)
      if (stream !== undefined) stream.onTaken = () => execution.moveWindow()
      this.#runsAtWork.add(execution)
      return execution
    }
  }

  /** What executions need from this engine, and tell it. */
  #ownExecutions(host: Host, graceMs: number): ExecutionOwner {
    return {
      host,
      slots: new LaneSlots(host.workers),
      controls: new ControlBlocks(),
      graceMs,
      isClosed: () => this.#closed !== undefined,
      onStart: (name) => {
        const info: RunInfo = { id: ++this.#runs, name }
        this.#events.emit('runStart', info)
        return info
      },
      onWorkerLost: (run, chunk, cause) => this.#events.emit('workerLost', { run, chunk, cause }),
      onEnd: (run, stats, outcome) => this.#events.emit('runEnd', { ...run, stats, ...outcome }),
      onSettled: (run) => {
        this.#runsAtWork.delete(run)
        if (this.#runsAtWork.size === 0) this.#events.emit('idle')
      },
    }
  }
}
