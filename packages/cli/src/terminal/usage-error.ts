// A wrong call: said in one line with a hint to the help, and exit code 2.

/** The command line is wrong; nothing has been started. The message is one line. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}
