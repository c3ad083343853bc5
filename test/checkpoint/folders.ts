// What the tests of kept parts have in common: files, and the chunks that a run has run.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir } from '../support/temp-dir.js'

const dir = tempDir()

/** A fresh folder. */
export function freshFolder(): string {
  return mkdtempSync(join(dir, 'a folder '))
}

/** A log of chunks: what was run since it was last read, ascending. */
export function createLog(folder: string): { readonly path: string; read(): number[] } {
  const path = join(folder, 'chunks.log')
  return {
    path,
    read() {
      if (!existsSync(path)) return []
      const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
      rmSync(path)
      return lines.map(Number).sort((a, b) => a - b)
    },
  }
}

/** The numbers `[from, to)`. */
export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}
