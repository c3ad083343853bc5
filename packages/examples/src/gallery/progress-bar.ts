// The gallery's progress bar. It is shown only on a terminal.

import { SingleBar } from 'cli-progress'

/** A bar over a known number of steps. */
export interface ProgressBar {
  /** Begin the next step. Call the returned function to say how much of it is done, from 0 to 1. */
  step(label: string): (done: number) => void
  /** Skip steps. */
  skip(steps: number): void
  /** Remove the bar. */
  stop(): void
}

const silent: ProgressBar = { step: () => () => {}, skip: () => {}, stop: () => {} }

/** A bar on standard error, if both outputs are terminals; otherwise one that shows nothing. */
export function createProgressBar(steps: number): ProgressBar {
  if (!process.stderr.isTTY || !process.stdout.isTTY) return silent
  const bar = new SingleBar({
    stream: process.stderr,
    format: '{bar} {percentage}%  {label}',
    barsize: 32,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    clearOnComplete: true,
    // The terminal must stay as it is: what the bar switches off would stay off after Ctrl-C.
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
