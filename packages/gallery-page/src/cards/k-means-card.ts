// Card: k-means, drawn as it converges.

import { generatePoints, type KMeansStep, kMeans } from '@onecopy/examples'
import { button, choice, element, labelled } from '../dom.js'
import { onTheme, sharpContext, themeColor } from '../draw/canvas.js'
import { cssColor, workerColor } from '../draw/colors.js'
import { type Card, createCard } from '../frame/card.js'
import type { Session } from '../frame/session.js'
import { countText, timeText } from '../text/numbers.js'

const drawnPoints = 12_000
const height = 300

const code = `
import { kMeans } from '@onecopy/examples'

// Each step is a run over the same shared points. The sums have the same bits on any number of workers.
const { centroids } = await kMeans(engine, points, { k: 8, onStep: ({ centroids }) => draw(centroids) })`

/** The card. */
export function kMeansCard(session: Session): Card {
  const card = createCard({
    id: 'k-means',
    title: 'Clusters',
    about:
      'k-means over points in the plane: each step is a run over all points, which the workers share. Watch it converge.',
    code,
  })
  const count = choice([
    ['100000', '100,000 points'],
    ['1000000', '1,000,000 points'],
  ])
  const clusters = element('input', { type: 'number', min: 2, max: 8, value: 8 })
  const seed = element('input', { type: 'number', min: 1, max: 9999, value: 3 })
  const canvas = element('canvas', { role: 'img', 'aria-label': 'Points, coloured by their cluster' })
  card.body.append(canvas)

  let drawn: { readonly points: Float64Array; step: KMeansStep | undefined } | undefined
  const draw = (): void => {
    if (drawn !== undefined) drawPoints(canvas, drawn.points, drawn.step)
  }
  onTheme(draw)
  new ResizeObserver(draw).observe(card.body)
  card.controls.append(
    labelled('of', count),
    labelled('clusters', clusters),
    labelled('seed', seed),
    button('Start', async () => {
      const k = Math.min(8, Math.max(2, Math.round(Number(clusters.value)) || 8))
      const number = Math.round(Number(seed.value)) || 1
      const done = await session.run('clusters', async ({ engine, throwIfStopped, workers }) => {
        const points = generatePoints(Number(count.value), k, number)
        const shown = { points: sample(points.view()), step: undefined as KMeansStep | undefined }
        drawn = shown
        draw()
        return await kMeans(engine, points, {
          k,
          seed: number,
          workers,
          async onStep(step) {
            throwIfStopped()
            shown.step = step
            draw()
            card.outcome.textContent = `step ${step.steps}`
            await new Promise((resolve) => setTimeout(resolve, stepMs()))
          },
        })
      })
      if (done === undefined) return
      const { steps, isStable, counts } = done.value
      card.outcome.textContent =
        `${isStable ? 'Stable' : 'Ended'} after ${steps} steps over ${countText(counts.reduce((sum, n) => sum + n, 0))} points, ` +
        `in ${timeText(done.ms)} with the drawing`
    }),
  )
  return card
}

/** Time to look at a step. */
function stepMs(): number {
  return matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 60
}

function sample(points: Float64Array): Float64Array {
  const every = Math.max(1, Math.floor(points.length / 2 / drawnPoints))
  return points.filter((_, i) => Math.floor(i / 2) % every === 0)
}

function drawPoints(canvas: HTMLCanvasElement, points: Float64Array, step: KMeansStep | undefined): void {
  const width = canvas.clientWidth
  if (width === 0) return
  const context = sharpContext(canvas, width, height)
  const [left, right, top, bottom] = bounds(points)
  const scale = Math.min(width / (right - left), height / (bottom - top))
  const x = (value: number): number => width / 2 + (value - (left + right) / 2) * scale
  const y = (value: number): number => height / 2 + (value - (top + bottom) / 2) * scale
  context.clearRect(0, 0, width, height)
  context.globalAlpha = 0.55
  const centroids = step?.centroids ?? []
  context.fillStyle = themeColor('--soft')
  for (let i = 0; i < points.length; i += 2) {
    const owner = nearestOf(centroids, points[i]!, points[i + 1]!)
    if (owner >= 0) context.fillStyle = cssColor(workerColor(owner))
    context.fillRect(x(points[i]!) - 0.75, y(points[i + 1]!) - 0.75, 1.5, 1.5)
  }
  context.globalAlpha = 1
  centroids.forEach(([atX, atY], i) => {
    context.beginPath()
    context.arc(x(atX!), y(atY!), 7, 0, 2 * Math.PI)
    context.fillStyle = cssColor(workerColor(i))
    context.fill()
    context.lineWidth = 2.5
    context.strokeStyle = themeColor('--ink')
    context.stroke()
  })
}

function nearestOf(centroids: readonly (readonly number[])[], x: number, y: number): number {
  let best = -1
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < centroids.length; i++) {
    const square = (x - centroids[i]![0]!) ** 2 + (y - centroids[i]![1]!) ** 2
    if (square < least) {
      least = square
      best = i
    }
  }
  return best
}

function bounds(points: Float64Array): [left: number, right: number, top: number, bottom: number] {
  const box: [number, number, number, number] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let i = 0; i < points.length; i += 2) {
    box[0] = Math.min(box[0], points[i]!)
    box[1] = Math.max(box[1], points[i]!)
    box[2] = Math.min(box[2], points[i + 1]!)
    box[3] = Math.max(box[3], points[i + 1]!)
  }
  return box
}
