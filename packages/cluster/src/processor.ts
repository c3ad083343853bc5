// The child process of a worker. It holds the engine. What ends this process does not end the worker, which keeps the lease.

import { createEngine, digestPlugin, loadPlugin } from '@onecopy/node'
import type { Outcome } from './jobs/contract.js'
import { readChildStart } from './worker/child-start.js'
import { type QueuedSpan, runSpan } from './worker/run-span.js'

const { url, name, digest, root, workers, graceMs } = readChildStart()
const plugin = await loadPlugin(url, { name })
if ((await digestPlugin(url)) !== digest) {
  throw new Error(`${url} has changed since the worker was started: start the worker again`)
}
const engine = createEngine({ workers, graceMs })

/** What BullMQ calls for each job. */
export default function processSpan(
  job: QueuedSpan,
  _token: string | undefined,
  signal: AbortSignal,
): Promise<Outcome> {
  return runSpan(engine, { plugin, digest, root }, job, signal)
}
