// Builds a small server with each framework and bundler of docs/recipes.md, starts it and checks its answers.
//
//     npm run test:frameworks             # all, some minutes; installs them into a temporary folder
//     npm run test:frameworks -- nuxt     # one of them
//
// The code comes from the documents: what is built here is what a reader would write.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packInto } from './pack.js'
import { npmCommand } from './package-manager.js'

/**
 * @typedef {object} Framework
 * @property {readonly string[]} installs - packages besides onecopy's
 * @property {Readonly<Record<string, string>>} files - text by path
 * @property {readonly (readonly string[])[]} builds - command lines of tools in `node_modules`: the tool's script and its arguments.
 *   The server is started and asked after each
 * @property {(port: number) => readonly string[]} start - the arguments of Node that start the server
 */

const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** A server that has not answered by then is broken, in ms. */
const mostStartMs = 60_000
const log = 'GET /\nGET /a/longer/path\nGET /b\n'
/** What the servers have to answer: the longest line; the bytes, by an inline function; the lines, by a kernel. */
const expected = { longest: '18', inline: `[${log.length},3]` }
// Nothing is sent to those who made the tools.
const env = { ...process.env, CI: '1', NEXT_TELEMETRY_DISABLED: '1', NUXT_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }

const recipes = readFileSync(join(root, 'docs/recipes.md'), 'utf8')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

/**
 * The code block of a document that starts with `// name`.
 *
 * @param {string} document
 * @param {string} name
 */
function block(document, name) {
  for (const [, code = ''] of document.matchAll(/^```js[^\n]*\n(.*?)^```/gms))
    if (code.startsWith(`// ${name}`)) return code
  throw new Error(`the documents have no code block ${name}`)
}

const route = block(recipes, 'app/api/longest/route.js')
const imports = `import { countLines } from '@onecopy/kernels'
import { createEngine, file, loadPlugin, sum } from '@onecopy/node'

globalThis.engine ??= createEngine()

async function longest() {
  return await globalThis.engine.run(file('access.log'), await loadPlugin('./plugins/longest-line.js'))
}

async function inline() {
  const bytes = await globalThis.engine.map(file('access.log'), (bytes) => bytes.length).reduce(sum())
  return [bytes, await globalThis.engine.run(file('access.log'), countLines)]
}
`
const inlineRoute = `${imports}
export const GET = async () => Response.json(await inline())
`
const server = `import { createServer } from 'node:http'
${imports}
createServer(async (request, response) => {
  response.end(JSON.stringify(await (request.url === '/api/longest' ? longest() : inline())))
}).listen(Number(process.env.PORT), '127.0.0.1')
`
const webpackConfig = block(recipes, 'webpack.config.js')

/** @type {Readonly<Record<string, Framework>>} */
const frameworks = {
  next: {
    installs: ['next@16', 'react@19', 'react-dom@19'],
    files: {
      'next.config.js': block(recipes, 'next.config.js'),
      'app/layout.js': 'export default ({ children }) => <html lang="en"><body>{children}</body></html>',
      'app/page.js': 'export default () => <p>onecopy</p>',
      'app/api/longest/route.js': route,
      'app/api/inline/route.js': inlineRoute.replace('export', "export const dynamic = 'force-dynamic'\nexport"),
    },
    builds: [
      ['next/dist/bin/next', 'build', '--turbopack'],
      ['next/dist/bin/next', 'build', '--webpack'],
    ],
    start: (port) => ['node_modules/next/dist/bin/next', 'start', '--port', `${port}`, '--hostname', '127.0.0.1'],
  },
  nuxt: {
    installs: ['nuxt@4'],
    files: {
      'nuxt.config.js': "export default { compatibilityDate: '2025-07-01', telemetry: false }",
      'app/app.vue': '<template><p>onecopy</p></template>',
      'server/api/longest.get.js': `${imports}\nexport default defineEventHandler(longest)`,
      'server/api/inline.get.js': `${imports}\nexport default defineEventHandler(inline)`,
    },
    builds: [['@nuxt/cli/bin/nuxi.mjs', 'build']],
    start: () => ['.output/server/index.mjs'],
  },
  sveltekit: {
    installs: ['@sveltejs/kit@2', '@sveltejs/adapter-node@5', '@sveltejs/vite-plugin-svelte@6', 'svelte@5', 'vite@7'],
    files: {
      'svelte.config.js':
        "import adapter from '@sveltejs/adapter-node'\nexport default { kit: { adapter: adapter() } }",
      'vite.config.js': "import { sveltekit } from '@sveltejs/kit/vite'\nexport default { plugins: [sveltekit()] }",
      'src/app.html':
        '<!doctype html><html lang="en"><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>',
      'src/routes/api/longest/+server.js': route.replace(/^export const dynamic.*\n/m, ''),
      'src/routes/api/inline/+server.js': inlineRoute,
    },
    builds: [['vite/bin/vite.js', 'build']],
    start: () => ['build'],
  },
  webpack: {
    installs: ['webpack@5', 'webpack-cli@6'],
    files: { 'main.js': server, 'webpack.config.js': webpackConfig },
    builds: [['webpack-cli/bin/cli.js', 'build']],
    start: () => ['dist/main.js'],
  },
  rspack: {
    installs: ['@rspack/core@1', '@rspack/cli@1'],
    files: { 'main.js': server, 'rspack.config.js': webpackConfig.replace(/^.*webpack alone\n/m, '') },
    builds: [['@rspack/cli/bin/rspack.js', 'build']],
    start: () => ['dist/main.js'],
  },
  rollup: {
    installs: ['rollup@4'],
    files: { 'main.js': server },
    builds: [['rollup/dist/bin/rollup', 'main.js', '--file', 'dist/main.js', '--external', '/^@onecopy\\//,/^node:/']],
    start: () => ['dist/main.js'],
  },
}

/**
 * @param {string} folder
 * @param {Framework} framework
 * @param {readonly string[]} tarballs
 */
async function tryFramework(folder, { installs, files, builds, start }, tarballs) {
  const whole = {
    'package.json': '{ "private": true, "type": "module" }',
    'access.log': log,
    'plugins/longest-line.js': block(readme, 'longest-line.js'),
    ...files,
  }
  for (const [path, text] of Object.entries(whole)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const [npm, ...prefix] = npmCommand()
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  run(folder, npm, [...prefix, 'install', ...options, ...tarballs, ...installs])
  for (const [tool = '', ...args] of builds) {
    run(folder, process.execPath, [join('node_modules', tool), ...args])
    await askServer(folder, start)
    console.log(`${[tool.split('/').at(-1), ...args].join(' ')}: right`)
  }
}

/**
 * @param {string} folder
 * @param {Framework['start']} start
 */
async function askServer(folder, start) {
  const port = await freePort()
  const child = spawn(process.execPath, [...start(port)], {
    cwd: folder,
    env: {
      ...env,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: `${port}`,
      NITRO_HOST: '127.0.0.1',
      NITRO_PORT: `${port}`,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const ended = once(child, 'exit')
  try {
    for (const [path, wanted] of Object.entries(expected)) {
      const got = await ask(`http://127.0.0.1:${port}/api/${path}`)
      if (got !== wanted) throw new Error(`${path}: expected ${wanted}, got ${got}`)
    }
  } finally {
    child.kill('SIGKILL')
    await ended
  }
}

/**
 * The text of an answer, as soon as the server gives one.
 *
 * @param {string} url
 */
async function ask(url) {
  const until = performance.now() + mostStartMs
  for (;;) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(mostStartMs) })
      return (await response.text()).replace(/\s/g, '')
    } catch (error) {
      // It does not listen yet.
      if (performance.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}

/**
 * @param {string} cwd
 * @param {string} command
 * @param {readonly string[]} args
 */
function run(cwd, command, args) {
  const { status, error } = spawnSync(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] })
  if (error !== undefined || status !== 0) throw new Error(`${[command, ...args].join(' ')} failed`, { cause: error })
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(frameworks)
const folder = mkdtempSync(join(tmpdir(), 'onecopy-frameworks-'))
/** @type {string[]} */
const broken = []
try {
  const tarballs = packInto(join(folder, 'tarballs'))
    .filter(({ name }) => name !== 'onecopy')
    .map(({ tarball }) => tarball)
  for (const name of wanted) {
    const framework = frameworks[name]
    if (framework === undefined) throw new Error(`there is no ${name}; there are ${Object.keys(frameworks).join(', ')}`)
    const began = performance.now()
    try {
      await tryFramework(join(folder, name), framework, tarballs)
    } catch (error) {
      broken.push(name)
      console.error(error)
    }
    console.log(`${name}: ${Math.round((performance.now() - began) / 1000)} s`)
    rmSync(join(folder, name), { recursive: true, force: true })
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(broken.length === 0 ? `All right: ${wanted.join(', ')}.` : `Broken: ${broken.join(', ')}.`)
process.exitCode = broken.length === 0 ? 0 : 1
