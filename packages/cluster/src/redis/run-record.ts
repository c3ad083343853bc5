// What is known about a run in Redis: which job it is, how it was cut, whether anybody waits for it, whether it was cancelled.
//
// All times are the server's, because clocks of machines differ.

import { OnecopyError } from '@onecopy/core'
import type { Redis } from 'ioredis'
import { cutsKey, runKey } from './keys.js'

/** How long a record stays after its last beat, in seconds. */
const keepS = 7 * 24 * 3600

/** What a run's record says. */
export interface RunState {
  readonly queue: string
  /** The text of the job's description. */
  readonly job: string
}

/** The record of one run. */
export class RunRecord {
  readonly run: string
  readonly #redis: Redis
  readonly #key: string
  readonly #cuts: string

  constructor(redis: Redis, prefix: string, run: string) {
    this.run = run
    this.#redis = redis
    this.#key = runKey(prefix, run)
    this.#cuts = cutsKey(prefix, run)
  }

  /** What the record says; undefined if there is none. */
  async read(): Promise<RunState | undefined> {
    const [queue, job] = await this.#redis.hmget(this.#key, 'queue', 'job')
    return queue == null || job == null ? undefined : { queue, job }
  }

  /**
   * Say that this run is that job, and that it is not cancelled.
   *
   * @throws {OnecopyError} `ERR_PART_MISMATCH`: the id belongs to a run of another job
   */
  async claim({ queue, job }: RunState): Promise<void> {
    await this.#redis.hsetnx(this.#key, 'queue', queue)
    await this.#redis.hsetnx(this.#key, 'job', job)
    const known = await this.read()
    if (known !== undefined && known.job !== job) {
      throw new OnecopyError(
        'ERR_PART_MISMATCH',
        `run id ${this.run}: it belongs to a run of another job: ${differenceOf(known.job, job)}; take another id, or cancel that run`,
      )
    }
    await this.#redis.hdel(this.#key, 'cancelled')
  }

  /** Say that coordinator `who` still waits for the run, and will say so again within `patienceMs`. */
  async beat(who: string, patienceMs: number, { queue, job }: RunState): Promise<void> {
    const now = await this.#now()
    await this.#redis
      .multi()
      .hset(this.#key, { queue, job, beat: now, patience: patienceMs, [`c.${who}`]: now })
      .expire(this.#key, keepS)
      .expire(this.#cuts, keepS)
      .exec()
  }

  /** Say that the run is wanted whether or not anybody waits for it. */
  async detach(): Promise<void> {
    await this.#redis.hset(this.#key, 'detached', 1)
  }

  /** Whether the run is wanted although nobody may wait for it. */
  async isDetached(): Promise<boolean> {
    return (await this.#redis.hexists(this.#key, 'detached')) === 1
  }

  /** Say that nobody waits for the run now. It may be resumed. */
  async abandon(): Promise<void> {
    await this.#redis.hset(this.#key, 'beat', 0)
  }

  /** Say that nobody wants the run any more. Returns false if there is no such run. */
  async cancel(): Promise<boolean> {
    if ((await this.#redis.exists(this.#key)) === 0) return false
    await this.#redis.hset(this.#key, 'cancelled', 1)
    return true
  }

  /** Whether the run was cancelled. */
  async isCancelled(): Promise<boolean> {
    return (await this.#redis.hexists(this.#key, 'cancelled')) === 1
  }

  /** Whether the run may still be wanted: it has not ended. */
  async isKnown(): Promise<boolean> {
    return (await this.#redis.exists(this.#key)) === 1
  }

  /** Whether the run is wanted: it has a coordinator that is alive, or needs none, and is not cancelled. */
  async isWanted(): Promise<boolean> {
    const fields = ['cancelled', 'beat', 'patience', 'detached']
    const [cancelled, beat, patience, detached] = await this.#redis.hmget(this.#key, ...fields)
    if (cancelled != null || beat == null) return false
    if (detached != null) return true
    return (await this.#now()) - Number(beat) <= Number(patience)
  }

  /** Coordinator `who` leaves. Returns whether it is the last one: the others have been silent for longer than `silenceMs`. */
  async leave(who: string, silenceMs: number): Promise<boolean> {
    await this.#redis.hdel(this.#key, `c.${who}`)
    const record = await this.#redis.hgetall(this.#key)
    const now = await this.#now()
    return !Object.entries(record).some(([field, beat]) => field.startsWith('c.') && now - Number(beat) <= silenceMs)
  }

  /** How the run was cut so far: where each span begins and ends. */
  async cuts(): Promise<Map<number, number>> {
    const cuts = await this.#redis.hgetall(this.#cuts)
    return new Map(Object.entries(cuts).map(([from, to]) => [Number(from), Number(to)]))
  }

  /** Say that a span begins at `from` and ends at `to`. Returns where it ends: another coordinator may have been earlier. */
  async cut(from: number, to: number): Promise<number> {
    if ((await this.#redis.hsetnx(this.#cuts, String(from), String(to))) === 1) return to
    return Number(await this.#redis.hget(this.#cuts, String(from)))
  }

  /** Forget the run. */
  async remove(): Promise<void> {
    await this.#redis.del(this.#key, this.#cuts)
  }

  async #now(): Promise<number> {
    const [seconds, micros] = await this.#redis.time()
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
  }
}

/** Names the first member in which two jobs differ. */
function differenceOf(theirs: string, ours: string): string {
  try {
    const [a, b] = [JSON.parse(theirs), JSON.parse(ours)]
    const key = Object.keys(b).find((each) => JSON.stringify(a[each]) !== JSON.stringify(b[each]))
    const text = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? 'nothing'
    return key === undefined ? 'it has other members' : `its ${key} is ${text(a[key])}, and here it is ${text(b[key])}`
  } catch {
    // Whatever it is, it is not this job.
    return 'its record cannot be read'
  }
}
