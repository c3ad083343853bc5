/**
 * The module that worker threads run: one lane for each task that the pool hands in. Programs do not import it. It has an
 * entry point of its own so that a bundler can write it next to the program's bundle, under this name.
 *
 * @module
 * @example
 * // build.js
 * await build({ entryPoints: { main: 'main.js', 'lane-worker': '@onecopy/node/lane-worker' }, bundle: true, outdir: 'built' })
 */

import { MessagePort, threadId } from 'node:worker_threads'
import {
  type DataDescription,
  type DataReader,
  type LaneMessage,
  openMemory,
  runLane,
  type TypedArray,
} from '@onecopy/core/lane'
import { nowMs, setImmediate } from './clock.js'
import { FileReader, isFileDescription } from './files/file-reader.js'
import { useCompileCache } from './modules/compile-cache.js'
import { loadModule, runInLane } from './modules/module-loading.js'
import { startIdleCollection, stopIdleCollection } from './threads/idle-collection.js'
import type { ThreadMessage, ThreadTask } from './threads/port.js'

useCompileCache()

/** Where all that comes of lanes goes. */
let home: MessagePort

/** Run a lane to its end; the pool calls this. The first task of a thread is the port, and no lane: with that a thread is started. */
export default async function runThreadLane(threadTask: ThreadTask | MessagePort): Promise<void> {
  // Node's own class: the pool received it in this very realm.
  if (threadTask instanceof MessagePort) {
    home = threadTask
    return
  }
  const { task, lane } = threadTask
  stopIdleCollection()
  let isOver = false
  const post = (message: LaneMessage, transfer: readonly ArrayBufferLike[]): void => {
    // `as`: what a lane transfers is its own, and nothing shared.
    home.postMessage({ lane, message } satisfies ThreadMessage, transfer as readonly ArrayBuffer[])
  }
  await runInLane(
    task,
    () => runLane(task, { worker: threadId, open, now: nowMs, load: loadModule, post }),
    ({ code, message }) => {
      // At once: a program that starts its runs late may end this thread with the error.
      const failure = { code, message, chunk: undefined, thrown: undefined }
      if (!isOver) post({ commit: undefined, failure, isLast: false }, [])
    },
  )
  isOver = true
  startIdleCollection()
  stayAwake()
}

/** How long a thread looks for the next lane before it sleeps, in ms: to wake it up takes longer than to run a short lane. */
const awakeMs = 0.2

/**
 * As the workers of rayon do, look a little longer for work before going to sleep.
 *
 * @see https://github.com/rayon-rs/rayon/tree/main/rayon-core/src/sleep
 */
function stayAwake(): void {
  const until = nowMs() + awakeMs
  const look = (): void => {
    if (nowMs() < until) setImmediate(look)
  }
  setImmediate(look)
}

function open(description: DataDescription): DataReader<TypedArray> {
  return isFileDescription(description) ? new FileReader(description) : openMemory(description)
}
