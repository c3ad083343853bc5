// The error of a wrong call of the gallery: its message is all that the user has to see.

/** A wrong call. Its message is one line. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}
