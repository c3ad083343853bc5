// Takes the bytes of a stream into memory as they arrive, and waits when there is no room.

import { runtime, type Timer } from '../base/runtime.js'
import type { Arrivals, SourceStart } from '../data/contract.js'
import type { StreamBlock } from './stream-blocks.js'

/** What may come next. */
export type FeedEnd =
  /** Nothing: the stream has ended. */
  | { readonly kind: 'end' }
  /** Bytes of another source. */
  | { readonly kind: 'source'; readonly name: string }
  /** The source has failed. */
  | { readonly kind: 'failed'; readonly error: unknown }

/** After so long without a turn of the event loop, the feed waits for one. In ms. */
const longestTurnMs = 5

/** Fills the current block of a stream. */
export class StreamFeed {
  /** Why no more bytes come; undefined as long as they may come. */
  end: FeedEnd | undefined
  readonly #arrivals: Arrivals
  /** The block that takes what arrives. */
  #block: StreamBlock
  /** Settles when the event loop has had a turn. */
  #turn: Promise<void> | undefined
  #lastTurn = 0
  #isClosed = false
  #isNew = false
  #wake: () => void = () => {}
  #goOn: () => void = () => {}

  constructor(arrivals: Arrivals, block: StreamBlock) {
    this.#arrivals = arrivals
    this.#block = block
    void this.#fill()
  }

  get block(): StreamBlock {
    return this.#block
  }

  /** What arrives goes into another block from now on. */
  set block(block: StreamBlock) {
    this.#block = block
    this.#goOn()
  }

  /** The source that comes next may come. */
  beginSource(): void {
    this.end = undefined
    this.#goOn()
  }

  /** Settles when something has arrived since the last call, the feed was closed, or `mostMs` have passed. */
  async news(mostMs?: number): Promise<void> {
    if (!this.#isNew && !this.#isClosed) {
      let timer: Timer | undefined
      await new Promise<void>((wake) => {
        this.#wake = wake
        if (mostMs !== undefined) timer = runtime.setTimeout(wake, mostMs)
      })
      runtime.clearTimeout(timer)
    }
    this.#isNew = false
  }

  /** Nothing else is wanted. */
  close(reason: unknown): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#arrivals.cancel(reason)
    this.#wake()
    this.#goOn()
  }

  async #fill(): Promise<void> {
    while (!this.#isClosed) {
      const item = await this.#next()
      if (this.#isClosed) return
      if (item instanceof Uint8Array) await this.#take(item)
      else {
        this.end = item
        this.#tell()
        if (item.kind !== 'source') return
        await this.#waitUntil(() => this.end === undefined)
      }
    }
  }

  async #next(): Promise<Uint8Array | FeedEnd> {
    try {
      const item = await this.#arrivals.next()
      if (item === undefined) return { kind: 'end' }
      return isStart(item) ? { kind: 'source', name: item.source } : item
    } catch (error) {
      return { kind: 'failed', error }
    }
  }

  async #take(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      await this.#waitUntil(() => this.#block.room > 0)
      if (this.#isClosed) return
      at += this.#block.append(at === 0 ? bytes : bytes.subarray(at))
      this.#tell()
    }
    await this.#breathe()
    // The next bytes are asked for when there is room for them.
    await this.#waitUntil(() => this.#block.room > 0)
  }

  async #waitUntil(isTime: () => boolean): Promise<void> {
    while (!this.#isClosed && !isTime()) {
      await new Promise<void>((goOn) => {
        this.#goOn = goOn
      })
    }
  }

  /** A source that always has bytes ready must not keep the event loop from its other work, such as messages of workers. */
  #breathe(): Promise<void> | undefined {
    const now = runtime.performance.now()
    if (this.#turn === undefined) {
      this.#lastTurn = now
      this.#turn = new Promise<void>((resolve) => void runtime.setTimeout(resolve, 0)).then(() => {
        this.#turn = undefined
      })
    }
    return now - this.#lastTurn < longestTurnMs ? undefined : this.#turn
  }

  #tell(): void {
    this.#isNew = true
    this.#wake()
  }
}

function isStart(item: Uint8Array | SourceStart): item is SourceStart {
  return !(item instanceof Uint8Array)
}
