// The name of standard input.

/** The file name that means standard input. */
export const standardInput = '-'
