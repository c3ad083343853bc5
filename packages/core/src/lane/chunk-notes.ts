// The notes of a lane: of the chunk that runs, of the block that is folded, and of what is held until the next commit.

import { isError } from '../base/built-in.js'
import { show } from '../base/check.js'
import type { ChunkRange } from '../base/errors.js'
import { NoteBook, type Notes, type SkippedRange } from '../protocol/notes.js'
import { describeThrown, summarize } from '../serialize/thrown.js'

/** Reasons and names are cut to so many characters. */
const mostCharacters = 200

/** Keeps the notes of chunks apart from those of chunks that fail, and hands over the notes of the chunks that are held. */
export class ChunkNotes {
  /** Of the chunk that runs. */
  readonly #current: NoteBook
  /** Of the chunks of the block that are folded. */
  readonly #unit: NoteBook
  readonly #held: NoteBook
  readonly #budget: number | undefined

  constructor(mostListed: number, budget: number | undefined) {
    this.#current = new NoteBook(mostListed)
    this.#unit = new NoteBook(mostListed, budget)
    this.#held = new NoteBook(mostListed, budget)
    this.#budget = budget
  }

  /** Whether the chunks that are held have more skips than the run may have. */
  get isOverBudget(): boolean {
    return this.#budget !== undefined && this.#held.count > this.#budget
  }

  /** A block begins. What a block before it has left, which failed, is dropped. */
  beginUnit(): void {
    this.#unit.clear()
  }

  /** A chunk begins. What a chunk before it has left, which failed, is dropped. */
  begin(): void {
    if (!this.#current.isEmpty) this.#current.clear()
  }

  skip(range: SkippedRange): void {
    this.#current.skip({ ...range, why: shorten(range.why) })
  }

  countUp(name: string, n: number): void {
    this.#current.countUp(name, n)
  }

  /** The chunk function has returned. */
  end(chunk: ChunkRange): void {
    if (this.#current.isEmpty) return
    // `!`: it is not empty.
    this.#unit.add(this.#current.notes()!)
    if (this.#current.count > 0) this.#unit.addChunk({ chunk, count: this.#current.count })
    this.#current.clear()
  }

  /** The chunks since the last `beginUnit`, or since the last call, are held. */
  hold(): void {
    const notes = this.#unit.notes()
    if (notes === undefined) return
    this.#held.add(notes)
    this.#unit.clear()
  }

  /** Take the notes of everything that is held. */
  take(): Notes | undefined {
    const notes = this.#held.notes()
    if (notes !== undefined) this.#held.clear()
    return notes
  }
}

function shorten(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters - 1)}…` : text
}

/**
 * A reason as text.
 *
 * @throws {TypeError} it is neither text nor an error
 */
export function reasonOf(why: unknown): string {
  if (typeof why === 'string') return why
  if (isError(why)) return summarize(describeThrown(why))
  throw new TypeError(`chunk.skip: why: expected text or an error, got ${show(why)}`)
}
