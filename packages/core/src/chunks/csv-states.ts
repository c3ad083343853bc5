// Finds the state of CSV at the start of any chunk, from the chunks right before it.

import type { DataReader } from '../data/contract.js'
import type { TypedArray } from '../data/typed-array.js'
import { type ChunkPlan, csvFormOf } from './chunk-plan.js'
import { atRecord, CsvAutomaton, compose, isConstant, scanTail, stateAfter, unchanged } from './csv-automaton.js'
import { markLength, unsigned } from './csv-cuts.js'

/** Finds states, for somebody who needs few of them. It reads back from a chunk until what comes before cannot matter. */
export class CsvStates {
  readonly #plan: ChunkPlan
  readonly #reader: DataReader<TypedArray>
  readonly #automaton: CsvAutomaton
  /** The chunks that were read, as `CsvAutomaton.scan` packs them. */
  readonly #scanned = new Map<number, number>()

  /** The states of the data that `reader` has opened, and that `plan` cuts. */
  constructor(plan: ChunkPlan, reader: DataReader<TypedArray>) {
    this.#plan = plan
    this.#reader = reader
    this.#automaton = new CsvAutomaton(csvFormOf(plan))
  }

  /** The state at the start of chunk `index`. Yields after each chunk that it has read. */
  *at(index: number): Generator<undefined, number, undefined> {
    let scanned = unchanged
    for (let before = index - 1; before >= 0 && !isConstant(scanned); before--) {
      let own = this.#scanned.get(before)
      if (own === undefined) {
        own = this.#scan(before)
        this.#scanned.set(before, own)
        yield
      }
      scanned = compose(own, scanned)
    }
    return stateAfter(scanned, atRecord)
  }

  #scan(index: number): number {
    const { size, length } = this.#plan
    const start = index * size
    const mark = start < 3 ? markLength(unsigned(this.#reader.read(0, Math.min(3, length)))) : 0
    const end = Math.min(length, start + size)
    return scanTail(this.#automaton, Math.min(end, Math.max(start, mark)), end, (from, to) =>
      unsigned(this.#reader.read(from, to)),
    )
  }
}
