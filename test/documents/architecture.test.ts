// The way of a run in docs/architecture.md names a file and functions for each hop: they exist.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const page = readFileSync(new URL('docs/architecture.md', root), 'utf8')
const section = /^## The way of a run\n(.*?)^## /ms.exec(page)?.[1] ?? ''

/** Each file of the section, with the functions that follow it up to the next file. */
const hops = [...section.matchAll(/(node )?`([\w/-]+\.ts)`((?:,? `#?\w+`)+)/g)].map(([, inNode, file, names]) => ({
  file: `packages/${inNode === undefined ? 'core' : 'node'}/src/${file}`,
  names: [...names!.matchAll(/`(#?\w+)`/g)].map((match) => match[1]!),
}))

describe('the way of a run', () => {
  test('names every hop', () => {
    const numbered = section.split('\n').filter((line) => /^\d+\. /.test(line))
    expect(numbered.length).toBeGreaterThanOrEqual(16)
    expect(hops.length).toBeGreaterThanOrEqual(numbered.length)
  })

  test.each(hops)('$file has $names', ({ file, names }) => {
    const code = readFileSync(new URL(file, root), 'utf8').replace(/^\s*(\* |\*\/|\/\/|\/\*).*$/gm, '')
    for (const name of names) {
      // A declaration: a function, or a method of a class or of an object, not a call.
      const declares = new RegExp(
        `(function\\*? |^\\s*(async )?(protected |override )*\\*?)${name}[(<]|^\\s*${name}: \\(`,
        'm',
      )
      expect(code, name).toMatch(declares)
    }
  })
})
