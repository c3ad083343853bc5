// The bar at the bottom of the page: what runs, how fast, how far it is, and a button that stops it.

import { byId } from '../dom.js'
import { bytesText, rateText, timeText } from '../text/numbers.js'
import { errorText } from './error-text.js'
import type { Session } from './session.js'

/** Show the session's jobs in the dock. */
export function showDock(session: Session): void {
  const bar = byId<HTMLProgressElement>('bar')
  const status = byId('status')
  const numbers = byId('numbers')
  const stop = byId<HTMLButtonElement>('stop')
  stop.addEventListener('click', () => session.stop())
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !stop.disabled) session.stop()
  })
  session.listen({
    start(label) {
      document.body.dataset.busy = 'true'
      status.textContent = `${label} …`
      status.classList.remove('bad')
      numbers.textContent = ''
      bar.value = 0
      stop.disabled = false
    },
    progress({ bytes, doneBytes, elapsedMs }) {
      bar.value = bytes === 0 ? 1 : doneBytes / bytes
      numbers.textContent = `${bytesText(doneBytes)} of ${bytesText(bytes)}, ${rateText(doneBytes, elapsedMs)}`
    },
    end(label, ms, error) {
      delete document.body.dataset.busy
      stop.disabled = true
      bar.value = error === undefined ? 1 : 0
      status.classList.toggle('bad', error !== undefined && error !== 'stopped')
      status.textContent =
        error === undefined
          ? `${label}: ${timeText(ms)}`
          : `${label}: ${error === 'stopped' ? 'stopped' : errorText(error)}`
    },
  })
}
