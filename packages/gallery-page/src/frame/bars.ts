// A list of names and numbers as a table with bars.

import { element } from '../dom.js'

/** A row: a name, a number, and the number as text. */
export interface Bar {
  readonly name: string
  readonly value: number
  readonly text: string
}

/**
 * Make the table. The longest bar belongs to the largest number.
 *
 * @param titles - of the two columns
 */
export function barTable(
  label: string,
  titles: readonly [name: string, value: string],
  bars: readonly Bar[],
): HTMLElement {
  const most = Math.max(0, ...bars.map(({ value }) => value))
  return element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': label },
    element(
      'table',
      {},
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          element('th', { scope: 'col' }, titles[0]),
          element('th', { scope: 'col', class: 'number' }, titles[1]),
          element('td', { class: 'bars', 'aria-hidden': 'true' }),
        ),
      ),
      element(
        'tbody',
        {},
        ...bars.map(({ name, value, text }) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, name),
            element('td', { class: 'number' }, text),
            element(
              'td',
              { class: 'bars', 'aria-hidden': 'true' },
              element('div', { class: 'fill', style: `width: ${most === 0 ? 0 : (100 * value) / most}%` }),
            ),
          ),
        ),
      ),
    ),
  )
}
