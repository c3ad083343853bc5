// A run whose finished parts are kept in a folder: it goes on where an earlier one has ended.

import { type Engine, isOnecopyError, type Part, type Run, type RunStats, type Span } from '@onecopy/core'
import type { RunEmitter, RunWork } from '@onecopy/core/host'
import { memberOf } from '@onecopy/core/lane'
import { nowMs } from '../clock.js'
import type { FolderCall } from './folder-call.js'
import { type FolderJob, openFolder } from './folder-job.js'
import { makeFolder, unwritable } from './job-file.js'
import { keepPart } from './kept-parts.js'
import { type FolderLock, lockFolder } from './lock.js'
import { SpanRuns } from './span-runs.js'
import { Spans } from './spans.js'

/** The engine's methods that run parts. */
export type PartEngine = Pick<Engine, 'part' | 'workers'>

/** How long a span should take, in ms: about so much work is lost when the process is killed. */
const spanMs = 1000
/** The same for a plugin with a `setup`, because that runs for every span. */
const spanWithSetupMs = 10_000
/** With more workers than this, spans are longer, because the caller's thread takes their parts one by one. */
const manyWorkers = 8

/** Shortest time between two progress events, in ms. */
const progressMs = 50

/** Executes a run in a folder, once. */
export class FolderRun implements RunWork {
  readonly ended: Promise<unknown>
  readonly #engine: PartEngine
  readonly #call: FolderCall
  readonly #chunks: number
  readonly #events: RunEmitter
  readonly #begun = nowMs()
  readonly #workers: number
  #elapsed: number | undefined
  #job: FolderJob | undefined
  #runs: SpanRuns | undefined
  /** Chunks that were in the folder. */
  #restored = 0
  #lastProgress = Number.NEGATIVE_INFINITY
  #stopped: { readonly reason: unknown } | undefined

  /** @param chunks - how many chunks the call's data is cut into, as far as is known without the folder */
  constructor(engine: PartEngine, call: FolderCall, chunks: number, events: RunEmitter) {
    this.#engine = engine
    this.#call = call
    this.#chunks = chunks
    this.#events = events
    this.#workers = Math.min(engine.workers, call.options.workers ?? engine.workers)
    this.ended = this.#execute()
  }

  stop(reason: unknown): void {
    this.#stopped ??= { reason }
    this.#runs?.stop(reason)
  }

  stats(): RunStats {
    const assembly = this.#job?.assembly
    return {
      chunks: assembly?.plan.count ?? this.#chunks,
      doneChunks: assembly?.done ?? 0,
      bytes: this.#call.data.byteLength,
      elapsedMs: this.#elapsedMs(),
      workers: this.#runs?.mostWorkers ?? 0,
      retries: this.#runs?.retries ?? 0,
      workersLost: this.#runs?.workersLost ?? 0,
      skipped: assembly?.skipped ?? { count: 0, ranges: [] },
      counters: assembly?.counters ?? {},
    }
  }

  async #execute(): Promise<unknown> {
    // The rest begins in a microtask, when the run knows this work and can stop it.
    await undefined
    const { signal } = this.#call.options
    const abort = (): void => this.stop(signal?.reason)
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort)
    try {
      this.#throwIfStopped()
      return await this.#executeLocked()
    } finally {
      signal?.removeEventListener('abort', abort)
      this.#elapsed = this.#elapsedMs()
    }
  }

  async #executeLocked(): Promise<unknown> {
    const { folder } = this.#call
    await makeFolder(folder)
    const lock = await lockFolder(folder, () => this.#throwIfStopped()).catch((error: unknown) => {
      this.#throwIfStopped()
      throw isOnecopyError(error) ? error : unwritable(folder, error)
    })
    try {
      const job = await openFolder(this.#call, () => this.#throwIfStopped())
      this.#job = job
      this.#restored = job.assembly.done
      await this.#runMissing(job, lock)
      this.#throwIfStopped()
      const answer = job.assembly.result()
      this.#emitProgress()
      return answer
    } finally {
      await lock.release()
    }
  }

  async #runMissing(job: FolderJob, lock: FolderLock): Promise<void> {
    const { assembly, call, keepBelow, toKeep } = job
    const missing = assembly.missing().flatMap((span) => splitAt(span, keepBelow))
    // Also tells whether the engine is closed, and whether the data is what it was.
    if (missing.length === 0) await this.#part(job, { from: 0, to: 0 })
    const longer = Math.max(1, this.#workers / manyWorkers)
    const targetMs = (call.plugin.setup === undefined ? spanMs : spanWithSetupMs) * longer
    const runs = new SpanRuns(
      {
        run: (span) => this.#part(job, span),
        keep: async (span, part) => {
          try {
            if (span.to <= keepBelow) await keepPart(call.folder, span, toKeep(part))
            await lock.touch()
          } catch (error) {
            throw unwritable(call.folder, error)
          }
          assembly.add(part)
        },
        workers: this.#workers,
        needed: () => assembly.needed,
        mayEnd: typeof memberOf(Object(call.plugin.reduce), 'enough') === 'function',
        onProgress: () => {
          if (nowMs() - this.#lastProgress >= progressMs) this.#emitProgress()
        },
      },
      this.#events,
    )
    this.#runs = runs
    this.#throwIfStopped()
    await runs.runAll(new Spans(missing, assembly.unit, this.#workers, targetMs))
  }

  #part({ call, options }: FolderJob, span: Span): Run<Part> {
    return this.#engine.part(call.data, call.plugin, span, { ...options, workers: 1 })
  }

  #throwIfStopped(): void {
    if (this.#stopped !== undefined) throw this.#stopped.reason
  }

  #elapsedMs(): number {
    return this.#elapsed ?? nowMs() - this.#begun
  }

  #emitProgress(): void {
    if (this.#job === undefined || !this.#events.has('progress')) return
    this.#lastProgress = nowMs()
    const { assembly } = this.#job
    const { byteLength } = this.#call.data
    const { count } = assembly.plan
    const running = this.#runs?.running ?? { chunks: 0, bytes: 0 }
    const isDone = assembly.done === count
    // All chunks but the last one are equally long.
    const bytesOf = (chunks: number): number => (count === 0 ? 0 : (byteLength * chunks) / count)
    const doneBytes = isDone ? byteLength : Math.min(byteLength, Math.floor(bytesOf(assembly.done) + running.bytes))
    const elapsedMs = this.#elapsedMs()
    this.#events.emit('progress', {
      chunks: count,
      doneChunks: Math.min(count, assembly.done + running.chunks),
      bytes: byteLength,
      doneBytes,
      elapsedMs,
      // What was in the folder says nothing about the speed of this run.
      bytesPerSecond: elapsedMs === 0 ? 0 : (doneBytes - bytesOf(this.#restored)) / (elapsedMs / 1000),
      atWork: [],
    })
  }
}

/** The parts of a span before and behind a chunk. */
function splitAt(span: Span, chunk: number): Span[] {
  const { from, to } = span
  return from < chunk && chunk < to
    ? [
        { from, to: chunk },
        { from: chunk, to },
      ]
    : [span]
}
