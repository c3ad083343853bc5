// `onecopy new`: a folder that runs as it stands.

import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { call, pluginFolder } from './command.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cwd = pluginFolder({ 'taken/keep.txt': 'kept', 'a file': '' })

describe('a new plugin', () => {
  const folder = join(cwd, 'long-lines.2')
  let stdout = ''
  beforeAll(async () => {
    const outcome = await call(['new', '@me/long-lines.2'], { cwd })
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    stdout = outcome.stdout
  })

  test('is in a folder of its name without the scope, and the next commands are told: here all is installed', () => {
    expect(readdirSync(folder).sort()).toEqual(['README.md', 'long-lines.2.js', 'long-lines.2.test.js', 'package.json'])
    expect(stdout).toMatch(/cd long-lines\.2\n {2}npm test\n {2}npx onecopy run \. package\.json\n$/)
  })

  test('depends on these versions of the packages', () => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    expect(manifest.name).toBe('@me/long-lines.2')
    const all: Record<string, string> = { ...manifest.dependencies, ...manifest.devDependencies }
    for (const [name, directory] of Object.entries({
      '@onecopy/core': 'core',
      '@onecopy/node': 'node',
      onecopy: 'cli',
    })) {
      const own = new URL(`../../packages/${directory}/package.json`, import.meta.url)
      expect(all[name]).toBe(`^${JSON.parse(readFileSync(own, 'utf8')).version}`)
    }
    const root = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(all['fast-check']).toBe(root.devDependencies['fast-check'])
  })

  test('passes its own test', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--test'], { cwd: folder })
    expect(stdout).toMatch(/pass 1\b/)
  })

  test('runs, is listed and passes the check', async () => {
    expect(await call(['run', '.', 'README.md', '--param', 'word=npm'], { cwd: folder })).toEqual({
      code: 0,
      stdout: `${
        readFileSync(join(folder, 'README.md'), 'utf8')
          .split('\n')
          .filter((line) => line.includes('npm')).length
      }\n`,
      stderr: '',
    })
    expect((await call(['list'], { cwd: folder })).stdout).toContain('--param word=  string, default "the"')
    expect((await call(['check', '.'], { cwd: folder })).code).toBe(0)
  })
})

// Older ones run no TypeScript by themselves.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const runsTypeScript = major > 22 || (major === 22 && minor >= 18)

test('--ts: the plugin and its test are TypeScript', async () => {
  const outcome = await call(['new', 'typed-one', '--ts'], { cwd })
  expect(outcome).toMatchObject({ code: 0, stderr: '' })
  const folder = join(cwd, 'typed-one')
  expect(readdirSync(folder).sort()).toEqual([
    'README.md',
    'package.json',
    'tsconfig.json',
    'typed-one.test.ts',
    'typed-one.ts',
  ])
  const { exports, engines } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  expect({ exports, engines }).toEqual({ exports: './typed-one.ts', engines: { node: '>=22.18' } })
})

test.each(['typescript', 'typescript-native'])('--ts: it compiles (%s)', async (compiler) => {
  const folder = join(cwd, `compiled-by-${compiler}`)
  await call(['new', `compiled-by-${compiler}`, '--ts'], { cwd })
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'), 'junction')
  // Rejects with what the compiler says.
  await promisify(execFile)(process.execPath, [join(root, 'node_modules', compiler, 'bin/tsc'), '-p', folder])
})

test.skipIf(!runsTypeScript)(
  '--ts: it passes its own test, runs and is listed (needs a Node that runs TypeScript)',
  async () => {
    await call(['new', 'typed-two', '--ts'], { cwd })
    const folder = join(cwd, 'typed-two')
    const { stdout } = await promisify(execFile)(process.execPath, ['--test', 'typed-two.test.ts'], { cwd: folder })
    expect(stdout).toMatch(/pass 1\b/)
    expect((await call(['run', '.', 'README.md', '-p', 'word=npm'], { cwd: folder })).stdout).toMatch(/^\d+\n$/)
    expect((await call(['list'], { cwd: folder })).stdout).toContain('typed-two.ts')
  },
)

test('the plugin of the name zeros counts zeros', async () => {
  await call(['new', 'zeros'], { cwd })
  const folder = join(cwd, 'zeros')
  writeFileSync(join(folder, 'data'), Uint8Array.of(0, 1, 0, 10, 0))
  expect(await call(['run', '.', 'data'], { cwd: folder })).toEqual({ code: 0, stdout: '3\n', stderr: '' })
  expect((await call(['run', '.', 'data', '--param', 'byte=10'], { cwd: folder })).stdout).toBe('1\n')
  const { stdout } = await promisify(execFile)(process.execPath, ['--test'], { cwd: folder })
  expect(stdout).toMatch(/pass 1\b/)
  expect(readFileSync(join(folder, 'README.md'), 'utf8')).toMatch(/counts the bytes of one value/)
})

test('before the packages are published, how to install them is told, and written', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'onecopy new '))
  const { version } = JSON.parse(readFileSync(new URL('../../packages/cli/package.json', import.meta.url), 'utf8'))
  const { stdout } = await call(['new', 'a-plugin'], { cwd: elsewhere })
  const readme = readFileSync(join(elsewhere, 'a-plugin/README.md'), 'utf8')
  rmSync(elsewhere, { recursive: true })
  for (const text of [stdout, readme]) expect(text.includes('packed/*.tgz')).toBe(version === '0.0.0')
  // Each block is closed before the next one begins.
  const fences = readme.split('\n').filter((line) => line.startsWith('`'))
  expect(fences).toEqual(
    version === '0.0.0' ? ['```sh', '```', '```sh', '```', '```js', '```'] : ['```sh', '```', '```js', '```'],
  )
})

test('where nothing is installed, that is the next command', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'onecopy new '))
  const { code, stdout } = await call(['new', 'zeros'], { cwd: elsewhere })
  rmSync(elsewhere, { recursive: true })
  expect(code).toBe(0)
  expect(stdout).toMatch(/cd zeros\n {2}npm install\n {2}npm test\n/)
})

test('a name that is a word of the language, or begins with a digit, makes a module that can be read', async () => {
  for (const name of ['switch', '2nd', 'sum', 'a-1']) {
    expect((await call(['new', name], { cwd })).code).toBe(0)
    expect(JSON.parse((await call(['list', `./${name}`, '--json'], { cwd })).stdout)).toMatchObject({
      plugins: [{ name }],
      failed: [],
    })
  }
})

test.each([['taken'], ['a-file']])('%s: what is there is not overwritten', async (name) => {
  if (name === 'a-file') await call(['new', name], { cwd })
  const before = readdirSync(join(cwd, name))
  const { code, stderr } = await call(['new', name], { cwd })
  expect(code).toBe(1)
  expect(stderr).toMatch(/is there already; nothing is overwritten/)
  expect(readdirSync(join(cwd, name))).toEqual(before)
})

test.each([
  ['../up', /no path/],
  ['a/b', /no path/],
  ['@me', /package’s name/],
  ['@me/a/b', /no path/],
  ['With Capitals', /lower-case/],
  ['späte', /lower-case/],
  ['.hidden', /package’s name/],
  ['..', /package’s name/],
  ['', /package’s name/],
  ['node_modules', /no name for a package/],
  ['fs', /module of Node/],
  ['a'.repeat(215), /at most 214/],
])('the name %s is refused: one line, exit code 2, nothing made', async (name, why) => {
  const { code, stdout, stderr } = await call(['new', '--', name], { cwd })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^onecopy: NAME: [^\n]+ \(see onecopy new --help\)\n$/)
  expect(stderr).toMatch(why)
  if (/^[\w ]+$/.test(name) && name !== 'node_modules') expect(existsSync(join(cwd, name))).toBe(false)
})
