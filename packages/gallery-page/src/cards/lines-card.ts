// A card that runs a plugin over lines: those of the user's data, or made-up ones.

import type { Plugin } from '@onecopy/web'
import { button, labelled } from '../dom.js'
import { type Card, type CardText, createCard } from '../frame/card.js'
import { LinesSource } from '../frame/lines-source.js'
import type { Session } from '../frame/session.js'
import type { Source } from '../frame/source.js'
import { rateText, timeText } from '../text/numbers.js'

/** What differs from one such card to the other. */
export interface LinesCardOptions<Answer> extends CardText {
  readonly kind: 'log' | 'rows'
  /** What the lines are called. */
  readonly lineName: string
  /** How many made-up lines are offered. */
  readonly counts: readonly number[]
  /** The text of the button. */
  readonly action: string
  readonly plugin: Plugin<undefined, never, Answer>
  /** What the card says came out. */
  readonly summary: (answer: Answer) => string
  readonly show: (answer: Answer) => readonly HTMLElement[]
}

/** Make such a card. */
export function linesCard<Answer>(session: Session, options: LinesCardOptions<Answer>): Card {
  const { title, kind, lineName, counts, action, plugin, summary, show } = options
  const card = createCard(options)
  const lines = new LinesSource(session, kind, lineName, counts)
  /** What the shown answer is of. */
  let shown: Source | undefined
  card.controls.append(
    labelled('of', lines.control),
    button(action, async () => {
      const done = await session.run(title.toLowerCase(), async (job) => {
        const source = await lines.take(job)
        if (source === undefined) return undefined
        const begun = performance.now()
        const { engine, signal, workers, watch } = job
        const answer = await watch(engine.run(source.data, plugin, { signal, workers }))
        return { source, answer, ms: performance.now() - begun }
      })
      if (done === undefined) return
      if (done.value === undefined) {
        card.outcome.textContent = 'Choose some data first.'
        return
      }
      const { source, answer, ms } = done.value
      card.outcome.textContent = `${summary(answer)} in ${timeText(ms)}: ${rateText(source.data.byteLength, ms)}`
      card.body.replaceChildren(...show(answer))
      shown = source
    }),
  )
  session.listen({
    data: () => {
      if (shown === undefined || lines.isMade(shown)) return
      shown = undefined
      card.outcome.textContent = ''
      card.body.replaceChildren()
    },
  })
  return card
}
