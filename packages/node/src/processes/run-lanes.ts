// Runs lanes in a process, one after the other, as the host sends them.

import { openSync, writeSync } from 'node:fs'
import type { DataDescription } from '@onecopy/core'
import type { DataReader, GrantedSpan, LaneMessage, OutputWriter, TypedArray } from '@onecopy/core/lane'
import { NotedControl, openData, openMemory, runLane, SpanSupply } from '@onecopy/core/lane'
import { nowMs, setImmediate } from '../clock.js'
import { openFileData } from '../compressed/open-file-data.js'
import { FileWriter, isOutputFile } from '../files/output-file.js'
import { loadModule, runInLane } from '../modules/module-loading.js'
import { isHttpDescription } from '../remote/contract.js'
import { HttpReader } from '../remote/http-reader.js'
import { cloneToBytes } from './cloned-bytes.js'
import {
  type HostMessage,
  isLaid,
  loadLaid,
  mailOf,
  openLaid,
  openMail,
  type ProcessMessage,
  type ProcessStart,
  unpackTask,
} from './process-wire.js'

/** How long a lane runs before messages get their turn, in ms. */
const turnMs = 10

/** The lane that runs, for the messages that are for it. */
interface CurrentLane {
  readonly id: number
  readonly control: NotedControl
  onSpan(span: GrantedSpan | undefined): void
}

let current: CurrentLane | undefined
let status = -1

/** Make the process ready for lanes. This is the pool's only task. */
export function startProcess({ statusPath }: ProcessStart): void {
  status = openSync(statusPath, 'r+')
  // The program that has started this process is gone.
  process.on('disconnect', () => process.exit(1))
  process.on('message', (mail) => {
    const message = openMail<HostMessage>(mail)
    if (message !== undefined) receive(message)
  })
}

function receive(message: HostMessage): void {
  if (message.kind === 'run') void runOne(message)
  else if (message.lane !== current?.id) return
  else if (message.kind === 'span') current.onSpan(message.span)
  else current.control.lowerLimit(message.limit)
}

function send(message: ProcessMessage): void {
  // `!`: this process has a channel until it ends.
  process.send!(mailOf(message))
}

async function runOne({ lane, task: packed, slot }: HostMessage & { readonly kind: 'run' }): Promise<void> {
  const control = new NotedControl(slot, (own) => writeSync(status, own, 0, own.length, 0))
  const task = unpackTask(packed, control.buffer)
  const spans = new SpanSupply((word) => send({ kind: 'word', lane, word, limit: control.limit }))
  current = { id: lane, control, onSpan: (span) => spans.add(span) }
  let isOver = false
  let turnAt = nowMs()
  const post = (message: LaneMessage): void => {
    send({ kind: 'lane', lane, message: cloneToBytes(message), isFree: message.isLast })
    isOver = message.isLast
  }
  // Columns are read chunk by chunk, as other data.
  const openPart = (part: DataDescription): DataReader<TypedArray> => (isLaid(part) ? openLaid(part) : openData(part))
  const openNested = (description: DataDescription): DataReader<TypedArray> =>
    isLaid(description) ? openLaid(description) : open(description)
  const open = (description: DataDescription): DataReader<TypedArray> => {
    if (isHttpDescription(description)) return new HttpReader(description)
    if (!isLaid(description)) return openFileData(description, openNested) ?? openData(description, openPart)
    // `as`: what is loaded is memory, which is its own reader.
    return description === task.job.data
      ? openLaid(description)
      : (loadLaid(description) as unknown as DataReader<TypedArray>)
  }
  const environment = {
    worker: process.pid,
    open,
    openOutput: (description: DataDescription): OutputWriter =>
      isOutputFile(description) ? new FileWriter(description) : openMemory(description),
    now: nowMs,
    load: loadModule,
    post,
    control,
    nextSpan: () => spans.next(),
    pause: () => {
      if (nowMs() - turnAt < turnMs) return undefined
      return messagesTurn().then(() => {
        turnAt = nowMs()
      })
    },
  }
  await runInLane(
    task,
    () => runLane(task, environment),
    ({ code, message }) => {
      const failure = { code, message, chunk: undefined, thrown: undefined }
      if (!isOver) post({ commit: undefined, failure, isLast: false })
    },
  )
}

/** Settles when messages that are here have been received. The first immediate may come before that. */
function messagesTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
}
