// No module may have two plugins with one name, because workers find a plugin by its name.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { definePlugin, type Plugin, sequential, share } from '@onecopy/core'
import { createEngine } from '@onecopy/node'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { tempDir } from '../support/temp-dir.js'

const dir = tempDir()
const core = import.meta.resolve('@onecopy/core')

/** A module of its own; its URL. */
function writeModule(name: string, code: string): string {
  const path = join(dir, name)
  writeFileSync(path, `import { definePlugin } from ${JSON.stringify(core)}\n${code}`)
  return pathToFileURL(path).href
}

const at = (module: string) => `file:///${module}.js`
const map = (): number => 0

describe('when they are defined', () => {
  test('a second plugin of one name in a module is a TypeError that names both', () => {
    definePlugin(at('a'), { name: 'count', description: 'Counts zeros.', map })
    expect(() => definePlugin(at('a'), { name: 'count', description: 'Counts ones.', map })).toThrow(
      new TypeError(
        'plugin.name: file:///a.js defines two plugins named "count" ("Counts zeros." and "Counts ones."). ' +
          'Workers find a plugin by its name, so give each its own',
      ),
    )
  })

  test('the same name in another module is no clash', () => {
    definePlugin(at('b'), { name: 'count', map })
    definePlugin(at('c'), { name: 'count', map })
    definePlugin(at('c'), { name: 'count-others', map })
  })

  test('one that was refused took no name', () => {
    // `as`: untyped callers can leave it out.
    expect(() => definePlugin(at('d'), { name: 'count', map: undefined as unknown as typeof map })).toThrow(
      /plugin\.map/,
    )
    definePlugin(at('d'), { name: 'count', map })
  })

  test('a module that is evaluated again defines its plugins again', async () => {
    definePlugin(at('e'), { name: 'count', map })
    await undefined
    definePlugin(at('e'), { name: 'count', map })
  })

  test('a test runner may load a module anew', async () => {
    const first = await import('../plugins/reducing.js')
    vi.resetModules()
    const second = await import('../plugins/reducing.js')
    expect(second.meanLength).not.toBe(first.meanLength)
    expect(second.meanLength.url).toBe(first.meanLength.url)
  })

  test('a module that clashes cannot be loaded', async () => {
    const url = writeModule(
      'clash.mjs',
      `export const a = definePlugin(import.meta.url, { name: 'same', map: () => 1 })
       export const b = definePlugin(import.meta.url, { name: 'same', map: () => 2 })`,
    )
    await expect(import(/* @vite-ignore */ url)).rejects.toThrow(/defines two plugins named "same"/)
  })
})

describe.each([
  { name: 'sequential', make: sequential },
  { name: 'threads', make: () => createEngine({ workers: 1 }) },
])('when a lane loads them, $name', ({ make }) => {
  const engine = make()
  afterAll(() => engine.close())
  const data = share('0123456789')
  const load = async (url: string): Promise<Record<string, Plugin<undefined, number>>> => import(/* @vite-ignore */ url)

  test('two of one name reject with ERR_PLUGIN_LOAD and both exports', async () => {
    const url = writeModule(
      'late.mjs',
      `export const first = definePlugin(import.meta.url, { name: 'same', map: () => 1 })
       await undefined
       export const second = definePlugin(import.meta.url, { name: 'same', map: () => 2 })`,
    )
    const { second } = await load(url)
    await expect(engine.map(data, second!)).rejects.toMatchObject({
      code: 'ERR_PLUGIN_LOAD',
      message: expect.stringMatching(/several plugins named "same": first, second\./),
    })
  })

  test('one plugin under two names of its module is one plugin', async () => {
    const url = writeModule(
      'twice.mjs',
      `export const named = definePlugin(import.meta.url, { name: 'same', map: () => 1 })
       export default named`,
    )
    const { named } = await load(url)
    expect(await engine.map(data, named!)).toEqual([1])
  })

  test('a module’s own plugin goes before one of another module that it hands on', async () => {
    const other = writeModule(
      'handed-on.mjs',
      `export const another = definePlugin(import.meta.url, { name: 'same', map: () => 1 })`,
    )
    const url = writeModule(
      'hands-on.mjs',
      `export * from ${JSON.stringify(other)}
       export const own = definePlugin(import.meta.url, { name: 'same', map: () => 2 })`,
    )
    const { another, own } = await load(url)
    expect(await engine.map(data, own!)).toEqual([2])
    expect(await engine.map(data, another!)).toEqual([1])
  })
})
