// Runs the contract of engines in Bun and Deno, and in Node by the same program.
//
//     npm run test:runtimes                  # all of them
//     npm run test:runtimes -- deno          # one of them
//
// Bun and Deno take 300 MB, so this script installs them when they are needed. They run the tests as modules without types, one for each file,
// as pages do (test/browser/site.ts).

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { npmCommand } from './package-manager.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, 'node_modules/.cache/onecopy-runtimes')
const engines = ['sequential', 'threads, 1 worker', 'threads, 2 workers', 'threads, 4 workers']

/**
 * @typedef {object} Runtime
 * @property {string} [version] the version of the npm package with its name
 * @property {readonly string[]} args what goes before the program
 */

/** @type {Readonly<Record<string, Runtime>>} */
const runtimes = {
  node: { args: [] },
  bun: { version: '1.4.5', args: [] },
  deno: { version: '2.9.6', args: ['run', '--allow-all', '--no-check'] },
}

const wanted = process.argv.slice(2)
const strange = wanted.find((name) => !(name in runtimes))
if (strange !== undefined) throw new Error(`there is no ${strange}; there are ${Object.keys(runtimes).join(', ')}`)
// Outside of node_modules, because Deno takes what is there for packages.
const built = mkdtempSync(join(tmpdir(), 'onecopy-runtimes-'))
let isRight = true
try {
  await buildTests()
  for (const [name, runtime] of Object.entries(runtimes)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const command = runtime.version === undefined ? process.execPath : install(name, runtime.version)
    for (const engine of engines) if (!(await runContract(name, command, runtime, engine))) isRight = false
  }
} finally {
  rmSync(built, { recursive: true, force: true })
}
process.exitCode = isRight ? 0 : 1

/** Write the modules of the tests without their types, each at its own path. */
async function buildTests() {
  const tests = join(root, 'test')
  const collected = join(tests, 'support/collected-tests.js')
  const entryPoints = ['contract', 'naive', 'plugins', 'runtimes', 'support'].flatMap((each) =>
    readdirSync(join(tests, each))
      .filter((file) => /(?<!\.test)\.[jt]s$/.test(file))
      .map((file) => join(tests, each, file)),
  )
  writeFileSync(join(built, 'package.json'), '{ "private": true, "type": "module" }\n')
  symlinkSync(join(root, 'node_modules'), join(built, 'node_modules'), 'junction')
  await build({
    entryPoints,
    outdir: built,
    outbase: tests,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    logLevel: 'error',
    plugins: [
      {
        name: 'keep-imports',
        setup({ onResolve }) {
          onResolve({ filter: /.*/ }, ({ path, kind, resolveDir }) => {
            if (kind === 'entry-point') return undefined
            return { path: path === 'vitest' ? urlPath(relative(resolveDir, collected)) : path, external: true }
          })
        },
      },
    ],
  })
}

/**
 * A path as a module imports it.
 *
 * @param {string} path
 */
function urlPath(path) {
  return `./${path.replaceAll('\\', '/')}`
}

/**
 * Install a runtime, unless it is there. Returns the path of its program.
 *
 * @param {string} name
 * @param {string} version
 */
function install(name, version) {
  const own = join(folder, name)
  const program = join(own, 'node_modules/.bin', process.platform === 'win32' ? `${name}.cmd` : name)
  if (installedVersion(join(own, 'node_modules', name)) === version) return program
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, 'package.json'), '{ "private": true }\n')
  const [npm, ...prefix] = npmCommand()
  const args = [...prefix, 'install', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`]
  const { status, error } = spawnSync(npm, args, { cwd: own, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error(`npm cannot install ${name}@${version}`, { cause: error })
  return program
}

/** @param {string} path */
function installedVersion(path) {
  try {
    return JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')).version
  } catch {
    return undefined
  }
}

/**
 * Print what fails, and how many tests passed. Returns whether all did.
 *
 * @param {string} name
 * @param {string} command
 * @param {Runtime} runtime
 * @param {string} engine
 */
async function runContract(name, command, { args }, engine) {
  const began = performance.now()
  const program = join(built, 'runtimes/contract-program.js')
  const child = spawn(command, [...args, program, engine], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NO_COLOR: '1' },
  })
  const ended = once(child, 'exit')
  let passed = 0
  let failed = 0
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{"name":')) {
      console.log(line)
      continue
    }
    const { name: test, failure } = JSON.parse(line)
    if (failure === undefined) passed++
    else {
      failed++
      console.log(`✗ ${name}, ${engine} > ${test}\n  ${failure.replaceAll('\n', '\n  ')}`)
    }
  }
  const [code] = await ended
  if (code !== 0) console.log(`${name}, ${engine}: the program ended with ${code}`)
  const seconds = Math.round((performance.now() - began) / 1000)
  console.log(`${name}, ${engine}: ${passed} passed, ${failed} failed, ${seconds} s`)
  return code === 0 && failed === 0 && passed > 0
}
