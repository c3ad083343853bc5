// Reads source files that stacks name.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The text of a source file, given by its URL or path; undefined if it cannot be read. */
export function readSource(file: string): string | undefined {
  try {
    return readFileSync(file.startsWith('file:') ? fileURLToPath(file) : file, 'utf8')
  } catch {
    // Not every frame of a stack names a file. Such a frame stays as it is.
    return undefined
  }
}
