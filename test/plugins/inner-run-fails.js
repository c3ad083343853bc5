// Plugins whose own run fails, in a chunk or in setup: their outer run must not take that failure for its own.

import { truncateSync } from 'node:fs'
import { definePlugin, sequential } from '@onecopy/core'
import { file } from '@onecopy/node'

/** @param {string} path - a file, which is changed */
async function failingRun(path) {
  const before = file(path)
  truncateSync(path, 1)
  return await sequential().map(before, (bytes) => bytes.length)
}

export const innerRunFails = definePlugin(import.meta.url, {
  name: 'inner-run-fails',
  params: { path: '' },
  map: (_bytes, { params }) => failingRun(params.path),
})

export const innerRunFailsInSetup = definePlugin(import.meta.url, {
  name: 'inner-run-fails-in-setup',
  params: { path: '' },
  setup: ({ path }) => failingRun(path),
  map: () => 0,
})
