// A thread that cannot be ended: it waits in a call of the system.

import { execFileSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { share } from '@onecopy/core'
import { createEngine } from '@onecopy/node'
import { expect, test } from 'vitest'
import { tempDir } from '../support/temp-dir.js'

const folder = tempDir()

test.skipIf(process.platform === 'win32')('the run settles and the engine closes all the same', async () => {
  const path = join(folder, 'pipe')
  execFileSync('mkfifo', [path])
  const engine = createEngine({ workers: 1, graceMs: 10 })
  const run = engine.map(
    share('x'),
    (_bytes, { params }) => {
      // Waits until somebody opens the other end.
      return process.getBuiltinModule('node:fs').openSync(params.path, 'r')
    },
    { params: { path }, chunkTimeoutMs: 50 },
  )
  await expect(run).rejects.toMatchObject({ code: 'ERR_CHUNK_TIMEOUT' })
  expect(await engine.map(share('abc'), (bytes) => bytes.length)).toEqual([3])
  await engine.close()
  // Let the thread go, which ends it.
  closeSync(openSync(path, 'w'))
})
