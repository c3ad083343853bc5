// The error for a wrong call. It is printed on one line with a hint to the help, and the exit code is 2.

/** The command line is wrong, and nothing has been started. The message is one line. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}
