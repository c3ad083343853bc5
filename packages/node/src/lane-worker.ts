// What runs in a worker thread: one lane for each task that the pool hands in.

import type { MessagePort } from 'node:worker_threads'
import { threadId } from 'node:worker_threads'
import { type DataDescription, type LaneData, type LaneReport, type LaneTask, openMemory, runLane } from '@onecopy/core'
import { FileReader, isFileDescription } from './file-reader.js'

/** A task for the pool: a lane, and the port on which its commits go home. */
export interface ThreadTask {
  readonly task: LaneTask
  readonly port: MessagePort
}

/** Run a lane to its end; the pool calls this. */
export default function runThreadLane({ task, port }: ThreadTask): Promise<LaneReport> {
  return runLane(task, { worker: threadId, open, now, post: (commit) => port.postMessage(commit) })
}

function now(): number {
  return performance.now()
}

function open(description: DataDescription): LaneData {
  return isFileDescription(description) ? new FileReader(description) : openMemory(description)
}
