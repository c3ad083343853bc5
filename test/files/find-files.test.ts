// Which files `files` takes: paths and patterns, their order, and what is refused. And what becomes of a run whose files change.

import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Engine, fixed, type SharedData, sum } from '@onecopy/core'
import { files } from '@onecopy/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runModule } from '../support/child.js'
import { engineKinds } from '../support/engines.js'
import { tempDir } from '../support/temp-dir.js'

const dir = tempDir()
let folders = 0

/** A new folder with these files, each with its own name in it. */
function folderOf(...names: string[]): string {
  const folder = join(dir, `folder ${folders++}`)
  for (const name of names) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), name)
  }
  return folder
}

const namesOf = (folder: string, { paths }: { readonly paths: readonly string[] }): string[] =>
  paths.map((path) => relative(folder, path).replaceAll('\\', '/'))

describe('paths and patterns', () => {
  const logs = folderOf(
    'b.log',
    'a.log',
    'a.log.1',
    'a.log.10',
    'a.log.2',
    '.hidden.log',
    'deep/c.log',
    'deep/er/d.log',
  )

  test.each([
    ['*.log', ['a.log', 'b.log']],
    ['a.log*', ['a.log', 'a.log.1', 'a.log.10', 'a.log.2']],
    ['?.log', ['a.log', 'b.log']],
    ['[ab].log', ['a.log', 'b.log']],
    ['{b,a}.log', ['a.log', 'b.log']],
    ['**/*.log', ['a.log', 'b.log', 'deep/c.log', 'deep/er/d.log']],
    ['.*.log', ['.hidden.log']],
    ['deep/*', ['deep/c.log']],
  ])('%s matches files, in the order of code units', async (pattern, expected) => {
    expect(namesOf(logs, await files(join(logs, pattern)))).toEqual(expected)
  })

  test('the order is that of the call, or that of the paths', async () => {
    const wanted = ['b.log', 'a.log.*', 'a.log'].map((name) => join(logs, name))
    const given = ['b.log', 'a.log.1', 'a.log.10', 'a.log.2', 'a.log']
    expect(namesOf(logs, await files(wanted))).toEqual(given)
    expect(namesOf(logs, await files(wanted, { order: 'given' }))).toEqual(given)
    expect(namesOf(logs, await files(wanted, { order: 'name' }))).toEqual([...given].sort())
  })

  test('a file that is given twice is there twice, and a pattern adds only what is not there yet', async () => {
    const wanted = ['a.log', 'a.log', '*.log', '[a]*.log', 'b.log'].map((name) => join(logs, name))
    expect(namesOf(logs, await files(wanted))).toEqual(['a.log', 'a.log', 'b.log'])
  })

  test('URLs are files, and a text that names a file is no pattern', async () => {
    const odd = folderOf('[x].log', 'x.log', 'a*b')
    expect(namesOf(odd, await files(pathToFileURL(join(odd, 'x.log'))))).toEqual(['x.log'])
    expect(namesOf(odd, await files([join(odd, '[x].log'), join(odd, 'x.log')]))).toEqual(['[x].log', 'x.log'])
  })

  test('links are followed, to files and to folders', async () => {
    const folder = folderOf('real/one.log')
    symlinkSync(join(folder, 'real'), join(folder, 'linked'), 'junction')
    expect((await files(join(folder, 'l*', '*.log'))).paths.map((path) => basename(path))).toEqual(['one.log'])
  })

  // Windows has no such names.
  test.skipIf(process.platform === 'win32').each([
    ['access.log.{1..12}', ['access.log.1', 'access.log.10', 'access.log.2', 'access.log.9']],
    ['access.log.{9..11}', ['access.log.10', 'access.log.9']],
    ['access.log.{02..10..4}', ['access.log.10']],
    ['access.log.{1,2}{,.gz}', ['access.log.1', 'access.log.2']],
    [
      '{access,!more}.*',
      ['!more.log', 'access.log.1', 'access.log.1.bz2', 'access.log.10', 'access.log.2', 'access.log.9'],
    ],
    ['!*.log', ['!more.log']],
    ['deep/!*', ['deep/!more.log']],
    ['report (1)*.csv', ['report (1) b.csv', 'report (1).csv']],
    ['report*(1).csv', ['report (1).csv']],
    ['report [12(]*', ['report (1) b.csv', 'report (1).csv', 'report 1.csv']],
    ['#*', ['#1']],
    ['a|*', ['a|b']],
    ['say "*', ['say "yes"']],
    ['a{1}*', ['a{1}']],
    ['a{*', ['a{1}']],
    ['new*', ['new\nline']],
    ['[!a-z]*d*', ['_id']],
    ['[!a-z]id', ['_id']],
    ['[[:alpha:]]*|b', ['a|b']],
    ['*/', []],
    ['**/', []],
  ])('%s: characters that mean nothing are those of names', async (pattern, expected) => {
    const odd = folderOf(
      ...[
        'access.log.1',
        'access.log.2',
        'access.log.9',
        'access.log.10',
        'access.log.1.bz2',
        '!more.log',
        'deep/!more.log',
      ],
      ...[
        'report (1).csv',
        'report (1) b.csv',
        'report 1.csv',
        'report1.csv',
        '#1',
        'a|b',
        'say "yes"',
        'a{1}',
        'a',
        'new\nline',
      ],
      ...['.id', '_id', 'more.log'],
    )
    const found = files(join(odd, pattern))
    if (expected.length === 0) await expect(found).rejects.toMatchObject({ code: 'ENOENT' })
    else expect(namesOf(odd, await found)).toEqual(expected)
  })

  test('alternatives may be in several folders, above the working folder and at the root', async () => {
    const folder = folderOf('a/1.log', 'b/1.log', 'c/1.log')
    const both = ['a/1.log', 'b/1.log']
    expect(namesOf(folder, await files(`{${join(folder, 'b')},${join(folder, 'a')}}/*.log`))).toEqual(both)
    const { stdout } = await runModule(`
      import { files } from '@onecopy/node'
      process.chdir(${JSON.stringify(join(folder, 'c'))})
      console.log((await files('{../b,../a}/1.log')).paths.join('|'))
    `)
    expect(stdout.trim().split('|')).toEqual(both.map((name) => join(folder, name)))
  })

  test('a pattern may be longer than names are', async () => {
    const pattern = `{${Array.from({ length: 100 }, (_, i) => `${i}.log`).join()},a.log}`
    expect(namesOf(logs, await files(join(logs, pattern)))).toEqual(['a.log'])
    await expect(files(join(logs, 'x'.repeat(300)))).rejects.toMatchObject({ code: 'ENAMETOOLONG' })
  })

  test('a pattern that stands for too many others is refused', async () => {
    const refused = /^path: ".*" stands for more than 10000 patterns, or for very long ones; give fewer$/
    await expect(files(join(logs, '{1..10001}.log'))).rejects.toThrow(refused)
    await expect(files(join(logs, '{1..999}{1..999}.log'))).rejects.toThrow(refused)
    await expect(files(join(logs, `{1..9999}${'x'.repeat(450)}*`))).rejects.toThrow(refused)
    expect(namesOf(logs, await files(join(logs, 'a.log.{1..10000}')))).toEqual(['a.log.1', 'a.log.10', 'a.log.2'])
  })

  test('links are followed, wherever they lead', async () => {
    const folder = folderOf('disk/host/2024/a.log', 'here/host/current/b.log', 'disk/log/c.log', 'disk/logs/d.log')
    const link = (to: string, from: string): void => symlinkSync(join(folder, to), join(folder, from), 'junction')
    link('disk/host', 'here/linked')
    link('disk/host/2024', 'disk/host/current')
    link('disk/log', 'here/log')
    link('disk/logs', 'disk/log/more')
    const found = async (pattern: string): Promise<string[]> => namesOf(folder, await files(join(folder, pattern)))
    expect(await found('here/*/current/*.log')).toEqual(['here/host/current/b.log', 'here/linked/current/a.log'])
    expect(await found('here/l*/more/*.log')).toEqual(['here/log/more/d.log'])
    expect(await found('here/**/*.log')).toEqual([
      'here/host/current/b.log',
      'here/linked/2024/a.log',
      'here/linked/current/a.log',
      'here/log/c.log',
      'here/log/more/d.log',
    ])
  })

  test('links that lead in circles: each file is found, and the search ends', async () => {
    const folder = folderOf('a/x/1.log', 'b/2.log')
    const link = (to: string, from: string): void => symlinkSync(join(folder, to), join(folder, from), 'junction')
    link('a', 'a/x/up')
    link('.', 'a/top')
    link('b', 'a/x/b')
    link('a', 'b/a')
    const found = async (pattern: string): Promise<string[]> => namesOf(folder, await files(join(folder, pattern)))
    expect(await found('a/**/*.log')).toEqual(['a/x/1.log', 'a/x/b/2.log'])
    expect(await found('**/**/*.log')).toEqual(['a/x/1.log', 'a/x/b/2.log', 'b/2.log', 'b/a/x/1.log'])
    // Whoever names the folders may go round.
    expect(await found('a/*/*/x/*.log')).toEqual(['a/top/a/x/1.log', 'a/x/up/x/1.log'])
  })

  // Windows has links to files only for those who may make them.
  test.skipIf(process.platform === 'win32')('a link that leads nowhere is an error, and not a file less', async () => {
    const folder = folderOf('a.log', 'deep/b.log')
    symlinkSync('gone', join(folder, 'deep', 'c.log'))
    symlinkSync('d.txt', join(folder, 'deep', 'd.txt'))
    for (const pattern of ['deep/*.log', '**/c*', 'deep/{b,c}.log', '{a,deep/c}.log'])
      await expect(files(join(folder, pattern))).rejects.toMatchObject({
        code: 'ENOENT',
        path: join(folder, 'deep', 'c.log'),
      })
    await expect(files(join(folder, '**/*.txt'))).rejects.toMatchObject({ code: 'ELOOP' })
    expect(namesOf(folder, await files(join(folder, '**/[ab].log')))).toEqual(['a.log', 'deep/b.log'])
  })

  test('relative paths and patterns are resolved at the call, in folders with any name', async () => {
    const folder = folderOf('odd (name) [1] {2}/a.log')
    const { stdout } = await runModule(`
      import { files } from '@onecopy/node'
      process.chdir(${JSON.stringify(join(folder, 'odd (name) [1] {2}'))})
      const pending = ['*.log', 'a.log', '../*/a.l?g', './[a].log', '../../folder*/odd*/a.log', process.cwd() + '/../**/*.log'].map((each) => files(each))
      process.chdir('/')
      for (const each of pending) console.log((await each).paths.join())
    `)
    const path = join(folder, 'odd (name) [1] {2}', 'a.log')
    expect(stdout.trim().split('\n')).toEqual([path, path, path, path, path, path])
  })

  test.each([
    [
      'missing',
      'nowhere.log',
      { code: 'ENOENT', message: expect.stringMatching(/^path: cannot open ".*nowhere\.log"/) },
    ],
    [
      'a pattern that matches nothing',
      '*.txt',
      { code: 'ENOENT', message: expect.stringMatching(/^path: no file matches ".*\*\.txt" in "/) },
    ],
    ['a pattern in no folder', 'no/*.txt', { code: 'ENOENT', message: expect.stringContaining('no file matches') }],
    ['a directory', 'deep', { code: 'EISDIR', message: expect.stringMatching(/is a directory; .* \/\*$/) }],
    ['below a file', 'a.log/b', { code: 'ENOTDIR' }],
  ])('%s is an error that names it', async (_name, path, error) => {
    await expect(files([join(logs, 'a.log'), join(logs, path)])).rejects.toMatchObject(error)
  })

  test.each([
    ['no path', [undefined]],
    ['an empty list', [[]]],
    ['an empty path', [['']]],
    ['a list in a list', [[['a']]]],
    ['another URL', [new URL('http://example.com/a.log')]],
    ['an unknown option', ['a', { sort: true }]],
    ['a format for all files', ['a', { decompress: 'gzip' }]],
    ['an unknown order', ['a', { order: 'size' }]],
    ['no constructor', ['a', 'Float64Array']],
    ['options before the constructor', ['a', {}, Float64Array]],
    ['too many arguments', ['a', Uint8Array, {}, 1]],
  ])('%s: a TypeError', async (_name, wrong) => {
    // `as`: that is what is wrong about it.
    await expect((files as (...args: unknown[]) => Promise<unknown>)(...wrong)).rejects.toThrow(TypeError)
  })

  test('a file that is no whole number of elements, or shorter than its header, is named', async () => {
    const folder = folderOf('12345678', '1234')
    const both = ['12345678', '1234'].map((name) => join(folder, name))
    await expect(files(both, Float64Array)).rejects.toThrow(/^Elements: ".*1234" has 4 bytes/)
    await expect(files(both, { offset: 5 })).rejects.toThrow(/^offset: ".*1234" has only 4 bytes, got 5/)
  })

  // Windows has other permissions, and root may read everything.
  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'a folder that cannot be read is an error, and not a folder without files',
    async () => {
      const folder = folderOf('open/a.log', 'closed/b.log')
      chmodSync(join(folder, 'closed'), 0)
      try {
        await expect(files(join(folder, '*', '*.log'))).rejects.toMatchObject({ code: 'EACCES' })
      } finally {
        chmodSync(join(folder, 'closed'), 0o700)
      }
    },
  )

  // Elsewhere there is no /proc to look into.
  test.skipIf(process.platform !== 'linux')('a file that the system makes up as it is read is refused', async () => {
    await expect(files(['/proc/self/status'])).rejects.toThrow(/is generated while it is read/)
  })
})

describe.each(engineKinds)('files that change: $name', ({ make }) => {
  let engine: Engine
  beforeAll(() => {
    engine = make()
  })
  afterAll(() => engine.close())
  const count = (data: SharedData): PromiseLike<number> =>
    engine.map(data, (bytes) => bytes.length, { chunks: fixed({ size: 4 }) }).reduce(sum())

  test.each<readonly [how: string, change: (path: string) => void]>([
    ['shrank', (path) => truncateSync(path, 3)],
    ['was written anew, and is longer', (path) => writeFileSync(path, 'another text, which is longer')],
    [
      'was replaced',
      (path) => {
        writeFileSync(`${path} new`, 'b.log')
        renameSync(`${path} new`, path)
      },
    ],
    ['was touched', (path) => utimesSync(path, 1, 1)],
    ['was removed', (path) => unlinkSync(path)],
  ])('a file that %s before the run: ERR_DATA_CHANGED names it', async (_how, change) => {
    const folder = folderOf('a.log', 'b.log', 'c.log')
    const data = await files(join(folder, '*.log'))
    change(join(folder, 'b.log'))
    await expect(count(data)).rejects.toMatchObject({
      code: 'ERR_DATA_CHANGED',
      message: expect.stringContaining(join(folder, 'b.log')),
    })
  })

  test('a file that grows: the answer is that of the bytes there were', async () => {
    const folder = folderOf('a.log', 'b.log', 'c.log')
    const data = await files(join(folder, '*.log'))
    appendFileSync(join(folder, 'b.log'), 'more')
    expect(await count(data)).toBe(15)
    expect(await count(await files(join(folder, '*.log')))).toBe(19)
  })

  test('of more than a hundred files, only those that were written to last may grow', async () => {
    const folder = folderOf(...Array.from({ length: 110 }, (_, i) => `${i}`))
    for (let i = 0; i < 110; i++) utimesSync(join(folder, `${i}`), 1000 + i, 1000 + i)
    const data = await files(join(folder, '*'))
    appendFileSync(join(folder, '10'), 'more')
    expect(await count(data)).toBe(data.length)
    appendFileSync(join(folder, '9'), 'more')
    await expect(count(data)).rejects.toMatchObject({
      code: 'ERR_DATA_CHANGED',
      message: expect.stringMatching(/9 changed while it was in use: it has grown; only the 100 files/),
    })
  })

  // Windows has other permissions, and root may read everything.
  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'a file that cannot be read: the system’s code, and its path',
    async () => {
      const folder = folderOf('a.log', 'b.log')
      const data = await files(join(folder, '*.log'))
      chmodSync(join(folder, 'b.log'), 0)
      await expect(count(data)).rejects.toMatchObject({ code: 'EACCES', path: join(folder, 'b.log') })
    },
  )
})
