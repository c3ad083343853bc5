// A process that runs lanes, as its host sees it: a tinypool of one child process, with the dealer of the lane that it runs.
//
// The child writes the words of its lane into a small file: which chunk is in flight, what it has done. They are there whatever happens to
// the child, so the right chunk is blamed even if the child was killed in the middle of it.

import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { type LaneMessage, SpanDealer } from '@onecopy/core/host'
import type { Tinypool } from 'tinypool'
import { clearTimeout, nowMs, setTimeout } from '../clock.js'
import { workerExecArgv } from '../threads/exec-argv.js'
import { FirstTask } from '../threads/first-task.js'
import { startGrace } from '../threads/grace.js'
import { laneWorkerUrl } from '../threads/missing-worker.js'
import type { LaneRunner, RunnerOwner } from '../threads/runner.js'
import type { LaneOrder } from '../threads/wire.js'
import { type ClonedBytes, cloneFromBytes } from './cloned-bytes.js'
import type { MemoryFiles } from './memory-files.js'
import {
  type HostMessage,
  mailOf,
  openMail,
  type PackedTask,
  type ProcessMessage,
  type ProcessStart,
  packTask,
} from './process-wire.js'

/** How often the words of a lane are read, and its process is told what has changed, in ms. */
const lookMs = 20
/** How long messages of a process that has ended may take to arrive, in ms. */
const restMs = 1000

/** What all processes of an engine have in common. */
export interface ProcessSettings {
  readonly files: MemoryFiles
  /** Most MiB of JavaScript objects. */
  readonly heapMiB: number | undefined
  /** The job of a task as it is sent. Jobs are packed once per run. */
  packedJob(task: LaneOrder['task']): Promise<PackedTask['job']>
}

/** The lane that a process runs. */
interface RunningLane {
  readonly id: number
  readonly dealer: SpanDealer
  /** The limit that the process knows. */
  limit: number
}

export class LaneProcess implements LaneRunner {
  readonly startedAt: number = nowMs()
  readonly ready: Promise<unknown>
  readonly gone: Promise<unknown>
  readonly #owner: RunnerOwner
  readonly #settings: ProcessSettings
  readonly #answerMs: number
  readonly #pool: Tinypool
  readonly #child: ChildProcess
  readonly #status: number
  #lane: RunningLane | undefined
  #timer: NodeJS.Timeout | undefined
  #stopGrace: (() => void) | undefined
  #death: { readonly reason: unknown } | undefined

  /** @throws whatever the system says if it gives no process */
  constructor(
    { Tinypool }: typeof import('tinypool'),
    answerMs: number,
    owner: RunnerOwner,
    settings: ProcessSettings,
  ) {
    const { files, heapMiB } = settings
    this.#owner = owner
    this.#settings = settings
    this.#answerMs = answerMs
    const statusPath = files.newPath(0)
    this.#status = openSync(statusPath, 'wx+', 0o600)
    const firstTask = new FirstTask()
    const { execArgv = process.execArgv } = workerExecArgv(process.execArgv)
    this.#pool = new Tinypool({
      runtime: 'child_process',
      filename: laneWorkerUrl(),
      name: 'startProcess',
      // As for threads: the pool neither starts processes by itself nor ends idle ones.
      minThreads: Number.NaN,
      maxThreads: 1,
      useAtomics: false,
      taskQueue: firstTask,
      serialization: 'advanced',
      // Without it, the pool would give the process an empty environment.
      env: process.env as Record<string, string>,
      execArgv: [...execArgv, ...(heapMiB === undefined ? [] : [`--max-old-space-size=${heapMiB}`])],
    })
    this.#pool.on('error', () => {})
    const start: ProcessStart = { statusPath }
    this.ready = this.#pool.run(start).then(() => firstTask.keepThread())
    this.ready.catch(() => {})
    // `as`: the pool's type does not show the process. `!`: the task above has started it.
    this.#child = (this.#pool.threads[0] as unknown as { readonly process: ChildProcess }).process
    this.#child.on('error', (reason) => {
      // The pool tells of an exit by an error as well. `#onExit` knows more about that.
      if (!isExitNotice(reason)) this.#death ??= { reason }
    })
    this.#child.on('message', (mail) => this.#onMail(mail))
    // Without its channel, a process is of no use.
    this.#child.on('disconnect', () => this.#child.kill('SIGKILL'))
    this.gone = this.#untilGone()
  }

  get isAlive(): boolean {
    return this.#death === undefined
  }

  run({ lane, task }: LaneOrder): void {
    const dealer = new SpanDealer(task)
    const running: RunningLane = { id: lane, dealer, limit: dealer.limit }
    const slot = dealer.slot.slice()
    writeSync(this.#status, slot, 0, slot.length, 0)
    this.#lane = running
    this.#look()
    this.#settings.packedJob(task).then(
      (job) => {
        if (this.#lane === running) this.#send({ kind: 'run', lane, task: packTask(task, job), slot })
      },
      (cause) => {
        const why = cause instanceof Error ? cause.message : String(cause)
        const message = `shared memory cannot be laid into a file for the worker processes: ${why}`
        const failure = { code: 'ERR_WORKER_LOST' as const, message, chunk: undefined, thrown: undefined }
        if (this.#lane !== running) return
        this.#owner.onMessage({ lane, message: { commit: undefined, failure, isLast: true }, isFree: true })
      },
    )
  }

  receiveRest(): void {
    this.#note()
  }

  onLast(): void {
    this.#note()
    this.#stopGrace ??= startGrace(this.#answerMs, () => {
      this.#stopGrace = undefined
      if (this.#owner.onNoAnswer()) this.onLast()
    })
  }

  onFree(): void {
    this.#note()
    this.#rest()
  }

  end(why: string): Promise<unknown> {
    if (this.#death === undefined) {
      this.#death = { reason: new Error(why) }
      // Not SIGTERM, which a chunk function may have a listener for.
      this.#child.kill('SIGKILL')
    }
    return this.gone
  }

  #onMail(mail: unknown): void {
    const message = openMail<ProcessMessage>(mail)
    if (message === undefined) return
    if (message.kind === 'lane') {
      this.#onLaneMessage(message.lane, message.message, message.isFree)
    } else if (message.lane === this.#lane?.id) {
      this.#note()
      this.#lane.dealer.hear(message.word, message.limit, (span) => {
        this.#send({ kind: 'span', lane: message.lane, span })
      })
    }
  }

  #onLaneMessage(lane: number, bytes: ClonedBytes, isFree: boolean): void {
    let message: LaneMessage
    try {
      // `as`: a lane sends nothing else.
      message = cloneFromBytes(bytes) as LaneMessage
    } catch (error) {
      this.#owner.onUnreadable(error)
      return
    }
    if (message.isLast) {
      this.#note()
      if (lane === this.#lane?.id) this.#lane.dealer.end()
    }
    this.#owner.onMessage({ lane, message, isFree })
  }

  #send(message: HostMessage): void {
    // A process that has ended has no use for it. Its exit is on the way.
    if (this.#child.connected) this.#child.send(mailOf(message), () => {})
  }

  /** Read the words of the lane. */
  #note(): void {
    if (this.#lane === undefined) return
    const slot = new Uint8Array(this.#lane.dealer.slot.length)
    if (readSync(this.#status, slot, 0, slot.length, 0) === slot.length) this.#lane.dealer.note(slot)
  }

  /** Look after the lane now and again. This also keeps our own process alive while the lane runs. */
  #look(): void {
    const lane = this.#lane
    if (lane === undefined) return
    this.#note()
    const { limit } = lane.dealer
    if (limit < lane.limit) {
      lane.limit = limit
      this.#send({ kind: 'limit', lane: lane.id, limit })
    }
    this.#timer = setTimeout(() => this.#look(), lookMs)
  }

  /** There is no lane any more. */
  #rest(): void {
    this.#lane?.dealer.end()
    this.#lane = undefined
    clearTimeout(this.#timer)
    this.#stopGrace?.()
    this.#stopGrace = undefined
  }

  async #untilGone(): Promise<unknown> {
    const child = this.#child
    const exit = new Promise<void>((resolve) => {
      child.on('exit', (code, signal) => {
        this.#death ??= { reason: new Error(exitText(child.pid, code, signal)) }
        resolve()
      })
      // A process that could not even be started does not exit.
      child.on('error', () => child.pid === undefined && resolve())
    })
    const disconnect = new Promise<void>((resolve) => child.on('disconnect', resolve))
    await exit
    // Messages that it sent before it died are still to be read.
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, restMs)
    })
    if (child.connected) await Promise.race([disconnect, limit])
    clearTimeout(timer)
    this.#note()
    this.#rest()
    closeSync(this.#status)
    void this.#pool.destroy()
    const reason = this.#death?.reason
    this.#owner.onGone(reason)
    return reason
  }
}

function isExitNotice(reason: Error): boolean {
  return reason.message === 'Worker exited unexpectedly'
}

function exitText(pid: number | undefined, code: number | null, signal: string | null): string {
  const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`
  const isAbort = signal === 'SIGABRT' || code === 134
  return `the worker process (${pid}) ${how}${isAbort ? ' (out of memory, or a crash in native code)' : ''}`
}
