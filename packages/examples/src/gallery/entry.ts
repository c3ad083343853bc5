// An example as an entry of the gallery: what it is about, and how it is run, without its types.

import type { Engine, TypedArray } from '@onecopy/node'
import type { Example, GeneratedExample, RangeExample } from './example.js'
import { cutPieces, type Input } from './input.js'
import { type Measured, measure, stepsOfMeasure } from './measure.js'
import type { ProgressBar } from './progress-bar.js'

/** An entry. */
export interface Entry {
  readonly name: string
  /** One sentence, from the plugin. */
  readonly description: string
  /** What a reader learns, in Markdown. */
  readonly teaches: string
  /** Whether it generates its data. If not, it runs over the user's file. */
  readonly isGenerated: boolean
  /** Steps of the progress bar. */
  readonly steps: number
  /** Measure and check the example. `allowedMs` is how long that should take. */
  measure(engine: Engine, input: Input, bar: ProgressBar, allowedMs: number): Promise<Measured>
}

/** An example that runs over the user's file. */
export function overFile<Raw, Answer extends object>(example: Example<Raw, Answer>): Entry {
  return {
    ...about(example),
    isGenerated: false,
    steps: stepsOfMeasure(example),
    measure: (engine, input, bar, allowedMs) => measure(example, engine, input, bar, allowedMs),
  }
}

/** An example that runs over data that it generates. The data exists only while the example runs. */
export function overGenerated<Raw, Answer extends object, T extends TypedArray>(
  example: GeneratedExample<Raw, Answer, T>,
): Entry {
  return {
    ...about(example),
    isGenerated: true,
    steps: 1 + stepsOfMeasure(example),
    measure: (engine, _, bar, allowedMs) => {
      bar.step(`${example.plugin.name}: generating data`)
      const data = example.generate()
      const { buffer, byteOffset, byteLength } = data
      const pieces = (): AsyncIterable<Uint8Array> => cutPieces(new Uint8Array(buffer, byteOffset, byteLength))
      return measure(example, engine, { data, pieces, generated: example.generated }, bar, allowedMs)
    },
  }
}

/** An example that runs over a range of numbers. There are no bytes that a check could read. */
export function overRange<Raw, Answer extends object>(example: RangeExample<Raw, Answer>): Entry {
  return {
    ...about(example),
    isGenerated: true,
    steps: stepsOfMeasure(example),
    measure: (engine, _, bar, allowedMs) => {
      const pieces = (): AsyncIterable<Uint8Array> => cutPieces(new Uint8Array(0))
      const source = { data: example.numbers(), pieces, generated: example.generated }
      return measure(example, engine, source, bar, allowedMs)
    },
  }
}

function about<Raw, Answer, T extends TypedArray>({
  plugin: { name, description },
  teaches,
}: Example<Raw, Answer, T>): Pick<Entry, 'name' | 'description' | 'teaches'> {
  return { name, description, teaches }
}
