// The loop of a run: cuts the job into spans, hands them to the queue, takes their parts as they come.
//
// Each round looks at the open spans that something may have happened to, and now and then at all of them. So whatever gets lost
// (an event, a span, the server's memory, an earlier coordinator) is found and made good in a later round.

import { randomUUID } from 'node:crypto'
import { OnecopyError, type Span } from '@onecopy/core'
import type { Emitter } from '@onecopy/core/host'
import type { Job, Telemetry } from 'bullmq'
import type { Redis } from 'ioredis'
import type { SpanProgress } from '../jobs/contract.js'
import { crcOf } from '../jobs/identity.js'
import { jobId } from '../redis/keys.js'
import { RunRecord } from '../redis/run-record.js'
import type { PartStore } from '../store/contract.js'
import { lateSpans } from './backups.js'
import type { ClusterRunEvents, ClusterRunOptions } from './contract.js'
import { Failures } from './failures.js'
import { MachineWatch } from './machine-watch.js'
import { jobsOf, type OpenSpan, OpenSpans } from './open-spans.js'
import { PartTaker } from './part-taker.js'
import type { RunJob } from './run-job.js'
import { type RunProgress, rangeOf } from './run-progress.js'
import { orderOf } from './span-order.js'
import { SpanQueue } from './span-queue.js'
import { SpanSize } from './span-size.js'
import { type Verdict, verdictOf } from './verdict.js'

const defaultPollMs = 1000
const defaultPatienceMs = 30_000
/** Longest time between two signs of life, in ms. */
const mostBeatMs = 1000
/** Who misses so many beats is taken for dead. */
const missedBeats = 3
/** At least this many spans are in the queue, and this many per machine. */
const leastOpen = 8
const openPerMachine = 3
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
  readonly #size: SpanSize
  readonly #taker: PartTaker
  readonly #open = new OpenSpans()
  readonly #failures = new Failures()
  readonly #who = randomUUID()
  readonly #hinted = new Set<string>()
  /** The ids of all jobs that this coordinator has added. */
  readonly #jobs = new Set<string>()
  readonly #patienceMs: number
  readonly #beatMs: number
  readonly #pollMs: number
  #cutAt = 0
  #beatAt = 0
  #lookAt = 0
  #isFirstLook = true
  /** Whether the run is this one's, and not that of another job with the same id. */
  #isClaimed = false
  #isOver = false
  #wake = (): void => {}

  constructor(redis: Redis, setup: LoopSetup) {
    const { run, queue, prefix, job, options, events } = setup
    const { plan, unit } = job.assembly
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
    const { spanMs, spanChunks: fixed } = options
    this.#size = new SpanSize({ count: plan.count, unit, byteLength: job.data.byteLength, spanMs, fixed })
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
    await this.#resume()
    while (!this.#isOver) {
      await this.#beat()
      await this.#look()
      if (this.#isComplete) {
        this.#setup.progress.tell([], true)
        return assembly.result()
      }
      if (this.#failures.error !== undefined && this.#open.size === 0) throw this.#failures.error
      await this.#machines.look()
      await this.#cutMore()
      await this.#backUp()
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
    await this.#resume()
    await this.#cutMore(Number.POSITIVE_INFINITY)
    await this.#record.leave(this.#who, 0)
    return this.#open.size
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
      await this.#queue.remove(this.#open.jobs())
      return
    }
    if (ending === 'failed') await this.#queue.cancel(this.#setup.run)
    // The record goes first. A worker whose span ends later sees that there is none, and removes the job itself.
    await this.#record.remove()
    await this.#queue.remove([...this.#jobs])
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

  /** Say that this coordinator is alive, and ask whether the run was cancelled elsewhere. */
  async #beat(): Promise<void> {
    const now = performance.now()
    if (now < this.#beatAt) return
    if (await this.#record.isCancelled()) throw new DOMException('the run was cancelled', 'AbortError')
    await this.#record.beat(this.#who, this.#patienceMs, this.#state)
    this.#beatAt = now + this.#beatMs
  }

  /** Open the spans that earlier coordinators have cut. */
  async #resume(): Promise<void> {
    const cuts = await this.#record.cuts()
    const spans: OpenSpan[] = []
    for (let to = cuts.get(0); to !== undefined && this.#size.isCut(this.#cutAt, to); to = cuts.get(this.#cutAt)) {
      spans.push(this.#openSpan({ from: this.#cutAt, to }))
      this.#cutAt = to
    }
    await this.#add(spans)
  }

  /** Look at the spans that something may have happened to; at all of them from time to time. */
  async #look(): Promise<void> {
    const now = performance.now()
    const isWhole = now >= this.#lookAt
    const ids = isWhole ? this.#open.jobs() : [...this.#hinted].filter((id) => this.#open.of(id) !== undefined)
    this.#hinted.clear()
    const jobs = await this.#queue.look(ids)
    const again: OpenSpan[] = []
    for (const [i, id] of ids.entries()) {
      if (this.#isOver) return
      const span = this.#open.of(id)
      // It was closed a moment ago, because a span below it has failed.
      if (span === undefined) continue
      this.#note(span, id, jobs[i])
      if (await this.#judge(span, id, verdictOf(jobs[i]))) again.push(span)
    }
    await this.#addAgain(again)
    if (isWhole) {
      this.#lookAt = now + Math.max(this.#pollMs, (performance.now() - now) * lookShare)
      this.#isFirstLook = false
    }
    this.#setup.progress.tell(this.#open.values())
  }

  /** Keep what is known about a span that is not done. */
  #note(span: OpenSpan, id: string, job: Job | undefined): void {
    if (job === undefined || id !== span.id) return
    if (job.processedOn !== undefined) {
      span.activeSince ??= performance.now()
      span.worker = job.processedBy
    }
    // `as`: it is what workers put there, or 0.
    const { doneChunks = 0 } = (job.progress ?? {}) as SpanProgress
    span.doneChunks = Number(doneChunks) || 0
    const isDone = job.returnvalue != null && job.finishedOn !== undefined
    const losses = job.stalledCounter + job.attemptsMade - (isDone ? 1 : 0)
    for (; span.losses < losses; span.losses++) {
      const cause = new Error(job.failedReason ?? `worker ${span.worker} gave no sign of life`)
      this.#setup.progress.lost(span, span.losses + 1, cause, true)
    }
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
    this.#open.close(span)
    if (!this.#isFirstLook) this.#size.learn(answer.ms, span.to - span.from)
    const { from, to } = span
    const { worker, ms, node } = answer
    this.#setup.events.emit('span', { from, to, worker, ms, node, isResumed: this.#isFirstLook })
    this.#setup.progress.delivered(worker)
    await this.#closeFrom(this.#setup.job.assembly.needed)
    for (const other of others) {
      await this.#queue.cancel(this.#setup.run, { id: other })
      await this.#queue.remove([other])
    }
    return false
  }

  /** A span has failed. What is behind it is not needed any more. */
  async #fail(span: Span, error: OnecopyError): Promise<void> {
    // Without a chunk, the failure is not one of this span alone.
    if (error.chunk === undefined) throw error
    if (!this.#failures.add(span.from, error)) return
    await this.#closeFrom(span.from)
  }

  /** The spans from this chunk on are not needed any more. */
  async #closeFrom(chunk: number): Promise<void> {
    const closed = this.#open.closeBehind(chunk)
    if (closed.length === 0) return
    await this.#queue.cancel(this.#setup.run, { behind: chunk - 1 })
    await this.#queue.remove(closed)
  }

  /** A span was lost too often. Its halves tell which chunk is to blame. */
  async #blame(span: OpenSpan, reason: string): Promise<void> {
    const { from, to } = span
    const middle = this.#size.middle(from, to)
    if (middle === undefined) {
      const chunk = rangeOf(this.#setup.job, span)
      const text = `chunk ${from} [${chunk.start}, ${chunk.end}): its process ended ${span.losses} times: ${reason}`
      await this.#fail(span, new OnecopyError('ERR_WORKER_LOST', text, { chunk, cause: new Error(reason) }))
      return
    }
    this.#open.close(span)
    await this.#add([this.#openSpan({ from, to: middle }, 1), this.#openSpan({ from: middle, to }, 1)])
  }

  /** Cut new spans, so that no machine has to wait for one. */
  async #cutMore(most = Math.max(leastOpen, this.#machines.count * openPerMachine)): Promise<void> {
    const { needed } = this.#setup.job.assembly
    const spans: OpenSpan[] = []
    while (this.#failures.error === undefined && this.#cutAt < needed && this.#open.size < most) {
      const own = this.#size.next(this.#cutAt, this.#machines.count)
      const agreed = await this.#record.cut(this.#cutAt, own)
      const to = this.#size.isCut(this.#cutAt, agreed) ? agreed : own
      spans.push(this.#openSpan({ from: this.#cutAt, to }))
      this.#cutAt = to
    }
    await this.#add(spans)
  }

  /** Give a second job to spans that take far too long. */
  async #backUp(): Promise<void> {
    if (this.#cutAt < this.#setup.job.assembly.needed || this.#failures.error !== undefined) return
    const late = lateSpans(this.#open.values(), {
      machines: this.#machines.count,
      msPerChunk: this.#size.msPerChunk,
      now: performance.now(),
    })
    for (const span of late) {
      span.backup = `${span.id}.b`
      this.#jobs.add(span.backup)
      await this.#queue.add([{ ...span, id: span.backup, order: 1, attempts: 1, data: this.#dataOf(span) }])
    }
  }

  #openSpan(span: Span, attempts?: number): OpenSpan {
    const isOne = this.#size.middle(span.from, span.to) === undefined
    const tries = this.#setup.job.description.retries + 1
    // Of halves, only the last one is tried more than once: another death cuts the others once more.
    return this.#open.open(span, jobId(this.#setup.run, span), attempts === undefined || isOne ? tries : attempts)
  }

  async #add(spans: readonly OpenSpan[]): Promise<void> {
    if (spans.length === 0) return
    for (const { id } of spans) this.#jobs.add(id)
    const { priority = 0 } = this.#setup.options
    await this.#queue.add(
      spans.map((span) => ({ ...span, order: orderOf(span.order, priority), data: this.#dataOf(span) })),
    )
  }

  /** The queue does not know these spans, or not any more. It may have lost all that it knew. */
  async #addAgain(spans: readonly OpenSpan[]): Promise<void> {
    if (spans.length === 0) return
    this.#beatAt = 0
    await this.#beat()
    for (const span of spans) {
      span.activeSince = undefined
      span.worker = undefined
      span.losses = 0
      await this.#record.cut(span.from, span.to)
    }
    await this.#add(spans)
  }

  #dataOf({ from, to }: Span): object {
    const { description, data, assembly } = this.#setup.job
    const crc = description.identity === 'digest' ? crcOf(data, assembly.plan, { from, to }) : undefined
    return { ...description, run: this.#setup.run, from, to, crc }
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
