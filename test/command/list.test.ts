// `onecopy list`: the plugins of a folder, a file or a package, with their parameters.

import { expect, test } from 'vitest'
import { call, type Outcome, pluginFolder, pluginText } from './command.js'

const cwd = pluginFolder({
  'package.json': JSON.stringify({ name: 'here', type: 'module', exports: './index.js' }),
  'index.js': "export * from './a.js'\nexport { b1 as renamed } from './sub/b.js'",
  'a.js': pluginText('a', 'return 1', "description: 'The first.', params: { least: 4, word: 'x', list: [1] },"),
  'sub/b.js': `${pluginText('b1', 'return 1')}\n${pluginText('b2', 'return 2').replace(/^import.*/, '')}`,
  'sub/deeper/c.js': pluginText('too-deep', 'return 1'),
  'broken.js': "import { definePlugin } from '@onecopy/core'\nthrow new Error('not today')",
  'prints.js': `console.log('printed')\n${pluginText('prints', 'return 1')}`,
  'server.js': "throw new Error('must not be loaded: it speaks of no plugins')",
  'a.test.js': 'definePlugin; throw new Error("must not be loaded: a test")',
  '.hidden/x.js': 'definePlugin; throw new Error("must not be loaded: hidden")',
  'empty folder/readme.md': '',
  'node_modules/my-plugins/package.json': JSON.stringify({ name: 'my-plugins', type: 'module', exports: './main.js' }),
  'node_modules/my-plugins/main.js': pluginText('packed', 'return 1', "description: 'In a package.',"),
})

const list = (...args: string[]): Promise<Outcome> => call(['list', ...args], { cwd })

test('the current folder: each plugin once, with how to name it; what fails to load, with the reason', async () => {
  const { code, stdout } = await list('--json')
  expect(code).toBe(0)
  const { plugins, failed } = JSON.parse(stdout)
  expect(plugins.map((each: { reference: string }) => each.reference)).toEqual([
    './a.js',
    './prints.js',
    './sub/b.js#b1',
    './sub/b.js#b2',
  ])
  expect(plugins[0]).toEqual({
    name: 'a',
    description: 'The first.',
    reference: './a.js',
    params: [
      { name: 'least', type: 'number', default: 4 },
      { name: 'word', type: 'string', default: 'x' },
      { name: 'list', type: 'list', default: [1] },
    ],
  })
  expect(failed).toEqual([{ file: './broken.js', reason: expect.stringContaining('not today') }])
})

test('for people', async () => {
  const { code, stdout, stderr } = await list()
  expect(code).toBe(0)
  expect(stdout).toContain(
    'a  ./a.js\n  The first.\n  --param least=  number, default 4\n  --param word=   string, default "x"\n',
  )
  expect(stdout).not.toContain('printed')
  expect(stderr).toMatch(/broken\.js could not be loaded: .*not today/)
})

test.each([
  ['a package', 'my-plugins', ['my-plugins']],
  ['a file', './sub/b.js', ['./sub/b.js#b1', './sub/b.js#b2']],
  ['one of a file', './sub/b.js#b2', ['./sub/b.js#b2']],
  ['a folder without a package.json', './sub', ['./sub/b.js#b1', './sub/b.js#b2', './sub/deeper/c.js']],
])('%s', async (_, place, references) => {
  const { plugins } = JSON.parse((await list(place, '--json')).stdout)
  expect(plugins.map((each: { reference: string }) => each.reference)).toEqual(references)
})

test('a folder without plugins: nothing on standard output, and a hint', async () => {
  const { code, stdout, stderr } = await list('empty folder')
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(stderr).toMatch(/no plugins in empty folder .*onecopy new/)
})

test('what is not there: exit code 1, and why', async () => {
  const { code, stderr } = await list('nowhere')
  expect(code).toBe(1)
  expect(stderr).toMatch(/ERR_PLUGIN_LOAD: there is no plugin "nowhere"/)
})
