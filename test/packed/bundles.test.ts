// Programs that a bundler made, as docs/recipes.md says: with the packages left out, and with everything in one folder.

import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { blockOfFile, codeBlocks } from '../support/code-blocks.js'
import { consumer, expected, firstExample, node, repositoryFile, tool, write } from './consumer-run.js'

const longestLine = '18\n'
let recipes = ''
let apart: string | undefined

beforeAll(async () => {
  recipes = await repositoryFile('docs/recipes.md')
  const readme = await repositoryFile('README.md')
  const program = blockOfFile(readme, 'main.js')
  await write({
    'longest-line.js': blockOfFile(readme, 'longest-line.js'),
    // Both kinds of function: a plugin that a worker imports, and an inline one.
    'main.js': `${program}\n${await firstExample()}`,
  })
})

afterEach(async () => {
  await rm(join(consumer, 'built'), { recursive: true, force: true })
  if (apart !== undefined) await rm(apart, { recursive: true })
  apart = undefined
})

/** Move what was built to where no package can be found, and run it. */
async function runApart(): Promise<string> {
  apart = await mkdtemp(join(tmpdir(), 'onecopy built é '))
  await cp(join(consumer, 'built'), apart, { recursive: true })
  await cp(join(consumer, 'access.log'), join(apart, 'access.log'))
  await cp(join(consumer, 'package.json'), join(apart, 'package.json'))
  return node(['main.js'], apart)
}

/** The arguments of the command in docs/recipes.md that starts with `name`. */
function argumentsOf(name: string): string[] {
  const commands = codeBlocks(recipes).filter(({ info }) => info === 'sh')
  const command = commands.find(({ code }) => code.startsWith(`${name} `))
  if (command === undefined) return expect.fail(`docs/recipes.md has no command ${name}`)
  return command.code.trim().split(' ').slice(1)
}

test('esbuild, packages left out', async () => {
  await tool('esbuild/bin/esbuild', ...argumentsOf('esbuild'), '--log-level=warning')
  expect(await node(['built/main.js'])).toBe(longestLine + expected)
})

test('esbuild, main and workers in one folder', async () => {
  await write({ 'build.js': blockOfFile(recipes, 'build.js') })
  await node(['build.js'])
  expect(await runApart()).toBe(longestLine + expected)
})

test('vite, packages left out', async () => {
  const config = `export default { build: { ssr: true, outDir: 'built', rollupOptions: { input: ['main.js', 'longest-line.js'] } } }\n`
  await write({ 'external.config.js': config })
  await tool('vite/bin/vite.js', 'build', '--config', 'external.config.js')
  expect(await readFile(join(consumer, 'built/main.js'), 'utf8')).toContain('@onecopy/node')
  expect(await node(['built/main.js'])).toBe(longestLine + expected)
})

test('vite, main and workers in one folder', async () => {
  await write({ 'vite.config.js': blockOfFile(recipes, 'vite.config.js') })
  await tool('vite/bin/vite.js', 'build')
  expect(await runApart()).toBe(longestLine + expected)
})

test.each([
  ['lane-worker.js', '--external:tinypool'],
  ['worker.js', '--external:none'],
])('a bundle without %s rejects, and says what is missing', async (missing, external) => {
  await write({
    'code.js': `import { map, share } from '@onecopy/node'
try { await map(share('abc'), (bytes) => bytes.length) } catch ({ code, message }) { console.log(code, message) }\n`,
  })
  const outfile = '--outfile=built/code.js'
  await tool('esbuild/bin/esbuild', 'code.js', '--bundle', '--platform=node', '--format=esm', outfile, external)
  const printed = await node(['built/code.js'])
  expect(printed).toMatch(/^ERR_WORKER_LOST no worker can start: /)
  expect(printed).toContain(missing)
  expect(printed).toContain('docs/recipes.md')
})

test('a lane worker that was copied without its package rejects, and says what to do', async () => {
  await write({
    'code.js': `import { map, share } from '@onecopy/node'
try { await map(share('abc'), (bytes) => bytes.length) } catch ({ code, message }) { console.log(code, message) }\n`,
  })
  const args = ['--bundle', '--platform=node', '--format=esm', '--outfile=built/code.mjs', '--external:tinypool']
  await tool('esbuild/bin/esbuild', 'code.js', ...args)
  // What Turbopack makes of a package that it was not told to leave out.
  await cp(join(consumer, 'node_modules/@onecopy/node/dist/lane-worker.js'), join(consumer, 'built/lane-worker.js'))
  await write({ 'built/package.json': '{ "type": "commonjs" }' })
  const printed = await node(['built/code.mjs'])
  expect(printed).toMatch(/^ERR_WORKER_LOST no worker can start: /)
  expect(printed).toContain('serverExternalPackages')
})

test('a tool that copies what a program needs finds the workers as well', async () => {
  await write({ 'code.js': `import { map } from '@onecopy/node'\nconsole.log(typeof map)\n` })
  await write({
    'trace.js': `import { nodeFileTrace } from '@vercel/nft'
const { fileList } = await nodeFileTrace(['code.js'])
console.log([...fileList].map((file) => file.replaceAll('\\\\', '/')).join('\\n'))\n`,
  })
  const files = (await node(['trace.js'])).trim().split('\n')
  expect(files).toContain('node_modules/@onecopy/node/dist/lane-worker.js')
  expect(files).toContain('node_modules/@onecopy/core/dist/lane.js')
  expect(files).toContain('node_modules/tinypool/dist/entry/worker.js')
})

test('a bundle of CommonJS rejects, and says so', async () => {
  await write({
    'code.js': `import { map, share } from '@onecopy/node'
map(share('abc'), (bytes) => bytes.length).then(undefined, ({ code, message }) => console.log(code, message))\n`,
  })
  const args = ['--bundle', '--platform=node', '--format=cjs', '--log-level=error', '--outfile=built/code.cjs']
  await tool('esbuild/bin/esbuild', 'code.js', ...args)
  const printed = await node(['built/code.cjs'])
  expect(printed).toMatch(/^ERR_WORKER_LOST no worker can start: .*CommonJS/)
  expect(printed).toContain('docs/recipes.md')
})

test('core runs in a bundle for browsers, without a module of Node', async () => {
  await write({
    'browser.js': `import { sequential, share, sum } from '@onecopy/core'
console.log(await sequential().map(share('abc'), (bytes) => bytes.length).reduce(sum()))\n`,
  })
  // esbuild refuses modules of Node for this platform.
  const outfile = '--outfile=built/browser.js'
  const args = ['--bundle', '--platform=browser', '--format=esm', '--log-level=warning', outfile]
  await tool('esbuild/bin/esbuild', 'browser.js', ...args)
  expect(await node(['built/browser.js'])).toBe('3\n')
})
