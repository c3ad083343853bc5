// The surface is a decision: every exported name of the packages, held here.

import { readFileSync } from 'node:fs'
import * as cluster from '@onecopy/cluster'
import * as core from '@onecopy/core'
import * as host from '@onecopy/core/host'
import * as examples from '@onecopy/examples'
import * as kernels from '@onecopy/kernels'
import * as node from '@onecopy/node'
import * as web from '@onecopy/web'
import { describe, expect, test } from 'vitest'

const root = new URL('../../packages/', import.meta.url)

/** The names that a package's door exports, types and values, as its declarations list them. */
function declaredNames(name: string): string[] {
  const [folder, door = 'index'] = name.split('/')
  const declarations = readFileSync(new URL(`${folder}/dist/${door}.d.ts`, root), 'utf8')
  expect(declarations).not.toMatch(/export \*/)
  return [...declarations.matchAll(/export (?:type )?\{([^}]*)\}/g)]
    .flatMap(([, list]) => list!.split(','))
    .map((each) =>
      each
        .trim()
        .replace(/^type /, '')
        .replace(/.* as /, ''),
    )
    .filter((each) => each !== '')
    .sort()
}

describe.each<readonly [name: string, exports: object]>([
  ['core', core],
  ['core/host', host],
  ['node', node],
  ['web', web],

  ['cluster', cluster],
  ['kernels', kernels],
  ['examples', examples],
])('@onecopy/%s', (name, exports) => {
  test('exports these names', () => {
    const values = Object.keys(exports).sort()
    const types = declaredNames(name).filter((each) => !values.includes(each))
    expect({ values, types }).toMatchSnapshot()
  })
})

test.each([node, web])(
  '@onecopy/node and @onecopy/web hand on core’s own, not copies of them',
  (exports: Record<string, unknown>) => {
    for (const [name, value] of Object.entries(core)) {
      if (name in exports) expect(exports[name]).toBe(value)
    }
  },
)

test('@onecopy/node and @onecopy/web hand on the same names of core', () => {
  const [core, node, web] = ['core', 'node', 'web'].map(declaredNames)
  // Node's engines have more options.
  const ofBoth = (names: readonly string[] | undefined) =>
    names?.filter((name) => core?.includes(name) && name !== 'Engine')
  expect(ofBoth(web)).toEqual(ofBoth(node))
})

test.each(['core', 'node', 'web', 'cluster', 'kernels'])(
  'the published declarations of @onecopy/%s need no development dependency',
  (name) => {
    const { devDependencies = {} } = JSON.parse(readFileSync(new URL(`${name}/package.json`, root), 'utf8'))
    const declarations = readFileSync(new URL(`${name}/dist/index.d.ts`, root), 'utf8')
    const reached = [...declarations.matchAll(/from '\.\/([^']+)\.js'/g)].map(([, file]) => file!)
    for (const file of reached) {
      const text = readFileSync(new URL(`${name}/dist/${file}.d.ts`, root), 'utf8')
      for (const dependency of Object.keys(devDependencies)) expect(text).not.toContain(`'${dependency}'`)
    }
  },
)
