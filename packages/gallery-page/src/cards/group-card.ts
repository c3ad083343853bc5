// Card: rows `key;value`, grouped by key.

import { csvAggregate } from '@onecopy/examples'
import { button, element, labelled } from '../dom.js'
import { type Card, createCard } from '../frame/card.js'
import { LinesSource } from '../frame/lines-source.js'
import type { Session } from '../frame/session.js'
import { countText, rateText, timeText } from '../text/numbers.js'

const code = `
import { csvAggregate } from '@onecopy/examples'

const { keys } = await engine.run(data, csvAggregate)
for (const { key, min, mean, max } of keys) console.log(key, min, mean, max)`

/** The card. */
export function groupCard(session: Session): Card {
  const card = createCard({
    id: 'group',
    title: 'Group by key',
    about: 'Rows such as “Hamburg;12.3”: minimum, mean and maximum of each key, as in the one billion row challenge.',
    code,
  })
  const lines = new LinesSource(session, 'rows', 'rows', [200_000, 2_000_000])
  card.controls.append(
    labelled('of', lines.control),
    button('Group', async () => {
      const done = await session.run('group by key', async (job) => {
        const source = await lines.take(job)
        if (source === undefined) return undefined
        const begun = performance.now()
        const { engine, signal, workers, watch } = job
        const groups = await watch(engine.run(source.data, csvAggregate, { signal, workers }))
        return { source, groups, ms: performance.now() - begun }
      })
      if (done === undefined) return
      if (done.value === undefined) {
        card.outcome.textContent = 'Choose some data first.'
        return
      }
      const { source, groups, ms } = done.value
      const rows = groups.keys.reduce((sum, { count }) => sum + count, 0)
      card.outcome.textContent =
        `${countText(rows)} rows, ${countText(groups.keys.length)} keys in ${timeText(ms)}: ` +
        rateText(source.data.byteLength, ms)
      card.body.replaceChildren(
        element(
          'div',
          { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Groups' },
          element(
            'table',
            {},
            element(
              'thead',
              {},
              element(
                'tr',
                {},
                element('th', { scope: 'col' }, 'key'),
                ...['least', 'mean', 'most', 'rows'].map((title) =>
                  element('th', { scope: 'col', class: 'number' }, title),
                ),
              ),
            ),
            element(
              'tbody',
              {},
              ...groups.keys
                .slice(0, 500)
                .map(({ key, min, mean, max, count }) =>
                  element(
                    'tr',
                    {},
                    element('th', { scope: 'row' }, key),
                    ...[min.toFixed(1), mean.toFixed(1), max.toFixed(1), countText(count)].map((text) =>
                      element('td', { class: 'number' }, text),
                    ),
                  ),
                ),
            ),
          ),
        ),
        element('p', { class: 'note' }, `${countText(groups.malformed)} lines are not rows.`),
      )
    }),
  )
  return card
}
