// Builds elements of the page.

type Child = Node | string

/** What an element is made with: attributes by their names, and listeners as `onclick` and the like. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined | ((event: never) => void)>>

/**
 * Make an element.
 *
 * @param attributes - `true` sets an attribute without a value; `false` and undefined leave it out; a function listens
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    // `as`: a listener takes the event that its name says.
    if (typeof value === 'function') made.addEventListener(name.replace(/^on/, ''), value as EventListener)
    else made.setAttribute(name, value === true ? '' : String(value))
  }
  made.append(...children)
  return made
}

/** The element with an id. It is in the page's HTML. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`the page has no element #${id}`)
  // `as`: the caller knows the page's HTML.
  return found as E
}

let ids = 0

/** An id that no other element has. */
export function freshId(prefix: string): string {
  return `${prefix}-${++ids}`
}

/** A control with its label before it. */
export function labelled(label: string, control: HTMLElement): HTMLLabelElement {
  return element('label', {}, element('span', {}, label), control)
}

/** A list to choose from: values with their names. */
export function choice(
  options: readonly (readonly [value: string, name: string])[],
  chosen?: string,
): HTMLSelectElement {
  return element(
    'select',
    {},
    ...options.map(([value, name]) => element('option', { value, selected: value === chosen }, name)),
  )
}

/** A button that does something. */
export function button(name: string, onclick: () => unknown, attributes: Attributes = {}): HTMLButtonElement {
  return element('button', { type: 'button', onclick, ...attributes }, name)
}
