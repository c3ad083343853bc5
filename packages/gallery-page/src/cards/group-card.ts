// Card: rows `key;value`, grouped by key.

import { type Aggregate, csvAggregate } from '@onecopy/examples'
import { element } from '../dom.js'
import type { Card } from '../frame/card.js'
import type { Session } from '../frame/session.js'
import { countOf, countText } from '../text/numbers.js'
import { linesCard } from './lines-card.js'

const code = `
import { csvAggregate } from '@onecopy/examples'

const { keys } = await engine.run(data, csvAggregate)
for (const { key, min, mean, max } of keys) console.log(key, min, mean, max)`

/** The card. */
export function groupCard(session: Session): Card {
  return linesCard(session, {
    id: 'group',
    title: 'Group by key',
    about: 'Rows such as “Hamburg;12.3”: minimum, mean and maximum of each key, as in the one billion row challenge.',
    code,
    kind: 'rows',
    lineName: 'rows',
    counts: [200_000, 2_000_000],
    action: 'Group',
    plugin: csvAggregate,
    summary: ({ keys }) => {
      const rows = keys.reduce((sum, { count }) => sum + count, 0)
      return `${countOf(rows, 'row')}, ${countOf(keys.length, 'key')}`
    },
    show,
  })
}

function show({ keys, malformed }: Aggregate): HTMLElement[] {
  return [
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
          ...keys
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
    element('p', { class: 'note' }, `${countText(malformed)} lines are not rows.`),
  ]
}
