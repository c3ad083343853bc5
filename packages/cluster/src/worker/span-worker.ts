// A worker of one plugin's queue. BullMQ keeps the lease and the child process. This decides what becomes of a span: its part is
// sent, its failure is kept, or it goes back to the queue because the worker leaves.

import type { Emitter } from '@onecopy/core/host'
import { type ConnectionOptions, type Job, type Telemetry, UnrecoverableError, WaitingError, Worker } from 'bullmq'
import { cancelled, mostStalls, notWanted, type Outcome, type SpanAnswer } from '../jobs/contract.js'
import { runOfJob } from '../jobs/read-job.js'
import { isJobId } from '../redis/keys.js'
import type { RunRecord } from '../redis/run-record.js'
import type { PartStore } from '../store/contract.js'
import { sendPart } from '../store/sent-part.js'
import { type ChildStart, childVariable } from './child-start.js'
import type { WorkerEvents } from './contract.js'

/** What a worker of a queue needs. */
export interface SpanWorkerSetup {
  readonly queue: string
  readonly connection: ConnectionOptions
  readonly prefix: string
  /** The name in the list of clients, and in answers. */
  readonly name: string
  readonly store: PartStore
  readonly child: ChildStart
  readonly spansAtOnce: number
  readonly leaseMs: number
  readonly telemetry: Telemetry | undefined
  /** What is known about a run. */
  recordOf(run: string): Pick<RunRecord, 'isWanted' | 'isKnown'>
  readonly events: Pick<Emitter<WorkerEvents>, 'emit'>
}

/**
 * A module that a child process loads before anything else. A child whose worker is gone would else try for ever to tell it so:
 * BullMQ sends each uncaught error to the worker, and that it cannot send is one more uncaught error.
 */
const endWithParent =
  'data:text/javascript,' +
  encodeURIComponent(
    "process.once('disconnect', () => process.exit(1)); if (process.connected === false) process.exit(1)",
  )

/** The flags of this process that its child processes get, too. Two processes cannot share the port of a debugger. */
const ownFlags = (): string[] => process.execArgv.filter((flag) => !flag.startsWith('--inspect'))

/** Whose span is at work. */
interface Working {
  readonly run: string
  readonly from: number
  cancel(reason: string): void
}

/** A worker of one queue. */
export class SpanWorker extends Worker<unknown, unknown> {
  readonly #setup: SpanWorkerSetup
  readonly #working = new Map<string, Working>()
  #isLeaving = false

  constructor(setup: SpanWorkerSetup) {
    const { leaseMs, child, telemetry } = setup
    super(setup.queue, new URL('./processor.js', import.meta.url), {
      connection: setup.connection,
      prefix: setup.prefix,
      name: setup.name,
      concurrency: setup.spansAtOnce,
      lockDuration: leaseMs,
      stalledInterval: leaseMs / 3,
      maxStalledCount: mostStalls,
      drainDelay: 1,
      runRetryDelay: 1000,
      ...(telemetry === undefined ? {} : { telemetry }),
      // Parts are bytes, which `json` would turn into lists of numbers.
      workerForkOptions: {
        execArgv: [...ownFlags(), '--import', endWithParent],
        serialization: 'advanced',
        env: { ...process.env, [childVariable]: JSON.stringify(child) },
      },
    })
    this.#setup = setup
    this.on('lockRenewalFailed', (ids) => {
      for (const id of ids) this.#working.get(id)?.cancel('the lease was lost')
    })
    // A span that nobody wants leaves nothing behind.
    this.on('completed', (job) => void this.#tidy(job, { isCompleted: true, isUnwanted: false }).catch(() => {}))
    this.on('failed', (job, { message }) => {
      const isUnwanted = message === cancelled || message === notWanted
      if (job !== undefined) void this.#tidy(job, { isCompleted: false, isUnwanted }).catch(() => {})
    })
  }

  /** Cancel spans of a run: all of them, those behind a chunk, or one job. */
  cancelSpans(
    run: string,
    { behind, id }: { readonly behind?: number | undefined; readonly id?: string | undefined },
  ): void {
    for (const [each, working] of this.#working) {
      const isMeant =
        working.run === run && (id === undefined || each === id) && (behind === undefined || working.from > behind)
      if (isMeant) working.cancel(cancelled)
    }
  }

  /** Cancel the spans of runs that nobody waits for any more. */
  async cancelUnwanted(): Promise<void> {
    for (const run of new Set([...this.#working.values()].map((working) => working.run))) {
      if (!(await this.#setup.recordOf(run).isWanted())) this.cancelSpans(run, {})
    }
  }

  /** Give all spans back to the queue, and end. */
  async leave(): Promise<void> {
    this.#isLeaving = true
    const closing = this.close()
    for (const working of this.#working.values()) working.cancel('the worker leaves')
    await closing
  }

  protected override async callProcessJob(job: Job<unknown, unknown>, token: string): Promise<unknown> {
    const run = runOfJob(job.data)
    if (!isJobId(job.id)) throw new UnrecoverableError('job: its id is none of a span')
    if (this.#isLeaving) return await giveBack(job, token)
    if (run === undefined || !(await this.#setup.recordOf(run).isWanted())) throw new UnrecoverableError(notWanted)
    // `as`: they are only shown here. The child process checks them.
    const { from, to } = job.data as { readonly from: number; readonly to: number }
    const span = { plugin: this.#setup.child.name, run, from, to }
    const { events } = this.#setup
    const begun = performance.now()
    const end = (error?: unknown): void => {
      events.emit('spanEnd', { ...span, ms: performance.now() - begun, ...(error === undefined ? {} : { error }) })
    }
    events.emit('spanStart', span)
    try {
      const answer = await this.#runSpan(job, token, { run, from })
      end()
      return answer
    } catch (error) {
      end(error)
      throw error
    }
  }

  async #runSpan(job: Job<unknown, unknown>, token: string, span: { run: string; from: number }): Promise<SpanAnswer> {
    const controller = new AbortController()
    let reason: string | undefined
    const cancel = (why: string): void => {
      reason ??= why
      controller.abort(why)
    }
    this.#working.set(job.id!, { ...span, cancel })
    let outcome: Outcome
    try {
      // `as`: it is what `processor.ts` returns.
      outcome = (await super.callProcessJob(job, token, controller.signal)) as Outcome
    } catch (error) {
      // The child process has ended.
      if (this.#isLeaving) return await giveBack(job, token)
      throw error
    } finally {
      this.#working.delete(job.id!)
    }
    if (outcome.kind === 'part') return await this.#answer(job.id!, outcome)
    if (this.#isLeaving) return await giveBack(job, token)
    if (reason === cancelled) throw new UnrecoverableError(cancelled)
    if (reason !== undefined) throw new Error(reason)
    const { failure, again } = outcome
    await job.updateProgress({ failure })
    throw again ? new Error(failure.message) : new UnrecoverableError(failure.message)
  }

  /**
   * Remove a job that has ended if nobody wants it, or if its run has ended. A coordinator forgets its run first, and then removes the
   * jobs that are not at work. So whichever comes first, the end of the job or the end of the run, one of the two removes it.
   */
  async #tidy(
    job: Job<unknown, unknown>,
    { isCompleted, isUnwanted }: { readonly isCompleted: boolean; readonly isUnwanted: boolean },
  ): Promise<void> {
    const run = runOfJob(job.data)
    if (!isUnwanted && (run === undefined || (await this.#setup.recordOf(run).isKnown()))) return
    await job.remove()
    if (isCompleted) await this.#setup.store.remove(job.id!)
  }

  async #answer(id: string, { part, ms, node, arch }: Outcome & { kind: 'part' }): Promise<SpanAnswer> {
    const { store, name } = this.#setup
    return { part: await sendPart(store, id, part), ms, node, arch, worker: name }
  }
}

/** Put a span back into the queue. It counts as no attempt, and another worker may take it at once. */
async function giveBack(job: Job<unknown, unknown>, token: string): Promise<never> {
  await job.moveToWait(token)
  throw new WaitingError()
}
