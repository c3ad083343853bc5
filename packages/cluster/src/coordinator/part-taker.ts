// Takes the parts of spans into the answer. Nothing that comes from the queue or the store is taken on trust.

import { decodePart, isOnecopyError, OnecopyError } from '@onecopy/core'
import { isError } from '@onecopy/core/lane'
import type { SpanAnswer } from '../jobs/contract.js'
import type { PartStore } from '../store/contract.js'
import { receivePart } from '../store/sent-part.js'
import type { ClusterRunOptions } from './contract.js'
import type { OpenSpan } from './open-spans.js'
import type { RunJob } from './run-job.js'

/** A span whose parts were refused so often fails. */
const mostRefusals = 3

/** Takes parts. */
export class PartTaker {
  readonly #job: RunJob
  readonly #store: PartStore
  readonly #sameNode: boolean
  readonly #note: (text: string) => void
  /** The keys of parts that lie beside the queue. */
  readonly #beside = new Set<string>()
  #place: string | undefined

  constructor(
    setup: { readonly job: RunJob; readonly store: PartStore; readonly options: Pick<ClusterRunOptions, 'sameNode'> },
    note: (text: string) => void,
  ) {
    this.#job = setup.job
    this.#store = setup.store
    this.#sameNode = setup.options.sameNode === true
    this.#note = note
  }

  /**
   * Take the part of a span. Returns false if it was refused: then the span has to run again.
   *
   * @throws {OnecopyError} `ERR_CHUNK_FAILED`: the reducer threw; `ERR_TOO_MANY_SKIPPED`: more was skipped than the run allows; `ERR_PART_DAMAGED`: the span's parts were refused too often;
   *   `ERR_SPAN_REFUSED`: it was made by another version of Node, and `sameNode` was wanted
   */
  async take(span: OpenSpan, id: string, answer: SpanAnswer): Promise<boolean> {
    this.#checkNode(answer)
    try {
      if (Object.hasOwn(Object(answer.part), 'key')) this.#beside.add(id)
      const part = decodePart(await receivePart(this.#store, id, answer.part))
      const { from, to } = span
      if (String(part.ranges) !== String([from, to])) throw new Error(`its chunks are not ${from} to ${to - 1}`)
      // False: another part was earlier. Then the chunks are in, and that is all that counts.
      this.#job.assembly.add(part)
      return true
    } catch (error) {
      if (isOnecopyError(error, 'ERR_CHUNK_FAILED', 'ERR_TOO_MANY_SKIPPED')) throw error
      const why = `the part of chunks ${span.from} to ${span.to - 1} by worker ${answer.worker} is refused: ${isError(error) ? error.message : String(error)}`
      if (++span.refusals >= mostRefusals) throw new OnecopyError('ERR_PART_DAMAGED', why, { cause: error })
      this.#note(`${why}; it runs again`)
      return false
    }
  }

  /** Remove the parts that lie beside the queue. */
  async tidy(): Promise<void> {
    await Promise.all([...this.#beside].map((key) => this.#store.remove(key)))
  }

  /** The same bits need the same JavaScript engine and processor. */
  #checkNode({ node, arch, worker }: SpanAnswer): void {
    const place = `Node ${node} on ${arch}`
    const own = `Node ${process.version} on ${process.arch}`
    if (this.#sameNode && place !== own) {
      throw new OnecopyError('ERR_SPAN_REFUSED', `worker ${worker} has ${place}, and this process has ${own}`)
    }
    this.#place ??= place
    if (place === this.#place) return
    this.#note(
      `workers are mixed: ${this.#place}, and ${place} (${worker}); some functions may give other last bits there`,
    )
    this.#place = place
  }
}
