// Shows a run's progress: on a terminal a bar with rate and time left, or how much of a stream is done; elsewhere nothing.
//
// The bar is drawn when the run reports progress. It needs no clock and no timer, because a plugin's module may have replaced those.

import type { Progress } from '@onecopy/node'
import { isTerminal } from '../terminal/is-terminal.js'
import { formatBytes, formatTime } from '../terminal/numbers.js'

/** Shows a run's progress. */
export interface ProgressBar {
  update(progress: Progress): void
  /** Remove the bar. */
  stop(): void
}

const silent: ProgressBar = { update: () => {}, stop: () => {} }
const barColumns = 32
const clearLine = '\r\u001b[K'
/** The terminal cuts a line that is too long. A second line would not be cleared. */
const [noWrap, wrap] = ['\u001b[?7l', '\u001b[?7h']

/**
 * Show a bar on standard error, if that is a terminal and `isWanted`.
 *
 * @param label - the text before the bar: the file, if there are several
 * @param hasEnd - whether it is known how much there is to do. If not, there is no bar, but how much is done
 */
export function createProgressBar(label: string, isWanted: boolean, hasEnd: boolean): ProgressBar {
  const { stderr } = process
  if (!isWanted || !isTerminal(stderr)) return silent
  let isShown = false
  return {
    update(progress) {
      isShown = true
      const text = hasEnd ? `${barOf(progress)}  ${factsOf(progress)}` : doneOf(progress)
      stderr.write(`${clearLine}${noWrap}${label}${text}${wrap}`)
    },
    stop() {
      if (isShown) stderr.write(clearLine)
    },
  }
}

function barOf({ bytes, doneBytes }: Progress): string {
  const share = bytes === 0 ? 1 : doneBytes / bytes
  const columns = Math.floor(share * barColumns)
  return `${'█'.repeat(columns)}${'░'.repeat(barColumns - columns)} ${Math.floor(share * 100)}%`
}

/** Rate and time left, as `1.2 GB/s, 3.4 s left`. */
export function factsOf({ bytes, doneBytes, bytesPerSecond }: Progress): string {
  if (doneBytes === 0 || bytesPerSecond === 0) return ''
  const leftMs = ((bytes - doneBytes) / bytesPerSecond) * 1000
  return `${formatBytes(bytesPerSecond)}/s, ${formatTime(leftMs)} left`
}

/** What is done of a stream, whose end is not known, as `1.20 GB in 3.4 s, 353 MB/s`. */
function doneOf({ doneBytes, elapsedMs, bytesPerSecond }: Progress): string {
  return `${formatBytes(doneBytes)} in ${formatTime(elapsedMs)}, ${formatBytes(bytesPerSecond)}/s`
}
