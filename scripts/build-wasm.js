// Compiles the AssemblyScript of the kernels, unless its sources are unchanged.
//
// The module ships as a file, and also as text in a generated source. Node would have to read the file and a browser would have
// to fetch it, and both would have to wait. With the text, a lane's set-up does not wait.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages/kernels')
const wasm = join(folder, 'dist/kernels.wasm')
const embedded = join(folder, 'src/wasm/kernels-wasm.ts')

// Warning 112 is about vectors in function signatures. They are passed only inside the module, and never to JavaScript.
const flags = '-O3 --noAssert --runtime stub --enable simd --use abort= --initialMemory 7 --disableWarning 112'.split(
  ' ',
)

/**
 * @param {(script: string, args: string[]) => void} tool runs an installed tool's script, in this workspace's root
 */
export function buildWasm(tool) {
  const first = `// Generated from assembly/ by scripts/build-wasm.js: ${fingerprint()}\n`
  if (existsSync(wasm) && existsSync(embedded) && readFileSync(embedded, 'utf8').startsWith(first)) return
  mkdirSync(dirname(wasm), { recursive: true })
  const entry = join(folder, 'assembly/index.ts')
  tool(join(folder, 'node_modules/assemblyscript/bin/asc.js'), [entry, '--outFile', wasm, ...flags])
  const base64 = readFileSync(wasm).toString('base64')
  writeFileSync(embedded, `${first}export const kernelsWasm: string =\n  '${base64}'\n`)
}

/** What the module is made from: the sources, the flags and the version of the compiler. */
function fingerprint() {
  const hash = createHash('sha256').update(flags.join(' '))
  hash.update(readFileSync(join(folder, 'package.json')))
  const sources = readdirSync(join(folder, 'assembly')).filter((name) => name.endsWith('.ts'))
  for (const name of sources.sort()) hash.update(`\n${name}\n`).update(readFileSync(join(folder, 'assembly', name)))
  return hash.digest('hex')
}
