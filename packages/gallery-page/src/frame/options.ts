// What the user may set for all jobs: workers, SIMD, and the colours of the page.

import { support } from '@onecopy/web'
import { byId, element } from '../dom.js'
import type { Session } from './session.js'

/** Connect the options with the session. */
export function offerOptions(session: Session): void {
  const workers = byId<HTMLInputElement>('workers')
  const shown = byId('workers-shown')
  workers.max = String(session.engine.workers)
  workers.value = workers.max
  const setWorkers = (): void => {
    session.workers = Number(workers.value)
    shown.textContent = `${workers.value} of ${workers.max}`
  }
  workers.addEventListener('input', setWorkers)
  setWorkers()
  const simd = byId<HTMLInputElement>('simd')
  simd.addEventListener('change', () => {
    session.simd = simd.checked
  })
}

/** Say what this browser has. */
export function showFacts(): void {
  const { sharedMemory, simd, locks } = support()
  const fact = (has: boolean, name: string): HTMLElement =>
    element('li', { class: has ? 'yes' : 'no' }, `${name}${has ? '' : ' missing'}`)
  byId('facts').replaceChildren(
    fact(sharedMemory, 'shared memory'),
    fact(simd, 'WebAssembly SIMD'),
    fact(locks, 'Web Locks'),
    element('li', {}, `${navigator.hardwareConcurrency} cores`),
  )
}

const themeKey = 'onecopy-theme'

/** Let the user choose light or dark colours. The choice is kept. */
export function offerThemes(): void {
  const theme = byId<HTMLSelectElement>('theme')
  const apply = (): void => {
    const root = document.documentElement
    if (theme.value === '') delete root.dataset.theme
    else root.dataset.theme = theme.value
    root.dispatchEvent(new Event('theme'))
  }
  theme.value = stored() ?? ''
  theme.addEventListener('change', () => {
    try {
      localStorage.setItem(themeKey, theme.value)
    } catch {
      // Where storage is forbidden, the choice lasts as long as the page.
    }
    apply()
  })
  apply()
}

function stored(): string | null {
  try {
    return localStorage.getItem(themeKey)
  } catch {
    return null
  }
}
