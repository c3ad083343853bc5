// Runs on a cluster, for `onecopy run --cluster`: in place of an engine, with what it says about machines.

import { isError } from '@onecopy/core/lane'
import type { AnyPlugin, Engine, RunStats, SharedData } from '@onecopy/node'
import { loadCluster } from '../input/load-cluster.js'
import { formatBytes, formatCount, formatTime } from '../terminal/numbers.js'
import { writeNote } from '../terminal/output.js'
import { printable } from '../terminal/printable.js'
import { UsageError } from '../terminal/usage-error.js'

/** The options for a cluster. */
export interface ClusterWishes {
  readonly url: string
  readonly runId: string | undefined
  readonly root: string | undefined
  readonly store: string | undefined
  /** Put the job into the queue, and do not wait for it. */
  readonly isDetached: boolean
}

/** Runs on a cluster. */
export interface ClusterRuns extends Pick<Engine, 'run'> {
  /** Put a job into the queue. Returns what to tell the user. */
  submit(data: SharedData, plugin: AnyPlugin, options: object): Promise<string>
  /** What the last run has done, and on which machines. */
  summary(stats: RunStats): string
}

/** How many machines a summary names. */
const mostNamed = 8

/** @throws {UsageError} the package for clusters is missing, or an option is wrong */
export async function createClusterRuns(
  { url, runId, root, store }: ClusterWishes,
  isQuiet: boolean,
): Promise<ClusterRuns> {
  const { createCluster } = await loadCluster('--cluster')
  let cluster: ReturnType<typeof createCluster>
  try {
    cluster = createCluster({ connection: url, root, store })
  } catch (cause) {
    throw new UsageError(isError(cause) ? cause.message.replace(/^connection/, '--cluster') : String(cause), { cause })
  }
  let spans = new Map<string, number>()
  let resumed = 0
  const run = (data: never, plugin: never, options: object): unknown => {
    spans = new Map()
    resumed = 0
    const made = cluster.run(data, plugin, { ...options, runId } as never)
    made.on('span', ({ worker, isResumed }) => {
      spans.set(worker, (spans.get(worker) ?? 0) + 1)
      if (isResumed) resumed++
    })
    if (!isQuiet) made.on('note', (text) => writeNote(`onecopy: ${printable(text)}`))
    return made
  }
  const submit = async (data: SharedData, plugin: AnyPlugin, options: object): Promise<string> => {
    // `as`: see below.
    const { runId: id, spans } = await cluster.submit(data as never, plugin as never, { ...options, runId } as never)
    return `run ${id}: ${formatCount(spans, 'span')} in the queue; the same command with --run-id ${id} and without --detach gives the answer`
  }
  return {
    submit,
    // `as`: the types of data, plugin and options are passed on as they are.
    run: run as Engine['run'],
    summary: (stats) => summaryOf(stats, spans, resumed),
  }
}

/** `1.07 GB in 4.1 s (262 MB/s) on 2 machines: node-1 12 spans, node-2 20 spans`, and what was not as usual. */
function summaryOf(stats: RunStats, spans: ReadonlyMap<string, number>, resumed: number): string {
  const { bytes, elapsedMs, retries, workersLost } = stats
  const rate = elapsedMs > 0 ? ` (${formatBytes(bytes / (elapsedMs / 1000))}/s)` : ''
  const sorted = [...spans].sort((a, b) => b[1] - a[1])
  const named = sorted
    .slice(0, mostNamed)
    .map(([worker, count]) => `${printable(worker)} ${formatCount(count, 'span')}`)
  if (sorted.length > mostNamed) named.push(`${sorted.length - mostNamed} more`)
  const before = resumed === 0 ? '' : `; ${formatCount(resumed, 'span')} done before`
  const trouble =
    workersLost > 0 ? `; ${formatCount(workersLost, 'span')} lost, ${formatCount(retries, 'chunk')} run again` : ''
  return `${formatBytes(bytes)} in ${formatTime(elapsedMs)}${rate} on ${formatCount(spans.size, 'machine')}: ${named.join(', ')}${before}${trouble}`
}
