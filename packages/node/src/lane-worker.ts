/**
 * The module that worker threads run: one lane after the other, as the host sends them. Programs do not import it. It has an
 * entry point of its own so that a bundler can write it next to the program's bundle, under this name.
 *
 * @module
 * @example
 * // build.js
 * await build({ entryPoints: { main: 'main.js', 'lane-worker': '@onecopy/node/lane-worker' }, bundle: true, outdir: 'built' })
 */

import { type MessagePort, receiveMessageOnPort, threadId } from 'node:worker_threads'
import {
  type DataDescription,
  type DataReader,
  type LaneMessage,
  type OutputWriter,
  openData,
  openMemory,
  runLane,
  type TypedArray,
} from '@onecopy/core/lane'
import { nowMs, setImmediate } from './clock.js'
import { openFileData } from './compressed/open-file-data.js'
import { FileWriter, isOutputFile } from './files/output-file.js'
import { useCompileCache } from './modules/compile-cache.js'
import { loadModule, runInLane } from './modules/module-loading.js'
import { isHttpDescription } from './remote/contract.js'
import { HttpReader } from './remote/http-reader.js'
import { startIdleCollection, stopIdleCollection } from './threads/idle-collection.js'
import { LastOrder } from './threads/last-order.js'
import { flushOutput, isOutputPending } from './threads/output.js'
import type { ThreadStart } from './threads/port.js'
import { ThreadSignals } from './threads/signals.js'
import { type PackedOrder, packMessage, type ThreadMessage } from './threads/wire.js'

export { startProcess } from './processes/run-lanes.js'
export { startRangeThread } from './remote/range-thread.js'

useCompileCache()

/** Orders come from this port, and messages of lanes go to it. */
let home: MessagePort
/** What this thread and its host count in shared memory. */
let signals: ThreadSignals
const last = new LastOrder()
/** A lane is over, and the thread has not answered since. */
let owesAnswer = false

/** Make the thread ready for lanes. This is the pool's only task. */
export default function startThread(start: ThreadStart): void {
  home = start.port
  signals = new ThreadSignals(start.signals)
  home.on('message', (packed: PackedOrder) => void runOrder(packed))
  // The order is lost. So the thread ends, and the host sends the lane to another one.
  home.on('messageerror', (error) => {
    throw error
  })
}

async function runOrder(packed: PackedOrder): Promise<void> {
  const { lane, task } = last.unpack(packed)
  signals.takeOrder()
  answer()
  stopIdleCollection()
  let isOver = false
  let isFree = false
  const send = (message: LaneMessage, transfer: readonly ArrayBufferLike[]): void => {
    const isFreeNow = message.isLast && !isOutputPending()
    // `as`: what a lane transfers is its own, and nothing shared.
    post({ lane, message, isFree: isFreeNow }, transfer as readonly ArrayBuffer[])
    isOver = message.isLast
    isFree = isFreeNow
  }
  await runInLane(
    task,
    () => runLane(task, { worker: threadId, open, openOutput, now: nowMs, load: loadModule, post: send }),
    ({ code, message }) => {
      // Sent at once, because a program that starts its runs late may end this thread with the error.
      const failure = { code, message, chunk: undefined, thrown: undefined }
      if (!isOver) send({ commit: undefined, failure, isLast: false }, [])
    },
  )
  if (!isFree) {
    await flushOutput()
    post({ lane, message: undefined, isFree: true })
  }
  startIdleCollection()
  owesAnswer = true
  stayAwake()
}

function post(message: ThreadMessage, transfer: readonly ArrayBuffer[] = []): void {
  home.postMessage(packMessage(message), transfer)
}

/** Tell the host that the event loop went on after a lane. */
function answer(): void {
  if (owesAnswer) signals.answer()
  owesAnswer = false
}

/** How long a thread looks for the next lane before it sleeps, in ms, because waking it takes longer than running a short lane. */
const awakeMs = 0.2
/** How long it looks at a time, in ms. In between, its event loop runs what lanes have left behind. */
const lookMs = 0.02

/**
 * Look for the next lane a little longer before going to sleep, as the workers of rayon do.
 *
 * @see https://github.com/rayon-rs/rayon/tree/main/rayon-core/src/sleep
 */
function stayAwake(): void {
  const until = nowMs() + awakeMs
  const look = (): void => {
    answer()
    const lookUntil = nowMs() + lookMs
    let now = lookUntil
    do {
      if (signals.hasOrder()) {
        const next = receiveMessageOnPort(home)
        if (next !== undefined) {
          void runOrder(next.message)
          return
        }
      }
      now = nowMs()
    } while (now < lookUntil)
    if (now < until) setImmediate(look)
  }
  setImmediate(look)
}

function open(description: DataDescription): DataReader<TypedArray> {
  if (isHttpDescription(description)) return new HttpReader(description)
  return openFileData(description, open) ?? openData(description)
}

function openOutput(description: DataDescription): OutputWriter {
  return isOutputFile(description) ? new FileWriter(description) : openMemory(description)
}
