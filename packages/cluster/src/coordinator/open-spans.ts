// The spans of a run that are not done: where each is, who runs it, and since when.

import type { Span } from '@onecopy/core'
import type { Job } from 'bullmq'
import { mostStalls, type SpanProgress } from '../jobs/contract.js'

/** A span that is not done. */
export interface OpenSpan extends Span {
  readonly id: string
  /** The place among all spans. */
  readonly order: number
  readonly attempts: number
  /** When it was first seen at work, by the clock of this process; undefined while it waits. */
  activeSince: number | undefined
  /** The worker that has it. */
  worker: string | undefined
  /** How often it was lost with its process or machine. */
  losses: number
  /** How often its part was not accepted. */
  refusals: number
  /** Chunks that are done in it, as its worker said last. */
  doneChunks: number
  /** The id of the second job for the same chunks, if the first one takes too long. */
  backup: string | undefined
}

/** All open spans, in the order of their chunks. */
export class OpenSpans {
  readonly #spans = new Map<string, OpenSpan>()
  #order = 0

  get size(): number {
    return this.#spans.size
  }

  /** Open a span. */
  open({ from, to }: Span, id: string, attempts: number): OpenSpan {
    const span: OpenSpan = {
      from,
      to,
      id,
      order: ++this.#order,
      attempts,
      activeSince: undefined,
      worker: undefined,
      losses: 0,
      refusals: 0,
      doneChunks: 0,
      backup: undefined,
    }
    this.#spans.set(id, span)
    return span
  }

  /** The span that a job belongs to. */
  of(id: string): OpenSpan | undefined {
    return this.#spans.get(id) ?? this.#spans.get(id.replace(/\.b$/, ''))
  }

  close(span: OpenSpan): void {
    this.#spans.delete(span.id)
  }

  /** Close those that begin at `from` or behind it. Returns the ids of their jobs. */
  closeBehind(from: number): string[] {
    const closed = [...this.#spans.values()].filter((span) => span.from >= from)
    for (const span of closed) this.close(span)
    return closed.flatMap(jobsOf)
  }

  values(): OpenSpan[] {
    return [...this.#spans.values()]
  }

  /** The ids of all jobs. */
  jobs(): string[] {
    return this.values().flatMap(jobsOf)
  }
}

/** The ids of a span's jobs. */
export function jobsOf({ id, backup }: OpenSpan): string[] {
  return backup === undefined ? [id] : [id, backup]
}

/**
 * Keep what the queue says about a span that is not done.
 *
 * @param onLoss - called for each loss of the span that was not known yet
 */
export function noteJob(span: OpenSpan, job: Job, onLoss: (losses: number, cause: Error) => void): void {
  if (job.processedOn !== undefined) {
    span.activeSince ??= performance.now()
    span.worker = job.processedBy
  }
  // `as`: it is what workers put there, or 0.
  const { doneChunks = 0 } = (job.progress ?? {}) as SpanProgress
  span.doneChunks = Number(doneChunks) || 0
  const isDone = job.returnvalue != null && job.finishedOn !== undefined
  const counted = job.stalledCounter + job.attemptsMade - (isDone ? 1 : 0)
  // Whoever may write to the server can write any number there.
  const losses = Math.min(counted, span.attempts + mostStalls)
  for (; span.losses < losses; span.losses++) {
    onLoss(span.losses + 1, new Error(job.failedReason ?? `worker ${span.worker} gave no sign of life`))
  }
}
