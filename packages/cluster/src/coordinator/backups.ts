// Which spans get a second job, because the machine that has them is much slower than the others. The first result counts.

import type { OpenSpan } from './open-spans.js'

/** A span is late if it takes this many times as long as usual … */
const timesAsLong = 3
/** … and at least so long, in ms. */
const leastMs = 1000

/** The spans that get a second job. Only when nothing waits any more, and only as many as there are idle machines. */
export function lateSpans(
  open: readonly OpenSpan[],
  {
    machines,
    msPerChunk,
    now,
  }: { readonly machines: number; readonly msPerChunk: number | undefined; readonly now: number },
): OpenSpan[] {
  if (msPerChunk === undefined || open.some(({ activeSince }) => activeSince === undefined)) return []
  const backups = open.filter(({ backup }) => backup !== undefined).length
  const idle = machines - new Set(open.map(({ worker }) => worker)).size - backups
  if (idle <= 0) return []
  return open
    .filter(({ backup, from, to, activeSince }) => {
      const usual = msPerChunk * (to - from)
      return backup === undefined && now - activeSince! > Math.max(leastMs, timesAsLong * usual)
    })
    .slice(0, idle)
}
