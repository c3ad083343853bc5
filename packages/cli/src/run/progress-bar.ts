// How far a run is: a bar with rate and time left on a terminal, nothing anywhere else.

import type { Progress } from '@onecopy/node'
import { formatBytes, formatTime } from '../terminal/numbers.js'

/** Shows a run's progress. */
export interface ProgressBar {
  update(progress: Progress): void
  /** Clear it away. */
  stop(): void
}

const silent: ProgressBar = { update: () => {}, stop: () => {} }

/**
 * A bar on standard error, if that is a terminal and `isWanted`.
 *
 * @param label - what stands before it: the file, where there are several
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
    // The terminal stays as it is, also after ctrl-C; signals are the command's own business.
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
