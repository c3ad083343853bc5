// Card: how often each value of a byte occurs.

import { byteHistogram } from '@onecopy/kernels'
import { choice, element, labelled } from '../dom.js'
import { createBarChart } from '../draw/bar-chart.js'
import { byteClasses, byteClassOf } from '../draw/colors.js'
import { type Card, createCard } from '../frame/card.js'
import type { Session } from '../frame/session.js'
import { byteName } from '../text/hex-dump.js'
import { countOf, countText, percentText, rateText, timeText } from '../text/numbers.js'

const code = `
import { createEngine, file } from '@onecopy/web'
import { byteHistogram } from '@onecopy/kernels'

const engine = createEngine()
const counts = await engine.run(file(blob), byteHistogram) // Float64Array of 256`

interface Scale {
  height(count: number): number
  count(height: number): number
}

const scales: Readonly<Record<string, Scale>> = {
  root: { height: Math.sqrt, count: (height) => height ** 2 },
  linear: { height: (count) => count, count: (height) => height },
  log: { height: (count) => Math.log10(1 + count), count: (height) => 10 ** height - 1 },
}

/** The card. */
export function histogramCard(session: Session): Card {
  const card = createCard({
    id: 'histogram',
    title: 'Byte histogram',
    about: 'How often each of the 256 values occurs. Point at a bar, or use the arrow keys.',
    code,
  })
  const scale = choice([
    ['root', 'square roots'],
    ['linear', 'counts'],
    ['log', 'logarithms'],
  ])
  let counts: Float64Array = new Float64Array(256)
  let total = 0
  const chosen = (): Scale => scales[scale.value]!
  const chart = createBarChart({
    label: 'Byte histogram: choose a value of a byte',
    tick: (value) => `0x${value.toString(16).padStart(2, '0')}`,
    value: (height) => shortCount(chosen().count(height)),
    colorOf: (value) => byteClassOf(value).color,
    describe: (value) =>
      `${byteName(value)}: ${countText(counts[value]!)} times, ${percentText(counts[value]!, total)}`,
  })
  const show = (): void => chart.show(counts.map(chosen().height))
  scale.addEventListener('change', show)
  card.controls.append(labelled('heights are', scale))
  card.body.append(
    chart.root,
    element(
      'ul',
      { class: 'legend' },
      ...byteClasses.map(({ name, color }) =>
        element('li', {}, element('span', { class: 'swatch', style: `background: ${color}` }), name),
      ),
    ),
  )
  session.listen({
    async data({ data }) {
      counts = new Float64Array(256)
      total = 0
      card.outcome.textContent = ''
      show()
      const done = await session.run('byte histogram', ({ engine, signal, workers, simd, watch }) =>
        watch(engine.run(data, byteHistogram, { signal, workers, params: { simd } })),
      )
      if (done === undefined) return
      counts = done.value
      total = data.byteLength
      card.outcome.textContent = `${countOf(total, 'byte')} in ${timeText(done.ms)}: ${rateText(total, done.ms)}`
      show()
    },
  })
  return card
}

function shortCount(count: number): string {
  const units: readonly (readonly [number, string])[] = [
    [1e9, ' G'],
    [1e6, ' M'],
    [1e3, ' k'],
  ]
  const [size, unit] = units.find(([least]) => count >= least) ?? [1, '']
  const value = count / size
  return `${value >= 10 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)}${unit}`
}
