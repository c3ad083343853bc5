// The spans of a run on their way into the queue: cut, added, added again if the queue lost them, halved, doubled, and closed.

import type { Span } from '@onecopy/core'
import { crcOf } from '../jobs/identity.js'
import { jobId } from '../redis/keys.js'
import type { RunRecord } from '../redis/run-record.js'
import { lateSpans } from './backups.js'
import { jobsOf, type OpenSpan, OpenSpans } from './open-spans.js'
import type { RunJob } from './run-job.js'
import { orderOf } from './span-order.js'
import type { SpanQueue } from './span-queue.js'
import { SpanSize } from './span-size.js'

/** At least this many spans are in the queue, and this many per machine. */
const leastOpen = 8
const openPerMachine = 3

/** What spans are made of. */
export interface SpansSetup {
  readonly run: string
  readonly job: RunJob
  readonly options: {
    readonly priority?: number | undefined
    readonly spanMs?: number | undefined
    readonly spanChunks?: number | undefined
  }
}

/** The spans of one run. */
export class RunSpans {
  readonly open: OpenSpans = new OpenSpans()
  readonly size: SpanSize
  readonly #setup: SpansSetup
  readonly #record: RunRecord
  readonly #queue: SpanQueue
  /** The ids of all jobs that this coordinator has added. */
  readonly #jobs = new Set<string>()
  #cutAt = 0

  constructor(setup: SpansSetup, record: RunRecord, queue: SpanQueue) {
    const { job, options } = setup
    const { plan, unit } = job.assembly
    const { spanMs, spanChunks: fixed } = options
    this.#setup = setup
    this.#record = record
    this.#queue = queue
    this.size = new SpanSize({ count: plan.count, unit, byteLength: job.data.byteLength, spanMs, fixed })
  }

  /** Open the spans that earlier coordinators have cut. */
  async resume(): Promise<void> {
    const cuts = await this.#record.cuts()
    const spans: OpenSpan[] = []
    for (let to = cuts.get(0); to !== undefined && this.size.isCut(this.#cutAt, to); to = cuts.get(this.#cutAt)) {
      spans.push(this.#open({ from: this.#cutAt, to }))
      this.#cutAt = to
    }
    await this.#add(spans)
  }

  /** Cut new spans, so that no machine has to wait for one. */
  async cutMore(machines: number, most: number = Math.max(leastOpen, machines * openPerMachine)): Promise<void> {
    const { needed } = this.#setup.job.assembly
    const spans: OpenSpan[] = []
    while (this.#cutAt < needed && this.open.size < most) {
      const own = this.size.next(this.#cutAt, machines)
      const agreed = await this.#record.cut(this.#cutAt, own)
      const to = this.size.isCut(this.#cutAt, agreed) ? agreed : own
      spans.push(this.#open({ from: this.#cutAt, to }))
      this.#cutAt = to
    }
    await this.#add(spans)
  }

  /** Give a second job to spans that take far too long. */
  async backUp(machines: number): Promise<void> {
    if (this.#cutAt < this.#setup.job.assembly.needed) return
    const late = lateSpans(this.open.values(), {
      machines,
      msPerChunk: this.size.msPerChunk,
      now: performance.now(),
    })
    for (const span of late) {
      span.backup = `${span.id}.b`
      this.#jobs.add(span.backup)
      await this.#queue.add([{ ...span, id: span.backup, order: 1, attempts: 1, data: this.#dataOf(span) }])
    }
  }

  /** The queue does not know these spans, or not any more. It may have lost all that it knew. */
  async addAgain(spans: readonly OpenSpan[]): Promise<void> {
    for (const span of spans) {
      span.activeSince = undefined
      span.worker = undefined
      span.losses = 0
      await this.#record.cut(span.from, span.to)
    }
    await this.#add(spans)
  }

  /** Run a span again in halves. Returns false if it cannot be cut any more. */
  async halve(span: OpenSpan): Promise<boolean> {
    const { from, to } = span
    const middle = this.size.middle(from, to)
    if (middle === undefined) return false
    this.open.close(span)
    await this.#add([this.#open({ from, to: middle }, 1), this.#open({ from: middle, to }, 1)])
    return true
  }

  /** Run a span again, up to a chunk of it that has failed. What is behind the span is not needed any more. */
  async runUpTo(span: OpenSpan, failed: number): Promise<void> {
    this.open.close(span)
    await this.#queue.remove(jobsOf(span))
    await this.closeFrom(span.from + 1)
    const to = failed - (failed % this.#setup.job.assembly.unit)
    if (to > span.from) await this.#add([this.#open({ from: span.from, to })])
  }

  /** The spans from this chunk on are not needed any more. */
  async closeFrom(chunk: number): Promise<void> {
    const closed = this.open.closeBehind(chunk)
    if (closed.length === 0) return
    await this.#queue.cancel(this.#setup.run, { behind: chunk - 1 })
    await this.#queue.remove(closed)
  }

  /** Remove all jobs from the queue, of those spans, too, that are done. */
  async removeAll(): Promise<void> {
    await this.#queue.remove([...this.#jobs])
  }

  #open(span: Span, attempts?: number): OpenSpan {
    const isOne = this.size.middle(span.from, span.to) === undefined
    const tries = this.#setup.job.description.retries + 1
    // Of halves, only the last one is tried more than once: another death cuts the others once more.
    return this.open.open(span, jobId(this.#setup.run, span), attempts === undefined || isOne ? tries : attempts)
  }

  async #add(spans: readonly OpenSpan[]): Promise<void> {
    if (spans.length === 0) return
    for (const { id } of spans) this.#jobs.add(id)
    const { priority = 0 } = this.#setup.options
    await this.#queue.add(
      spans.map((span) => ({ ...span, order: orderOf(span.order, priority), data: this.#dataOf(span) })),
    )
  }

  #dataOf({ from, to }: Span): object {
    const { description, data, assembly } = this.#setup.job
    const crc = description.identity === 'digest' ? crcOf(data, assembly.plan, { from, to }) : undefined
    return { ...description, run: this.#setup.run, from, to, crc }
  }
}
