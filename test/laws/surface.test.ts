// The names that the door for tests exports, and what its declarations need.

import { readFileSync } from 'node:fs'
import * as testing from '@onecopy/core/testing'
import { expect, test } from 'vitest'

const dist = new URL('../../packages/core/dist/', import.meta.url)

test('@onecopy/core/testing exports these names', () => {
  const declarations = readFileSync(new URL('testing.d.ts', dist), 'utf8')
  const names = [...declarations.matchAll(/export (type )?\{([^}]*)\}/g)].flatMap(([, type = '', list]) =>
    list!
      .split(',')
      .filter((name) => name.trim() !== '')
      .map((name) => type + name.trim()),
  )
  expect(names.filter((name) => !name.startsWith('type ')).sort()).toEqual(Object.keys(testing).sort())
  expect(names.sort()).toMatchInlineSnapshot(`
    [
      "BrokenLawsError",
      "checkPlugin",
      "describeReport",
      "findBrokenLaws",
      "lawIds",
      "type CheckArguments",
      "type CheckOptions",
      "type CheckReport",
      "type Counterexample",
      "type LawId",
      "type LawReport",
      "type Sample",
    ]
  `)
})

test('nothing of it is in the main door', () => {
  expect(readFileSync(new URL('index.js', dist), 'utf8')).not.toContain('fast-check')
})
