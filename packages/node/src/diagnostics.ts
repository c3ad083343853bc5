// Publishes an engine's runs on the tracing channel `onecopy:run`, for tools that watch a whole process.

import { tracingChannel } from 'node:diagnostics_channel'
import type { Engine, RunInfo, RunStats } from '@onecopy/core'
import { defineOwn, hasOwn } from '@onecopy/core/lane'

/** What each message of the channel carries. There is one object per run. It gets more members as the run goes on. */
interface RunContext {
  readonly id: number
  readonly name: string
  stats?: RunStats
  error?: unknown
}

const channel = tracingChannel<unknown, RunContext>('onecopy:run')

/**
 * Publish `engine`'s runs as `tracePromise` would. When a run begins, `start` and `end` are published. When it has settled,
 * `asyncStart` and `asyncEnd` are published, and `error` before them if the run was rejected.
 */
export function publishRuns(engine: Engine): void {
  const contexts = new Map<number, RunContext>()
  engine.on('runStart', ({ id, name }: RunInfo) => {
    // As `tracePromise`: if nobody listens, there is nothing to do.
    if (!channel.hasSubscribers) return
    const context: RunContext = { id, name }
    contexts.set(id, context)
    channel.start.publish(context)
    channel.end.publish(context)
  })
  engine.on('runEnd', ({ id, name, stats, ...outcome }) => {
    if (!channel.hasSubscribers) return
    const context: RunContext = contexts.get(id) ?? { id, name }
    for (const [key, value] of Object.entries({ stats, ...outcome })) defineOwn(context, key, value)
    contexts.delete(id)
    if (hasOwn(outcome, 'error')) channel.error.publish(context)
    channel.asyncStart.publish(context)
    channel.asyncEnd.publish(context)
  })
}
