// How data comes to the page: a chosen file, a dropped file, or made-up data.

import { alloc } from '@onecopy/web'
import { byId } from '../dom.js'
import { madeUp } from '../plugins/made-up.js'
import { bytesText } from '../text/numbers.js'
import type { Session } from './session.js'
import { describeSource, loadedFile, type Source, sourceOfFile, sourceOfMemory } from './source.js'

const mebi = 1024 * 1024

/** Let the user choose data. */
export function takeData(session: Session): void {
  const pick = byId<HTMLInputElement>('pick')
  const into = byId<HTMLInputElement>('into-memory')
  const what = byId('what')
  session.listen({
    data: (source) => {
      what.textContent = describeSource(source)
    },
  })

  const take = async (chosen: File | undefined): Promise<void> => {
    if (chosen === undefined) return
    if (!into.checked) {
      session.open(sourceOfFile(chosen))
      return
    }
    session.stop()
    const done = await session.run(`reading ${chosen.name}`, () => loadedFile(chosen))
    if (done !== undefined) session.open(done.value)
  }
  pick.addEventListener('change', () => {
    void take(pick.files?.[0])
  })
  document.addEventListener('dragover', (event) => {
    event.preventDefault()
    document.body.classList.add('over')
  })
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) document.body.classList.remove('over')
  })
  document.addEventListener('drop', (event) => {
    event.preventDefault()
    document.body.classList.remove('over')
    void take(event.dataTransfer?.files[0])
  })
  for (const each of document.querySelectorAll<HTMLButtonElement>('[data-mib]'))
    each.addEventListener('click', () => openMadeUp(session, Number(each.dataset.mib)))
}

/** Make data in shared memory, and open it. */
export async function openMadeUp(session: Session, mib: number): Promise<void> {
  session.stop()
  const name = `${bytesText(mib * mebi)} of made-up data`
  const done = await session.run(`making ${name}`, async ({ engine, signal, workers, watch }): Promise<Source> => {
    // The workers write into the memory that they share with the page.
    const target = alloc(Uint8Array, mib * mebi)
    await watch(engine.run(target, madeUp, { signal, workers, params: { target } }))
    return sourceOfMemory(name, target)
  })
  if (done !== undefined) session.open(done.value)
}
