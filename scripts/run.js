// Runs `npm start`, `npm test` and the other scripts of the root. It uses only Node, because it runs before anything is
// installed.
//
// Each task first installs the packages of the lock file and builds the code. Work that is done already is not done again.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildWasm } from './build-wasm.js'
import { packageManagerCommand } from './package-manager.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stamp = join(root, 'node_modules', '.cache', 'onecopy-installed')

/** @type {Record<string, (args: string[]) => void>} */
const tasks = {
  gallery: (args) => {
    build()
    node(join(root, 'packages/examples/dist/gallery.js'), args)
  },
  test: (args) => {
    build()
    tool('vitest/vitest.mjs', ['run', ...args])
  },
  matrix: (args) => {
    build()
    node(join(root, 'scripts/matrix.js'), args)
  },
  soak: (args) => {
    build()
    process.env.RUNS ??= '5000'
    tool('vitest/vitest.mjs', ['run', 'test/faults/random.test.ts', '--disableConsoleIntercept=true', ...args])
  },
  frameworks: (args) => {
    build()
    node(join(root, 'scripts/frameworks.js'), args)
  },
  browsers: (args) => {
    build()
    node(join(root, 'scripts/browsers.js'), args)
  },
  runtimes: (args) => {
    build()
    node(join(root, 'scripts/runtimes.js'), args)
  },
  check: () => {
    tool('@biomejs/biome/bin/biome', ['ci', '--error-on-warnings', '.'])
    tool('knip/bin/knip.js', [])
  },
  'check:packages': (args) => {
    build()
    tool('vitest/vitest.mjs', ['run', '--config', 'test/packed/vitest.config.ts', ...args])
  },
  'demo:cluster': (args) => {
    build()
    node(join(root, 'scripts/demo-cluster.js'), args)
  },
  pack: () => {
    build()
    node(join(root, 'scripts/pack.js'), [join(root, 'packed')])
  },
  index: (args) => {
    build()
    node(join(root, 'packages/examples/dist/gallery-index.js'), args)
  },
  web: (args) => {
    build()
    node(join(root, 'scripts/web.js'), args)
  },
  'web:build': () => {
    build()
    node(join(root, 'scripts/web.js'), ['--build'])
  },
  'web:pictures': () => {
    build()
    node(join(root, 'scripts/web-pictures.js'), [])
  },
  'docs:api': () => {
    build()
    node(join(root, 'scripts/api-docs.js'), [])
  },
  format: () => tool('@biomejs/biome/bin/biome', ['check', '--write', '.']),
  bench: (args) => {
    build()
    node(join(root, 'bench/run.js'), args)
  },
  build,
}

const [name = '', ...args] = process.argv.slice(2)
const task = tasks[name]
if (task === undefined) fail(`no such task: ${name}; there are ${Object.keys(tasks).join(', ')}`, 2)
install()
task(args)

/**
 * Install the packages of the lock file, unless that has been done. The output goes to standard error, because standard output
 * belongs to the task.
 */
function install() {
  const parts = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']
  for (const each of [
    'packages/core',
    'packages/node',
    'packages/cluster',
    'packages/web',
    'packages/cli',
    'packages/kernels',
    'packages/examples',
    'packages/gallery-page',
    'bench',
  ])
    parts.push(`${each}/package.json`)
  const hash = createHash('sha256')
  for (const part of parts) hash.update(readFileSync(join(root, part)))
  const wanted = hash.digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  process.stderr.write('Installing what the lock file lists …\n')
  const [command, ...prefix] = packageManagerCommand()
  run(command, [...prefix, 'install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=info'], true)
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, wanted)
}

function build() {
  buildWasm((script, args) => node(script, args))
  // TypeScript 7 compiles in a sixth of the time. TypeScript 6 is there for typedoc, which needs its programming interface.
  tool('typescript-native/bin/tsc', ['-b'])
  node(join(root, 'scripts/bundle.js'), [])
}

/**
 * Run the script of an installed tool without a shell, so that paths may contain anything.
 *
 * @param {string} script
 * @param {string[]} args
 */
function tool(script, args) {
  node(join(root, 'node_modules', script), args)
}

/**
 * @param {string} script
 * @param {string[]} args
 */
function node(script, args) {
  run(process.execPath, [script, ...args])
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {boolean} [quiet] send its output to standard error
 */
function run(command, args, quiet = false) {
  const stdio = quiet ? /** @type {const} */ (['ignore', 2, 2]) : /** @type {const} */ ('inherit')
  const { status, signal, error } = spawnSync(command, args, {
    stdio: typeof stdio === 'string' ? stdio : [...stdio],
    cwd: root,
  })
  if (error !== undefined) fail(`cannot run ${command}: ${error.message}`, 1)
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1))
}

/**
 * @param {string} message
 * @param {number} code
 * @returns {never}
 */
function fail(message, code) {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}
