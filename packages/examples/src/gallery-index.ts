// The gallery's index, `npm run index`: writes the table of examples into the README. With --check it only compares.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { entries } from './gallery/entries.js'
import { renderIndex, replaceIndex } from './gallery/readme-index.js'

const path = fileURLToPath(new URL('../README.md', import.meta.url))
const readme = readFileSync(path, 'utf8')
const wanted = replaceIndex(readme, renderIndex(entries()))

if (process.argv[2] !== '--check') {
  writeFileSync(path, wanted)
} else if (readme !== wanted) {
  console.error('packages/examples/README.md: its table differs from what the plugins say; run npm run index')
  process.exitCode = 1
}
