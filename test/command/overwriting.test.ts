// The files that the command writes are never ones that it reads.

import { existsSync, linkSync, openSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { call, ended, pluginFolder, pluginText, start } from './command.js'

const plugin = pluginText('upper', 'return String.fromCharCode(...bytes).toUpperCase()', 'chunks: lines(),')
const text = 'a\nb\n'
const cwd = pluginFolder({ 'upper.js': plugin })
const at = (name: string): string => join(cwd, name)
const run = (...args: string[]) => call(['run', ...args], { cwd })

writeFileSync(at('in.txt'), text)
linkSync(at('in.txt'), at('twin'))

beforeEach(() => {
  writeFileSync(at('in.txt'), text)
  writeFileSync(at('other.txt'), text)
})

const links = process.platform === 'win32' ? [] : ['link']
for (const link of links) symlinkSync(at('in.txt'), at(link))

describe.each(['--skipped', '--trace'])('%s', (option) => {
  test.each(['in.txt', './in.txt', 'twin', ...links])('%s is the input, and stays as it is', async (name) => {
    const { code, stderr } = await run('upper.js', 'in.txt', option, name)
    expect(code).toBe(2)
    expect(stderr).toMatch(new RegExp(`^onecopy: ${option}: .*${name.replace('./', '')}.* is an input[^\\n]*\\n$`))
    expect(readFileSync(at('in.txt'), 'utf8')).toBe(text)
  })

  test('so with files that are taken together, and with the plugin', async () => {
    expect(await run('upper.js', 'o*.txt', 'in.txt', '--together', option, 'in.txt')).toMatchObject({ code: 2 })
    expect(readFileSync(at('in.txt'), 'utf8')).toBe(text)
    const { code, stderr } = await run('./upper.js', 'in.txt', option, 'upper.js')
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('is the plugin') })
    expect(readFileSync(at('upper.js'), 'utf8')).toBe(plugin)
  })

  test('so with standard input', async () => {
    const input = openSync(at('in.txt'), 'r')
    const { code, stderr } = await ended(
      start(['run', 'upper.js', '-', option, 'in.txt'], { cwd }, [input, 'pipe', 'pipe']),
    )
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('is an input') })
    expect(readFileSync(at('in.txt'), 'utf8')).toBe(text)
  })

  test('two options cannot have one file', async () => {
    const { code, stderr } = await run('upper.js', 'in.txt', '--out', 'new.txt', option, './new.txt')
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining(`${option} and --out name the same file`),
    })
    expect(existsSync(at('new.txt'))).toBe(false)
  })

  test('another file is written anew', async () => {
    expect(await run('upper.js', 'in.txt', '-q', option, 'other.txt')).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(at('other.txt'), 'utf8')).not.toBe(text)
  })
})

test('--out may be the input, because it is replaced when all of it was read, but not the plugin', async () => {
  expect(await run('upper.js', 'in.txt', '--out', 'in.txt')).toMatchObject({ code: 0 })
  expect(readFileSync(at('in.txt'), 'utf8')).toBe('A\nB\n')
  expect(await run('./upper.js', 'in.txt', '--out', 'upper.js')).toMatchObject({ code: 2 })
  expect(readFileSync(at('upper.js'), 'utf8')).toBe(plugin)
})

test('a part does not take the place of its input or of its plugin', async () => {
  const part = (out: string) => call(['part', './upper.js', 'in.txt', '--span', '0/1', '--out', out], { cwd })
  expect(await part('in.txt')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^onecopy: --out: .* is an input/),
  })
  expect(await part('upper.js')).toMatchObject({ code: 2, stderr: expect.stringContaining('is the plugin') })
  expect([readFileSync(at('in.txt'), 'utf8'), readFileSync(at('upper.js'), 'utf8')]).toEqual([text, plugin])
  expect(await part('one.part')).toMatchObject({ code: 0 })
})
