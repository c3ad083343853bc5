// How much of the machine other programs took meanwhile: beside them, speed-ups mean little.

import { cpus } from 'node:os'

/** What was seen of the machine's cores. */
export interface MachineLoad {
  /** Cores of the machine. */
  readonly cores: number
  /** How many of them others kept busy, on average. */
  readonly coresOfOthers: number
  /** Whether that leaves too few for the workers. */
  readonly isBusy: boolean
}

/** Others may take so large a part of the machine before times are called into question. */
const quietShare = 0.1
const leastMs = 200

/** The times of the machine and of this process, in ms. */
export interface Moment {
  readonly cores: number
  readonly at: number
  readonly idle: number
  readonly own: number
}

/** Now. */
export function lookAtMachine(): Moment {
  const all = cpus()
  const { user, system } = process.cpuUsage()
  const idle = all.reduce((sum, { times }) => sum + times.idle, 0)
  return { cores: all.length, at: performance.now(), idle, own: (user + system) / 1000 }
}

/**
 * What others took from one moment to another: all that was neither idle nor this process's own. What a hypervisor took is
 * among it.
 *
 * @param workers - cores that the runs could use
 * @returns undefined where the system does not say
 */
export function loadBetween(before: Moment, after: Moment, workers: number): MachineLoad | undefined {
  const { cores } = before
  const ms = after.at - before.at
  // The system counts in ticks of 10 ms: of a moment it says too little.
  if (cores === 0 || ms < leastMs) return undefined
  const others = (cores * ms - (after.idle - before.idle) - (after.own - before.own)) / ms
  const coresOfOthers = Math.min(cores, Math.max(0, others))
  return { cores, coresOfOthers, isBusy: coresOfOthers > quietShare * cores && coresOfOthers + workers > cores }
}
