// Executes one run over a stream: window after window. A window is some chunks whose bytes have all arrived. It is executed like a run
// over shared memory, while the bytes of the next one arrive. The results of all windows go into one assembler, which is closed at the
// end: so the merge tree is that of all chunks.

import { createEmitter, type Emitter } from '../base/emitter.js'
import { OnecopyError } from '../base/errors.js'
import { runtime } from '../base/runtime.js'
import type { ChunkPlan } from '../chunks/chunk-plan.js'
import { mostMarkBytes } from '../chunks/chunk-ranges.js'
import { countReady, lookBackOf } from '../chunks/ready-chunks.js'
import type { StreamedData } from '../data/contract.js'
import { NoteBook, withPlaces } from '../protocol/notes.js'
import type { Span } from '../protocol/part.js'
import { onAbort } from './abort.js'
import type { Assembler } from './assembler.js'
import { StatesAssembler, scanJob } from './csv-scan.js'
import { Execution, type ExecutionOwner } from './execution.js'
import type { Job } from './job.js'
import { type RunWork, runEvents } from './run.js'
import type { RunEvents, RunInfo, RunStats } from './run-events.js'
import { StreamAssembler } from './stream-assembler.js'
import { type StreamBlock, StreamBlocks } from './stream-blocks.js'
import { StreamFeed } from './stream-feed.js'
import { SourceSoFar } from './stream-source.js'
import { StreamTotals } from './stream-totals.js'

/** A window has room for at least so many bytes. */
const leastWindowBytes = 16 * 1024 * 1024

/** A window begins at most so long after its first chunk has arrived. In ms. */
const longestGatherMs = 10

/** A job over a stream. */
type StreamJob = Job & { readonly streamed: NonNullable<Job['streamed']> }

/** Whether the data of a job is a stream. */
export function isOfStream(job: Job): job is StreamJob {
  return job.streamed !== undefined
}

/** Executes one job over a stream, once. */
export class StreamRun implements RunWork {
  /** The answer. Rejects with an {@link OnecopyError}, or with the reason given to `stop`. */
  readonly ended: Promise<unknown>
  readonly #job: StreamJob
  readonly #owner: ExecutionOwner
  readonly #events: Emitter<RunEvents>
  readonly #assembler: StreamAssembler
  readonly #notes: NoteBook
  readonly #totals: StreamTotals
  readonly #blocks: StreamBlocks
  #feed: StreamFeed | undefined
  #source = new SourceSoFar(undefined, 0, 0, 0)
  /** The sources that have begun, if the stream has several. */
  readonly #names: string[] = []
  readonly #starts: number[] = []
  /** What is executed at the moment. */
  #current: Execution | undefined
  /** Since when there are complete chunks that do not run yet. */
  #gathersSince: number | undefined
  #info: RunInfo | undefined
  #stopped: { readonly reason: unknown } | undefined

  /**
   * Begins in a microtask.
   *
   * @param refusal - if given, the run does not begin, and rejects with this
   * @param reader - takes the results one by one; by default they become the job's list or reduction
   */
  constructor(
    job: StreamJob,
    owner: ExecutionOwner,
    events: Emitter<RunEvents>,
    refusal: Error | undefined,
    reader: Assembler | undefined,
  ) {
    const { listedSkips, mostSkipped, plan } = job.description
    this.#job = job
    this.#owner = owner
    this.#events = events
    this.#assembler = new StreamAssembler(job, reader, (end) => this.#current?.hasEnough(end))
    this.#notes = new NoteBook(listedSkips, mostSkipped)
    this.#totals = new StreamTotals(events, job.inContext)
    // So that each worker has a chunk, and another one waits for it.
    this.#blocks = new StreamBlocks(Math.max(leastWindowBytes, 2 * job.workers * plan.size) + plan.overlap)
    this.ended = this.#execute(refusal)
  }

  async #execute(refusal: Error | undefined): Promise<unknown> {
    // The rest begins in a microtask, when the engine has noted this run.
    await undefined
    const { signal, streamed, name } = this.#job
    let info: RunInfo | undefined
    let hasBegun = false
    let outcome: { readonly error: unknown } | undefined
    let forget: (() => void) | undefined
    try {
      if (refusal !== undefined) throw refusal
      if (this.#owner.isClosed()) throw new OnecopyError('ERR_ENGINE_CLOSED', 'the engine is closed')
      const block = this.#blocks.next(undefined, 0)
      hasBegun = true
      this.#feed = new StreamFeed(streamed.data.startReading(), block)
      if (signal?.aborted) this.stop(signal.reason)
      this.#throwIfStopped()
      if (signal !== undefined) forget = onAbort(signal, () => this.stop(signal.reason))
      info = this.#owner.onStart(name)
      this.#info = info
      return await this.#runAll(this.#feed)
    } catch (error) {
      outcome = { error }
      if (!hasBegun) closeUnread(streamed.data, error)
      throw error
    } finally {
      forget?.()
      this.#feed?.close(outcome?.error)
      if (info !== undefined) this.#owner.onEnd(info, this.stats(), outcome)
      this.#owner.onSettled(this)
    }
  }

  async #runAll(feed: StreamFeed): Promise<unknown> {
    for (;;) {
      this.#throwIfStopped()
      // In this order: what ends the source comes behind the bytes that are there by now.
      const { end, block } = feed
      const isWhole = end !== undefined && end.kind !== 'failed'
      const plan = this.#planTo(block.end)
      const to = await this.#readyTo(plan, isWhole)
      if (to > this.#source.from) {
        const waitMs = this.#gathersMs(feed, (to - this.#source.from) * plan.size)
        if (waitMs > 0) {
          await feed.news(waitMs)
          continue
        }
        this.#gathersSince = undefined
        await this.#runWindow(feed, plan, to, isWhole)
        if (this.#assembler.hasEnough) break
      } else if (end?.kind === 'failed') {
        throw end.error
      } else if (end?.kind === 'end') {
        break
      } else if (end?.kind === 'source') {
        this.#beginSource(feed, end.name, plan.count)
      } else {
        if (block.room === 0) this.#makeRoom(feed, plan)
        await feed.news()
      }
    }
    // What is left to do is done at the end of a run, so there is a last one.
    this.#assembler.isLast = true
    this.#totals.isLast = true
    return await this.#begin(this.#windowJob(feed.block, this.#planTo(this.#source.start), 0)).ended
  }

  /** How long to wait for more than the `ready` bytes of complete chunks, because each window costs some time. In ms. */
  #gathersMs({ end, block }: StreamFeed, ready: number): number {
    if (end !== undefined || block.room === 0 || ready >= block.byteLength / 2) return 0
    const now = runtime.performance.now()
    this.#gathersSince ??= now
    return this.#gathersSince + longestGatherMs - now
  }

  /** Stop the run from outside. It rejects with `reason` as soon as no lane touches the data any more. */
  stop(reason: unknown): void {
    this.#stopped ??= { reason }
    this.#current?.stop(reason)
    this.#feed?.close(reason)
  }

  /** Results were read one by one: lanes may run further ahead. */
  moveWindow(): void {
    this.#current?.moveWindow()
  }

  /** What has been done so far. */
  stats(): RunStats {
    const { counters } = this.#notes
    const pieces = { starts: this.#starts, names: this.#names }
    const skipped = withPlaces(this.#notes.skipped, pieces)
    return { ...this.#totals.stats(this.#current?.stats(), this.#feed?.block.end ?? 0), skipped, counters }
  }

  #throwIfStopped(): void {
    if (this.#stopped !== undefined) throw this.#stopped.reason
  }

  /** How the current source is cut, if it ended at byte `end` of the stream. */
  #planTo(end: number): ChunkPlan {
    return this.#source.planTo(end, this.#job.streamed.chunker)
  }

  /** One past the last chunk of the current source that can be run. */
  async #readyTo(plan: ChunkPlan, isWhole: boolean): Promise<number> {
    const source = this.#source
    const { block } = this.#feed!
    const arrived = Math.floor(plan.length / plan.size)
    // Until then, nobody knows whether the source begins with a mark.
    if (!isWhole && plan.length < mostMarkBytes(plan)) return source.from
    if (plan.kind === 'csv') await this.#scanCsv(block, plan, isWhole ? plan.count : arrived)
    if (isWhole) return plan.count
    // A chunk of records that is not there as a whole is looked at again only when there is something new in it.
    const { from, searched, states } = source
    const mark = source.markIn(block, plan)
    const to = countReady(plan, source.readerIn(block), from, searched, { states, mark })
    if (to === from && plan.kind !== 'fixed') source.searched = Math.max(searched, arrived - 1)
    return to
  }

  /** Find out in which states the chunks of the current source start, up to the end of chunk `to - 1`. */
  async #scanCsv(block: StreamBlock, plan: ChunkPlan, to: number): Promise<void> {
    const source = this.#source
    const first = source.from + source.states.length - 1
    if (to <= first) return
    const states = new Uint8Array(to - first + 1)
    states[0] = source.states.at(-1)!
    const job = scanJob(this.#windowJob(block, plan, source.from), { from: first, to }, source.placeIn(block, plan))
    await this.#begin(job, new StatesAssembler(states, 0)).ended
    source.states.push(...states.subarray(1))
  }

  /** Run the chunks of the current source up to `to`, which is more than none. */
  async #runWindow(feed: StreamFeed, plan: ChunkPlan, to: number, isWhole: boolean): Promise<void> {
    const source = this.#source
    const { block } = feed
    const job = this.#windowJob(block, plan, to)
    // What later chunks need goes along to the next block.
    const needed = source.start + plan.first + to * plan.size - lookBackOf(plan)
    const kept = isWhole ? block.end : Math.min(block.end, Math.max(block.base, source.start, needed))
    feed.block = this.#blocks.next(block, kept)
    source.moveTo(to)
    await this.#begin(job).ended
    this.#blocks.giveBack(block)
  }

  /** The current block is full, and no chunk in it is complete, because a record is long. */
  #makeRoom(feed: StreamFeed, plan: ChunkPlan): void {
    const { block } = feed
    const most = this.#job.streamed.data.mostRecordBytes
    const begun = this.#source.start + this.#source.from * plan.size
    if (block.end - begun >= most) {
      throw new OnecopyError(
        'ERR_SOURCE_FAILED',
        `a record of the stream is longer than ${most} bytes: none ends behind byte ${begun}; ` +
          'give stream(source, { mostRecordBytes }), or check the delimiter',
      )
    }
    feed.block = this.#blocks.next(block, block.base, 2 * block.byteLength)
    this.#blocks.giveBack(block)
  }

  /** All of the current source was run, and another one begins. */
  #beginSource(feed: StreamFeed, name: string, chunks: number): void {
    const { block } = feed
    this.#source = new SourceSoFar(name, this.#names.length, block.end, this.#source.chunk + chunks)
    this.#names.push(name)
    this.#starts.push(block.end)
    feed.block = this.#blocks.next(block, block.end)
    this.#blocks.giveBack(block)
    feed.beginSource()
  }

  /** The job of the current source's chunks up to `to`. */
  #windowJob(block: StreamBlock, plan: ChunkPlan, to: number): Job {
    const { chunk, from, states } = this.#source
    const data = block.data()
    const span: Span = { from: chunk + from, to: chunk + Math.max(from, to) }
    const csvStates = plan.kind === 'csv' ? Uint8Array.from(states) : undefined
    const stream = this.#source.placeIn(block, plan)
    const description = { ...this.#job.description, data: data.describe(), plan, csvStates, stream }
    const offsetOf = (index: number): number =>
      index === 0 ? 0 : Math.min(plan.length, plan.first + index * plan.size)
    const bytes = offsetOf(Math.max(from, to)) - offsetOf(from)
    const window = { span, bytes, notes: this.#notes }
    return { ...this.#job, data, description, window, signal: undefined }
  }

  #begin(job: Job, assembler: Assembler = this.#assembler.taker): Execution {
    this.#throwIfStopped()
    const events = createEmitter<RunEvents>(runEvents)
    for (const event of ['retry', 'workerLost', 'trace'] as const) {
      if (event === 'trace' && !job.description.isTraced) continue
      // `as`: it is the same event.
      events.on(event, ((...args: Parameters<RunEvents['retry']>) =>
        this.#events.emit(event, ...(args as [never]))) as never)
    }
    const arrived = (): number => this.#feed?.block.end ?? 0
    if (job.window !== undefined) this.#totals.follow(events, arrived)
    // `!`: this run has begun.
    const owner = { ...this.#owner, onStart: () => this.#info!, onEnd: () => {}, onSettled: () => {} }
    const execution = new Execution(job, owner, events, undefined, assembler)
    this.#current = execution
    const done = (): void => {
      this.#totals.add(execution.stats(), job.window !== undefined)
      this.#current = undefined
    }
    execution.ended.then(done, done)
    return execution
  }
}

/** Close the source of a run that was refused, as that of a run that fails. */
function closeUnread(data: StreamedData, reason: unknown): void {
  try {
    data.startReading().cancel(reason)
  } catch {
    // Another run has read it. This one is told why it was refused.
  }
}
