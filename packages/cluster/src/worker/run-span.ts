// Runs one span in the worker's child process, and says what came of it. It never throws: what it says is plain data.

import { type Engine, encodePart, isOnecopyError, type Plugin, type TypedArray } from '@onecopy/core'
import type { Outcome, SpanProgress } from '../jobs/contract.js'
import { readSpanJob } from '../jobs/read-job.js'
import { describeFailure } from '../jobs/sent-error.js'
import { type Own, openSpan } from './open-span.js'

/** Shortest time between two reports of progress, in ms. */
const reportMs = 1000

/** A job, as BullMQ gives it to the child process. */
export interface QueuedSpan {
  readonly data: unknown
  updateProgress(progress: object): Promise<void>
}

/** Run a span. */
export async function runSpan(engine: Engine, own: Own, job: QueuedSpan, signal: AbortSignal): Promise<Outcome> {
  const begun = performance.now()
  try {
    const span = readSpanJob(job.data)
    const { data, options } = openSpan(span, own)
    const { retries, chunkTimeoutMs } = span
    // `as`: only the plugin knows its types.
    const plugin = own.plugin as unknown as Plugin<unknown, unknown, unknown, TypedArray>
    const run = engine.part(data, plugin, span, { ...options, retries, chunkTimeoutMs, signal })
    let reported = begun
    run.on('progress', ({ doneChunks }) => {
      const now = performance.now()
      if (now - reported < reportMs) return
      reported = now
      // It is lost if the worker is gone, and then nobody misses it.
      job.updateProgress({ doneChunks } satisfies SpanProgress).catch(() => {})
    })
    const part = encodePart(await run)
    return { kind: 'part', part, ms: performance.now() - begun, node: process.version, arch: process.arch }
  } catch (error) {
    // Without a chunk to blame, a lost thread says something about this machine, and not about the job.
    const again = isOnecopyError(error, 'ERR_WORKER_LOST') && error.chunk === undefined
    return { kind: 'failed', failure: describeFailure(error), again }
  }
}
