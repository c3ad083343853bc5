// Data that cannot be read though nothing says that it changed.

import { defineOwn, memberOf } from '../base/own-members.js'

/** What the system says of a call that failed. */
interface SystemError {
  readonly code?: string | undefined
  readonly errno?: number | undefined
  readonly syscall?: string | undefined
}

/** All that were made. Asked instead of `instanceof`, which a thrown proxy may answer with an error of its own. */
const made = new WeakSet<object>()

/**
 * What a `DataReader` throws where the system refuses to give the data: no descriptor is left, a right is missing, a disk
 * fails. The run rejects with this error itself, and not with an `OnecopyError`: `code` is the system's own.
 */
export class DataError extends Error {
  /** The system's own, `'EMFILE'` or `'EIO'` for instance. */
  declare readonly code: string | undefined
  /** What could not be read. */
  declare readonly path: string

  /** `cause` is what the system threw; its code, number and call become this error's own. */
  constructor(message: string, path: string, cause: unknown) {
    super(message, { cause })
    // `as`: each is looked for, and left out where it is not there.
    const system = cause as SystemError
    const code = memberOf(system, 'code')
    const errno = memberOf(system, 'errno')
    const syscall = memberOf(system, 'syscall')
    // Own and enumerable: so they travel from a lane to the caller.
    for (const [key, value] of Object.entries({ code, errno, syscall, path })) defineOwn(this, key, value)
    made.add(this)
  }
}

/** Whether something thrown is a {@link DataError}. */
export function isDataError(thrown: unknown): thrown is DataError {
  return typeof thrown === 'object' && thrown !== null && made.has(thrown)
}
