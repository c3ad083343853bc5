// A place to write code in: a text area, which becomes an editor with colours as soon as that has been loaded.

import { element, freshId } from '../dom.js'

/** A place to write code in. */
export interface Editor {
  readonly root: HTMLElement
  value: string
}

/** Make an editor. */
export function createEditor(label: string, value: string): Editor {
  const id = freshId('code')
  const area = element('textarea', { id, spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', wrap: 'off' })
  area.value = value
  const place = element('div', { class: 'editor' }, area)
  const root = element('div', {}, element('h3', {}, element('label', { for: id }, label)), place)
  let view: { read(): string; write(text: string): void } | undefined
  void import('./code-mirror.js').then(({ openCodeMirror }) => {
    const text = area.value
    area.remove()
    view = openCodeMirror(place, label, text)
  })
  return {
    root,
    get value() {
      return view?.read() ?? area.value
    },
    set value(text) {
      if (view === undefined) area.value = text
      else view.write(text)
    },
  }
}
