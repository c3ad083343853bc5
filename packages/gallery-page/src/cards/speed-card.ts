// Card: how fast the same job is in the page and on 1, 2, 4, … workers.

import { byteHistogram } from '@onecopy/kernels'
import { button, choice, element, labelled } from '../dom.js'
import { type Card, createCard } from '../frame/card.js'
import type { Job, Session } from '../frame/session.js'
import type { Source } from '../frame/source.js'
import { markdownTable } from '../text/markdown-table.js'
import { bytesText, timeText } from '../text/numbers.js'
import { spreadOf } from '../text/spread.js'

const code = `
// The page's own loop against the same job on n workers, in turns; the first round is not counted.
const counts = await engine.run(data, byteHistogram, { workers: n, params: { simd } })`

const header = ['byte histogram', 'GB/s', 'median', 'least … most', '×']

/** Bytes that the page's own loop reads of a file at once. */
const pieceBytes = 16 * 1024 * 1024

interface Row {
  readonly name: string
  readonly times: number[]
  run(job: Job): Promise<Float64Array>
}

/** The card. */
export function speedCard(session: Session): Card {
  const card = createCard({
    id: 'speed',
    title: 'Speed',
    about:
      'The page’s own loop, then plain JavaScript and WebAssembly SIMD on 1, 2, 4 … workers, in turns. Every answer is compared.',
    code,
    isWide: true,
  })
  const rounds = choice(
    [
      ['3', '3'],
      ['5', '5'],
      ['9', '9'],
    ],
    '5',
  )
  const place = element('div')
  let markdown = ''
  const copy = button('Copy as Markdown', async () => {
    await navigator.clipboard.writeText(markdown)
    copy.textContent = 'Copied'
    setTimeout(() => {
      copy.textContent = 'Copy as Markdown'
    }, 2000)
  })
  copy.disabled = true
  card.controls.append(
    labelled('rounds', rounds),
    button('Measure', async () => {
      const { source } = session
      if (source === undefined) {
        card.outcome.textContent = 'Choose some data first.'
        return
      }
      const { byteLength } = source.data
      const rows = rowsFor(session)
      const done = await session.run('speed', async (job) => {
        let expected: string | undefined
        for (let round = 0; round <= Number(rounds.value); round++) {
          for (const row of rows) {
            job.throwIfStopped()
            card.outcome.textContent = `round ${round} of ${rounds.value}: ${row.name}`
            // The page draws, and hears the Stop button.
            await new Promise((resolve) => setTimeout(resolve))
            const begun = performance.now()
            const answer = String(await row.run(job))
            const ms = performance.now() - begun
            if (round > 0) row.times.push(ms)
            expected ??= answer
            if (answer !== expected) throw new Error(`the answers differ: ${row.name}`)
          }
        }
      })
      if (done === undefined) {
        card.outcome.textContent = ''
        return
      }
      const cells = rows.map((row) => cellsOf(row, rows[0]!, byteLength))
      const note =
        `${bytesText(byteLength)}, ${source.memory !== undefined ? 'in shared memory' : 'read from the file'}; median of ${rounds.value} ` +
        `rounds; every answer the same; ${navigator.hardwareConcurrency} cores; ${browserName()}`
      markdown = `${markdownTable(header, cells)}\n\n${note}\n`
      card.outcome.textContent = note
      place.replaceChildren(tableOf(rows, cells, byteLength))
      copy.disabled = false
    }),
    copy,
  )
  card.body.append(place)
  session.listen({
    data: () => {
      place.replaceChildren()
      card.outcome.textContent = ''
      copy.disabled = true
    },
  })
  return card
}

function rowsFor({ source, engine }: Session): Row[] {
  const { data, memory } = source!
  const workers = [...new Set([1, 2, 4, 8, 16, 32, engine.workers])]
    .filter((n) => n <= engine.workers)
    .sort((a, b) => a - b)
  const rows: Row[] = []
  rows.push({ name: ownLoop(memory !== undefined), times: [], run: (job) => loopOver(source!, job) })
  for (const [name, simd] of [
    ['plain JavaScript', false],
    ['WebAssembly SIMD', true],
  ] as const)
    for (const n of workers)
      rows.push({
        name: `${name}, ${n} ${n === 1 ? 'worker' : 'workers'}`,
        times: [],
        run: ({ engine, signal }) => engine.run(data, byteHistogram, { signal, workers: n, params: { simd } }),
      })
  return rows
}

function ownLoop(isInMemory: boolean): string {
  return isInMemory ? 'a loop in the page, which blocks it' : 'a loop in the page, over pieces of the file'
}

/** The page's own loop: over all bytes at once, or over the file piece by piece. */
async function loopOver({ memory, data, bytes }: Source, { throwIfStopped }: Job): Promise<Float64Array> {
  const counts = new Float64Array(256)
  if (memory !== undefined) {
    countBytes(counts, memory)
    return counts
  }
  for (let at = 0; at < data.byteLength; at += pieceBytes) {
    throwIfStopped()
    countBytes(counts, await bytes(at, Math.min(data.byteLength, at + pieceBytes)))
  }
  return counts
}

function countBytes(counts: Float64Array, bytes: Readonly<Uint8Array>): void {
  for (let i = 0; i < bytes.length; i++) counts[bytes[i]!]!++
}

function cellsOf({ name, times }: Row, first: Row, byteLength: number): string[] {
  const { median, least, most } = spreadOf(times)
  return [
    name,
    (byteLength / median / 1e6).toFixed(2),
    timeText(median),
    `${timeText(least)} … ${timeText(most)}`,
    (spreadOf(first.times).median / median).toFixed(2),
  ]
}

function tableOf(rows: readonly Row[], cells: readonly (readonly string[])[], byteLength: number): HTMLElement {
  const rates = rows.map(({ times }) => byteLength / spreadOf(times).median)
  // Of data without bytes, all rates are 0.
  const most = Math.max(...rates) || 1
  return element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Speed' },
    element(
      'table',
      {},
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...header.map((title, i) => element('th', { scope: 'col', class: i === 0 ? '' : 'number' }, title)),
          element('td', { class: 'bars', 'aria-hidden': 'true' }),
        ),
      ),
      element(
        'tbody',
        {},
        ...cells.map(([name, ...rest], i) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, name!),
            ...rest.map((text) => element('td', { class: 'number' }, text)),
            element(
              'td',
              { class: 'bars', 'aria-hidden': 'true' },
              element('div', { class: 'fill', style: `width: ${(100 * rates[i]!) / most}%` }),
            ),
          ),
        ),
      ),
    ),
  )
}

function browserName(): string {
  return (
    /(Firefox|Chrome|Version)\/[\d.]+/.exec(navigator.userAgent)?.[0].replace('Version', 'Safari').replace('/', ' ') ??
    'a browser'
  )
}
