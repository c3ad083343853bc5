// Measures how much of the machine other programs used meanwhile. If they used much, speed-ups mean little.

import { cpus } from 'node:os'
import { nowMs } from './clock.js'

/** The use of the machine's cores. */
export interface MachineLoad {
  /** Cores of the machine. */
  readonly cores: number
  /** How many of them other programs kept busy, on average. */
  readonly coresOfOthers: number
  /** Whether that leaves too few cores for the workers. */
  readonly isBusy: boolean
}

/** If other programs use more than this share of the machine, times are doubtful. */
const quietShare = 0.1
const leastMs = 200

/** The times of the machine and of this process, in ms. */
export interface Moment {
  readonly cores: number
  readonly at: number
  readonly idle: number
  readonly own: number
}

/** The times at this moment. */
export function lookAtMachine(): Moment {
  const all = cpus()
  const { user, system } = process.cpuUsage()
  const idle = all.reduce((sum, { times }) => sum + times.idle, 0)
  return { cores: all.length, at: nowMs(), idle, own: (user + system) / 1000 }
}

/**
 * What other programs used between two moments: everything that was neither idle nor used by this process. That includes what a
 * hypervisor took.
 *
 * @param workers - cores that the runs could use
 * @returns undefined if the system does not tell
 */
export function loadBetween(before: Moment, after: Moment, workers: number): MachineLoad | undefined {
  const { cores } = before
  const ms = after.at - before.at
  // The system counts in ticks of 10 ms, so a short time tells too little.
  if (cores === 0 || ms < leastMs) return undefined
  const others = (cores * ms - (after.idle - before.idle) - (after.own - before.own)) / ms
  const coresOfOthers = Math.min(cores, Math.max(0, others))
  return { cores, coresOfOthers, isBusy: coresOfOthers > quietShare * cores && coresOfOthers + workers > cores }
}
