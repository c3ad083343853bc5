// Card: hashes of the data, and whether they are the ones that the user expects.

import { hash } from '@onecopy/examples'
import { button, element, labelled } from '../dom.js'
import { type Card, createCard } from '../frame/card.js'
import type { Session } from '../frame/session.js'
import { rateText, timeText } from '../text/numbers.js'

const code = `
import { hash } from '@onecopy/examples'

const { treeHash, crc32 } = await engine.run(file(blob), hash)`

/** The card. */
export function hashCard(session: Session): Card {
  const card = createCard({
    id: 'hashes',
    title: 'Hashes',
    about:
      'The SHA-256 tree hash with leaves of 1 MiB, as S3 Glacier computes it, and the CRC-32, as gzip and zip store it.',
    code,
    isWide: true,
  })
  const expected = element('input', { type: 'text', size: 30, spellcheck: 'false', autocomplete: 'off' })
  const verdict = element('p', { class: 'hint', role: 'status' })
  let found: readonly string[] = []
  const compare = (): void => {
    const text = expected.value.trim().toLowerCase().replace(/^0x/, '')
    const isKnown = found.includes(text)
    verdict.textContent = text === '' || found.length === 0 ? '' : isKnown ? 'They are equal.' : 'They differ.'
    verdict.className = isKnown ? 'hint good' : 'hint bad'
  }
  expected.addEventListener('input', compare)
  const shown = element('pre', { class: 'hash', hidden: true, tabindex: 0, 'aria-label': 'Hashes' })
  card.body.append(shown, element('p', {}, labelled('compare with', expected)), verdict)
  card.controls.append(
    button('Compute', async () => {
      const { source } = session
      if (source === undefined) {
        card.outcome.textContent = 'Choose some data first.'
        return
      }
      const done = await session.run('hashes', ({ engine, signal, workers, watch }) =>
        watch(engine.run(source.data, hash, { signal, workers })),
      )
      if (done === undefined) return
      const crc = done.value.crc32.toString(16).padStart(8, '0')
      found = [done.value.treeHash, crc]
      shown.textContent = `tree    ${done.value.treeHash}\ncrc-32  ${crc}`
      shown.hidden = false
      card.outcome.textContent = `${timeText(done.ms)}: ${rateText(source.data.byteLength, done.ms)}`
      compare()
    }),
  )
  session.listen({
    data: () => {
      found = []
      shown.hidden = true
      card.outcome.textContent = ''
      compare()
    },
  })
  return card
}
