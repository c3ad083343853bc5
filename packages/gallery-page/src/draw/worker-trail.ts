// Who ran which chunk, as far as it can be told from looking now and again at what each worker is doing.

/** What a worker is doing, as a progress event tells it. */
export interface Seen {
  /** The number of the chunk at work; undefined between chunks. */
  readonly chunk: number | undefined
  /** How many chunks the worker has run. */
  readonly doneChunks: number
}

/** No look has shown who ran it. */
export const nobody = -1

/** Follows the workers of one run. */
export class WorkerTrail {
  /** For each chunk: the worker that ran it, or {@link nobody}. */
  readonly owners: Int16Array
  #last: readonly Seen[] = []

  constructor(chunks: number) {
    this.owners = new Int16Array(chunks).fill(nobody)
  }

  /**
   * Take in what the workers are doing now.
   *
   * A worker that has run as many chunks since the last look as it moved on has run exactly these. If it took another block in
   * between, only the chunk is known in which it was seen.
   */
  look(workers: readonly Seen[]): void {
    workers.forEach(({ chunk, doneChunks }, worker) => {
      const before = this.#last[worker] ?? { chunk: undefined, doneChunks: 0 }
      const ran = doneChunks - before.doneChunks
      if (chunk !== undefined && before.chunk !== undefined && ran >= 0 && chunk - before.chunk === ran)
        this.owners.fill(worker, before.chunk, chunk)
      else if (ran > 0 && before.chunk !== undefined) this.owners[before.chunk] = worker
      // It has run nothing but one block from its beginning on.
      if (chunk !== undefined && before.chunk === undefined && worker === 0 && chunk === doneChunks)
        this.owners.fill(worker, 0, chunk)
    })
    this.#last = workers
  }
}
