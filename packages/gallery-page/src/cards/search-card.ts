// Card: where a text occurs, with what stands around it.

import { findBytes } from '@onecopy/kernels'
import { button, element, labelled } from '../dom.js'
import { type Card, createCard } from '../frame/card.js'
import type { Session } from '../frame/session.js'
import type { Source } from '../frame/source.js'
import { bytesAfter, bytesBefore, hitContext } from '../text/hit-context.js'
import { countOf, offsetText, rateText, timeText } from '../text/numbers.js'

const shownHits = 20

const code = `
import { findBytes } from '@onecopy/kernels'

const { count } = await engine.run(data, findBytes, { params: { pattern: 'ERROR', limit: 0 } })
// With a limit, the search ends as soon as it has so many, wherever the workers are.
const { offsets } = await engine.run(data, findBytes, { params: { pattern: 'ERROR', limit: 20 } })`

/** The card. */
export function searchCard(session: Session): Card {
  const card = createCard({
    id: 'search',
    title: 'Search',
    about: 'Every place at which a text occurs, also across the borders of chunks.',
    code,
  })
  const pattern = element('input', {
    type: 'text',
    value: 'onecopy',
    size: 14,
    spellcheck: 'false',
    autocomplete: 'off',
  })
  const hits = element('ol', { class: 'laws mono', 'aria-label': 'The first hits' })
  const search = async (): Promise<void> => {
    const { source } = session
    const text = pattern.value
    if (source === undefined) {
      card.outcome.textContent = 'Choose some data first.'
      return
    }
    if (text === '') {
      card.outcome.textContent = 'Type what to search for: at least one character.'
      return
    }
    const done = await session.run(`search for “${text}”`, async ({ engine, signal, workers, simd, watch }) => {
      const find = (limit: number) =>
        watch(engine.run(source.data, findBytes, { signal, workers, params: { pattern: text, limit, simd } }))
      const begun = performance.now()
      const { count } = await find(0)
      const ms = performance.now() - begun
      return { count, ms, offsets: (await find(shownHits)).offsets }
    })
    if (done === undefined) return
    const { count, ms, offsets } = done.value
    card.outcome.textContent = `${countOf(count, 'hit')} in ${timeText(ms)}: ${rateText(source.data.byteLength, ms)}`
    const length = new TextEncoder().encode(text).length
    hits.replaceChildren(...(await Promise.all(Array.from(offsets, (offset) => hit(source, offset, length)))))
  }
  card.controls.append(
    element(
      'form',
      {
        class: 'controls',
        role: 'search',
        onsubmit: (event: Event) => {
          event.preventDefault()
          void search()
        },
      },
      labelled('text', pattern),
      button('Find', () => {}, { type: 'submit' }),
    ),
  )
  card.body.append(element('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Hits' }, hits))
  session.listen({
    data: () => {
      hits.replaceChildren()
      card.outcome.textContent = ''
    },
  })
  return card
}

async function hit(source: Source, offset: number, length: number): Promise<HTMLElement> {
  const from = Math.max(0, offset - bytesBefore)
  const bytes = await source.bytes(from, Math.min(source.data.byteLength, offset + length + bytesAfter))
  const { before, match, after } = hitContext(bytes, offset - from, length)
  return element(
    'li',
    {},
    element('span', { class: 'note' }, offsetText(offset)),
    element('br'),
    before,
    element('mark', {}, match),
    after,
  )
}
