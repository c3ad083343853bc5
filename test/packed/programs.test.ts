// The README's first example, in every way in which a Node program is run.

import { expect, test } from 'vitest'
import { expected, firstExample, node, tool, write } from './consumer-run.js'

const importLine = /^import \{ (.*) \} from '(.*)'\n/

/** The example's import, its names and the code after it. */
async function parts(): Promise<{ names: string; from: string; body: string }> {
  const code = await firstExample()
  const [line = '', names = '', from = ''] = importLine.exec(code) ?? []
  expect(line).not.toBe('')
  return { names, from, body: code.slice(line.length) }
}

test('as an ES module', async () => {
  await write({ 'use.mjs': await firstExample() })
  expect(await node(['use.mjs'])).toBe(expected)
})

test('through require()', async () => {
  const { names, from, body } = await parts()
  await write({ 'use.cjs': `const { ${names} } = require('${from}')\n;(async () => {${body}})()\n` })
  expect(await node(['use.cjs'])).toBe(expected)
})

test('as TypeScript under tsx', async () => {
  await write({ 'use-tsx.ts': await firstExample() })
  expect(await tool('tsx/dist/cli.mjs', 'use-tsx.ts')).toBe(expected)
})

test('under vitest', async () => {
  const { names, from, body } = await parts()
  const printed = expected.trim().split(' ').join(', ')
  const code = `import { ${names} } from '${from}'
import { expect, test } from 'vitest'
test('the example', async () => {${body}
  expect([sizes.length, lineFeeds]).toEqual([${printed}])
})\n`
  await write({ 'use.test.ts': code })
  expect(await tool('vitest/vitest.mjs', 'run', 'use.test.ts')).toMatch(/Tests +1 passed/)
})
