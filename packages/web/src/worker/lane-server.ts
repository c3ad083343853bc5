// Runs the lanes that the page sends, in a worker.

import type { JobDescription, LaneTask } from '@onecopy/core/host'
import type { DataDescription, DataReader, LaneMessage, TypedArray } from '@onecopy/core/lane'
import { NotedControl, openData, runLane, SpanSupply } from '@onecopy/core/lane'
import { BlobReader } from '../blobs/blob-reader.js'
import { isBlobDescription } from '../blobs/description.js'
import type { Hello, PageMessage, WorkerMessage } from '../wire/messages.js'
import type { FindModule } from './modules.js'
import { yieldToMessages } from './yield.js'

/** How long a lane that shares no memory runs before messages get their turn, in ms. */
const turnMs = 10
/** The page is told of each of the first chunks of a lane that it is in flight. */
const exactChunks = 256
/** Of later ones it is told at most this often, in ms, because a message takes about 0.01 ms. */
const noteMs = 0.2

/** The lane that runs, if it shares no memory with the page. */
interface DealtLane {
  readonly id: number
  readonly control: NotedControl
  readonly spans: SpanSupply
}

export class LaneServer {
  readonly #hello: Hello
  readonly #find: FindModule
  #dealt: DealtLane | undefined
  /** The job of the last lane, which is not sent again. */
  #job: JobDescription | undefined

  constructor(hello: Hello, find: FindModule) {
    this.#hello = hello
    this.#find = find
  }

  post(message: WorkerMessage, transfer: readonly ArrayBufferLike[] = []): void {
    const { port, posted } = this.#hello
    // `as`: what a lane transfers is its own, and nothing shared.
    port.postMessage(message, transfer as ArrayBuffer[])
    if (posted !== undefined) Atomics.add(posted, 0, 1)
  }

  receive(message: PageMessage): void {
    if (message.kind === 'run') void this.#run(message.lane, message.task)
    else if (message.kind === 'deal') void this.#runDealt(message)
    else if (message.lane !== this.#dealt?.id) return
    else if (message.kind === 'span') this.#dealt.spans.add(message.span)
    else this.#dealt.control.lowerLimit(message.limit)
  }

  async #run(lane: number, task: LaneTask): Promise<void> {
    await runLane(task, {
      worker: this.#hello.id,
      open,
      now: () => performance.now(),
      load: (url) => this.#find(task.job.fn, url),
      post: (message: LaneMessage, transfer) => this.post({ kind: 'lane', lane, message, slot: undefined }, transfer),
    })
  }

  async #runDealt(order: Extract<PageMessage, { readonly kind: 'deal' }>): Promise<void> {
    const { lane, task, slot } = order
    this.#job = order.job ?? this.#job
    // `!`: the first lane brings its job.
    const job = this.#job!
    let own: Uint8Array = slot
    let notedAt = Number.NEGATIVE_INFINITY
    let left = exactChunks
    const control: NotedControl = new NotedControl(slot, (words) => {
      own = words
      const now = performance.now()
      // The last note always names a chunk in flight, even if it is an earlier one. Else nobody would see that a chunk hangs.
      if (left < exactChunks && control.inFlight(0) === undefined && !control.isInTeardown(0)) return
      // After a loss it has to be known exactly which chunk is in flight.
      if (--left < 0 && task.missing === undefined && now - notedAt < noteMs) return
      notedAt = now
      this.post({ kind: 'note', lane, slot: own.slice() })
    })
    const spans = new SpanSupply((word) => {
      this.post({ kind: 'word', lane, word, limit: control.limit, slot: own.slice() })
      // The page has been told that no chunk is in flight, so it must be told of the next one.
      notedAt = Number.NEGATIVE_INFINITY
    })
    this.#dealt = { id: lane, control, spans }
    let turnAt = performance.now()
    await runLane(
      { ...task, job, control: control.buffer },
      {
        worker: this.#hello.id,
        open,
        now: () => performance.now(),
        load: (url) => this.#find(job.fn, url),
        post: (message: LaneMessage, transfer) =>
          this.post({ kind: 'lane', lane, message, slot: own.slice() }, transfer),
        control,
        nextSpan: () => spans.next(),
        pause: () => {
          if (performance.now() - turnAt < turnMs) return undefined
          return yieldToMessages().then(() => {
            turnAt = performance.now()
          })
        },
      },
    )
  }
}

function open(description: DataDescription): DataReader<TypedArray> {
  return isBlobDescription(description) ? new BlobReader(description) : openData(description)
}
