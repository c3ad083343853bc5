// The laws of fold functions: an accumulator keeps no bytes, and a block may be cut anywhere.
//
// A run has blocks of more than one chunk only if it has hundreds of chunks. So these laws call the fold function themselves, with
// an accumulator for several chunks.

import { hasOwn } from '../base/own-members.js'
import type { TypedArray } from '../data/typed-array.js'
import type { Case } from './cases.js'
import { exact, findDifference } from './equality.js'
import { copyOf, settled, shown, snapshot, unwrap } from './map-laws.js'
import type { Verdict } from './search.js'
import { attempt, type FoldWatch } from './subject.js'
import { chunkSize, type Trial } from './trial.js'

/**
 * A worker that reads a file uses the buffer of `bytes` for the next chunk. So `bytes` is overwritten after each call, and the
 * accumulator must not change.
 */
export async function ownBytes(trial: Trial, testCase: Case): Promise<Verdict> {
  const { subject } = trial
  const init = subject.reduction!.init!
  let acc: { readonly value: unknown } | undefined
  let found: { readonly chunk: number; readonly before: unknown; readonly after: unknown } | undefined
  const watch: FoldWatch = (call, bytes, { index }) => {
    // A plugin may rely on its own buffer. Shared memory is replaced, because views of it stay valid, as those of chunk.view().
    const given = subject.plugin.buffer === undefined ? copyOf(bytes) : bytes
    return settled(
      () => call(acc === undefined ? init() : acc.value, given),
      (outcome) => {
        acc = { value: unwrap(outcome) }
        const before = snapshot(acc.value)
        overwrite(given)
        const after = snapshot(acc.value)
        if (found === undefined && findDifference(before, after, exact) !== undefined) {
          found = { chunk: index, before, after }
        }
        return null
      },
    )
  }
  const ran = await subject.foldAll(trial.data(testCase), chunkSize(testCase), watch)
  if (found !== undefined) {
    const { chunk, before, after } = found
    return {
      given: { chunk },
      found: { 'the accumulator after fold': before, 'the same one after bytes was overwritten': after },
    }
  }
  return hasOwn(ran, 'thrown') ? { untold: ran.thrown } : 'holds'
}

/** Invert each bit, so that every byte changes. */
function overwrite({ buffer, byteOffset, byteLength }: TypedArray): void {
  const raw = new Uint8Array(buffer, byteOffset, byteLength)
  for (let i = 0; i < raw.length; i++) raw[i] = ~raw[i]!
}

export async function folding(trial: Trial, testCase: Case): Promise<Verdict> {
  const { subject } = trial
  const whole = await foldBlocks(trial, testCase, Number.POSITIVE_INFINITY)
  if (hasOwn(whole, 'thrown')) return { untold: whole.thrown }
  const { chunks } = whole
  if (chunks.length < 2) return { untold: undefined }
  const cut = chunks[1 + (testCase.splits[0] % (chunks.length - 1))]!
  const parts = await foldBlocks(trial, testCase, cut)
  if (hasOwn(parts, 'thrown')) return { untold: parts.thrown }
  const [a, b] = parts.accumulators
  const given = { a: snapshot(a), b: snapshot(b) }
  const { merge, finish } = subject.reduction!
  const left = attempt(() => finish(whole.accumulators[0]))
  const right = attempt(() => finish(merge(a, b)))
  if (hasOwn(left, 'thrown') && hasOwn(right, 'thrown')) return { untold: left.thrown }
  if (
    hasOwn(left, 'value') &&
    hasOwn(right, 'value') &&
    subject.isSame(left.value, right.value, trial.data(testCase))
  ) {
    return 'holds'
  }
  return { given, found: { 'one accumulator for a and b': shown(left), 'merge(a, b)': shown(right) } }
}

/** What was folded, or what was thrown instead. */
type Blocks =
  | { readonly accumulators: readonly unknown[]; readonly chunks: readonly number[] }
  | { readonly thrown: unknown }

/** Fold the chunks before the chunk `cut` into one accumulator, and the others into another one. */
async function foldBlocks(trial: Trial, testCase: Case, cut: number): Promise<Blocks> {
  const { subject } = trial
  const init = subject.reduction!.init!
  const accumulators: unknown[] = []
  const chunks: number[] = []
  const watch: FoldWatch = (call, bytes, { index }) => {
    chunks.push(index)
    const block = index < cut ? 0 : 1
    return settled(
      () => call(block < accumulators.length ? accumulators[block] : init(), bytes),
      (outcome) => {
        accumulators[block] = unwrap(outcome)
        return null
      },
    )
  }
  const ran = await subject.foldAll(trial.data(testCase), chunkSize(testCase), watch)
  return hasOwn(ran, 'thrown') ? ran : { accumulators, chunks }
}
