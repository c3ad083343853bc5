// A directory for one test file's own files.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A fresh directory, removed when the test file has ended. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'onecopy-test-'))
  afterAll(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
