// The error for a wrong call of the gallery. The user needs to see only its message.

/** A wrong call. Its message is one line. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}
