// One example, measured and checked.

import { isDeepStrictEqual } from 'node:util'
import type { Engine, SharedData, TypedArray } from '@onecopy/node'
import type { Example, Look } from './example.js'
import type { ProgressBar } from './progress-bar.js'
import { stepsOfTiming, type Timing, timeRuns } from './timing.js'

/** The result of one example. */
export interface Measured extends Timing {
  readonly name: string
  /** What it ran over: the file, or generated data. */
  readonly input: 'file' | 'generated'
  /** What data it generated. */
  readonly generated?: string
  /** Plain data. */
  readonly answer: object
  readonly summary: string
  details(look: Look): string
  readonly bytes: number
  /** The same with plugins of @onecopy/kernels, if they give the same answer. */
  readonly kernels?: Timing
  readonly check: {
    /** What the answer was checked against. */
    readonly against: string
    readonly agrees: boolean
    /** The check's answer; set only if it differs. */
    readonly expected?: object
  }
}

/** Data for an example: shared data, and the same bytes in pieces for the check. */
export interface Source<T extends TypedArray> {
  readonly data: SharedData<T>
  /** All bytes in order. A piece is valid until the next one. */
  pieces(): AsyncIterable<Uint8Array>
  /** What data it is, if the example generated it. */
  readonly generated?: string
}

/** How many steps of the progress bar {@link measure} takes. */
export function stepsOfMeasure(example: { readonly runKernels?: unknown }): number {
  return stepsOfTiming * (example.runKernels === undefined ? 1 : 2) + 1
}

/**
 * Run and check one example.
 *
 * @param allowedMs - how long that should take
 */
export async function measure<Raw, Answer extends object, T extends TypedArray>(
  example: Example<Raw, Answer, T>,
  engine: Engine,
  source: Source<T>,
  bar: ProgressBar,
  allowedMs: number,
): Promise<Measured> {
  const { data, generated } = source
  const { name } = example.plugin
  const agrees = (answer: Answer, expected: Answer): boolean =>
    example.agrees === undefined ? isDeepStrictEqual(answer, expected) : example.agrees(answer, expected)

  const share = example.runKernels === undefined ? allowedMs : allowedMs / 2
  const plain = await timeRuns({ label: name, data, run: example.run.bind(example) }, engine, bar, share)
  const kernels =
    example.runKernels &&
    (await timeRuns({ label: `${name}, kernels`, data, run: example.runKernels.bind(example) }, engine, bar, share))
  // The answers of one worker and of the kernels must be right too, and equal.
  const answers: Answer[] = []
  for (const raw of [...plain.results, ...(kernels?.results ?? [])])
    answers.push(await example.answer(raw, engine, data))
  const expected = await example.check(watchPieces(source, bar, `${name}: check`))
  const wrong = answers.find((each) => !agrees(each, expected) || !isDeepStrictEqual(each, answers[0]))
  const isRight = wrong === undefined
  const answer = wrong ?? answers[0]!
  return {
    name,
    input: generated === undefined ? 'file' : 'generated',
    ...(generated === undefined ? {} : { generated }),
    answer,
    summary: example.summary(answer),
    details: (look) => example.details(answer, look),
    bytes: data.byteLength,
    ...plain.timing,
    ...(kernels === undefined ? {} : { kernels: kernels.timing }),
    check: { against: example.against, agrees: isRight, ...(isRight ? {} : { expected }) },
  }
}

async function* watchPieces<T extends TypedArray>(
  source: Source<T>,
  bar: ProgressBar,
  label: string,
): AsyncGenerator<Uint8Array> {
  const step = bar.step(label)
  let done = 0
  for await (const piece of source.pieces()) {
    yield piece
    done += piece.length
    step(done / source.data.byteLength)
  }
}
