// What the gallery has to know of an example.

import type { Engine, Run, SharedData } from '@onecopy/node'

/**
 * An example.
 *
 * @typeParam Raw - what the measured run gives
 * @typeParam Answer - what is shown, printed as JSON and checked: plain data
 */
export interface Example<Raw, Answer> {
  readonly name: string
  /** The run that is measured, on at most `workers` lanes. */
  run(engine: Engine, data: SharedData, workers: number): Run<Raw>
  /** The answer that follows from the run; it may ask the same data once more. */
  answer(raw: Raw, engine: Engine, data: SharedData): Answer | Promise<Answer>
  /** The same answer by a method of its own: on one thread, without onecopy, from pieces whose borders lie elsewhere. */
  check(pieces: AsyncIterable<Uint8Array>): Promise<Answer>
  /** That method, in a few words. */
  readonly against: string
  /** The answer in a table's cell: a few short lines. */
  summary(answer: Answer): string
  /** The answer in full, below the table. */
  details(answer: Answer): string
}
