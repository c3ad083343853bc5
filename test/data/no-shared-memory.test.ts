// Core where memory cannot be shared, as in pages that are not cross-origin isolated, and where cloning copies shared memory, as in
// WebKit.

import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runNode } from '../support/child.js'

const program = fileURLToPath(new URL('no-shared-memory-program.js', import.meta.url))

test.each([
  ['there is no shared memory', 'none'],
  ['structuredClone copies shared memory', 'copied'],
])('sequential() gives its answers where %s, and outputs are not lost', async (_name, how) => {
  const { stdout, stderr } = await runNode(program, how)
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toMatchObject({
    text: ['one\n', 'two\n', 'three\n'],
    total: 14,
    listed: [0, 1, 2, 3],
    read: [2.5, 2.5, 2.5, 2.5],
    written: [4, 4, 4, 2],
    viewed: [4, 7, 7, 7],
    whole: [110, 101],
    isSameMemory: true,
  })
})
