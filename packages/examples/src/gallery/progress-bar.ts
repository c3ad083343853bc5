// The gallery's progress bar: on a terminal, and nowhere else.

import { SingleBar } from 'cli-progress'

/** A bar over a known number of steps. */
export interface ProgressBar {
  /** Begin the next step; the function that is returned says how much of it is done, from 0 to 1. */
  step(label: string): (done: number) => void
  /** Leave steps out. */
  skip(steps: number): void
  /** Clear the bar away. */
  stop(): void
}

const silent: ProgressBar = { step: () => () => {}, skip: () => {}, stop: () => {} }

/** A bar on standard error if both outputs are a terminal; else one that shows nothing. */
export function createProgressBar(steps: number): ProgressBar {
  if (!process.stderr.isTTY || !process.stdout.isTTY) return silent
  const bar = new SingleBar({
    stream: process.stderr,
    format: '{bar} {percentage}%  {label}',
    barsize: 32,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    clearOnComplete: true,
    // The terminal stays as it is: what is switched off here would still be off after Ctrl-C.
    hideCursor: false,
    linewrap: true,
  })
  bar.start(steps, 0, { label: '' })
  let begun = 0
  return {
    step(label) {
      const before = begun++
      bar.update(before, { label })
      return (done) => bar.update(before + done, { label })
    },
    skip(count) {
      begun += count
    },
    stop: () => bar.stop(),
  }
}
