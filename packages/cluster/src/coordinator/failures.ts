// Which failure a run reports: that of the lowest chunk, as on one machine. Spans below it are waited for, because they may fail too.

import type { OnecopyError } from '@onecopy/core'

/** The failures of a run. */
export class Failures {
  #lowest: { readonly at: number; readonly error: OnecopyError } | undefined

  /** The chunk `at` has failed, or the span that begins there. Returns whether that is the lowest failure so far. */
  add(at: number, error: OnecopyError): boolean {
    if (this.#lowest !== undefined && this.#lowest.at <= at) return false
    this.#lowest = { at, error }
    return true
  }

  /** The failure that is reported; undefined if there is none. */
  get error(): OnecopyError | undefined {
    return this.#lowest?.error
  }
}
