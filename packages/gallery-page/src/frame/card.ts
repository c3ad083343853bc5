// A card: a section of the page with a title, controls, a line that says what came out, and a picture or a table.

import { element, freshId } from '../dom.js'

/** A card, ready to be filled. */
export interface Card {
  readonly section: HTMLElement
  /** Beside the title: buttons and inputs. */
  readonly controls: HTMLElement
  /** What came out. A screen reader reads it when it changes. */
  readonly outcome: HTMLElement
  /** Everything below the outcome. */
  readonly body: HTMLElement
}

/** What a card is about. */
export interface CardText {
  /** For links and tests. */
  readonly id: string
  readonly title: string
  /** One or two sentences: what it shows. */
  readonly about: string
  /** The code that does the work. */
  readonly code: string
  /** Whether the card takes the whole width of the page. */
  readonly isWide?: boolean
}

/** Make a card. */
export function createCard({ id, title, about, code, isWide = false }: CardText): Card {
  const heading = freshId('title')
  const controls = element('div', { class: 'controls' })
  const outcome = element('p', { class: 'outcome', role: 'status' })
  const body = element('div', { class: 'body' })
  const section = element(
    'section',
    { id, class: isWide ? 'card wide' : 'card', 'aria-labelledby': heading },
    element('div', { class: 'head' }, element('h2', { id: heading }, title), controls),
    element('p', { class: 'about' }, about),
    outcome,
    body,
    element(
      'details',
      { class: 'code' },
      element('summary', {}, 'The code'),
      element('pre', { tabindex: 0, 'aria-label': `The code of ${title}` }, code.trim()),
    ),
  )
  return { section, controls, outcome, body }
}
