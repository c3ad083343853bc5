// Card: which worker is in which chunk, live, and what the memory would be with a copy per worker.

import { wordCount } from '@onecopy/examples'
import { byteHistogram } from '@onecopy/kernels'
import type { Progress } from '@onecopy/web'
import { button, element } from '../dom.js'
import { onTheme, sharpContext, themeColor } from '../draw/canvas.js'
import { cssColor, workerColor } from '../draw/colors.js'
import { nobody, WorkerTrail } from '../draw/worker-trail.js'
import { type Card, createCard } from '../frame/card.js'
import type { Session } from '../frame/session.js'
import { bytesText, countText, offsetText } from '../text/numbers.js'

const mostCells = 1152
/** Side of a square with its gap, in CSS pixels. */
const cell = 11

const code = `
run.on('progress', ({ atWork, doneBytes }) => {
  // Read from the control block: the few words of shared memory through which workers claim chunks.
  for (const { chunk, doneChunks } of atWork) console.log(chunk?.index, doneChunks)
})`

/** The card. */
export function workersCard(session: Session): Card {
  const card = createCard({
    id: 'workers-card',
    title: 'One copy, every core on it',
    about:
      'Each square is a part of your data, in its order. A bright square is what a worker reads right now; a pale one is done. ' +
      'Workers take chunks from one list in shared memory, so nobody hands them out, and no data is sent to anybody.',
    code,
    isWide: true,
  })
  const canvas = element('canvas', { role: 'img', 'aria-label': 'Map of the data: which worker is in which part' })
  const list = element('ul', { class: 'legend', 'aria-label': 'Workers' })
  const facts = element('dl', { class: 'facts-grid' })
  card.body.append(canvas, list, facts)
  const watch = button('Watch a slow job', () =>
    session.source === undefined
      ? undefined
      : session.run('words, to be watched', ({ engine, signal, workers, watch }) =>
          watch(engine.run(session.source!.data, wordCount, { signal, workers })),
        ),
  )
  card.controls.append(
    watch,
    button('Watch a fast job', () =>
      session.source === undefined
        ? undefined
        : session.run('byte histogram, to be watched', ({ engine, signal, workers, simd, watch }) =>
            watch(engine.run(session.source!.data, byteHistogram, { signal, workers, params: { simd } })),
          ),
    ),
  )

  let trail = new WorkerTrail(0)
  let last: Progress | undefined
  const look = (progress: Progress): void => {
    // A run starts anew, or another run of the same job does.
    if (last === undefined || progress.chunks !== trail.owners.length || progress.elapsedMs < last.elapsedMs)
      trail = new WorkerTrail(progress.chunks)
    last = progress
    trail.look(progress.atWork.map(({ chunk, doneChunks }) => ({ chunk: chunk?.index, doneChunks })))
    draw()
    listWorkers(list, progress)
  }
  const draw = (): void => drawTrail(canvas, trail, last)
  onTheme(draw)
  new ResizeObserver(draw).observe(card.body)
  session.listen({
    data: () => {
      trail = new WorkerTrail(0)
      last = undefined
      draw()
      list.replaceChildren()
      showFacts(facts, session)
    },
    start: (label) => {
      last = undefined
      card.outcome.textContent = `${label} …`
      showFacts(facts, session)
    },
    progress: look,
    end: (label, _, error) => {
      if (last === undefined) {
        // Its runs were too short to be seen, or were not shown.
        card.outcome.textContent = `${label}: ended`
        return
      }
      draw()
      const known = trail.owners.reduce((sum, owner) => sum + (owner === nobody ? 0 : 1), 0)
      const part = known === 0 ? '' : `; seen at work in ${countText(known)} of them`
      card.outcome.textContent =
        error === undefined ? `${label}: ${countText(last.chunks)} chunks, none sent${part}` : `${label}: ended early`
    },
  })
  return card
}

function drawTrail(canvas: HTMLCanvasElement, trail: WorkerTrail, progress: Progress | undefined): void {
  const width = canvas.clientWidth
  if (width === 0) return
  const chunks = trail.owners.length
  const columns = Math.max(1, Math.floor(width / cell))
  const cells = Math.max(1, Math.min(chunks, mostCells))
  const context = sharpContext(canvas, width, Math.ceil(cells / columns) * cell)
  const isDone = progress !== undefined && progress.doneChunks === progress.chunks
  const free = themeColor(isDone ? '--soft' : '--line')
  const square = (index: number, color: string, alpha: number): void => {
    context.globalAlpha = alpha
    context.fillStyle = color
    context.fillRect((index % columns) * cell, Math.floor(index / columns) * cell, cell - 1, cell - 1)
  }
  for (let index = 0; index < cells; index++) {
    const owner = trail.owners[Math.floor((index * chunks) / cells)] ?? nobody
    if (owner !== nobody) square(index, cssColor(workerColor(owner)), 0.5)
    else square(index, free, isDone ? 0.4 : 0.7)
  }
  if (isDone) return
  progress?.atWork.forEach(({ chunk }, worker) => {
    if (chunk !== undefined) square(Math.floor((chunk.index * cells) / chunks), cssColor(workerColor(worker)), 1)
  })
}

function listWorkers(list: HTMLElement, { atWork, chunks }: Progress): void {
  if (atWork.length === 0) return
  list.replaceChildren(
    ...atWork.map(({ chunk, doneChunks }, worker) => {
      const swatch = element('span', { class: 'swatch', style: `background: ${cssColor(workerColor(worker))}` })
      const where =
        chunk === undefined ? 'between chunks' : `in chunk ${countText(chunk.index)}, at ${offsetText(chunk.start)}`
      return element(
        'li',
        {},
        swatch,
        `worker ${worker + 1}: ${where}; ${countText(doneChunks)} of ${countText(chunks)} chunks done`,
      )
    }),
  )
}

function showFacts(facts: HTMLElement, { source, workers }: Session): void {
  if (source === undefined) return
  const { byteLength } = source.data
  const held = source.memory !== undefined ? bytesText(byteLength) : '0 bytes held; read as needed'
  const entries: readonly (readonly [string, string])[] = [
    ['your data', bytesText(byteLength)],
    [`held for ${workers} ${workers === 1 ? 'worker' : 'workers'}`, held],
    [
      'with a copy per worker, it would be',
      bytesText(byteLength * workers + (source.memory !== undefined ? byteLength : 0)),
    ],
  ]
  const measured = element('dd', {}, element('span', { class: 'unknown' }, '–'))
  const rows = entries.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)))
  const measure = memoryMeter()
  if (measure !== undefined) {
    const start = button(
      'Measure',
      async () => {
        start.disabled = true
        measured.textContent = 'measuring …'
        try {
          measured.textContent = bytesText((await measure()).bytes)
        } catch {
          measured.textContent = 'the browser refuses'
        }
      },
      { class: 'small' },
    )
    measured.replaceChildren(start)
    rows.push(element('div', {}, element('dt', {}, 'all memory of this page, by the browser'), measured))
  }
  facts.replaceChildren(...rows)
}

/** `performance.measureUserAgentSpecificMemory`, where the browser has it (Chromium, in isolated pages). */
function memoryMeter(): (() => Promise<{ readonly bytes: number }>) | undefined {
  const { measureUserAgentSpecificMemory } = performance as {
    measureUserAgentSpecificMemory?: () => Promise<{ readonly bytes: number }>
  }
  return measureUserAgentSpecificMemory?.bind(performance)
}
