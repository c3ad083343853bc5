// Shows a run's progress: on a terminal a bar with rate and time left, elsewhere nothing.

import type { Progress } from '@onecopy/node'
import { formatBytes, formatTime } from '../terminal/numbers.js'

/** Shows a run's progress. */
export interface ProgressBar {
  update(progress: Progress): void
  /** Remove the bar. */
  stop(): void
}

const silent: ProgressBar = { update: () => {}, stop: () => {} }

/**
 * Show a bar on standard error, if that is a terminal and `isWanted`.
 *
 * @param label - the text before the bar: the file, if there are several
 */
export async function createProgressBar(label: string, isWanted: boolean): Promise<ProgressBar> {
  if (!isWanted || !process.stderr.isTTY) return silent
  const { SingleBar } = await import('cli-progress')
  const bar = new SingleBar({
    stream: process.stderr,
    format: `${label.replaceAll('{', '(').replaceAll('}', ')')}{bar} {percentage}%  {facts}`,
    barsize: 32,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    clearOnComplete: true,
    // The terminal must stay as it is, even after ctrl-C. The command handles signals itself.
    hideCursor: false,
    gracefulExit: false,
  })
  let isStarted = false
  return {
    update(progress) {
      const { bytes, doneBytes } = progress
      if (!isStarted) bar.start(bytes, doneBytes, { facts: factsOf(progress) })
      isStarted = true
      bar.update(doneBytes, { facts: factsOf(progress) })
    },
    stop() {
      if (isStarted) bar.stop()
    },
  }
}

/** Rate and time left, as `1.2 GB/s, 3.4 s left`. */
export function factsOf({ bytes, doneBytes, bytesPerSecond }: Progress): string {
  if (doneBytes === 0 || bytesPerSecond === 0) return ''
  const leftMs = ((bytes - doneBytes) / bytesPerSecond) * 1000
  return `${formatBytes(bytesPerSecond)}/s, ${formatTime(leftMs)} left`
}
