// Which failure a run reports: that of the lowest chunk, as on one machine. Spans below it are waited for, because they may fail too.

import type { OnecopyError } from '@onecopy/core'

/** The failures of a run. */
export class Failures {
  #lowest: { readonly from: number; readonly error: OnecopyError } | undefined

  /** A span that begins at `from` has failed. Returns whether that is the lowest failure so far. */
  add(from: number, error: OnecopyError): boolean {
    if (this.#lowest !== undefined && this.#lowest.from <= from) return false
    this.#lowest = { from, error }
    return true
  }

  /** The failure that is reported; undefined if there is none. */
  get error(): OnecopyError | undefined {
    return this.#lowest?.error
  }
}
