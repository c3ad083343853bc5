// Decides, when a worker is lost, which chunk is to blame, and whether it may run again.

import { type ChunkRange, nameChunk, OnecopyError } from '../base/errors.js'
import { describeThrown, summarize } from '../serialize/thrown.js'

/** The consequence of a loss. */
export type Verdict =
  | { readonly kind: 'retry'; readonly chunk: ChunkRange | undefined; readonly attempt: number }
  | { readonly kind: 'fail'; readonly chunk: ChunkRange | undefined; readonly error: OnecopyError }

/** Counts the losses of a run. Only the chunk that was in flight is blamed. Other chunks of its lane may always run again. */
export class Losses {
  /** How many workers were lost. */
  workers = 0
  /** How often a blamed chunk was run again. */
  retries = 0
  readonly #mostRetries: number
  readonly #mostBlameless: number
  readonly #blame = new Map<number, number>()
  #blameless = 0

  /** @param lanes - the most lanes at the same time. So many workers can be lost to one cause before a first chunk runs */
  constructor(mostRetries: number, lanes: number) {
    this.#mostRetries = mostRetries
    this.#mostBlameless = (mostRetries + 1) * lanes
  }

  /** Judge the loss of a worker, with `chunk` in flight. */
  judge(chunk: ChunkRange | undefined, cause: unknown): Verdict {
    this.workers++
    return chunk === undefined ? this.#judgeBlameless(cause) : this.#judgeChunk(chunk, cause)
  }

  #judgeBlameless(cause: unknown): Verdict {
    const attempt = ++this.#blameless
    if (attempt < this.#mostBlameless) return { kind: 'retry', chunk: undefined, attempt }
    const message = `workers were lost ${attempt} times with no chunk in flight: ${summarize(describeThrown(cause))}`
    return { kind: 'fail', chunk: undefined, error: new OnecopyError('ERR_WORKER_LOST', message, { cause }) }
  }

  #judgeChunk(chunk: ChunkRange, cause: unknown): Verdict {
    const attempt = (this.#blame.get(chunk.index) ?? 0) + 1
    this.#blame.set(chunk.index, attempt)
    if (attempt <= this.#mostRetries) {
      this.retries++
      return { kind: 'retry', chunk, attempt }
    }
    const message = `${nameChunk(chunk)} was lost with its worker ${attempt === 1 ? 'once' : `${attempt} times`}: ${summarize(describeThrown(cause))}`
    return { kind: 'fail', chunk, error: new OnecopyError('ERR_WORKER_LOST', message, { chunk, cause }) }
  }
}
