// Searches for a case in which a law does not hold, and makes it as small as possible.

import type fc from 'fast-check'
import { hasOwn } from '../base/own-members.js'
import { runtime } from '../base/runtime.js'
import { giveBackAdded, takeAdded } from './added-members.js'
import type { Case, FastCheck } from './cases.js'
import type { Element } from './material.js'

/** How a law is broken in a case: the values for which it was tested, and those that should have been equal. */
export interface Violation {
  readonly given: Readonly<Record<string, unknown>>
  readonly found: Readonly<Record<string, unknown>>
}

/** The verdict on one case: the law is broken, it holds, or the case tells nothing, for example because the plugin throws. */
export type Verdict = Violation | 'holds' | { readonly untold: unknown }

/** Tests a law in one case. */
export type Probe = (testCase: Case) => Promise<Verdict>

/** The result of a search. */
export interface Finding {
  /** The number of cases that told something. */
  readonly cases: number
  readonly broken: { readonly case: Case; readonly violation: Violation } | undefined
  /** What was thrown in a case that told nothing. */
  readonly untold: unknown
}

/** The longest time per case of a law, on average, in ms. A slow plugin is tested in fewer cases. */
const msPerCase = 3
/** The limits for making a counterexample smaller: time in ms, and number of attempts. */
const shrinkingMs = 1000
const mostTries = 2000
/** So many cases and attempts may take this many times as long. Else a busy machine would find less than a quiet one. */
const leastCases = 30
const leastTries = 300
const patience = 5
/** Up to this many elements, parts of every length are removed; from longer data, halves, quarters and so on. */
const closeLook = 32
/** After this time, in ms, the checks let other tasks of the thread run. */
const timeSliceMs = 20

/** Whether a verdict says that the law is broken. */
export function isViolation(verdict: Verdict): verdict is Violation {
  return typeof verdict === 'object' && hasOwn(verdict, 'found')
}

/**
 * Look for a violation in `runs` cases.
 *
 * @param cases - makes the cases with `check`
 * @throws what `probe` throws
 */
export async function search(
  check: FastCheck,
  cases: () => fc.Arbitrary<Case>,
  probe: Probe,
  settings: { readonly runs: number; readonly seed: number; readonly simplest: Element },
): Promise<Finding> {
  let told = 0
  let untold: unknown
  let lastTurn = runtime.performance.now()
  let crash: { readonly reason: unknown } | undefined
  let broken: { case: Case; violation: Violation } | undefined
  const tryOne = async (testCase: Case): Promise<boolean> => {
    if (runtime.performance.now() - lastTurn > timeSliceMs) {
      await new Promise<void>((resolve) => runtime.setTimeout(resolve, 0))
      lastTurn = runtime.performance.now()
    }
    const verdict = await probe(testCase)
    if (isViolation(verdict)) {
      told++
      broken = { case: testCase, violation: verdict }
      return false
    }
    if (verdict === 'holds') told++
    else untold ??= verdict.untold
    return true
  }
  const { runs, seed } = settings
  // fast-check's own time limit would abandon the running case, which may be the only one for a slow plugin.
  const isOver = timeLimit(msPerCase * runs, leastCases)
  let tried = 0
  const holds = async (testCase: Case): Promise<boolean> => {
    if (crash !== undefined || (tried++ > 0 && isOver(tried))) return true
    giveBackAdded()
    try {
      return await tryOne(testCase)
    } catch (reason) {
      // A bug here, an error in the user's `equal`, or a run that does not settle. It is not shrunk, but thrown below.
      crash = { reason }
      return true
    } finally {
      takeAdded()
    }
  }
  takeAdded()
  try {
    await check.check(check.asyncProperty(cases(), holds), { numRuns: runs, seed })
  } finally {
    giveBackAdded()
  }
  if (crash !== undefined) throw (crash as { reason: unknown }).reason
  if (broken !== undefined) broken = await minimize(broken, probe, settings.simplest)
  return { cases: told, broken, untold }
}

/** Whether the time is over, for whoever has done `done` steps: `ms`, or up to `patience` times that for the first `least` steps. */
function timeLimit(ms: number, least: number): (done: number) => boolean {
  const start = runtime.performance.now()
  return (done) => runtime.performance.now() - start > (done <= least ? patience * ms : ms)
}

/** Try fewer elements, then simpler ones, then fewer chunks, as long as the law stays broken. */
async function minimize(
  found: { case: Case; violation: Violation },
  probe: Probe,
  simplest: Element,
): Promise<{ case: Case; violation: Violation }> {
  let best = found
  let tries = 0
  const isOver = timeLimit(shrinkingMs, leastTries)
  const isBetter = async (changes: Partial<Case>): Promise<boolean> => {
    if (tries++ >= mostTries || isOver(tries)) return false
    const candidate = { ...best.case, ...changes }
    const verdict = await probe(candidate)
    if (!isViolation(verdict)) return false
    best = { case: candidate, violation: verdict }
    return true
  }
  const length = (): number => best.case.elements.length
  for (let before = -1; before !== length(); ) {
    before = length()
    for (let width = before; width >= 1; width = length() > closeLook ? width >> 1 : width - 1) {
      for (let at = 0; at + width <= length(); ) {
        const { elements, size } = best.case
        const fewer = [...elements.slice(0, at), ...elements.slice(at + width)]
        // If the law is broken only when the data is cut, it must still be cut.
        const sizes = new Set([size, Math.max(1, Math.min(size, fewer.length - 1)), Math.max(1, size - 1), 1])
        let isShorter = false
        for (const each of sizes) isShorter ||= await isBetter({ elements: fewer, size: each })
        if (!isShorter) at += width
      }
    }
  }
  for (let at = 0; at < length(); at++) {
    const { elements } = best.case
    for (const simpler of [simplest, elements[0]!]) {
      if (elements[at] === simpler) break
      if (await isBetter({ elements: elements.map((element, i) => (i === at ? simpler : element)) })) break
    }
  }
  for (let size = length() - 1; size > best.case.size; size--) if (await isBetter({ size })) break
  if (best.case.workers > 2) await isBetter({ workers: 2 })
  return best
}
