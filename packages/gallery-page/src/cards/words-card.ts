// Card: the most frequent words.

import { wordCount } from '@onecopy/examples'
import { button } from '../dom.js'
import { barTable } from '../frame/bars.js'
import { type Card, createCard } from '../frame/card.js'
import type { Session } from '../frame/session.js'
import { countOf, countText, rateText, timeText } from '../text/numbers.js'

const shownWords = 100

const code = `
import { wordCount } from '@onecopy/examples'

const counts = await engine.run(data, wordCount) // a Map, the most frequent word first`

/** The card. */
export function wordsCard(session: Session): Card {
  const card = createCard({
    id: 'words',
    title: 'Words',
    about:
      'How often each word occurs, in any script, as far as the data is text in UTF-8. A word at a border is counted once.',
    code,
  })
  card.controls.append(
    button('Count words', async () => {
      const { source } = session
      if (source === undefined) {
        card.outcome.textContent = 'Choose some data first.'
        return
      }
      const done = await session.run('words', ({ engine, signal, workers, watch }) =>
        watch(engine.run(source.data, wordCount, { signal, workers })),
      )
      if (done === undefined) return
      const { value: counts, ms } = done
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
      card.outcome.textContent =
        `${countOf(total, 'word')}, ${countText(counts.size)} different, in ${timeText(ms)}: ` +
        rateText(source.data.byteLength, ms)
      const bars = [...counts]
        .slice(0, shownWords)
        .map(([name, value]) => ({ name, value: Math.sqrt(value), text: countText(value) }))
      card.body.replaceChildren(barTable('The most frequent words', ['word', 'times'], bars))
    }),
  )
  session.listen({
    data: () => {
      card.body.replaceChildren()
      card.outcome.textContent = ''
    },
  })
  return card
}
