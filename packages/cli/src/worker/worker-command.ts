// `onecopy worker`: runs spans for other machines, until it is ended.

import { once } from 'node:events'
import { isError } from '@onecopy/core/lane'
import { isOnecopyError } from '@onecopy/node'
import { loadCluster } from '../input/load-cluster.js'
import { colorsOf } from '../terminal/colors.js'
import { exitFailed, exitOk } from '../terminal/exit-codes.js'
import { failureText } from '../terminal/failure-text.js'
import { listenForInterrupt } from '../terminal/interrupt.js'
import { formatTime } from '../terminal/numbers.js'
import { readerLeft, writeNote } from '../terminal/output.js'
import { printable } from '../terminal/printable.js'
import { UsageError } from '../terminal/usage-error.js'

/** The options of the command. */
export interface WorkerWishes {
  readonly root: string
  readonly redis: string
  readonly workers?: number
  readonly spans?: number
  readonly store?: string
  readonly name?: string
  readonly quiet?: true
}

/** Run until a signal comes. Returns the exit code. */
export async function workerCommand(plugins: readonly string[], wishes: WorkerWishes): Promise<number> {
  const { root, redis, workers, spans, store, name, quiet } = wishes
  const { startWorker } = await loadCluster('onecopy worker')
  const say = (text: string): void => {
    if (quiet !== true) writeNote(`onecopy: ${printable(text)}`)
  }
  let worker: Awaited<ReturnType<typeof startWorker>>
  try {
    worker = await startWorker({ connection: redis, plugins, root, workers, spansAtOnce: spans, store, name })
  } catch (error) {
    if (isError(error) && !isOnecopyError(error) && /^(TypeError|RangeError)$/.test(error.name)) {
      throw new UsageError(
        error.message.replace(/^(root|store|name|workers)/, '--$1').replace(/^connection/, '--redis'),
        {
          cause: error,
        },
      )
    }
    writeNote(failureText(error, {}, colorsOf(process.stderr)))
    return exitFailed
  }
  // Not earlier: while modules are loaded, which may never end, signals must keep their default effect.
  const interrupt = listenForInterrupt(readerLeft)
  worker.on('note', say)
  worker.on('spanEnd', ({ plugin, run, from, to, ms, error }) => {
    const how =
      error === undefined ? `done in ${formatTime(ms)}` : `not done: ${isError(error) ? error.message : error}`
    say(`${plugin}, run ${run}: chunks ${from} to ${to - 1} ${how}`)
  })
  say(`worker ${worker.name} takes work from ${worker.queues.join(', ')}; ctrl-C ends it`)
  if (!interrupt.signal.aborted) await once(interrupt.signal, 'abort')
  await worker.close()
  return interrupt.exitCode ?? exitOk
}
