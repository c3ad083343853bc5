// Which spans go first in the queue.

/** Most spans of one run that keep their order. */
const most = 600_000

/**
 * The place of a run's `order`-th span in the queue. Spans of several runs take turns, so a short run does not wait for a long one.
 * Runs with a priority above 0 go before all others, and those below 0 behind them.
 */
export function orderOf(order: number, priority: number): number {
  const group = priority > 0 ? 0 : priority === 0 ? 1 : 2
  return group * most + Math.min(order, most)
}
