// What the gallery has to know of an example.

import type { Engine, Run, SharedData, SharedMemory, TypedArray } from '@onecopy/node'

/**
 * An example.
 *
 * @typeParam Raw - what the measured run gives
 * @typeParam Answer - what is shown, printed as JSON and checked: plain data
 * @typeParam T - the kind of typed array that its data is made of
 */
export interface Example<Raw, Answer, T extends TypedArray = Uint8Array> {
  /** Its name is the example's, its description stands in the index. */
  readonly plugin: { readonly name: string; readonly description: string }
  /** What a reader learns from it, for the index: a few words of Markdown. */
  readonly teaches: string
  /** The run that is measured. */
  run(engine: Engine, data: SharedData<T>, setup: RunSetup): PromiseLike<Raw>
  /** The same with plugins of @onecopy/kernels, where they fit. */
  runKernels?(engine: Engine, data: SharedData<T>, setup: RunSetup): PromiseLike<Raw>
  /** The answer that follows from the run; it may ask the same data once more. */
  answer(raw: Raw, engine: Engine, data: SharedData<T>): Answer | Promise<Answer>
  /** The same answer by a method of its own: on one thread, without onecopy, from pieces whose borders lie elsewhere. */
  check(pieces: AsyncIterable<Uint8Array>): Promise<Answer>
  /** Whether an answer is as near to that of `check` as the example promises; by default they have to be equal. */
  agrees?(answer: Answer, expected: Answer): boolean
  /** That method, in a few words. */
  readonly against: string
  /** The answer in a table's cell: a few short lines. */
  summary(answer: Answer): string
  /** The answer in full, below the table. */
  details(answer: Answer, look: Look): string
}

/** An example that needs data of a certain kind, and makes it. */
export interface GeneratedExample<Raw, Answer, T extends TypedArray> extends Example<Raw, Answer, T> {
  /** What the data is, in a few words. */
  readonly generated: string
  /** Make the data: the same each time. */
  generate(): SharedMemory<T>
}

/** How a measured run is to be carried out. */
export interface RunSetup {
  /** The most workers that it may use. */
  readonly workers: number
  /** Show the run's progress. */
  watch<T, R extends Run<T>>(run: R & Run<T>): R
}

/** What the output can show. */
export interface Look {
  /** Whether it has the 256 colours of xterm, and wants them. */
  readonly hasColors: boolean
}
