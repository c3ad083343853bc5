// What bundlers see of the packages: each import of a variable is marked, so that none of them looks for what it may be.

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const marks = ['/* webpackIgnore: true */', '/* turbopackIgnore: true */', '/* @vite-ignore */']

test.each(['core', 'node', 'kernels'])('%s: imports of variables are marked', (name) => {
  const dist = fileURLToPath(new URL(`../../packages/${name}/dist/`, import.meta.url))
  const files = readdirSync(dist).filter((file) => file.endsWith('.js'))
  const code = files.map((file) => readFileSync(`${dist}/${file}`, 'utf8')).join('\n')
  expect(code.length).toBeGreaterThan(0)
  const calls = code.matchAll(/\bimport\(\s*((?:\/\*.*?\*\/\s*)*)(\w+)\s*\)/g)
  const imports = [...calls].map(([call]) => call)
  for (const call of imports) for (const mark of marks) expect(call).toContain(mark)
  expect(imports.length).toBe({ core: 2, node: 1, kernels: 0 }[name])
})
