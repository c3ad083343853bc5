// Card: the entropy of each block as a picture, row by row or along a Hilbert curve.

import { entropyMap } from '@onecopy/examples'
import { choice, element, labelled } from '../dom.js'
import { contextOf } from '../draw/canvas.js'
import { entropyColor } from '../draw/colors.js'
import { hilbertLayout, type MapLayout, rowLayout } from '../draw/map-layout.js'
import { type Card, createCard } from '../frame/card.js'
import type { Session } from '../frame/session.js'
import type { Source } from '../frame/source.js'
import { hexDump } from '../text/hex-dump.js'
import { bytesText, countOf, offsetText, rateText, timeText } from '../text/numbers.js'

const mostBlocks = 65536
const leastBlockBytes = 256
const dumpedBytes = 512

const code = `
import { fixed } from '@onecopy/web'
import { entropyMap } from '@onecopy/examples'

// One number per block, in the order of the blocks. A chunk costs a fraction of a microsecond.
const bits = await engine.run(data, entropyMap, { params: { blockBytes: 4096 } })`

interface Picture {
  readonly source: Source
  readonly blockBytes: number
  readonly bits: readonly number[]
  layout: MapLayout
}

/** The card. */
export function entropyCard(session: Session): Card {
  const card = createCard({
    id: 'entropy',
    title: 'Entropy map',
    about:
      'How many bits of information a byte carries, block by block. Dark blue: padding and tables. Green: text. Yellow: machine ' +
      'code. Red: compressed, encrypted or random. Point at a block; click it, or press Enter, to see its bytes.',
    code,
    isWide: true,
  })
  const curve = choice([
    ['rows', 'row by row'],
    ['hilbert', 'along a Hilbert curve'],
  ])
  const canvas = element('canvas', { width: 512, height: 96 })
  const spot = element('div', { class: 'spot', hidden: true })
  const view = element(
    'div',
    {
      class: 'picture',
      role: 'slider',
      tabindex: 0,
      'aria-label': 'Entropy map: choose a block',
      'aria-valuemin': 0,
      'aria-valuenow': 0,
    },
    canvas,
    spot,
  )
  const hint = element('p', { class: 'hint' })
  const dump = element('pre', { hidden: true, tabindex: 0, 'aria-label': 'Bytes of the chosen block' })
  card.controls.append(labelled('drawn', curve))
  card.body.append(view, element('div', {}, hint, dump))

  let picture: Picture | undefined
  let chosen = 0
  const choose = (index: number): void => {
    if (picture === undefined || index < 0 || index >= picture.bits.length) return
    chosen = index
    const { blockBytes, bits, layout } = picture
    const text = `offset ${offsetText(index * blockBytes)}, ${bytesText(blockBytes)}: ${bits[index]!.toFixed(2)} bits per byte`
    hint.textContent = text
    view.setAttribute('aria-valuenow', String(index))
    view.setAttribute('aria-valuetext', text)
    const [x, y] = layout.placeOf(index)
    const width = canvas.clientWidth / layout.columns
    const height = canvas.clientHeight / layout.rows
    const size = (side: number): number => Math.max(side, 7)
    spot.style.width = `${size(width)}px`
    spot.style.height = `${size(height)}px`
    spot.style.left = `${(x + 0.5) * width - size(width) / 2}px`
    spot.style.top = `${(y + 0.5) * height - size(height) / 2}px`
    spot.hidden = false
  }
  const open = async (): Promise<void> => {
    if (picture === undefined) return
    const { source, blockBytes } = picture
    const start = chosen * blockBytes
    const bytes = await source.bytes(start, Math.min(source.data.byteLength, start + Math.min(blockBytes, dumpedBytes)))
    // Meanwhile there may be other data.
    if (picture?.source !== source) return
    dump.textContent = hexDump(bytes, start)
    dump.hidden = false
  }
  const indexUnder = (event: MouseEvent): number => {
    if (picture === undefined) return -1
    const { layout } = picture
    const box = canvas.getBoundingClientRect()
    const x = Math.floor(((event.clientX - box.left) / box.width) * layout.columns)
    const y = Math.floor(((event.clientY - box.top) / box.height) * layout.rows)
    return x < 0 || y < 0 || x >= layout.columns || y >= layout.rows ? -1 : layout.indexAt(x, y)
  }
  view.addEventListener('pointermove', (event) => choose(indexUnder(event)))
  view.addEventListener('click', (event) => {
    choose(indexUnder(event))
    void open()
  })
  view.addEventListener('keydown', (event) => {
    if (picture === undefined) return
    const { columns } = picture.layout
    const last = picture.bits.length - 1
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
    }
    if (event.key === 'Enter' || event.key === ' ') void open()
    else if (event.key === 'Home') choose(0)
    else if (event.key === 'End') choose(last)
    else if (moves[event.key] !== undefined) choose(Math.min(last, Math.max(0, chosen + moves[event.key]!)))
    else return
    event.preventDefault()
  })

  const show = (): void => {
    if (picture === undefined) return
    const blocks = picture.bits.length
    const isHilbert = curve.value === 'hilbert'
    const columns = Math.min(Math.ceil(Math.sqrt(4 * blocks)), window.innerWidth < 800 ? 128 : 512)
    picture.layout = isHilbert ? hilbertLayout(blocks) : rowLayout(blocks, Math.max(1, columns))
    draw(canvas, picture)
    card.body.classList.toggle('two', isHilbert)
    canvas.style.height = isHilbert ? 'auto' : `${Math.max(96, Math.min(420, picture.layout.rows * 9))}px`
    canvas.style.aspectRatio = isHilbert ? '1' : ''
    view.setAttribute('aria-valuemax', String(blocks - 1))
    choose(Math.min(chosen, blocks - 1))
  }
  curve.addEventListener('change', show)
  const clear = (): void => {
    picture = undefined
    chosen = 0
    contextOf(canvas).clearRect(0, 0, canvas.width, canvas.height)
    spot.hidden = true
    dump.hidden = true
    hint.textContent = ''
    card.outcome.textContent = ''
    view.removeAttribute('aria-valuetext')
  }
  session.listen({
    async data(source) {
      const { byteLength } = source.data
      clear()
      let blockBytes = leastBlockBytes
      while (blockBytes * mostBlocks < byteLength) blockBytes *= 2
      const done = await session.run('entropy map', ({ engine, signal, workers, watch }) =>
        watch(engine.run(source.data, entropyMap, { signal, workers, params: { blockBytes } })),
      )
      if (done === undefined) return
      picture = { source, blockBytes, bits: done.value, layout: rowLayout(1, 1) }
      card.outcome.textContent =
        `${countOf(done.value.length, 'block')} of ${bytesText(blockBytes)} in ${timeText(done.ms)}: ` +
        rateText(byteLength, done.ms)
      if (done.value.length === 0) return
      show()
      await open()
    },
  })
  return card
}

function draw(canvas: HTMLCanvasElement, { bits, layout }: Picture): void {
  canvas.width = layout.columns
  canvas.height = layout.rows
  const context = contextOf(canvas)
  const image = context.createImageData(layout.columns, layout.rows)
  bits.forEach((value, index) => {
    const [x, y] = layout.placeOf(index)
    image.data.set([...entropyColor(value), 255], 4 * (y * layout.columns + x))
  })
  context.putImageData(image, 0, 0)
}
