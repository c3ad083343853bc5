// `--out`: the results of a run go into a file, or to standard output as they are.

import type { DefinedPlugin } from '@onecopy/core'
import { isSharedMemory } from '@onecopy/core/lane'
import { type AnyPlugin, type WrittenResults, writeResults } from '@onecopy/node'
import { outputStream, standardOutput } from '../terminal/output.js'

/** What came of a run whose results were written, as it is shown. */
export interface WrittenOut extends WrittenResults {
  /** The file; `-` is standard output. */
  readonly out: string
}

/** Whether a plugin gives one result after the other, so that they can be written while it runs. */
export function givesList(plugin: AnyPlugin): boolean {
  // `as`: a plugin has all that it was defined with.
  const { fold, into, reduce } = plugin as DefinedPlugin
  return fold === undefined && into === undefined && reduce === undefined
}

/** Write the results of a run that gives a list, or the answer of any other run. */
export async function writeOutFile(out: string, run: PromiseLike<unknown>): Promise<WrittenOut> {
  const to = out === standardOutput ? outputStream() : out
  const written = await writeResults(Symbol.asyncIterator in run ? (run as ListRun) : answerOf(run), to)
  return { out, ...written }
}

/** `as`: the run of a plugin that gives a list. Each result is checked when it is written. */
type ListRun = PromiseLike<unknown> & AsyncIterable<string | ArrayBufferView>

async function* answerOf(run: PromiseLike<unknown>): AsyncGenerator<string | ArrayBufferView> {
  // `as`: what it is is checked when it is written.
  const answer = (await run) as string | ArrayBufferView | readonly (string | ArrayBufferView)[]
  if (Array.isArray(answer)) yield* answer
  else yield isOutput(answer) ? answer.view() : (answer as string | ArrayBufferView)
}

/** Whether an answer is shared memory that a plugin has written in place. */
function isOutput(answer: unknown): answer is { view(): ArrayBufferView } {
  return typeof answer === 'object' && answer !== null && isSharedMemory(answer)
}
