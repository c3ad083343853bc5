// How many chunks the next span has. Spans are subtrees of the merge tree: 2^k units, at a multiple of their own size. The bits of
// the answer do not depend on it.

/** How long a span should take, in ms, unless the caller says it. */
export const defaultSpanMs = 4000
/** Before anything is known about the time, a span has at most this many bytes. */
const firstBytes = 32 * 1024 * 1024
/** At the end of a run, each machine should get at least this many more spans. */
const spansPerMachine = 4
/** Spans do not become shorter than this, in ms, because each costs about 10 ms, and at its end some of its threads wait for the last. */
const shortestMs = 500
/** How much a new time counts. */
const weight = 0.3

/** Decides on the sizes of spans. */
export class SpanSize {
  readonly #count: number
  readonly #unit: number
  readonly #bytesPerChunk: number
  readonly #spanMs: number
  readonly #fixed: number | undefined
  #msPerChunk: number | undefined

  /**
   * @param count - chunks of the job
   * @param unit - spans begin and end at multiples of this many chunks; a power of two
   * @param fixed - chunks per span, if the caller wants so
   */
  constructor(job: {
    readonly count: number
    readonly unit: number
    readonly byteLength: number
    readonly spanMs?: number | undefined
    readonly fixed?: number | undefined
  }) {
    this.#count = job.count
    this.#unit = job.unit
    this.#bytesPerChunk = job.byteLength / Math.max(1, job.count)
    this.#spanMs = job.spanMs ?? defaultSpanMs
    this.#fixed = job.fixed
  }

  /** Milliseconds per chunk on one machine; undefined as long as no span is done. */
  get msPerChunk(): number | undefined {
    return this.#msPerChunk
  }

  /** A span with so many chunks took so long. */
  learn(ms: number, chunks: number): void {
    const given = ms / chunks
    this.#msPerChunk = this.#msPerChunk === undefined ? given : this.#msPerChunk + weight * (given - this.#msPerChunk)
  }

  /** Where the span ends that begins at `from`. */
  next(from: number, machines: number): number {
    const wanted = this.#fixed ?? this.#wanted(from, Math.max(1, machines))
    let size = this.#unit
    while (size < wanted && (from % (size * 2) === 0 || from === 0)) size *= 2
    return Math.min(this.#count, from + size)
  }

  #wanted(from: number, machines: number): number {
    const left = this.#count - from
    const share = left / (machines * spansPerMachine)
    if (this.#msPerChunk === undefined) return roundDown(Math.min(share, firstBytes / Math.max(1, this.#bytesPerChunk)))
    const whole = this.#spanMs / this.#msPerChunk
    // A machine that is alone has nobody to end together with.
    const fair = machines === 1 ? left : Math.max(share, shortestMs / this.#msPerChunk)
    return roundDown(Math.min(whole, fair))
  }

  /** Whether a span may end at `to`. */
  isCut(from: number, to: number): boolean {
    const size = to - from
    const isAligned = from % this.#unit === 0 && (to === this.#count || to % this.#unit === 0)
    return Number.isSafeInteger(to) && size > 0 && to <= this.#count && isAligned
  }

  /** Where to cut a span in two; undefined if it cannot be cut any more. */
  middle(from: number, to: number): number | undefined {
    let half = this.#unit
    while (half * 2 < to - from) half *= 2
    return half < to - from ? from + half : undefined
  }
}

/** The largest power of two that is not above `value`; at least 1. */
function roundDown(value: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, value))))
}
