// What a release needs to be in order: versions, changesets, and workflows that run nothing but what was looked at.

import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { publishedPackages } from '../../scripts/published.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const published = publishedPackages()

async function filesIn(folder: string, ending: string): Promise<string[]> {
  const names = (await readdir(join(root, folder))).filter((name) => name.endsWith(ending))
  expect(names).not.toEqual([])
  return Promise.all(names.map((name) => readFile(join(root, folder, name), 'utf8')))
}

test('all packages have one version', () => {
  expect(new Set(published.map(({ manifest }) => manifest.version)).size).toBe(1)
})

test('a package that was never released has a changeset', async () => {
  const changesets = (await readdir(join(root, '.changeset'))).filter((name) => name.endsWith('.md'))
  const texts = await Promise.all(changesets.map((name) => readFile(join(root, '.changeset', name), 'utf8')))
  for (const { path, manifest } of published) {
    if (existsSync(join(path, 'CHANGELOG.md'))) continue
    expect(texts.join('\n'), `a changeset that names ${manifest.name}`).toContain(`'${manifest.name}': `)
  }
})

test('workflows pin every action by its commit, and say which version that is', async () => {
  for (const text of await filesIn('.github/workflows', '.yml')) {
    for (const [line] of text.matchAll(/uses:.*/g)) {
      expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
    }
  }
})

test('workflows run tasks that exist', async () => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  for (const text of await filesIn('.github/workflows', '.yml')) {
    for (const [, task = ''] of text.matchAll(/run: npm (?:run )?([\w:]+)/g))
      expect(Object.keys(scripts)).toContain(task)
  }
})
