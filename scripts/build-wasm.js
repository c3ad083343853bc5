// Compiles the kernels' AssemblyScript, unless its sources are as they were.
//
// The module ships as a file, and embedded as text in a generated source: reading a file is Node's way and fetching one a
// browser's, and both would have to wait where a lane's set-up need not.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages/kernels')
const wasm = join(folder, 'dist/kernels.wasm')
const embedded = join(folder, 'src/wasm/kernels-wasm.ts')

// Warning 112: functions of the module hand vectors to each other. None is handed to JavaScript.
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

/** What the module is made of: the sources, the flags and the compiler's version. */
function fingerprint() {
  const hash = createHash('sha256').update(flags.join(' '))
  hash.update(readFileSync(join(folder, 'package.json')))
  const sources = readdirSync(join(folder, 'assembly')).filter((name) => name.endsWith('.ts'))
  for (const name of sources.sort()) hash.update(`\n${name}\n`).update(readFileSync(join(folder, 'assembly', name)))
  return hash.digest('hex')
}
