// The loop of a run: has the job cut into spans, looks at what became of each, and takes their parts as they come.
//
// Each round looks at the open spans that something may have happened to, and now and then at all of them. So whatever gets lost
// (an event, a span, the server's memory, an earlier coordinator) is found and made good in a later round.

import { randomUUID } from 'node:crypto'
import { OnecopyError } from '@onecopy/core'
import type { Emitter } from '@onecopy/core/host'
import type { Telemetry } from 'bullmq'
import type { Redis } from 'ioredis'
import { RunRecord } from '../redis/run-record.js'
import type { PartStore } from '../store/contract.js'
import type { ClusterRunEvents, ClusterRunOptions } from './contract.js'
import { Failures } from './failures.js'
import { MachineWatch } from './machine-watch.js'
import { jobsOf, noteJob, type OpenSpan } from './open-spans.js'
import { PartTaker } from './part-taker.js'
import type { RunJob } from './run-job.js'
import { type RunProgress, rangeOf } from './run-progress.js'
import { RunSpans } from './run-spans.js'
import { SpanQueue } from './span-queue.js'
import { type Verdict, verdictOf } from './verdict.js'

const defaultPollMs = 1000
const defaultPatienceMs = 30_000
/** Longest time between two signs of life, in ms. */
const mostBeatMs = 1000
/** Who misses so many beats is taken for dead. */
const missedBeats = 3
/** A round over all spans may take at most this share of the time. */
const lookShare = 5

/** What the loop works with. */
export interface LoopSetup {
  readonly run: string
  readonly queue: string
  readonly prefix: string
  readonly job: RunJob
  readonly options: Omit<ClusterRunOptions, 'signal'>
  readonly store: PartStore
  readonly telemetry: Telemetry | undefined
  readonly events: Emitter<ClusterRunEvents>
  readonly progress: RunProgress
}

/** How a run ended, which decides what stays of it: what is done stays if the run was only interrupted. */
export type Ending = 'done' | 'failed' | 'interrupted'

/** One run on its way. */
export class RunLoop {
  readonly #setup: LoopSetup
  readonly #record: RunRecord
  readonly #queue: SpanQueue
  readonly #machines: MachineWatch
  readonly #spans: RunSpans
  readonly #taker: PartTaker
  readonly #failures = new Failures()
  readonly #who = randomUUID()
  readonly #hinted = new Set<string>()
  readonly #patienceMs: number
  readonly #beatMs: number
  readonly #pollMs: number
  #beatAt = 0
  #lookAt = 0
  #isFirstLook = true
  /** Whether the run is this one's, and not that of another job with the same id. */
  #isClaimed = false
  #isOver = false
  #wake = (): void => {}

  constructor(redis: Redis, setup: LoopSetup) {
    const { run, queue, prefix, job, options, events } = setup
    const note = (text: string): void => void events.emit('note', text)
    this.#setup = setup
    this.#record = new RunRecord(redis, prefix, run)
    this.#queue = new SpanQueue(redis, prefix, queue, job.description.plugin, setup.telemetry)
    this.#machines = new MachineWatch(
      this.#queue,
      job.description.plugin,
      options.workerTimeoutMs ?? Number.POSITIVE_INFINITY,
      note,
    )
    this.#spans = new RunSpans(setup, this.#record, this.#queue)
    this.#taker = new PartTaker(setup, note)
    this.#patienceMs = options.patienceMs ?? defaultPatienceMs
    this.#beatMs = Math.min(mostBeatMs, this.#patienceMs / missedBeats)
    this.#pollMs = options.pollMs ?? defaultPollMs
  }

  /** Run to the end. Resolves with the answer; with undefined once `stop()` was called. */
  async execute(): Promise<unknown> {
    const { assembly } = this.#setup.job
    await this.#record.claim(this.#state)
    this.#isClaimed = true
    await this.#beat()
    await this.#queue.listen(
      (id) => this.#hint(id),
      (run) => run === this.#setup.run && this.#rush(),
    )
    await this.#spans.resume()
    while (!this.#isOver) {
      await this.#beat()
      await this.#look()
      if (this.#isComplete) {
        this.#setup.progress.tell([], true)
        return assembly.result()
      }
      if (this.#failures.error !== undefined && this.#spans.open.size === 0) throw this.#failures.error
      await this.#machines.look()
      if (this.#failures.error === undefined) {
        await this.#spans.cutMore(this.#machines.count)
        await this.#spans.backUp(this.#machines.count)
      }
      await this.#wait()
    }
    return undefined
  }

  /** Put all spans into the queue, where they stay whether or not anybody waits. Returns how many are not done. */
  async submit(): Promise<number> {
    await this.#record.claim(this.#state)
    await this.#record.detach()
    await this.#beat()
    await this.#machines.look()
    await this.#spans.resume()
    await this.#spans.cutMore(this.#machines.count, Number.POSITIVE_INFINITY)
    await this.#record.leave(this.#who, 0)
    return this.#spans.open.size
  }

  /** End the loop at its next step. */
  stop(): void {
    this.#isOver = true
    this.#wake()
  }

  /** Tidy up, unless another coordinator still waits for the run. */
  async leave(ending: Ending): Promise<void> {
    if (!this.#isClaimed) return
    const isLast = await this.#record.leave(this.#who, this.#beatMs * missedBeats)
    if (!isLast) return
    if (ending === 'interrupted') {
      if (await this.#record.isDetached()) return
      await this.#record.abandon()
      await this.#queue.cancel(this.#setup.run)
      await this.#queue.remove(this.#spans.open.jobs())
      return
    }
    if (ending === 'failed') await this.#queue.cancel(this.#setup.run)
    // The record goes first. A worker whose span ends later sees that there is none, and removes the job itself.
    await this.#record.remove()
    await this.#spans.removeAll()
    await this.#taker.tidy()
  }

  async close(): Promise<void> {
    await this.#queue.close()
  }

  /** Whether all chunks are in that the answer needs. */
  get #isComplete(): boolean {
    const { done, needed, plan, missing } = this.#setup.job.assembly
    return done === plan.count || (needed < plan.count && missing.call(this.#setup.job.assembly).length === 0)
  }

  get #state(): { readonly queue: string; readonly job: string } {
    return { queue: this.#setup.queue, job: this.#setup.job.text }
  }

  async #beat(): Promise<void> {
    if (performance.now() >= this.#beatAt) await this.#beatNow()
  }

  /** Say that this coordinator is alive, and ask whether the run was cancelled elsewhere. */
  async #beatNow(): Promise<void> {
    const now = performance.now()
    if (await this.#record.isCancelled()) throw new DOMException('the run was cancelled', 'AbortError')
    await this.#record.beat(this.#who, this.#patienceMs, this.#state)
    this.#beatAt = now + this.#beatMs
  }

  /** Look at the spans that something may have happened to; at all of them from time to time. */
  async #look(): Promise<void> {
    const now = performance.now()
    const isWhole = now >= this.#lookAt
    const { open } = this.#spans
    const ids = isWhole ? open.jobs() : [...this.#hinted].filter((id) => open.of(id) !== undefined)
    this.#hinted.clear()
    const jobs = await this.#queue.look(ids, isWhole)
    const again: OpenSpan[] = []
    for (const [i, id] of ids.entries()) {
      if (this.#isOver) return
      const span = open.of(id)
      // It was closed a moment ago, because a span below it has failed.
      if (span === undefined) continue
      if (jobs[i] !== undefined && id === span.id) {
        noteJob(span, jobs[i], (losses, cause) => this.#setup.progress.lost(span, losses, cause, true))
      }
      if (await this.#judge(span, id, verdictOf(jobs[i]))) again.push(span)
    }
    // The server may have lost the record, too.
    if (again.length > 0) await this.#beatNow()
    await this.#spans.addAgain(again)
    if (isWhole) {
      this.#lookAt = now + Math.max(this.#pollMs, (performance.now() - now) * lookShare)
      this.#isFirstLook = false
    }
    this.#setup.progress.tell(open.values())
  }

  /** Do what a verdict says. Returns whether the span is to be added again. */
  async #judge(span: OpenSpan, id: string, verdict: Verdict): Promise<boolean> {
    const isBackup = id !== span.id
    switch (verdict.kind) {
      case 'open':
        return false
      case 'gone':
        if (isBackup) span.backup = undefined
        return !isBackup
      case 'done':
        return await this.#take(span, id, verdict)
      case 'failed':
        await this.#fail(span, verdict.error)
        return false
      case 'given up':
        await this.#queue.remove([id])
        if (isBackup) span.backup = undefined
        return !isBackup
      case 'lost':
        if (isBackup) {
          await this.#queue.remove([id])
          span.backup = undefined
        } else await this.#blame(span, verdict.reason)
        return false
    }
  }

  async #take(span: OpenSpan, id: string, { answer }: Verdict & { readonly kind: 'done' }): Promise<boolean> {
    if (!(await this.#taker.take(span, id, answer))) {
      await this.#queue.remove([id])
      if (id !== span.id) span.backup = undefined
      return id === span.id
    }
    const others = jobsOf(span).filter((each) => each !== id)
    this.#spans.open.close(span)
    if (!this.#isFirstLook) this.#spans.size.learn(answer.ms, span.to - span.from)
    const { from, to } = span
    const { worker, ms, node } = answer
    this.#setup.events.emit('span', { from, to, worker, ms, node, isResumed: this.#isFirstLook })
    this.#setup.progress.delivered(worker)
    await this.#spans.closeFrom(this.#setup.job.assembly.needed)
    for (const other of others) {
      await this.#queue.cancel(this.#setup.run, { id: other })
      await this.#queue.remove([other])
    }
    return false
  }

  /** A span has failed. What is behind it is not needed any more. */
  async #fail(span: OpenSpan, error: OnecopyError): Promise<void> {
    // Without a chunk, the failure is not one of this span alone.
    if (error.chunk === undefined) throw error
    const { mayEnd } = this.#setup.job
    const at = mayEnd ? Math.min(span.to, Math.max(span.from, error.chunk.index)) : span.from
    if (!this.#failures.add(at, error)) return
    // A part has all of its chunks. Those before the one that failed may be enough.
    if (mayEnd) await this.#spans.runUpTo(span, at)
    else await this.#spans.closeFrom(span.from)
  }

  /** A span was lost too often. Its halves tell which chunk is to blame. */
  async #blame(span: OpenSpan, reason: string): Promise<void> {
    if (await this.#spans.halve(span)) return
    const chunk = rangeOf(this.#setup.job, span)
    const text = `chunk ${span.from} [${chunk.start}, ${chunk.end}): its process ended ${span.losses} times: ${reason}`
    await this.#fail(span, new OnecopyError('ERR_WORKER_LOST', text, { chunk, cause: new Error(reason) }))
  }

  #hint(id: string): void {
    if (!id.startsWith(`${this.#setup.run}.`)) return
    this.#hinted.add(id)
    this.#wake()
  }

  /** Ask at once whether the run was cancelled. */
  #rush(): void {
    this.#beatAt = 0
    this.#wake()
  }

  /** Wait until something has happened, or it is time to look at all spans. */
  async #wait(): Promise<void> {
    if (this.#hinted.size > 0 || this.#isOver) return
    const ms = Math.max(1, Math.min(this.#lookAt, this.#beatAt) - performance.now())
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      timer = setTimeout(resolve, ms)
    })
    clearTimeout(timer)
  }
}
