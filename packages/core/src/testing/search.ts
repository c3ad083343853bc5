// The search for a case in which a law does not hold, and for the smallest one.

import type fc from 'fast-check'
import { hasOwn } from '../base/own-members.js'
import { runtime } from '../base/runtime.js'
import type { Case, FastCheck } from './cases.js'
import type { Element } from './material.js'

/** What is wrong in a case: the values that were asked about, and what should have been equal. */
export interface Violation {
  readonly given: Readonly<Record<string, unknown>>
  readonly found: Readonly<Record<string, unknown>>
}

/** The verdict on one case: wrong, right, or nothing that can be told, as where the plugin throws on malformed data. */
export type Verdict = Violation | 'holds' | { readonly untold: unknown }

/** Tries a law in one case. */
export type Probe = (of: Case) => Promise<Verdict>

/** What a search has found. */
export interface Finding {
  /** Cases that told something. */
  readonly cases: number
  readonly broken: { readonly case: Case; readonly violation: Violation } | undefined
  /** Why a case told nothing, if one did. */
  readonly untold: unknown
}

/** Longest time for each of a law's cases, on average, in ms: a slow plugin is tried in fewer. */
const msPerCase = 3
/** Longest time, in ms, and most cases that are tried to make a counterexample smaller. */
const shrinkingMs = 1000
const mostTries = 2000
/** Data of up to so many elements is made shorter by each part of it; longer data by halves, quarters and so on. */
const closeLook = 32
/** How long the checks keep the thread to themselves. */
const turnMs = 20

/** Whether a verdict is that it is wrong. */
export function isViolation(verdict: Verdict): verdict is Violation {
  return typeof verdict === 'object' && hasOwn(verdict, 'found')
}

/**
 * Look for a violation in `runs` cases.
 *
 * @throws what `probe` throws
 */
export async function search(
  check: FastCheck,
  cases: fc.Arbitrary<Case>,
  probe: Probe,
  settings: { readonly runs: number; readonly seed: number; readonly simplest: Element },
): Promise<Finding> {
  let told = 0
  let untold: unknown
  let lastTurn = runtime.performance.now()
  let crash: { readonly reason: unknown } | undefined
  let broken: { case: Case; violation: Violation } | undefined
  const tryOne = async (of: Case): Promise<boolean> => {
    if (runtime.performance.now() - lastTurn > turnMs) {
      await new Promise<void>((resolve) => runtime.setTimeout(resolve, 0))
      lastTurn = runtime.performance.now()
    }
    const verdict = await probe(of)
    if (isViolation(verdict)) {
      told++
      broken = { case: of, violation: verdict }
      return false
    }
    if (verdict === 'holds') told++
    else untold ??= verdict.untold
    return true
  }
  const { runs, seed } = settings
  // fast-check's own limit would leave the case behind that is under way: of a slow plugin, the only one there is.
  const deadline = runtime.performance.now() + msPerCase * runs
  let tried = 0
  const property = check.asyncProperty(cases, async (of) => {
    if (crash !== undefined || (tried++ > 0 && runtime.performance.now() > deadline)) return true
    try {
      return await tryOne(of)
    } catch (reason) {
      // A mistake of ours or of the user's `equal`, or a run that does not settle: no shrinking, it is thrown below.
      crash = { reason }
      return true
    }
  })
  await check.check(property, { numRuns: runs, seed })
  if (crash !== undefined) throw (crash as { reason: unknown }).reason
  if (broken !== undefined) broken = await minimize(broken, probe, settings.simplest)
  return { cases: told, broken, untold }
}

/** Fewer elements, then simpler ones, then fewer chunks, as long as it stays wrong: whatever the data was made of. */
async function minimize(
  found: { case: Case; violation: Violation },
  probe: Probe,
  simplest: Element,
): Promise<{ case: Case; violation: Violation }> {
  let best = found
  let tries = 0
  const deadline = runtime.performance.now() + shrinkingMs
  const isBetter = async (changes: Partial<Case>): Promise<boolean> => {
    if (tries++ >= mostTries || runtime.performance.now() > deadline) return false
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
        // What is wrong only where it is cut has to be cut still.
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
