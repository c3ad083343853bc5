// The first pass of a run over CSV: in which state each chunk starts, which decides where its records start.

import { memberOf } from '../base/own-members.js'
import { csvFormOf, type StreamPlace } from '../chunks/chunk-plan.js'
import { atRecord, stateAfter } from '../chunks/csv-automaton.js'
import type { SharedData } from '../data/contract.js'
import type { TypedArray } from '../data/typed-array.js'
import type { Span } from '../protocol/part.js'
import type { Commit, ListPayload } from '../protocol/report.js'
import { describeParams } from '../serialize/params.js'
import type { Assembler } from './assembler.js'
import type { Job } from './job.js'

/** What a run over CSV needs first. */
export interface CsvScan {
  /** The state at the start of the data, and at the end of each chunk up to the last one to run. */
  readonly csvStates: Uint8Array
  /** The job that finds them, and what takes its results. Undefined if all are known. */
  readonly job: Job | undefined
  readonly assembler: Assembler | undefined
}

/** The states that are known for some data. There are as many as `states[0]` to `states[known]`. */
interface KnownStates {
  readonly dialect: string
  readonly states: Uint8Array
  known: number
}

/** What was found in files. A file is refused if it changes, so what was found stays true. Parts of a job then read it once. */
const ofFiles = new WeakMap<SharedData<TypedArray>, KnownStates>()

/** What a job over CSV needs first; undefined if it has it. */
export function planCsvScan(job: Job): CsvScan | undefined {
  const { plan, csvStates: given } = job.description
  if (given !== undefined) return undefined
  const to = job.part?.span.to ?? plan.count
  const csvStates = new Uint8Array(to + 1)
  const found = statesOf(job)
  const from = Math.min(found.known, to)
  csvStates.set(found.states.subarray(0, from + 1))
  if (from === to) return { csvStates, job: undefined, assembler: undefined }
  return {
    csvStates,
    job: scanJob(job, { from, to }),
    assembler: new StatesAssembler(csvStates, from, found, plan.pieces?.chunks),
  }
}

/**
 * The job that finds out what the chunks of `span` do to the state.
 *
 * @param stream - if the data is a part of a stream: where it lies. The span counts from the first chunk of the source
 */
export function scanJob(job: Job, { from, to }: Span, stream?: StreamPlace): Job {
  const { data: described, plan } = job.description
  const { length, size, pieces } = plan
  // The job numbers its chunks from 0.
  const shifted = pieces && { ...pieces, chunks: pieces.chunks.map((chunk) => chunk - from) }
  // Chunks of a stream do not see where it begins.
  const begin = stream === undefined ? undefined : stream.start + stream.mark
  const description: Job['description'] = {
    data: described,
    plan: {
      ...plan,
      kind: 'fixed',
      first: from * size,
      last: Math.min(length, to * size),
      count: to - from,
      pieces: shifted,
    },
    fn: { kind: 'csv-scan' },
    foldLevel: undefined,
    stopsEarly: false,
    isApart: false,
    reducer: undefined,
    params: describeParams(begin === undefined ? csvFormOf(plan) : { ...csvFormOf(plan), begin }),
    csvStates: undefined,
    verify: false,
    seed: 0,
    into: undefined,
    mostSkipped: undefined,
    listedSkips: 0,
    prefixes: undefined,
    isTraced: false,
    stream: stream === undefined ? undefined : { ...stream, chunk: 0 },
  }
  const { data, name, priority, workers, chunkTimeoutMs, retries, signal, inContext } = job
  const settings = { data, name, priority, workers, chunkTimeoutMs, retries, signal, inContext }
  return {
    ...settings,
    description,
    into: undefined,
    reduction: undefined,
    first: undefined,
    only: undefined,
    part: undefined,
    streamed: undefined,
    window: undefined,
  }
}

function statesOf({ data, description: { plan } }: Job): KnownStates {
  const dialect = [plan.size, plan.length, ...Object.values(csvFormOf(plan))].join()
  const known = ofFiles.get(data)
  if (known?.dialect === dialect) return known
  const mayChange = memberOf(data, 'assertUnchanged') === undefined
  const found = { dialect, states: new Uint8Array(mayChange ? 1 : plan.count + 1), known: 0 }
  if (!mayChange) ofFiles.set(data, found)
  return found
}

/** Takes what chunks do to the states, in any order, and makes the states of it when all chunks are in. */
export class StatesAssembler implements Assembler {
  readonly #states: Uint8Array
  readonly #from: number
  readonly #found: KnownStates | undefined
  readonly #scanned: Uint32Array
  /** The first chunks of files, ascending. In these, the state begins anew. */
  readonly #firsts: readonly number[]

  /**
   * @param states - takes the states. That of the chunk `from` is there, and those behind it are missing
   * @param found - keeps them for later runs
   * @param firsts - the first chunks of files
   */
  constructor(states: Uint8Array, from: number, found?: KnownStates, firsts: readonly number[] = []) {
    this.#firsts = firsts
    this.#states = states
    this.#from = from
    this.#found = found
    this.#scanned = new Uint32Array(states.length - 1 - from)
  }

  add({ payload }: Commit): void {
    // `as`: the job has no reducer, and its function returns numbers.
    const { chunkIndices, values } = payload as ListPayload
    for (let i = 0; i < chunkIndices.length; i++) this.#scanned[chunkIndices[i]!] = values[i] as number
  }

  result(): { readonly value: undefined } {
    const states = this.#states
    const from = this.#from
    let at = 0
    for (let i = 0; i < this.#scanned.length; i++) {
      while (this.#firsts[at]! < from + i) at++
      const state = this.#firsts[at] === from + i ? atRecord : states[from + i]!
      states[from + i + 1] = stateAfter(this.#scanned[i]!, state)
    }
    const found = this.#found
    if (found !== undefined && found.states.length >= states.length && found.known < states.length) {
      found.states.set(states)
      found.known = states.length - 1
    }
    return { value: undefined }
  }
}
