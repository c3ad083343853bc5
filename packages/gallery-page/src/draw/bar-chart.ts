// A chart of bars, one per whole number from 0, drawn by uPlot. The bar under the pointer, or chosen by the arrow keys, is named.

import './language.js'
import uPlot from 'uplot'
import { element } from '../dom.js'
import { onTheme, themeColor } from './canvas.js'

/** How bars are drawn. */
export interface BarChartOptions {
  /** For screen readers. */
  readonly label: string
  /** The name of a bar below the chart. */
  tick(index: number): string
  /** The value of a height. Heights are what is drawn. */
  value(height: number): string
  colorOf(index: number): string
  /** Everything about a bar, in words. */
  describe(index: number): string
  /** Height of the chart in CSS pixels. */
  readonly height?: number
}

/** A chart that shows the last heights it was given. */
export interface BarChart {
  readonly root: HTMLElement
  show(heights: ArrayLike<number>): void
}

/** Make a chart of bars. */
export function createBarChart(options: BarChartOptions): BarChart {
  const { label, describe, height = 250 } = options
  const place = element('div', { class: 'chart', 'aria-hidden': 'true' })
  const hint = element('p', { class: 'hint' })
  const slider = element(
    'div',
    { class: 'picture', role: 'slider', tabindex: 0, 'aria-label': label, 'aria-valuemin': 0, 'aria-valuenow': 0 },
    place,
  )
  const root = element('div', {}, slider, hint)
  let plot: uPlot | undefined
  let bars = 0
  let chosen = 0

  const choose = (index: number, moveCursor: boolean): void => {
    chosen = Math.max(0, Math.min(bars - 1, index))
    const text = describe(chosen)
    hint.textContent = text
    slider.setAttribute('aria-valuenow', String(chosen))
    slider.setAttribute('aria-valuetext', text)
    if (moveCursor && plot !== undefined) plot.setCursor({ left: plot.valToPos(chosen, 'x'), top: 10 }, false)
  }
  slider.addEventListener('keydown', (event) => {
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      PageDown: -16,
      PageUp: 16,
      Home: -bars,
      End: bars,
    }
    const move = moves[event.key]
    if (move === undefined || bars === 0) return
    event.preventDefault()
    choose(chosen + move, true)
  })
  const resize = new ResizeObserver(() => plot?.setSize({ width: Math.max(200, place.clientWidth), height }))
  resize.observe(place)
  onTheme(() => plot?.redraw(false))

  return {
    root,
    show(heights) {
      bars = heights.length
      slider.setAttribute('aria-valuemax', String(bars - 1))
      plot?.destroy()
      const indices = Array.from(heights, (_, index) => index)
      plot = new uPlot(
        plotOptions(options, bars, Math.max(200, place.clientWidth), height, (index) => choose(index, false)),
        [indices, Array.from(heights)],
        place,
      )
      choose(Math.min(chosen, bars - 1), false)
    },
  }
}

function plotOptions(
  { tick, value, colorOf }: BarChartOptions,
  bars: number,
  width: number,
  height: number,
  onHover: (index: number) => void,
): uPlot.Options {
  const ink = (): string => themeColor('--soft')
  // uPlot colours bars one by one only if both of these are given.
  const colors = { unit: 3 as const, values: () => Array.from({ length: bars }, (_, index) => colorOf(index)) }
  const grid = { stroke: (): string => themeColor('--line'), width: 1 }
  return {
    width,
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: { x: { time: false, range: [-1, bars] }, y: { range: (_, __, most) => [0, most === 0 ? 1 : most * 1.04] } },
    axes: [
      {
        stroke: ink,
        grid: { show: false },
        ticks: grid,
        values: (_, marks) => marks.map((mark) => (Number.isInteger(mark) ? tick(mark) : '')),
      },
      { stroke: ink, grid, ticks: grid, size: 64, values: (_, marks) => marks.map(value) },
    ],
    series: [
      {},
      {
        points: { show: false },
        // `!`: uPlot has it.
        paths: uPlot.paths.bars!({
          size: [0.9, 60],
          disp: { fill: colors, stroke: colors },
        }),
        fill: ink,
      },
    ],
    hooks: {
      setCursor: [
        (plot) => {
          const { idx } = plot.cursor
          if (idx !== null && idx !== undefined) onHover(idx)
        },
      ],
    },
  }
}
