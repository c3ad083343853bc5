// The error for data that cannot be read, although it has not changed as far as anybody knows.

import { defineOwn, memberOf } from '../base/own-members.js'

/** What the operating system says about a call that failed. */
interface SystemError {
  readonly code?: string | undefined
  readonly errno?: number | undefined
  readonly syscall?: string | undefined
}

/**
 * All errors of this class. It is asked instead of `instanceof`, because a thrown proxy could answer that with an error of its
 * own.
 */
const made = new WeakSet<object>()

/**
 * What a `DataReader` throws if the system refuses to give the data: too many open files, a missing permission, a failing disk.
 * The run rejects with this error itself and not with an `OnecopyError`. `code` is the system's own code.
 */
export class DataError extends Error {
  /** The system's code, for example `'EMFILE'` or `'EIO'`. */
  declare readonly code: string | undefined
  /** What could not be read. */
  declare readonly path: string

  /** `cause` is what the system threw. Its `code`, `errno` and `syscall` become members of this error. */
  constructor(message: string, path: string, cause: unknown) {
    super(message, { cause })
    // `as`: each member is looked up, and left out if it is missing.
    const system = cause as SystemError
    const code = memberOf(system, 'code')
    const errno = memberOf(system, 'errno')
    const syscall = memberOf(system, 'syscall')
    // Own and enumerable, so that they travel from a lane to the caller.
    for (const [key, value] of Object.entries({ code, errno, syscall, path })) defineOwn(this, key, value)
    made.add(this)
  }
}

/** Whether something thrown is a {@link DataError}. */
export function isDataError(thrown: unknown): thrown is DataError {
  return typeof thrown === 'object' && thrown !== null && made.has(thrown)
}
