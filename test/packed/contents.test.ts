// What is in the packages, and what they bring along.

import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { expect, inject, test } from 'vitest'
import { consumer, node, write } from './consumer-run.js'

const packed = inject('packed')
const names = packed.map(({ name }) => name)

const folderOf = (name: string): string => join(consumer, 'node_modules', name)

interface Manifest {
  readonly bin?: Record<string, string>
  readonly sideEffects?: boolean | readonly string[]
  readonly files?: readonly string[]
  readonly exports?: Record<string, object>
  readonly dependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
}

async function manifestOf(name: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folderOf(name), 'package.json'), 'utf8'))
}

/** The files of an installed package, with `/` between their parts. */
async function filesOf(name: string): Promise<string[]> {
  const entries = await readdir(folderOf(name), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folderOf(name), join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
}

/** What a package may bring along besides packages of ours; where one is not listed here, nothing. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  '@onecopy/cluster': ['bullmq', 'ioredis'],
  '@onecopy/core': ['p-queue'],
  // The second is for `loadPlugin` and so for the command: how `import` would resolve from another folder, Node before 22.15 does not tell.
  '@onecopy/node': ['import-meta-resolve', 'minimatch', 'tinypool'],
}

test('no rxjs reaches a user', async () => {
  const installed = await readdir(join(consumer, 'node_modules'))
  expect(installed).toEqual(expect.arrayContaining(['p-queue', 'tinypool']))
  expect(installed).not.toContain('rxjs')
  expect(installed).not.toContain('typed-emitter')
})

test('core and node bring what they list and what that needs, and no more', async () => {
  const reached = new Set(['@onecopy/core', '@onecopy/node'])
  for (const name of reached) {
    const { dependencies = {}, optionalDependencies = {} } = await manifestOf(name)
    for (const each of Object.keys({ ...dependencies, ...optionalDependencies })) reached.add(each)
  }
  const others = [...reached].filter((name) => !names.includes(name)).sort()
  const globs = ['balanced-match', 'brace-expansion', 'minimatch']
  expect(others).toEqual(['eventemitter3', 'import-meta-resolve', 'p-queue', 'p-timeout', 'tinypool', ...globs].sort())
})

test.each(names)('%s: its manifest', async (name) => {
  const manifest = await manifestOf(name)
  expect(manifest).toMatchObject({ type: 'module', license: 'MIT', engines: { node: '>=20.19' } })
  // There is none before the first release.
  expect(manifest.files).toContain('CHANGELOG.md')
  expect(JSON.stringify(manifest)).not.toContain('workspace:')
  // The command may draw bars and tables; a library brings nothing that is not listed here.
  if (manifest.bin === undefined) {
    // The script of workers is run for what it does.
    expect(manifest.sideEffects).toEqual(name === '@onecopy/web' ? ['./dist/lane-worker.js'] : false)
    const others = Object.keys(manifest.dependencies ?? {}).filter((each) => !names.includes(each))
    expect(others).toEqual(allowed[name] ?? [])
  }
  for (const [door, target] of Object.entries(manifest.exports ?? {})) {
    if (door === './package.json') continue
    expect(Object.keys(target), door).toEqual(['types', 'default'])
  }
})

test.each(names)('%s: only files that are needed', async (name) => {
  const files = await filesOf(name)
  expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']))
  // `assembly` is the source of the WebAssembly that the kernels embed.
  const needed =
    /^(dist\/.+\.(js|js\.map|d\.ts|d\.ts\.map|wasm)|bin\/[^/]+\.js|(src|assembly)\/.+\.(ts|json)|CHANGELOG\.md|LICENSE|README\.md|package\.json)$/
  expect(files.filter((file) => !needed.test(file))).toEqual([])
  // What an earlier build left behind: declarations without a source.
  const stale = files
    .filter((file) => /^dist\/.*\.d\.ts$/.test(file))
    .filter((file) => !files.includes(file.replace(/^dist\/(.*)\.d\.ts$/, 'src/$1.ts')))
  expect(stale).toEqual([])
})

test.each(names)('%s: maps open the real source', async (name) => {
  const files = await filesOf(name)
  const maps = files.filter((file) => file.endsWith('.map'))
  const mapped = files.filter((file) => /^dist\/.*(\.js|\.d\.ts)$/.test(file))
  expect(maps).toEqual(mapped.map((file) => `${file}.map`).sort())
  const opened = new Set<string>()
  for (const map of maps) {
    const { sources, sourceRoot = '' } = JSON.parse(await readFile(join(folderOf(name), map), 'utf8'))
    const generated = await readFile(join(folderOf(name), map.replace(/\.map$/, '')), 'utf8')
    expect(generated.trimEnd().endsWith(`//# sourceMappingURL=${map.replace(/^.*\//, '')}`), map).toBe(true)
    for (const source of sources as string[]) {
      const path = join(folderOf(name), dirname(map), sourceRoot, source)
      await expect(readFile(path, 'utf8'), `${map}: ${source}`).resolves.not.toBe('')
      opened.add(relative(folderOf(name), path).replaceAll('\\', '/'))
    }
  }
  // Every source is led to by some map, of its declarations if not of its code.
  expect([...opened].filter((file) => file.startsWith('src/')).sort()).toEqual(
    files.filter((file) => file.startsWith('src/')),
  )
})

test('a stack trace names the line of the source', async () => {
  const program = `import { fixed } from '@onecopy/core'\ntry { fixed({ size: 0 }) } catch (e) { console.log(e.stack) }\n`
  await write({ 'stack.mjs': program })
  const stack = await node(['--enable-source-maps', 'stack.mjs'])
  const [, file = '', line = ''] = /at fixed \((.*chunkers\.ts):(\d+):/.exec(stack) ?? expect.fail(stack)
  const source = await readFile(file.startsWith('file:') ? new URL(file) : file, 'utf8')
  expect(source.split('\n')[Number(line) - 1]).toContain('optionalSize(size)')
})
