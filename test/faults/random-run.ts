// Runs random jobs on an engine, several at once, and judges their outcomes.

import {
  alloc,
  type Engine,
  isOnecopyError,
  type MapRun,
  moduleFunction,
  type Run,
  sequential,
  sum,
  sumArrays,
} from '@onecopy/node'
import { randomFaults, work } from '../plugins/random-faults.js'
import { fingerprint } from '../support/fingerprint.js'
import type { Job } from './random-job.js'

type FaultParams = import('../plugins/random-faults.js').FaultParams

const workByName = moduleFunction<typeof import('../plugins/random-faults.js')>(
  new URL('../plugins/random-faults.js', import.meta.url),
  'work',
)

/** The outcome of a job. `seen`: what a reader got before its end. */
interface Outcome {
  readonly answer?: { readonly value: unknown }
  readonly seen?: readonly unknown[]
  readonly error?: { readonly thrown: unknown }
  readonly run: Run<unknown>
}

/** How many workers a job has lost, and what is wrong with its outcome, if anything. */
export interface Verdict {
  readonly deaths: number
  readonly wrong: string | undefined
}

/** Run `job` on `engine`, and check its outcome. */
export async function playJob(engine: Engine, job: Job): Promise<Verdict> {
  const expected = await expectation(job)
  const counts = alloc(Int32Array, Math.max(0, ...job.ranges.map(({ index }) => index)) + 3)
  const losses: string[] = []
  const outcome = await perform(engine, job, { ...job.params, counts }, losses)
  // Wake those who wait for a chunk that never began.
  Atomics.notify(counts.view(), counts.length - 1)
  const deaths = outcome.run.stats?.workersLost ?? 0
  return { deaths, wrong: judge(job, outcome, expected) ?? miscounted(job, outcome, counts.view(), losses) }
}

/** The answer without any fault: of the sequential engine. */
async function expectation(job: Job): Promise<Outcome> {
  const params = { ...job.params, faults: {}, setupDeaths: 0, beginAt: -1, counts: alloc(Int32Array, 2) }
  return perform(sequential(), { ...job, cancel: undefined, mode: job.mode === 'early' ? 'iterate' : job.mode }, params)
}

async function perform(engine: Engine, job: Job, params: FaultParams, losses: string[] = []): Promise<Outcome> {
  const { cancel, mode } = job
  const controller = new AbortController()
  const mapped = begin(engine, job, params, controller.signal)
  const run = reduced(mapped, engine, job, params, controller.signal)
  run.on('workerLost', ({ chunk, cause }) => losses.push(`${chunk?.index}: ${String(cause)}`))
  const end = (): void => {
    if (cancel?.by === 'run') run.cancel(cancel.reason)
    else controller.abort(cancel?.reason)
  }
  if (cancel?.when === 'before') end()
  const outcome = mode === 'iterate' || mode === 'early' ? read(mapped, job) : settle(run)
  if (cancel?.when === 'turns') {
    for (let turn = 0; turn < cancel.turns; turn++) await new Promise((resolve) => setImmediate(resolve))
    end()
  } else if (cancel?.when === 'chunk') {
    const words = params.counts.view()
    const begun = Atomics.waitAsync(words, words.length - 1, 0).value
    await Promise.race([begun, outcome])
    end()
  }
  return outcome
}

function optionsOf(job: Job, signal: AbortSignal) {
  const { chunks, priority, retries, workers, chunkTimeoutMs, verify } = job
  return { chunks, priority, retries, workers, chunkTimeoutMs, verify, signal }
}

function begin(engine: Engine, job: Job, params: FaultParams, signal: AbortSignal): MapRun<unknown> {
  const options = { ...optionsOf(job, signal), params }
  if (job.way === 'inline') return engine.map<unknown, FaultParams, Uint8Array>(job.data, work, options)
  if (job.way === 'module') return engine.map<unknown, FaultParams, Uint8Array>(job.data, workByName, options)
  return engine.map(job.data, randomFaults, options)
}

/** The run to be awaited; for jobs that iterate, the map run itself. */
function reduced(
  mapped: MapRun<unknown>,
  engine: Engine,
  job: Job,
  params: FaultParams,
  signal: AbortSignal,
): Run<unknown> {
  switch (job.mode) {
    case 'plugin':
      return engine.run(job.data, randomFaults, { ...optionsOf(job, signal), params })
    case 'text':
      return mapped.reduce({
        init: () => ({ text: '' }),
        add: (acc: { text: string }, value) => {
          acc.text += String(value)
          return acc
        },
        merge: (left, right) => {
          left.text += right.text
          return left
        },
      })
    case 'sum':
      return mapped.reduce(sum())
    case 'arrays':
      return mapped.reduce(sumArrays<Float64Array>())
    case 'any':
      return mapped.reduce({
        order: 'any',
        init: () => ({ total: 0, bits: 0 }),
        add: (acc: { total: number; bits: number }, value) => {
          acc.total += Number(value)
          acc.bits ^= Number(value)
          return acc
        },
        merge: (left, right) => ({ total: left.total + right.total, bits: left.bits ^ right.bits }),
      })
    case 'merge':
      return mapped.reduce((left, right) => `${left}${right}`)
    default:
      return mapped
  }
}

async function settle(run: Run<unknown>): Promise<Outcome> {
  try {
    return { run, answer: { value: await run } }
  } catch (thrown) {
    return { run, error: { thrown } }
  }
}

async function read(run: MapRun<unknown>, { mode, enough, isSlow }: Job): Promise<Outcome> {
  const seen: unknown[] = []
  try {
    for await (const value of run) {
      seen.push(value)
      if (mode === 'early' && seen.length === enough) return { run, seen }
      if (isSlow) await new Promise((resolve) => setImmediate(resolve))
    }
    return { run, seen, answer: { value: seen } }
  } catch (thrown) {
    return { run, seen, error: { thrown } }
  }
}

/** What is wrong with `outcome`; undefined if nothing is. */
function judge(job: Job, outcome: Outcome, expected: Outcome): string | undefined {
  const { fate, cancel } = job
  const { answer, seen, error } = outcome
  if (cancel !== undefined && error !== undefined && Object.is(error.thrown, cancel.reason)) return seenWrong()
  if (cancel?.when === 'before') return `it was cancelled before it began, and yet ${said(outcome)}`
  if (error !== undefined) return wrongError(job, error.thrown, expected) ?? seenWrong()
  if (answer === undefined) {
    // A reader that stopped early may have seen what comes before a failure, and nothing else.
    if (fate.kind === 'error' && (fate.chunk === undefined || seenBefore(fate.chunk.index) < job.enough))
      return `it gave results behind the chunk that fails: ${said(outcome)}`
    return seenWrong()
  }
  if (fate.kind !== 'answer') return `it had to fail with ${JSON.stringify(fate)}, and ${said(outcome)}`
  if (expected.answer === undefined) return `the sequential engine refuses, and yet ${said(outcome)}`
  const [is, should] = [fingerprint(answer.value), fingerprint(expected.answer.value)]
  return is === should ? undefined : `it gave ${is.slice(0, 500)} and not ${should.slice(0, 500)}`

  function seenBefore(index: number): number {
    return job.ranges.filter((range) => range.index < index).length
  }

  function seenWrong(): string | undefined {
    if (seen === undefined) return undefined
    // `as`: what is iterated is a list.
    const all = expected.answer?.value as readonly unknown[]
    if (fingerprint(seen) === fingerprint(all.slice(0, seen.length))) return undefined
    return `the reader saw ${fingerprint(seen).slice(0, 500)}`
  }
}

function wrongError({ fate, mode }: Job, thrown: unknown, expected: Outcome): string | undefined {
  const found = isOnecopyError(thrown)
    ? `${thrown.code} ${JSON.stringify(thrown.chunk)} (${thrown.message})`
    : `it threw ${String(thrown)}`
  // Over nothing, a bare function has no answer.
  if (mode === 'merge' && expected.error !== undefined && isOnecopyError(thrown, 'ERR_EMPTY_INPUT')) return undefined
  if (fate.kind !== 'error') return `it failed with ${found}`
  const range = JSON.stringify(fate.chunk)
  if (!isOnecopyError(thrown, fate.code) || JSON.stringify(thrown.chunk) !== range)
    return `it had to fail with ${fate.code} ${range}, and failed with ${found}`
  const cause = thrown.cause instanceof Error ? thrown.cause.message : thrown.cause
  if (fate.code === 'ERR_CHUNK_FAILED' && cause !== `chunk ${fate.chunk?.index}`)
    return `the cause is not what was thrown: ${String(cause)}`
  return undefined
}

/**
 * A run that succeeds has lost as many workers as its own chunks and setups have ended, and reports each of them. (If a setup
 * dies when no work is left, its worker may be ended first.)
 */
function miscounted(
  job: Job,
  { answer, run }: Outcome,
  words: Int32Array,
  losses: readonly string[],
): string | undefined {
  if (answer === undefined) return undefined
  let deaths = 0
  for (const [index, { kind, times }] of Object.entries(job.params.faults)) {
    if (kind === 'exit' || kind === 'timer' || kind === 'rejection') deaths += Math.min(times, words[Number(index)]!)
  }
  const inSetup = Math.min(job.params.setupDeaths, words[words.length - 2]!)
  const lost = run.stats?.workersLost ?? 0
  const { ran } = run.stats?.counters ?? {}
  const skipped = run.stats?.skipped.count
  const odd = job.ranges.filter(({ index }) => index % 2 === 1).length
  if ((ran ?? 0) !== job.ranges.length || skipped !== odd) {
    return `of ${job.ranges.length} chunks ${ran} are counted, and of ${odd} skips ${skipped}`
  }
  if (lost === losses.length && lost >= deaths && lost <= deaths + inSetup) return undefined
  return `${deaths} workers died in chunks, ${inSetup} in setup, and it says ${lost}: ${losses.join('; ')}`
}

function said({ answer, seen, error }: Outcome): string {
  if (error !== undefined) return `it threw ${String(error.thrown)}`
  return `it gave ${fingerprint(answer === undefined ? seen : answer.value).slice(0, 200)}`
}
