// Source files as stacks name them.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The text of a source file, given by URL or path; undefined if it cannot be read. */
export function readSource(file: string): string | undefined {
  try {
    return readFileSync(file.startsWith('file:') ? fileURLToPath(file) : file, 'utf8')
  } catch {
    // A frame need not be of a file: the stack then leads to the call.
    return undefined
  }
}
