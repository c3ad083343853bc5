// Emits the events of one run, in the async context of its caller.

import type { Emitter } from '../base/emitter.js'
import type { ChunkRange } from '../base/errors.js'
import { runtime } from '../base/runtime.js'
import type { InContext } from '../protocol/host.js'
import type { ChunkTimes } from '../protocol/report.js'
import type { RunEvents, TraceEvent } from './run-events.js'

/** Tells the listeners of one run. */
export class RunTeller {
  readonly #events: Emitter<RunEvents>
  readonly #inContext: InContext
  readonly #isTraced: boolean

  /** @param isTraced - whether somebody wants to know what took how long */
  constructor(events: Emitter<RunEvents>, inContext: InContext, isTraced: boolean) {
    this.#events = events
    this.#inContext = inContext
    this.#isTraced = isTraced
  }

  emit<E extends keyof RunEvents>(event: E, ...args: Parameters<RunEvents[E]>): void {
    this.#inContext(() => this.#events.emit(event, ...args))
  }

  /** A worker was lost. The engine's listeners hear it after the run's own. */
  workerLost(chunk: ChunkRange | undefined, cause: unknown, tellEngine: (() => void) | undefined): void {
    this.emit('workerLost', { chunk, cause })
    if (tellEngine !== undefined) this.#inContext(tellEngine)
  }

  /** Tell how long chunks took in a lane. */
  traceChunks({ worker, chunks }: ChunkTimes, lane: number): void {
    const events: TraceEvent[] = []
    for (let i = 0; i < chunks.length; i += 3) {
      events.push({ kind: 'chunk', lane, worker, chunk: chunks[i], startMs: chunks[i + 1]!, ms: chunks[i + 2]! })
    }
    if (events.length > 0) this.emit('trace', events)
  }

  /** Tell that something other than a chunk took `ms`; `begun` as `performance.now()` gives it. */
  trace(kind: TraceEvent['kind'], lane: number, worker: number, begun: number, ms: number): void {
    if (!this.#isTraced) return
    this.emit('trace', [{ kind, lane, worker, chunk: undefined, startMs: runtime.performance.timeOrigin + begun, ms }])
  }
}
