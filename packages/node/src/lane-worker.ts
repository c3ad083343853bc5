// What runs in a worker thread: one lane for each task that the pool hands in.

import type { MessagePort } from 'node:worker_threads'
import { threadId } from 'node:worker_threads'
import {
  type Commit,
  type DataDescription,
  type DataReader,
  type LaneReport,
  type LaneTask,
  openMemory,
  runLane,
  type TypedArray,
} from '@onecopy/core'
import { FileReader, isFileDescription } from './file-reader.js'
import { loadModule } from './module-loading.js'

/** A task for the pool: a lane, and the port on which all that comes of it goes home. */
export interface ThreadTask {
  readonly task: LaneTask
  readonly port: MessagePort
}

/** What a lane sends: its commits, and last of all its report. A lane that sent none was lost. */
export type LaneMessage = { readonly commit: Commit } | { readonly report: LaneReport }

/** Run a lane to its end; the pool calls this. Without a task it does nothing: that is how a thread is started. */
export default async function runThreadLane(threadTask: ThreadTask | null): Promise<void> {
  if (threadTask === null) return
  const { task, port } = threadTask
  const send = (message: LaneMessage): void => port.postMessage(message)
  const report = await runLane(task, {
    worker: threadId,
    open,
    now,
    load: loadModule,
    post: (commit) => send({ commit }),
  })
  send({ report })
}

function open(description: DataDescription): DataReader<TypedArray> {
  return isFileDescription(description) ? new FileReader(description) : openMemory(description)
}

function now(): number {
  return performance.now()
}
