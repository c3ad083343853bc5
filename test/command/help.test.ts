// Help, version and calls that name no command.

import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { call } from './command.js'

const cwd = tmpdir()
const readme = readFileSync(new URL('../../packages/cli/README.md', import.meta.url), 'utf8')

test.each([
  ['--help'],
  ['run', '--help'],
  ['part', '--help'],
  ['merge', '--help'],
  ['check', '--help'],
  ['head', '--help'],
  ['list', '--help'],
  ['new', '--help'],
  ['worker', '--help'],
  ['help', 'run'],
])('%s %s', async (...args) => {
  const { code, stdout, stderr } = await call(args, { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^Usage: onecopy/)
  expect(stdout).toMatch(/Examples?:\n {2}/)
  expect(stdout).toMatch(/Exit codes: 0 /)
  // The README lists every option that a help does.
  for (const [option] of stdout.matchAll(/--[a-z-]+/g)) expect(readme).toContain(option)
})

test.each(['run', 'head', 'part', 'merge', 'worker', 'check', 'list', 'new'])(
  'the README’s section about %s has all of its options',
  async (command) => {
    const { stdout } = await call([command, '--help'], { cwd })
    const section = readme.split(/^## /m).find((each) => each.startsWith(`\`onecopy ${command} `)) ?? ''
    const options = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, option = '']) => option)
    expect(options).toContain('--help')
    for (const option of options.filter((each) => each !== '--help')) expect(section).toContain(`\`${option}`)
  },
)

test('--version is the package’s', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../packages/cli/package.json', import.meta.url), 'utf8'))
  expect(await call(['--version'], { cwd })).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
})

test('no command: the help, on standard error, and exit code 2', async () => {
  const { code, stdout, stderr } = await call([], { cwd })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^Usage: onecopy/)
})

test('an unknown command: one line, with the one that may be meant', async () => {
  const { code, stderr } = await call(['rnu'], { cwd })
  expect(code).toBe(2)
  expect(stderr).toBe("onecopy: unknown command 'rnu' (Did you mean run?) (see onecopy --help)\n")
})
