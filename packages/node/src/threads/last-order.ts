// What a thread still has of its last lane, so that the host need not send it again: a program often repeats a run, and sending a job
// takes longer than running a small one.
//
// The host and the thread each keep the last order, by the same rule. Only what is light is kept, because a thread may be idle for
// long, and must not hold memory that its program has dropped.

import { memberOf } from '@onecopy/core/lane'
import { type LaneOrder, type PackedJob, type PackedOrder, packOrder, unpackOrder } from './wire.js'

/** A job with more shared memory than this is not kept, in bytes. */
const mostKeptBytes = 1024 * 1024

/** One side's copy of the last order between a host and a thread. */
export class LastOrder {
  #control: SharedArrayBuffer | undefined
  #job: PackedJob | undefined
  #next: PackedOrder | undefined

  /** Host: the order without what the thread has. Call `sent` when it was sent. */
  pack(order: LaneOrder): PackedOrder {
    const full = packOrder(order)
    this.#next = full
    const [number, lane, lanes, missing, inOrder, control, job] = full
    const isKnown = this.#job !== undefined && job !== undefined && isSameJob(this.#job, job)
    return [
      number,
      lane,
      lanes,
      missing,
      inOrder,
      control === this.#control ? undefined : control,
      isKnown ? undefined : job,
    ]
  }

  /** Host: what `pack` returned was sent. An order that cannot be cloned is not. */
  sent(): void {
    if (this.#next !== undefined) this.#keep(this.#next[5], this.#next[6])
    this.#next = undefined
  }

  /** Thread: the whole order again. */
  unpack([number, lane, lanes, missing, inOrder, sentControl, sentJob]: PackedOrder): LaneOrder {
    // `as`: the host leaves out only what this side has.
    const control = (sentControl ?? this.#control) as SharedArrayBuffer
    const job = (sentJob ?? this.#job) as PackedJob
    this.#keep(control, job)
    return unpackOrder(number, { lane, lanes, missing, inOrder, control }, job)
  }

  #keep(control: SharedArrayBuffer | undefined, job: PackedJob | undefined): void {
    this.#control = control
    this.#job = job !== undefined && isLight(job) ? job : undefined
  }
}

/** Whether a job holds little memory, and nothing that its chunk function could change. */
function isLight([data, , reducer, params, csvStates, , , into, , , prefixes]: PackedJob): boolean {
  if (into !== undefined || csvStates !== undefined || prefixes !== undefined) return false
  const buffer = memberOf(data, 'buffer') as SharedArrayBuffer | undefined
  if (buffer !== undefined && buffer.byteLength > mostKeptBytes) return false
  return params.value === undefined && params.shared.length === 0 && reducer?.kind !== 'object'
}

function isSameJob(a: PackedJob, b: PackedJob): boolean {
  return a.every((member, i) => isSame(member, b[i]))
}

/** Whether two members of jobs are equal: the same value, or objects with the same members. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const keys = Object.keys(a)
  // `as`: any member of any object can be read.
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && left[key] === right[key])
}
