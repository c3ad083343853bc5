// Card: an access log by status and method, with percentiles of times.

import { type Distribution, type LogStats, logStats } from '@onecopy/examples'
import { element } from '../dom.js'
import { barTable } from '../frame/bars.js'
import type { Card } from '../frame/card.js'
import type { Session } from '../frame/session.js'
import { bytesText, countOf, countText, percentText, timeText } from '../text/numbers.js'
import { linesCard } from './lines-card.js'

const code = `
import { logStats } from '@onecopy/examples'

const { statuses, methods, micros } = await engine.run(data, logStats)
console.log(micros.p50, micros.p99)`

/** The card. */
export function logCard(session: Session): Card {
  return linesCard(session, {
    id: 'log',
    title: 'Log statistics',
    about:
      'An access log in the Common Log Format: statuses, methods, and percentiles of lengths and times, exact within 1/256.',
    code,
    kind: 'log',
    lineName: 'log lines',
    counts: [100_000, 1_000_000],
    action: 'Compute',
    plugin: logStats,
    summary: ({ lines }) => countOf(lines, 'line'),
    show,
  })
}

function show({ lines, malformed, statuses, methods, bytes, micros }: LogStats): HTMLElement[] {
  const counted = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .filter(([, value]) => value > 0)
      .map(([name, value]) => ({ name, value, text: `${countText(value)} (${percentText(value, lines)})` }))
  return [
    barTable('Statuses', ['status', 'lines'], counted(statuses)),
    barTable('Methods', ['method', 'lines'], counted(methods)),
    percentiles(bytes, micros),
    element('p', { class: 'note' }, `${countText(malformed)} lines are not of an access log.`),
  ]
}

function percentiles(bytes: Distribution | null, micros: Distribution | null): HTMLElement {
  const row = (name: string, from: Distribution | null, text: (value: number) => string): HTMLElement =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, name),
      ...(['p50', 'p90', 'p99', 'p999', 'max'] as const).map((key) =>
        element('td', { class: 'number' }, from === null ? 'none' : text(from[key])),
      ),
    )
  return element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Percentiles' },
    element(
      'table',
      {},
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          element('td'),
          ...['median', '90 %', '99 %', '99.9 %', 'most'].map((title) =>
            element('th', { scope: 'col', class: 'number' }, title),
          ),
        ),
      ),
      element(
        'tbody',
        {},
        row('length', bytes, (value) => bytesText(Math.round(value))),
        row('time', micros, (value) => timeText(value / 1000)),
      ),
    ),
  )
}
