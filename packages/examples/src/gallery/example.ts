// What the gallery needs to know about an example.

import type { Engine, Run, SharedData, SharedMemory, TypedArray } from '@onecopy/node'

/**
 * An example.
 *
 * @typeParam Raw - what the measured run resolves with
 * @typeParam Answer - what is shown, printed as JSON and checked: plain data
 * @typeParam T - the kind of typed array that its data is made of
 */
export interface Example<Raw, Answer, T extends TypedArray = Uint8Array> {
  /** The plugin's name is the name of the example, and its description is in the index. */
  readonly plugin: { readonly name: string; readonly description: string }
  /** What a reader learns from it, for the index; a few words of Markdown. */
  readonly teaches: string
  /** The run that is measured. */
  run(engine: Engine, data: SharedData<T>, settings: RunSettings): PromiseLike<Raw>
  /** The same with plugins of @onecopy/kernels, if they give the same answer. */
  runKernels?(engine: Engine, data: SharedData<T>, settings: RunSettings): PromiseLike<Raw>
  /** Compute the answer from the run's value. It may run over the same data again. */
  answer(raw: Raw, engine: Engine, data: SharedData<T>): Answer | Promise<Answer>
  /** Compute the same answer by another method: on one thread, without onecopy, from pieces with other borders. */
  check(pieces: AsyncIterable<Uint8Array>): Promise<Answer>
  /** Whether an answer is as close to that of `check` as the example promises. By default they must be equal. */
  agrees?(answer: Answer, expected: Answer): boolean
  /** What `check` does, in a few words. */
  readonly against: string
  /** The answer for a cell of the table: a few short lines. */
  summary(answer: Answer): string
  /** The answer in full, below the table. */
  details(answer: Answer, look: Look): string
}

/** An example that needs a certain kind of data, and generates it. */
export interface GeneratedExample<Raw, Answer, T extends TypedArray> extends Example<Raw, Answer, T> {
  /** What the data is, in a few words. */
  readonly generated: string
  /** Generate the data. It is the same each time. */
  generate(): SharedMemory<T>
}

/** An example whose data is a range of numbers. */
export interface RangeExample<Raw, Answer> extends Example<Raw, Answer> {
  /** What the numbers stand for, in a few words. */
  readonly generated: string
  /** The data. */
  numbers(): SharedData
}

/** How to carry out a measured run. */
export interface RunSettings {
  /** The most workers that it may use. */
  readonly workers: number
  /** Show the run's progress. */
  watch<T, R extends Run<T>>(run: R & Run<T>): R
}

/** What the output can show. */
export interface Look {
  /** Whether the output has the 256 colours of xterm and wants them. */
  readonly hasColors: boolean
}
