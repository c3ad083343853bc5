// Where a card about lines takes its data from: the user's data, or lines that a worker makes.

import { alloc, share } from '@onecopy/web'
import { choice } from '../dom.js'
import { madeLines } from '../plugins/made-up.js'
import { countText } from '../text/numbers.js'
import type { Job, Session } from './session.js'
import { type Source, sourceOfMemory } from './source.js'

/** Parts that the workers make by themselves. */
const parts = 32

/** Lets the user choose. */
export class LinesSource {
  readonly control: HTMLSelectElement
  readonly #session: Session
  readonly #kind: 'log' | 'rows'
  readonly #name: string
  readonly #made = new Map<number, Source>()

  /**
   * @param counts - how many lines are offered
   * @param name - of the made lines
   */
  constructor(session: Session, kind: 'log' | 'rows', name: string, counts: readonly number[]) {
    this.#session = session
    this.#kind = kind
    this.#name = name
    const made = counts.map((count) => [String(count), `${countText(count)} made-up ${name}`] as const)
    this.control = choice([...made, ['data', 'your data']])
  }

  /** Whether data is made-up lines, and not the user's. */
  isMade(source: Source): boolean {
    return [...this.#made.values()].includes(source)
  }

  /** The chosen data; undefined if the user has chosen none. Made lines are made once. */
  async take({ engine, signal, workers, watch }: Job): Promise<Source | undefined> {
    const { value } = this.control
    if (value === 'data') return this.#session.source
    const count = Number(value)
    const known = this.#made.get(count)
    if (known !== undefined) return known
    const params = { kind: this.#kind, lines: count }
    const made = await watch(engine.map(share(new Uint8Array(parts)), madeLines, { params, signal, workers }))
    const all = alloc(
      Uint8Array,
      made.reduce((sum, { length }) => sum + length, 0),
    )
    let at = 0
    for (const part of made) {
      all.view(at, at + part.length).set(part)
      at += part.length
    }
    const source = sourceOfMemory(`${countText(count)} made-up ${this.#name}`, all)
    this.#made.set(count, source)
    return source
  }
}
