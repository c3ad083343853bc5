// Stacks of inline functions lead to the file and line where these were written.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { tempDir } from '../support/temp-dir.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const dir = tempDir()

/** What a program prints. Its text is a file of the given name, in a folder with a space in its name. */
function run(name: string, text: string): { url: string; stdout: string } {
  const folder = join(dir, 'a folder')
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  const packages = join(folder, 'node_modules/@onecopy')
  if (!existsSync(packages)) symlinkSync(join(root, 'node_modules/@onecopy'), packages, 'junction')
  const path = join(folder, name)
  writeFileSync(path, text)
  const { stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', path], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return { url: pathToFileURL(path).href, stdout }
}

const head = `import { fixed, map, sequential, share } from '@onecopy/node'
const [data, chunks] = [share('abcd'), fixed({ size: 1 })]
const stackOf = (run) => run.then(() => 'no error', (error) => error.cause.stack)
`

test('at the call, before it, on its first line and below, in functions inside', () => {
  const { url, stdout } = run(
    'at-call.mjs',
    `${head}// 4
const before = (bytes) => {
  bytes.none.at.all
}
console.log(await stackOf(map(data, before)))
console.log(await stackOf(map(data, (bytes) => bytes.none.at.all)))
console.log(await stackOf(map(data, async (bytes) => {
  await null
  const inner = () => {
    throw new Error('inside')
  }
  return inner(bytes)
})))
`,
  )
  for (const place of [':6:14', ':9:59', ':13:11', ':15:10']) expect(stdout).toContain(`${url}${place})`)
})

test('of texts that stand there twice, the one at the call', () => {
  const { url, stdout } = run(
    'twice.mjs',
    `${head}const other = [
  (bytes) => bytes.none.at,
]
console.log(await stackOf(map(data, (bytes) => bytes.none.at)), other)
`,
  )
  expect(stdout).toContain(`${url}:7:59)`)
})

test('in reducers, in lanes and on the caller’s thread', () => {
  const { url, stdout } = run(
    'reducer.mjs',
    `${head}for (const workers of [1, 4]) {
  console.log(await stackOf(map(data, (bytes) => bytes.length, { chunks, workers }).reduce({
    init: () => 0,
    add: (acc, value) => acc + value,
    merge(left, right) {
      throw new RangeError('cannot merge')
    },
  })))
  console.log(await stackOf(map(data, (bytes) => bytes.length, { chunks, workers }).reduce((a, b) => null.reduced)))
}
`,
  )
  expect(stdout.split(`${url}:9:13)`).length).toBe(3)
  expect(stdout.split(`${url}:12:107)`).length).toBe(3)
})

test('in a file that cannot be searched: the line in what is given at the call', () => {
  const { url, stdout } = run(
    'made.mjs',
    `${head}const made = new Function('return (bytes) =>' + String.fromCharCode(10) + ' bytes.none.at.all')()
console.log(await stackOf(map(data, made)))
console.log(await stackOf(sequential().map(data, (bytes) => bytes.none.at.all)))
`,
  )
  expect(stdout).toContain(`(line 2 of what is given at ${url}:5:27)`)
  expect(stdout).toContain(`(line 1 of what is given at ${url}:6:40)`)
})

// `as`: older types of Node do not know the feature.
const stripsTypes = Boolean((process.features as { readonly typescript?: unknown }).typescript)
// Node before 22.18 runs no TypeScript.
test.runIf(stripsTypes)('in TypeScript whose types Node has stripped', () => {
  const { url, stdout } = run(
    'typed.mts',
    `${head.replace('(run)', '(run: any)').replace('(error)', '(error: any)')}console.log(await stackOf(map(data, (bytes: Readonly<Uint8Array>): number => {
  const none = bytes as unknown as { none: { all: number } }
  return none.none.all
})))
`,
  )
  expect(stdout).toContain(`${url}:6:20)`)
})
