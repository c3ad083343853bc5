// No package keeps files of sources that are gone: they would be packed, or tests would load them.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { removeOldFiles } from '../../scripts/remove-old-files.js'
import { tempDir } from '../support/temp-dir.js'

const packages = fileURLToPath(new URL('../../packages', import.meta.url))
const folder = tempDir()

function packageWith(name: string, files: readonly string[]): string {
  for (const file of files) {
    const path = join(folder, name, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, '')
  }
  return join(folder, name)
}

function filesIn(dist: string): string[] {
  return readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .sort()
}

const sources = ['src/main.ts', 'src/room/part.ts']
const outputs = (name: string): string[] =>
  ['js', 'js.map', 'd.ts', 'd.ts.map'].map((ending) => `dist/${name}.${ending}`)

describe('removing old files', () => {
  test('of a compiled package leaves what has a source, and no empty folder', () => {
    const old = [...outputs('part'), ...outputs('gone/old'), ...outputs('gone/deep/older')]
    const path = packageWith('compiled', [
      ...sources,
      ...outputs('main'),
      ...outputs('room/part'),
      ...old,
      'dist/.buildinfo',
    ])
    removeOldFiles(path, false)
    const kept = [...outputs('main'), ...outputs('room/part')].map((file) => file.slice('dist/'.length))
    expect(filesIn(join(path, 'dist'))).toEqual(['.buildinfo', ...kept, 'room'].sort())
  })

  test('of a bundled package leaves declarations that have a source, and what is not code', () => {
    const old = [...outputs('gone/old'), 'dist/shared-OLD.js', 'dist/shared-OLD.js.map']
    const path = packageWith('bundled', [
      ...sources,
      ...outputs('main'),
      ...outputs('room/part'),
      ...old,
      'dist/kernels.wasm',
    ])
    removeOldFiles(path, true)
    expect(filesIn(join(path, 'dist'))).toEqual(
      ['kernels.wasm', 'main.d.ts', 'main.d.ts.map', 'room', 'room/part.d.ts', 'room/part.d.ts.map'].sort(),
    )
  })
})

/** The page of the gallery is private, and built elsewhere. */
const built = readdirSync(packages).filter((name) => name !== 'gallery-page')

test.each(built)('%s: every declaration and module in dist has a source, or is a bundle', (name) => {
  const src = new Set(filesIn(join(packages, name, 'src')))
  const old = filesIn(join(packages, name, 'dist')).filter((file) => {
    const [, source] = /^(.*?)\.(?:d\.ts|js)(?:\.map)?$/.exec(file) ?? []
    return source !== undefined && !src.has(`${source}.ts`) && !/^shared-\w+$/.test(source)
  })
  expect(old).toEqual([])
})
