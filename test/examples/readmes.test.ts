// The examples' READMEs: what they show of the source is in it, and what they show to be run runs.

import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { entries } from '../../packages/examples/dist/gallery/entries.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const names = entries().map(({ name }) => name)
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onecopy-readmes-'))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await writeFile(join(folder, 'access.log'), 'one ERROR\nno error\nERROR again\n')
  await writeFile(join(folder, 'book.txt'), 'The cat and the hat and the bat')
  await writeFile(join(folder, 'disk.img'), 'the cat\n')
})
afterAll(() => rm(folder, { recursive: true }))

const source = (name: string): string => join(root, 'packages/examples/src', name)

async function blocks(name: string, language: string): Promise<string[]> {
  const readme = await readFile(join(source(name), 'README.md'), 'utf8')
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, code]) => code ?? '')
}

/** What a README's blocks print, one after the other. */
async function printed(name: string): Promise<string[]> {
  const outputs: string[] = []
  for (const [i, code] of (await blocks(name, 'js')).entries()) {
    const module = `${name}-${i}.js`
    await writeFile(join(folder, module), code)
    outputs.push((await run(process.execPath, [module], { cwd: folder })).stdout)
  }
  return outputs
}

const linesOf = (code: string): string[] =>
  code
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

test.each(names)('what the README of %s shows of the source stands there, in that order', async (name) => {
  const shown = await blocks(name, 'ts')
  expect(shown).not.toHaveLength(0)
  const files = (await readdir(source(name))).filter((file) => file.endsWith('.ts'))
  const sources = await Promise.all(
    files.map(async (file) => linesOf(await readFile(join(source(name), file), 'utf8'))),
  )
  for (const block of shown) {
    const places = sources.map((lines) => firstMissing(linesOf(block), lines))
    // Where one file has it all, nothing is missing.
    expect(places.includes(undefined) ? undefined : places).toBeUndefined()
  }
})

/** The first line that does not follow; lines without `…` between them follow at once. */
function firstMissing(shown: readonly string[], source: readonly string[]): string | undefined {
  let from = 0
  let mayLeap = true
  for (const line of shown) {
    if (line === '…') {
      mayLeap = true
      continue
    }
    const at = mayLeap ? source.indexOf(line, from) : from
    if (at < 0 || source[at] !== line) return line
    from = at + 1
    mayLeap = false
  }
  return undefined
}

const outputs: Record<string, RegExp[]> = {
  'byte-count': [/^3 6 .*tallest: /s, /^3 6\n$/],
  search: [
    /^2 \[\s+{ offset: 4, line: 1, column: 5 },\s+{ offset: 19, line: 3, column: 1 }\s+\]\n$/,
    /^2 .*\[ 4, 19 \]\n$/,
  ],
  filter: [/^22\n$/],
  hash: [/^[0-9a-f]{64} [0-9a-f]{8}\n$/],
  'word-count': [/^3 the\n2 and\n1 bat\n$/],
  'entropy-map': [/^ {2}00000000 .*8 bits per byte/s, /^\d+\n$/],
  'log-stats': [/^10000 \d+ \d+ [\d.]+\n$/],
  'csv-aggregate': [/^Abéché=[-\d.]+\/[-\d.]+\/[-\d.]+\n.*\n0\n$/s],
  'csv-report': [/^Bern \d+ \d+\nOslo .*\n東京 \d+ \d+\n$/s],
  'reverse-index': [/^hamlet song song\n$/],
  'linear-regression': [/^100000 2\.50 -7\n$/],
  'k-means': [/^8 8 true\n$/],
  'monte-carlo': [/^1000000 true\n$/],
}

test.each(names)('what the README of %s shows to be run prints what it should', async (name) => {
  const found = await printed(name)
  const expected = outputs[name] ?? []
  expect(found.length).toBeGreaterThan(0)
  expect(found).toHaveLength(expected.length)
  for (const [i, output] of expected.entries()) expect(found[i]).toMatch(output)
})
